// waiting.ts — a fan's way through the waiting room, as one value. No network, no clock.
//
//   loading ─▶ waiting ⇄ gone (sold out, closed)            waiting ─▶ inside (final: the hall takes over)
//                 └──────▶ over (left, expired) ──joined anew──▶ waiting
//
// Everybody hears the same document; the own position follows from it exactly (docs/api/waiting-room.md):
//
//   ahead' = ahead − (document.admitted − admitted) − departures after `number` with a smaller turn
import type { Failure } from "./answer.ts";
import type { Concert, Option } from "./catalog.ts";
import { list, oneOf, real, record, text, timeMs, timeMsOrNull, whole, wholeOr } from "./read.ts";

export const PLACE_STATES = ["WAITING", "ADMITTED", "LEFT", "EXPIRED"] as const;
export const SERVING_STATES = ["HALL", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED"] as const;
export type ServingState = (typeof SERVING_STATES)[number];

export interface EntryPass {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface Place {
  readonly state: (typeof PLACE_STATES)[number];
  readonly sequence: number;
  readonly turn: number | null; // null in the hall, before the draw
  readonly ahead: number;
  readonly number: number; // the log's last event when `ahead` was true
  readonly admitted: number;
  readonly idleSeconds: number;
  readonly receipt: string;
  readonly retryAfterMs: number | null; // called, and the house is full
  readonly entry: EntryPass | null;
}

export interface Serving {
  readonly state: ServingState;
  readonly number: number;
  readonly serving: number;
  readonly admitted: number;
  readonly waiting: number;
  readonly hall: number;
  readonly active: number;
  readonly rate: number; // fans called a second, and the bounds of the estimate
  readonly rateLeast: number;
  readonly rateMost: number;
  readonly opensAtMs: number | null;
  readonly since: number;
  readonly departures: readonly (readonly [event: number, turn: number])[];
}

export interface Estimate {
  readonly seconds: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number | null; // null: nobody can say
}

export type Link = "stream" | "polling" | "lost";

export interface InLine {
  readonly step: "waiting";
  readonly about: AboutLine;
  readonly place: Place;
  readonly serving: Serving | null;
  readonly ahead: number;
  readonly firstAhead: number; // when the fan came: the length of the progress bar
  readonly link: Link;
}

export interface AboutLine {
  readonly option: Option;
  readonly concert: Concert;
}

export type Waiting =
  | { readonly step: "loading" }
  | { readonly step: "proving" } // a proof of work is being made
  | { readonly step: "failed"; readonly failure: Failure }
  | InLine
  | { readonly step: "inside"; readonly about: AboutLine; readonly entry: EntryPass }
  | { readonly step: "over"; readonly about: AboutLine; readonly why: "LEFT" | "EXPIRED" };

export type WaitingNews =
  | { readonly kind: "asked" }
  | { readonly kind: "proving" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "place"; readonly place: Place; readonly about: AboutLine }
  | { readonly kind: "serving"; readonly serving: Serving }
  | { readonly kind: "link"; readonly link: Link };

/* null: too much has happened to count from here; the house has to be asked. */
export function aheadBy(place: Place, serving: Serving): number | null {
  if (place.turn === null || serving.number < place.number) return place.ahead;
  if (serving.since > place.number) return null;
  const { turn } = place;
  const departed = serving.departures.filter(
    ([event, gone]) => event > place.number && gone < turn,
  ).length;
  return Math.max(0, place.ahead - (serving.admitted - place.admitted) - departed);
}

export function isCalled(place: Place, serving: Serving): boolean {
  return serving.state === "OPEN" && place.turn !== null && place.turn <= serving.serving;
}

/* The place has to be asked for anew: the turn has come, was drawn, or can't be counted any more. */
export function needsLook(place: Place, serving: Serving): boolean {
  if (place.state !== "WAITING") return false;
  if (place.turn === null) return serving.state !== "HALL";
  return isCalled(place, serving) || aheadBy(place, serving) === null;
}

export function estimate(ahead: number, serving: Serving): Estimate | null {
  if (serving.state !== "OPEN" || serving.rate <= 0) return null;
  const at = (rate: number) => Math.ceil(ahead / rate);
  return {
    seconds: at(serving.rate),
    leastSeconds: at(Math.max(serving.rateMost, serving.rate)),
    mostSeconds: serving.rateLeast > 0 ? at(serving.rateLeast) : null,
  };
}

export function progress({ ahead, firstAhead }: InLine): number {
  return firstAhead <= 0 ? 1 : 1 - Math.min(1, ahead / firstAhead);
}

function placed(waiting: Waiting, place: Place, about: AboutLine): Waiting {
  if (place.state === "LEFT" || place.state === "EXPIRED")
    return { step: "over", about, why: place.state };
  if (place.state === "ADMITTED" && place.entry !== null)
    return { step: "inside", about, entry: place.entry };
  const before = waiting.step === "waiting" ? waiting : null;
  const isSame = before?.place.sequence === place.sequence && before.place.turn !== null;
  return {
    step: "waiting",
    about,
    place,
    serving: before?.serving ?? null,
    ahead: place.ahead,
    firstAhead: Math.max(place.ahead, isSame ? before.firstAhead : 0),
    link: before?.link ?? "stream",
  };
}

export function nextWaiting(waiting: Waiting, news: WaitingNews): Waiting {
  switch (news.kind) {
    case "asked":
      return { step: "loading" };
    case "proving":
      return { step: "proving" };
    case "failed":
      return waiting.step === "waiting"
        ? { ...waiting, link: "lost" }
        : { step: "failed", failure: news.failure };
    case "place":
      return placed(waiting, news.place, news.about);
    case "serving": {
      if (waiting.step !== "waiting") return waiting;
      if (waiting.serving !== null && news.serving.number < waiting.serving.number) return waiting;
      const ahead = aheadBy(waiting.place, news.serving) ?? waiting.ahead;
      return { ...waiting, serving: news.serving, ahead };
    }
    case "link":
      return waiting.step === "waiting" ? { ...waiting, link: news.link } : waiting;
  }
}

/* --- reading ----------------------------------------------------------------------------------- */

export function readPlace(value: unknown): Place {
  const json = record(value);
  const token = json["entryToken"];
  return {
    state: oneOf(json, "state", PLACE_STATES),
    sequence: whole(json, "sequence"),
    turn: wholeOr(json, "turn", null),
    ahead: wholeOr(json, "ahead", 0),
    number: wholeOr(json, "number", 0),
    admitted: wholeOr(json, "admitted", 0),
    idleSeconds: wholeOr(json, "idleSeconds", 60),
    receipt: typeof json["receipt"] === "string" ? json["receipt"] : "",
    retryAfterMs: wholeOr(json, "retryAfterMs", null),
    entry:
      typeof token === "string" ? { token, expiresAtMs: timeMs(json, "entryExpiresAt") } : null,
  };
}

function readDeparture(value: unknown): [number, number] {
  const [event, turn] = list(value, Number);
  return [event ?? 0, turn ?? 0];
}

export function readServing(value: unknown): Serving {
  const json = record(value);
  return {
    state: oneOf(json, "state", SERVING_STATES),
    number: whole(json, "number"),
    serving: whole(json, "serving"),
    admitted: whole(json, "admitted"),
    waiting: whole(json, "waiting"),
    hall: whole(json, "hall"),
    active: whole(json, "active"),
    rate: real(json, "rate"),
    rateLeast: real(json, "rateLeast"),
    rateMost: real(json, "rateMost"),
    opensAtMs: timeMsOrNull(json, "opensAt"),
    since: whole(json, "since"),
    departures: list(json["departures"], readDeparture),
  };
}

export interface Challenge {
  readonly bits: number;
  readonly challenge: string;
}

export function readChallenge(value: unknown): Challenge {
  const json = record(value);
  return { bits: whole(json, "bits"), challenge: text(json, "challenge") };
}
