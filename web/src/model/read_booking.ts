// read_booking.ts — reservations, tickets, fans, tokens and problems out of the server's JSON.
import type { Problem, Slip } from "./answer.ts";
import { RESERVATION_STATES, ROLES } from "./booking.ts";
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
import type { Json } from "./read.ts";
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
    paymentId: isRecord(json["payment"]) ? whole(json["payment"], "id") : null,
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
    role: ROLES.find((role) => role === json["role"]) ?? "FAN",
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

function readSlips(json: Json): Slip[] {
  const field = textOr(json, "field", "");
  const whole = field === "" ? [] : [{ field, detail: textOr(json, "detail", "") }];
  if (!Array.isArray(json["errors"])) return whole;
  return json["errors"].filter(isRecord).map((slip) => ({
    field: textOr(slip, "field", ""),
    detail: textOr(slip, "detail", ""),
  }));
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/* A problem must never be a problem itself: whatever is missing gets a sensible word. */
export function readProblem(value: unknown, status: number): Problem {
  const json = isRecord(value) ? value : {};
  const slips = readSlips(json);
  const seatIds = Array.isArray(json["seatIds"])
    ? json["seatIds"].filter(Number.isSafeInteger)
    : [];
  const opensAt = Date.parse(textOr(json, "opensAt", ""));
  return {
    status: wholeOr(json, "status", status),
    code: textOr(json, "code", `HTTP_${status}`),
    field: typeof json["field"] === "string" ? json["field"] : null,
    seatIds,
    saleState: typeof json["saleState"] === "string" ? json["saleState"] : null,
    opensAtMs: Number.isNaN(opensAt) ? null : opensAt,
    requestId: typeof json["requestId"] === "string" ? json["requestId"] : null,
    slips,
    slipCount: wholeOr(json, "errorCount", slips.length),
  };
}
