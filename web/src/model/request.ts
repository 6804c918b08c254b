// request.ts — what becomes of a press that was taken into a queue: decided a moment later.
import type { Answer, Problem } from "./answer.ts";
import { oneOf, record, text, whole } from "./read.ts";
import { readProblem } from "./read_booking.ts";

/* The answer to a press: the seats are held, or it waits its turn under a number. */
export type Reserved =
  | { readonly kind: "held"; readonly reservationId: number }
  | { readonly kind: "queued"; readonly requestId: string };

export type RequestState =
  | { readonly state: "PENDING" }
  | { readonly state: "SUCCESS"; readonly reservationId: number }
  | { readonly state: "FAILED"; readonly problem: Problem };

const COME_AGAIN_MS = 1_000;

export function readReserved(value: unknown): Reserved {
  const json = record(value);
  return "requestId" in json
    ? { kind: "queued", requestId: text(json, "requestId") }
    : { kind: "held", reservationId: whole(json, "id") };
}

export function readRequest(value: unknown): RequestState {
  const json = record(value);
  const state = oneOf(json, "state", ["PENDING", "SUCCESS", "FAILED"] as const);
  switch (state) {
    case "PENDING":
      return { state };
    case "SUCCESS":
      return { state, reservationId: whole(record(json["reservation"]), "id") };
    case "FAILED":
      return { state, problem: readProblem(value, 409) };
  }
}

/* null while nobody has decided. */
export function outcomeOf(request: RequestState): Answer<number> | null {
  switch (request.state) {
    case "PENDING":
      return null;
    case "SUCCESS":
      return { kind: "ok", value: request.reservationId };
    case "FAILED":
      return request.problem.code === "BUSY"
        ? { kind: "busy", code: "BUSY", retryAfterMs: COME_AGAIN_MS }
        : { kind: "refused", problem: request.problem };
  }
}
