// admission.ts — the door of one waiting room: looked at every second, turned at once.
import { LIVE_POLL_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { Admission, AdmissionSetting } from "../../model/admission.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../../model/loaded.ts";
import type { Doors, Flow } from "../doors.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface AdmissionFlow extends Flow {
  readonly stage: Stage<Loaded<Admission>, LoadedNews<Admission>>;
  readonly deeds: Deeds;
  put(setting: AdmissionSetting): void;
  again(): void;
}

export function openAdmission(doors: Doors, office: Office, optionId: number): AdmissionFlow {
  const { clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Loaded<Admission>, LoadedNews<Admission>>(
    { step: "loading" },
    nextLoaded,
  );
  const deeds = createDeeds(doors, closed.signal);
  let endWait = () => {};

  async function look(): Promise<void> {
    endWait();
    const answer = await office.admission(optionId);
    if (closed.signal.aborted) return;
    if (answer.kind === "ok") stage.tell({ kind: "arrived", value: answer.value });
    else stage.tell({ kind: "failed", failure: answer });
    endWait = clock.later(LIVE_POLL_MS, () => (clock.watched() ? void look() : undefined));
  }
  const endWatch = clock.onWatched(() => void look());
  void look();

  return {
    stage,
    deeds,
    put: (setting) =>
      deeds.repeat(
        () => office.putAdmission(optionId, setting),
        (value) => stage.tell({ kind: "arrived", value }),
      ),
    again() {
      stage.tell({ kind: "asked" });
      void look();
    },
    close() {
      endWait();
      endWatch();
      closed.abort();
    },
  };
}
