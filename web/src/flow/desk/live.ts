// live.ts — the numbers of the running sales, fresh every second, and who changed what.
import { LIVE_POLL_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { SaleMove } from "../../model/desk.ts";
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
  let endWait = () => {};

  async function look(): Promise<void> {
    endWait();
    const answer = await office.overview();
    if (closed.signal.aborted) return;
    const atMs = doors.clock.nowMs();
    if (answer.kind === "ok") stage.tell({ kind: "heard", overview: answer.value, atMs });
    else stage.tell({ kind: "missed", failure: answer });
    if (doors.clock.watched()) endWait = doors.clock.later(LIVE_POLL_MS, () => void look());
  }
  const endWatch = doors.clock.onWatched(() => void look());
  void look();

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
      void look();
    },
    close() {
      endWait();
      endWatch();
      closed.abort();
    },
  };
}
