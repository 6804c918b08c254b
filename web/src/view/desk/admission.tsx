// admission.tsx — the operator's card of a waiting room: who waits, who is in, and the levers.
import { useState } from "preact/hooks";

import { openAdmission, type AdmissionFlow } from "../../flow/desk/admission.ts";
import {
  ACTIVE_MAX,
  ADMISSION_MODES,
  FANS_PER_SECOND_MAX,
  hasFewNumbers,
  lastStep,
  stepOf,
  valueOf,
  type Admission,
  type AdmissionSetting,
} from "../../model/admission.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Loading, Notice } from "../parts.tsx";
import { Box, DeedNotice, Panel } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

function settingOf(admission: Admission): AdmissionSetting {
  const { mode, fansPerSecond, activeMax, entrySeconds, challengeBits } = admission;
  return { mode, fansPerSecond, activeMax, entrySeconds, challengeBits };
}

function Figures({ admission }: { admission: Admission }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const count = (n: number) => n.toLocaleString(tongue === "ko" ? "ko-KR" : "en-US");
  const figure = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl class="figures">
      {figure(desk.admission.waiting, count(admission.waiting))}
      {admission.hall > 0 && figure(desk.admission.hall, count(admission.hall))}
      {figure(desk.admission.active, count(admission.active))}
      {figure(desk.admission.perSecond, admission.admittedPerSecond.toFixed(1))}
      {figure(desk.admission.soldPerSecond, admission.soldPerSecond.toFixed(1))}
      {figure(desk.admission.admitted, count(admission.admitted))}
      {figure(desk.admission.bought, count(admission.bought))}
    </dl>
  );
}

interface SliderProps {
  label: string;
  value: number;
  most: number;
  onPut: (value: number) => void;
}

/* While it is dragged it says where it is; it is put where it is let go. */
function Slider({ label, value, most, onPut }: SliderProps) {
  const { tongue } = useLook();
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged === null ? value : valueOf(dragged);
  const text = shown.toLocaleString(tongue === "ko" ? "ko-KR" : "en-US");
  return (
    <Box label={`${label}: ${text}`}>
      {(id) => (
        <input
          id={id}
          type="range"
          min={0}
          max={lastStep(most)}
          value={dragged ?? stepOf(value)}
          aria-valuetext={text}
          onInput={(event) => setDragged(Number(event.currentTarget.value))}
          onChange={(event) => {
            setDragged(null);
            onPut(valueOf(Number(event.currentTarget.value)));
          }}
        />
      )}
    </Box>
  );
}

function Levers({ admission, flow }: { admission: Admission; flow: AdmissionFlow }) {
  const desk = useDeskWords();
  const setting = settingOf(admission);
  const put = (change: Partial<AdmissionSetting>) => flow.put({ ...setting, ...change });
  const number = (
    name: "entrySeconds" | "challengeBits",
    label: string,
    least: number,
    most: number,
  ) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={least}
          max={most}
          defaultValue={String(setting[name])}
          onChange={(event) => put({ [name]: event.currentTarget.valueAsNumber || 0 })}
        />
      )}
    </Box>
  );
  return (
    <div class="desk-form">
      <div class="tongues" role="group" aria-label={desk.admission.mode}>
        {ADMISSION_MODES.map((mode) => (
          <button key={mode} aria-pressed={setting.mode === mode} onClick={() => put({ mode })}>
            {desk.admission.modes[mode]}
          </button>
        ))}
      </div>
      <p class="faint">{desk.admission.modeTexts[setting.mode]}</p>
      <div class="desk-fields">
        <Slider
          label={desk.admission.fansPerSecond}
          value={setting.fansPerSecond}
          most={FANS_PER_SECOND_MAX}
          onPut={(fansPerSecond) => put({ fansPerSecond })}
        />
        <Slider
          label={desk.admission.activeMax}
          value={setting.activeMax}
          most={ACTIVE_MAX}
          onPut={(activeMax) => put({ activeMax })}
        />
        {number("entrySeconds", desk.admission.entrySeconds, 10, 3600)}
        {number("challengeBits", desk.admission.challengeBits, 0, 24)}
      </div>
    </div>
  );
}

function FewNumbers({ admission }: { admission: Admission }) {
  const desk = useDeskWords();
  return <Notice kind="warn">{desk.admission.fewNumbers(admission.numbersLeft)}</Notice>;
}

function Show({ flow }: { flow: AdmissionFlow }) {
  const loaded = useStage(flow.stage);
  switch (loaded.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={loaded.failure} onAgain={flow.again} />;
    case "shown":
      return (
        <>
          <Figures admission={loaded.value} />
          {hasFewNumbers(loaded.value) && <FewNumbers admission={loaded.value} />}
          <Levers admission={loaded.value} flow={flow} />
          <DeedNotice deeds={flow.deeds} />
        </>
      );
  }
}

export function AdmissionCard({ doors, office, optionId }: DeskProps & { optionId: number }) {
  const desk = useDeskWords();
  const flow = useFlow(`admission ${optionId}`, () => openAdmission(doors, office, optionId));
  return <Panel heading={desk.admission.heading}>{flow && <Show flow={flow} />}</Panel>;
}
