// hall.ts — the seat map's doings: open the hall, remember what is chosen, hold seats.
import type { Answer } from "../model/answer.ts";
import type { Wish } from "../model/booking.ts";
import {
  nextHall,
  wanted,
  type BestWish,
  type Chosen,
  type Hall,
  type HallNews,
} from "../model/hall.ts";
import type { Insisting } from "../model/patience.ts";
import type { Doors, Flow } from "./doors.ts";
import { keepFresh, lookAtOption } from "./hall_fresh.ts";
import { loadHall } from "./hall_load.ts";
import { entryOf } from "./entry.ts";
import { insistOnce } from "./insist.ts";
import { awaitOutcome } from "./queued.ts";
import { createStage, type Stage } from "./stage.ts";

export interface HallFlow extends Flow {
  readonly stage: Stage<Hall, HallNews>;
  toggle(index: number): void;
  hold(): void;
  holdBest(count: number, section: string | null): void;
  again(): void;
}

/* Seats chosen before logging in or loading anew, kept by this tab. */
function recall(kept: string | null): Chosen[] {
  const indexes = (kept ?? "")
    .split(",")
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
  return indexes.map((index) => ({ index, lost: false }));
}

function recallBest(kept: string | null): BestWish | null {
  const [, count, section] = /^([1-9]\d?) (.*)$/.exec(kept ?? "") ?? [];
  if (count === undefined || section === undefined) return null;
  return { kind: "best", count: Number(count), section: section === "" ? null : section };
}

function wishOf(hall: Hall): Wish | null {
  if (hall.step !== "open" || wanted(hall).length === 0) return null;
  return { kind: "seats", seatIds: wanted(hall).map((index) => index + hall.map.firstSeatId) };
}

/* The id of the hold, be it decided at once or in its turn. */
function reserveOnce(
  doors: Doors,
  optionId: number,
  wish: Wish,
  stopped: AbortSignal,
  stage: Stage<Hall, HallNews>,
): Promise<Answer<number> | null> {
  const show = (insisting: Insisting) => stage.tell({ kind: "asked", insisting });
  const press = async (key: string): Promise<Answer<number>> => {
    const token = entryOf(doors, optionId)?.token ?? null;
    const answer = await doors.house.reserve(optionId, wish, key, token);
    if (answer.kind !== "ok") return answer;
    if (answer.value.kind === "held") return { kind: "ok", value: answer.value.reservationId };
    show({ why: "queued", tryCount: 1 });
    return awaitOutcome(doors, answer.value.requestId, stopped);
  };
  const name = `reserve:${optionId}:${JSON.stringify(wish)}`;
  return insistOnce(doors, stopped, name, press, show);
}

export function openHall(doors: Doors, optionId: number): HallFlow {
  const closed = new AbortController();
  const stage = createStage<Hall, HallNews>({ step: "loading" }, nextHall);
  const chosenAs = `chosen:${optionId}`;
  const bestAs = `best:${optionId}`;
  let endFresh = () => {};

  async function load(): Promise<void> {
    const answer = await loadHall(doors, optionId, closed.signal);
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    const chosen = recall(doors.keep.get(chosenAs));
    const best = recallBest(doors.keep.get(bestAs));
    stage.tell({
      kind: "opened",
      hall: { ...answer.value, entry: entryOf(doors, optionId), chosen, best },
    });
    endFresh = keepFresh(doors, optionId, stage);
  }

  function remember(): void {
    const hall = stage.state();
    if (hall.step === "open") doors.keep.set(chosenAs, wanted(hall).join(",") || null);
  }

  async function ask(wish: Wish): Promise<void> {
    const before = stage.state();
    if (before.step !== "open" || before.ask.step === "asking") return;
    const best = wish.kind === "best" ? `${wish.count} ${wish.section ?? ""}` : null;
    doors.keep.set(bestAs, best); // until it is held: there may be a log-in or a line before that
    if (doors.session.entry() === null)
      return doors.goTo({ page: "login", next: `/options/${optionId}` });
    if (before.option.sale?.waitingRoom && entryOf(doors, optionId) === null)
      return doors.goTo({ page: "waiting", optionId }); // what is chosen stays so, if it is free then
    const answer = await reserveOnce(doors, optionId, wish, closed.signal, stage);
    if (answer === null) return;
    if (answer.kind !== "ok") {
      stage.tell({ kind: "refused", failure: answer });
      remember();
      return lookAtOption(doors, optionId, stage);
    }
    doors.keep.set(chosenAs, null);
    doors.keep.set(bestAs, null);
    stage.tell({ kind: "held", reservationId: answer.value });
    doors.goTo({ page: "checkout", reservationId: answer.value });
  }

  void load();
  return {
    stage,
    toggle(index) {
      stage.tell({ kind: "toggled", index });
      remember();
    },
    hold() {
      const wish = wishOf(stage.state());
      if (wish) void ask(wish);
    },
    holdBest: (count, section) => void ask({ kind: "best", count, section }),
    again() {
      stage.tell({ kind: "asked-anew" });
      void load();
    },
    close() {
      endFresh();
      closed.abort();
    },
  };
}
