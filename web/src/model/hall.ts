// hall.ts — the seat map's screen as one value: the hall, the seats chosen in it, and the asking.
//
//   rest ──asked──▶ asking ──held──▶ held (final: the checkout takes over)
//     ▲                └──failed──▶ refused ──any gesture──▶ rest
//
// A chosen seat that somebody else gets first is not removed: it is marked as lost, stays where the
// fan can see it, and is left out of the sum and of the next request. The others stay chosen.
import type { Failure } from "./answer.ts";
import type { Wish } from "./booking.ts";
import type { Concert, Option } from "./catalog.ts";
import { CHOSEN_SEATS_MAX } from "../limits.ts";
import type { Insisting } from "./patience.ts";
import type { EntryPass } from "./waiting.ts";
import { seatAt, type SeatMap } from "./seatmap.ts";
import { applyStates, AVAILABLE, HELD, withState, type States, type StatesNews } from "./states.ts";

export interface Chosen {
  readonly index: number;
  readonly lost: boolean;
}

export type Ask =
  | { readonly step: "rest" }
  | { readonly step: "asking"; readonly insisting: Insisting }
  | { readonly step: "refused"; readonly failure: Failure }
  | { readonly step: "held"; readonly reservationId: number };

export type BestWish = Extract<Wish, { kind: "best" }>;

export interface OpenHall {
  readonly step: "open";
  readonly option: Option;
  readonly concert: Concert;
  readonly map: SeatMap;
  readonly states: States;
  readonly stale: boolean; // the last look at the states failed
  readonly entry: EntryPass | null; // into a sale with a waiting room
  readonly chosen: readonly Chosen[];
  readonly best: BestWish | null; // asked for before logging in or standing in line
  readonly full: boolean; // one seat more than allowed was tried
  readonly ask: Ask;
}

export type Hall =
  { readonly step: "loading" } | { readonly step: "failed"; readonly failure: Failure } | OpenHall;

export type HallNews =
  | { readonly kind: "asked-anew" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "opened"; readonly hall: Omit<OpenHall, "step" | "stale" | "full" | "ask"> }
  | { readonly kind: "option"; readonly option: Option }
  | { readonly kind: "states"; readonly news: StatesNews }
  | { readonly kind: "stale" }
  | { readonly kind: "toggled"; readonly index: number }
  | { readonly kind: "asked"; readonly insisting: Insisting }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "held"; readonly reservationId: number };

export function seatsMax(option: Option): number {
  return option.sale?.maxPerFan ?? CHOSEN_SEATS_MAX;
}

/* The press was taken and waits its turn: it will be decided without the fan's doing. */
export function isInLine(hall: OpenHall): boolean {
  return hall.ask.step === "asking" && hall.ask.insisting.why === "queued";
}

/* What goes into the next request, in the order of choosing. */
export function wanted(hall: OpenHall): number[] {
  return hall.chosen.filter((seat) => !seat.lost).map((seat) => seat.index);
}

export function wantedPrice(hall: OpenHall): number {
  return wanted(hall).reduce(
    (sum, index) => sum + (seatAt(hall.map, index)?.section.price ?? 0),
    0,
  );
}

function markLost(chosen: readonly Chosen[], states: States): readonly Chosen[] {
  if (chosen.every((seat) => seat.lost || states.of[seat.index] === AVAILABLE)) return chosen;
  return chosen.map((seat) =>
    states.of[seat.index] === AVAILABLE ? seat : { index: seat.index, lost: true },
  );
}

function toggle(hall: OpenHall, index: number): OpenHall {
  const ask: Ask = hall.ask.step === "refused" ? { step: "rest" } : hall.ask;
  if (hall.chosen.some((seat) => seat.index === index)) {
    const chosen = hall.chosen.filter((seat) => seat.index !== index);
    return { ...hall, chosen, full: false, ask };
  }
  if (hall.states.of[index] !== AVAILABLE) return hall;
  if (wanted(hall).length >= seatsMax(hall.option)) return { ...hall, full: true, ask };
  return { ...hall, chosen: [...hall.chosen, { index, lost: false }], full: false, ask };
}

function refused(hall: OpenHall, failure: Failure): OpenHall {
  const ask: Ask = { step: "refused", failure };
  if (failure.kind !== "refused" || failure.problem.code !== "SEAT_TAKEN") return { ...hall, ask };
  const taken = failure.problem.seatIds.map((id) => id - hall.map.firstSeatId);
  const states = withState(hall.states, taken, HELD);
  return { ...hall, ask, states, chosen: markLost(hall.chosen, states) };
}

export function nextHall(hall: Hall, news: HallNews): Hall {
  switch (news.kind) {
    case "asked-anew":
      return { step: "loading" };
    case "failed":
      return hall.step === "open" ? hall : { step: "failed", failure: news.failure };
    case "opened": {
      const chosen = markLost(news.hall.chosen, news.hall.states);
      return {
        ...news.hall,
        step: "open",
        chosen,
        stale: false,
        full: false,
        ask: { step: "rest" },
      };
    }
  }
  if (hall.step !== "open" || hall.ask.step === "held") return hall;
  switch (news.kind) {
    case "option":
      return { ...hall, option: news.option };
    case "states": {
      const states = applyStates(hall.states, news.news);
      const chosen = hall.ask.step === "asking" ? hall.chosen : markLost(hall.chosen, states);
      return { ...hall, states, chosen, stale: false };
    }
    case "stale":
      return { ...hall, stale: true };
    case "toggled":
      return hall.ask.step === "asking" ? hall : toggle(hall, news.index);
    case "asked":
      return { ...hall, full: false, ask: { step: "asking", insisting: news.insisting } };
    case "refused":
      return refused(hall, news.failure);
    case "held":
      return { ...hall, ask: { step: "held", reservationId: news.reservationId } };
  }
}
