// layout_form.tsx — a hall drawn section by section, or taken from a file, with its picture beside it.
import { useState } from "preact/hooks";

import type { DateDeskFlow } from "../../flow/desk/date.ts";
import type { DateDesk } from "../../model/date_desk.ts";
import { draftOfFile, type LayoutDraft, type SectionDraft } from "../../model/layout_draft.ts";
import type { SeatMap } from "../../model/seatmap.ts";
import { won } from "../format.ts";
import { useLook, useStage } from "../look.ts";
import { Notice } from "../parts.tsx";
import { Box, DeedNotice, Refused } from "./parts.tsx";
import { Preview } from "./preview.tsx";
import { useDeskWords } from "./words.ts";

type OpenDesk = Extract<DateDesk, { step: "open" }>;

function gradesIn(map: SeatMap): string[] {
  const prices = new Map<string, number>();
  for (const { grade, price } of map.sections)
    prices.set(grade, Math.max(prices.get(grade) ?? 0, price));
  return [...prices].sort(([, one], [, other]) => other - one).map(([grade]) => grade);
}

function SectionFields({
  section,
  onEdit,
  onRemove,
}: {
  section: SectionDraft;
  onEdit: (section: SectionDraft) => void;
  onRemove: (() => void) | null;
}) {
  const desk = useDeskWords();
  const words = (name: "name" | "nameKo" | "grade", label: string) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          maxLength={64}
          value={section[name]}
          onInput={(event) => onEdit({ ...section, [name]: event.currentTarget.value })}
        />
      )}
    </Box>
  );
  const number = (
    name: "price" | "rowCount" | "seatsPerRow" | "angle",
    label: string,
    min: number,
    max: number,
  ) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          value={section[name]}
          onInput={(event) =>
            onEdit({ ...section, [name]: event.currentTarget.valueAsNumber || 0 })
          }
        />
      )}
    </Box>
  );
  return (
    <fieldset class="section-draft">
      <legend>{desk.hall.section(section.name)}</legend>
      {words("name", desk.fields.name)}
      {words("nameKo", desk.fields.nameKo)}
      {words("grade", desk.hall.grade)}
      {number("price", desk.hall.price, 1, 100_000_000)}
      {number("rowCount", desk.hall.rows, 1, 1_000)}
      {number("seatsPerRow", desk.hall.seatsPerRow, 1, 1_000)}
      {section.spot && number("angle", desk.hall.angle, 0, 359)}
      {onRemove && (
        <button type="button" class="button button-small button-quiet" onClick={onRemove}>
          {desk.remove}
        </button>
      )}
    </fieldset>
  );
}

function Drawn({
  draft,
  flow,
}: {
  draft: Extract<LayoutDraft, { kind: "drawn" }>;
  flow: DateDeskFlow;
}) {
  const desk = useDeskWords();
  const { sections } = draft;
  return (
    <>
      {sections.map((section, place) => (
        <SectionFields
          key={place}
          section={section}
          onEdit={(edited) => flow.layout({ kind: "edited", place, section: edited })}
          onRemove={sections.length > 1 ? () => flow.layout({ kind: "removed", place }) : null}
        />
      ))}
      <div class="row-of-buttons">
        <button type="button" class="button" onClick={() => flow.layout({ kind: "added" })}>
          {desk.hall.addSection}
        </button>
        {sections.some((section) => section.spot !== null) && (
          <button type="button" class="button" onClick={() => flow.layout({ kind: "lined-up" })}>
            {desk.hall.lineUp}
          </button>
        )}
      </div>
    </>
  );
}

function FromFile({ draft, flow }: { draft: LayoutDraft; flow: DateDeskFlow }) {
  const desk = useDeskWords();
  const [isWrong, setIsWrong] = useState(false);
  async function take(file: File | undefined): Promise<void> {
    const imported = file === undefined ? null : draftOfFile(await file.text());
    setIsWrong(file !== undefined && imported === null);
    if (imported !== null) flow.layout({ kind: "imported", draft: imported });
  }
  return (
    <>
      <Box label={desk.hall.file} hint={desk.hall.fileHint}>
        {(id) => (
          <input
            id={id}
            type="file"
            accept=".json,.csv,application/json,text/csv"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        )}
      </Box>
      {isWrong && <Notice kind="bad">{desk.hall.fileWrong}</Notice>}
      {draft.kind !== "drawn" && (
        <>
          <Notice kind="info">{desk.hall.imported}</Notice>
          <button type="button" class="button" onClick={() => flow.layout({ kind: "drawn" })}>
            {desk.hall.drawInstead}
          </button>
        </>
      )}
    </>
  );
}

function Picture({ desk: value, flow }: { desk: OpenDesk; flow: DateDeskFlow }) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const { preview, draft } = value;
  const { map } = preview;
  const worth = map?.sections.reduce((sum, one) => sum + one.seatCount * one.price, 0) ?? 0;
  return (
    <figure class="preview">
      <figcaption class="heading-line">
        <b>{desk.hall.preview}</b>
        <span class="faint" role="status">
          {preview.step === "drawing" && desk.hall.drawing}
          {preview.step === "drawn" &&
            desk.hall.total(words.common.seats(preview.map.seatCount), won(tongue, worth))}
        </span>
      </figcaption>
      {map && (
        <Preview
          map={map}
          grades={gradesIn(map)}
          onMove={
            draft.kind === "drawn"
              ? (place, by) => flow.layout({ kind: "moved", place, by, map })
              : null
          }
        />
      )}
      {preview.step === "wrong" && <Refused failure={preview.failure} />}
      {draft.kind === "drawn" && <p class="faint">{desk.hall.previewHelp}</p>}
    </figure>
  );
}

export function LayoutForm({ desk: value, flow }: { desk: OpenDesk; flow: DateDeskFlow }) {
  const desk = useDeskWords();
  const deed = useStage(flow.layoutDeeds.stage);
  const { draft, preview } = value;
  return (
    <div class="layout-form">
      <div class="desk-form">
        {draft.kind === "drawn" && <Drawn draft={draft} flow={flow} />}
        <FromFile draft={draft} flow={flow} />
      </div>
      <div>
        <Picture desk={value} flow={flow} />
        <DeedNotice deeds={flow.layoutDeeds} />
        <button
          class="button button-main button-wide"
          disabled={preview.step !== "drawn" || deed.step === "asking"}
          onClick={flow.putLayout}
        >
          {deed.step === "asking" ? desk.saving : desk.hall.put}
        </button>
      </div>
    </div>
  );
}
