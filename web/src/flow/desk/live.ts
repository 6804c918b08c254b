// live.ts — the numbers of the running sales, fresh every second, and who changed what.
import { LIVE_REOPEN_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { Overview, SaleMove } from "../../model/desk.ts";
import { nextLive, type Live, type LiveNews } from "../../model/live.ts";
import type { Doors, Flow } from "../doors.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface LiveFlow extends Flow {
  readonly stage: Stage<Live, LiveNews>;
  readonly deeds: Deeds;
  move(optionId: number, move: SaleMove): void;
  again(): void;
}

export function openLive(doors: Doors, office: Office): LiveFlow {
  const closed = new AbortController();
  const stage = createStage<Live, LiveNews>({ step: "loading" }, nextLive);
  const deeds = createDeeds(doors, closed.signal);
  let endStream: (() => void) | null = null;
  let endWait = () => {};

  const heard = (overview: Overview) =>
    void stage.tell({ kind: "heard", overview, atMs: doors.clock.nowMs() });

  function openAfter(waitMs: number): void {
    endWait();
    endStream = null;
    if (doors.clock.watched()) endWait = doors.clock.later(waitMs, () => void open());
  }

  /* By stream; what a stream does not bring is asked for once at each try. */
  async function open(): Promise<void> {
    endWait();
    if (endStream !== null) return;
    const answer = await office.listen(heard, (retryMs) => openAfter(retryMs ?? LIVE_REOPEN_MS));
    if (closed.signal.aborted) return answer.kind === "ok" ? answer.value() : undefined;
    if (answer.kind === "ok") {
      endStream = answer.value;
      return;
    }
    stage.tell({ kind: "missed", failure: answer });
    openAfter(LIVE_REOPEN_MS);
    await look();
  }

  async function look(): Promise<void> {
    const answer = await office.overview();
    if (answer.kind === "ok" && !closed.signal.aborted) heard(answer.value);
  }
  const endWatch = doors.clock.onWatched(() => void open());
  void open();

  return {
    stage,
    deeds,
    move: (optionId, move) =>
      deeds.repeat(
        () => office.moveSale(optionId, move),
        () => void look(),
      ),
    again() {
      stage.tell({ kind: "asked" });
      void open();
    },
    close() {
      endWait();
      endStream?.();
      endWatch();
      closed.abort();
    },
  };
}
