// hall.ts — the seat map's doings: open the hall, keep its states fresh, hold seats.
import { OPENING_SPREAD_MS, STATES_POLL_JITTER, STATES_POLL_MS } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import type { Wish } from "../model/booking.ts";
import { nextHall, wanted, type Chosen, type Hall, type HallNews } from "../model/hall.ts";
import { jitter } from "../model/patience.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist, insistOnce } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface HallFlow extends Flow {
  readonly stage: Stage<Hall, HallNews>;
  toggle(index: number): void;
  hold(): void;
  holdBest(count: number, section: string | null): void;
  again(): void;
}

const OPTION_EVERY_POLLS = 8; // a pause or a sell-out is noticed within about this many polls

/* Seats chosen before logging in or loading anew, kept by this tab. */
function recall(kept: string | null): Chosen[] {
  const indexes = (kept ?? "").split(",").filter((word) => /^\d+$/.test(word)).map(Number);
  return indexes.map((index) => ({ index, lost: false }));
}

export function openHall(doors: Doors, optionId: number): HallFlow {
  const { house, clock, keep } = doors;
  const closed = new AbortController();
  const stage = createStage<Hall, HallNews>({ step: "loading" }, nextHall);
  const chosenAs = `chosen:${optionId}`;
  let pollCount = 0;
  let endWait = () => {};

  function remember(): void {
    const hall = stage.state();
    if (hall.step === "open") keep.set(chosenAs, wanted(hall).join(",") || null);
  }

  async function load(): Promise<void> {
    const failed = (answer: Exclude<Answer<unknown>, { kind: "ok" }> | null) =>
      void (answer && stage.tell({ kind: "failed", failure: answer }));
    const [option, map, states] = await Promise.all([
      insist(clock, closed.signal, () => house.option(optionId)),
      insist(clock, closed.signal, () => house.seatMap(optionId)),
      insist(clock, closed.signal, () => house.seatStates(optionId, null)),
    ]);
    if (option?.kind !== "ok") return failed(option);
    if (map?.kind !== "ok") return failed(map);
    if (states?.kind !== "ok") return failed(states);
    const concertId = option.value.concertId;
    const concert = await insist(clock, closed.signal, () => house.concert(concertId));
    if (concert?.kind !== "ok") return failed(concert);
    if (states.value.kind !== "all") return;
    stage.tell({ kind: "opened", hall: {
      option: option.value, concert: concert.value, map: map.value, states: states.value.states,
      chosen: recall(keep.get(chosenAs)),
    } });
    pollLater();
  }

  function pollLater(): void {
    endWait();
    const waitMs = jitter(STATES_POLL_MS, STATES_POLL_JITTER, clock.chance());
    if (!closed.signal.aborted) endWait = clock.later(waitMs, () => void poll());
  }

  async function poll(): Promise<void> {
    const hall = stage.state();
    if (hall.step !== "open" || !clock.watched()) return; // onWatched goes on
    const answer = await house.seatStates(optionId, hall.states.version);
    if (closed.signal.aborted) return;
    if (answer.kind === "ok") stage.tell({ kind: "states", news: answer.value });
    else stage.tell({ kind: "stale" });

    const sale = hall.option.sale;
    const isOpening = sale?.state === "SCHEDULED" && sale.opensAtMs <= clock.nowMs();
    if (isOpening) await new Promise<void>((done) =>
      clock.later(clock.chance() * OPENING_SPREAD_MS, done));
    if (isOpening || ++pollCount % OPTION_EVERY_POLLS === 0) await lookAtOption();
    pollLater();
  }

  async function lookAtOption(): Promise<void> {
    const option = await house.option(optionId);
    if (option.kind === "ok") stage.tell({ kind: "option", option: option.value });
  }

  async function ask(wish: Wish): Promise<void> {
    const before = stage.state();
    if (before.step !== "open" || before.ask.step === "asking") return;
    if (doors.session.entry() === null) {
      remember();
      return doors.goTo({ page: "login", next: `/options/${optionId}` });
    }
    const answer = await insistOnce(
      doors, closed.signal, `reserve:${optionId}:${JSON.stringify(wish)}`,
      (key) => house.reserve(optionId, wish, key),
      (insisting) => stage.tell({ kind: "asked", insisting }));
    if (answer === null) return;
    if (answer.kind !== "ok") {
      stage.tell({ kind: "refused", failure: answer });
      remember();
      return void lookAtOption();
    }
    keep.set(chosenAs, null);
    stage.tell({ kind: "held", reservationId: answer.value.id });
    doors.goTo({ page: "checkout", reservationId: answer.value.id });
  }

  void load();
  const endWatch = clock.onWatched(() => void poll());
  return {
    stage,
    toggle(index) {
      stage.tell({ kind: "toggled", index });
      remember();
    },
    hold() {
      const hall = stage.state();
      if (hall.step !== "open") return;
      const seatIds = wanted(hall).map((index) => index + hall.map.firstSeatId);
      if (seatIds.length > 0) void ask({ kind: "seats", seatIds });
    },
    holdBest: (count, section) => void ask({ kind: "best", count, section }),
    again() {
      stage.tell({ kind: "asked-anew" });
      void load();
    },
    close() {
      endWait();
      endWatch();
      closed.abort();
    },
  };
}
