// read_booking.ts — reservations, tickets, fans, tokens and problems out of the server's JSON.
import type { Problem } from "./answer.ts";
import { RESERVATION_STATES } from "./booking.ts";
import type { Fan, Reservation, ReservedSeat, Ticket, Tokens } from "./booking.ts";
import {
  label,
  list,
  oneOf,
  record,
  text,
  textOr,
  timeMs,
  timeMsOrNull,
  whole,
  wholeOr,
} from "./read.ts";
import { readVenue } from "./read_catalog.ts";

function readReservedSeat(value: unknown): ReservedSeat {
  const json = record(value);
  return {
    id: whole(json, "id"),
    section: text(json, "section"),
    row: label(json, "row"),
    number: label(json, "number"),
    grade: text(json, "grade"),
    price: whole(json, "price"),
  };
}

export function readReservation(value: unknown): Reservation {
  const json = record(value);
  return {
    id: whole(json, "id"),
    state: oneOf(json, "state", RESERVATION_STATES),
    optionId: whole(json, "optionId"),
    seats: list(json["seats"], readReservedSeat),
    amount: whole(json, "amount"),
    createdAtMs: timeMsOrNull(json, "createdAt"),
    expiresAtMs: timeMsOrNull(json, "expiresAt"),
  };
}

export function readTicket(value: unknown): Ticket {
  const json = record(value);
  const [concert, option] = [record(json["concert"]), record(json["option"])];
  const title = text(concert, "title");
  return {
    reservationId: whole(json, "reservationId"),
    ticket: text(json, "ticket"),
    qrSvg: text(json, "qrSvg"),
    title,
    titleKo: textOr(concert, "titleKo", title),
    startsAtMs: timeMs(option, "startsAt"),
    venue: readVenue(option["venue"]),
    seats: list(json["seats"], readReservedSeat),
  };
}

export function readFan(value: unknown): Fan {
  const json = record(value);
  return {
    id: whole(json, "id"),
    email: text(json, "email"),
    nickname: text(json, "nickname"),
  };
}

export function readTokens(value: unknown): Tokens {
  const json = record(value);
  return {
    accessToken: text(json, "accessToken"),
    refreshToken: text(json, "refreshToken"),
    expiresAtMs: timeMs(json, "expiresAt"),
  };
}

/* A problem must never be a problem itself: whatever is missing gets a sensible word. */
export function readProblem(value: unknown, status: number): Problem {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  const json = isRecord ? record(value) : {};
  const seatIds = Array.isArray(json["seatIds"])
    ? json["seatIds"].filter(Number.isSafeInteger)
    : [];
  const opensAt = Date.parse(textOr(json, "opensAt", ""));
  return {
    status: wholeOr(json, "status", status),
    code: textOr(json, "code", `HTTP_${status}`),
    field: typeof json["field"] === "string" ? json["field"] : null,
    seatIds,
    opensAtMs: Number.isNaN(opensAt) ? null : opensAt,
    requestId: typeof json["requestId"] === "string" ? json["requestId"] : null,
  };
}
