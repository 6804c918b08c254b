// waiting.ts — a fan in the waiting room: joins, hears how far it is, and goes in when the turn comes.
import { LINE_SPREAD_MS } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import {
  needsLook,
  nextWaiting,
  type AboutLine,
  type Place,
  type Waiting,
  type WaitingNews,
} from "../model/waiting.ts";
import type { Doors, Flow } from "./doors.ts";
import { keepEntry } from "./entry.ts";
import { insist } from "./insist.ts";
import { linkLine } from "./line_link.ts";
import { createStage, type Stage } from "./stage.ts";

export interface WaitingFlow extends Flow {
  readonly stage: Stage<Waiting, WaitingNews>;
  leave(): void;
  again(): void; // join anew, or try again what failed
}

async function about(
  { house, clock }: Doors,
  optionId: number,
  stopped: AbortSignal,
): Promise<Answer<AboutLine> | null> {
  const option = await insist(clock, stopped, () => house.option(optionId));
  if (option?.kind !== "ok") return option;
  const { concertId } = option.value;
  const concert = await insist(clock, stopped, () => house.concert(concertId));
  if (concert?.kind !== "ok") return concert;
  return { kind: "ok", value: { option: option.value, concert: concert.value } };
}

/* Joins; where the house asks for a proof of work, makes one and joins with it. */
async function join(
  { line, clock }: Doors,
  optionId: number,
  stopped: AbortSignal,
  onProving: () => void,
): Promise<Answer<Place> | null> {
  const first = await insist(clock, stopped, () => line.join(optionId, null));
  if (first?.kind !== "refused" || first.problem.code !== "CHALLENGE_REQUIRED") return first;
  onProving();
  const challenge = await insist(clock, stopped, () => line.challenge(optionId));
  if (challenge?.kind !== "ok") return challenge;
  const proof = await line.solve(challenge.value, stopped);
  return proof && insist(clock, stopped, () => line.join(optionId, proof));
}

export function openWaiting(doors: Doors, optionId: number): WaitingFlow {
  const { line, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Waiting, WaitingNews>({ step: "loading" }, nextWaiting);
  let known: AboutLine | null = null;
  let endLink = () => {};
  let endLook = () => {};
  let lookAtMs = Infinity; // when the next look at the own place is due
  let lookedAtMs = clock.nowMs();

  function settle(answer: Answer<Place> | null): void {
    if (answer === null || known === null) return;
    lookedAtMs = clock.nowMs();
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    const waiting = stage.tell({ kind: "place", place: answer.value, about: known });
    if (waiting.step === "inside") {
      endLink();
      keepEntry(doors, optionId, waiting.entry);
      return doors.goTo({ page: "hall", optionId }, "replace");
    }
    if (waiting.step === "over") return endLink();
    if (answer.value.retryAfterMs !== null) lookWithin(answer.value.retryAfterMs);
  }

  async function look(): Promise<void> {
    lookAtMs = Infinity;
    settle(await insist(clock, closed.signal, () => line.place(optionId)));
  }

  function lookWithin(waitMs: number): void {
    const atMs = clock.nowMs() + waitMs;
    if (atMs >= lookAtMs) return; // an earlier look is due anyway
    lookAtMs = atMs;
    endLook();
    endLook = clock.later(waitMs, () => void look());
  }

  /* Without a stream, asking for the own place is the sign of life. */
  function stayAlive(): void {
    const waiting = stage.state();
    if (waiting.step !== "waiting") return;
    const idleMs = clock.nowMs() - lookedAtMs;
    if (idleMs > (waiting.place.idleSeconds * 1000) / 3) lookWithin(0);
  }

  function link(): void {
    endLink();
    endLink = linkLine(doors, optionId, {
      onServing(serving) {
        const waiting = stage.tell({ kind: "serving", serving });
        if (waiting.step !== "waiting" || !needsLook(waiting.place, serving)) return;
        const isMine = waiting.place.turn !== null && waiting.place.turn <= serving.serving;
        lookWithin(isMine ? 0 : clock.chance() * LINE_SPREAD_MS);
      },
      onCalled: () => lookWithin(0),
      onLink: (state) => void stage.tell({ kind: "link", link: state }),
      onPoll: stayAlive,
    });
  }

  async function enter(): Promise<void> {
    const answer = await about(doors, optionId, closed.signal);
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    known = answer.value;
    settle(await join(doors, optionId, closed.signal, () => void stage.tell({ kind: "proving" })));
    if (stage.state().step === "waiting") link();
  }

  void enter();
  const endWatch = clock.onWatched(() => {
    if (stage.state().step === "waiting") lookWithin(0); // back from sleep, or from another tab
  });
  return {
    stage,
    leave() {
      void insist(clock, closed.signal, () => line.leave(optionId)).then(settle);
    },
    again() {
      stage.tell({ kind: "asked" });
      void enter();
    },
    close() {
      endLink();
      endLook();
      endWatch();
      closed.abort();
    },
  };
}
