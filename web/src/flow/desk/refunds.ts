// refunds.ts — gives a whole date or concert back, and watches how far it is.
import { LIVE_POLL_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { Answer } from "../../model/answer.ts";
import type { RefundRun } from "../../model/allotments.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../../model/loaded.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface RefundsFlow extends Flow {
  readonly stage: Stage<Loaded<readonly RefundRun[]>, LoadedNews<readonly RefundRun[]>>;
  readonly deeds: Deeds;
  start(reason: string): void;
}

/* What is given back as a whole. */
export interface CalledOff {
  readonly name: string; // of this one and no other
  runs(): Promise<Answer<readonly RefundRun[]>>;
  start(reason: string, key: string): Promise<Answer<RefundRun>>;
}

export function dateCalledOff(office: Office, optionId: number): CalledOff {
  return {
    name: `date ${optionId}`,
    runs: () => office.refundRuns(optionId),
    start: (reason, key) => office.refundDate(optionId, reason, key),
  };
}

export function concertCalledOff(office: Office, concertId: number): CalledOff {
  return {
    name: `concert ${concertId}`,
    runs: () => office.concertRefunds(concertId),
    start: (reason, key) => office.refundConcert(concertId, reason, key),
  };
}

export function openRefunds(doors: Doors, calledOff: CalledOff): RefundsFlow {
  const { clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Loaded<readonly RefundRun[]>, LoadedNews<readonly RefundRun[]>>(
    { step: "loading" },
    nextLoaded,
  );
  const deeds = createDeeds(doors, closed.signal);
  let endWait = () => {};

  async function look(): Promise<void> {
    const answer = await insist(clock, closed.signal, () => calledOff.runs());
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    stage.tell({ kind: "arrived", value: answer.value });
    endWait();
    if (answer.value.some((run) => run.state === "RUNNING"))
      endWait = clock.later(LIVE_POLL_MS, () => void look());
  }

  void look();
  return {
    stage,
    deeds,
    start: (reason) =>
      deeds.once(
        `refund ${calledOff.name} ${reason}`,
        (key) => calledOff.start(reason, key),
        () => void look(),
      ),
    close() {
      endWait();
      closed.abort();
    },
  };
}
