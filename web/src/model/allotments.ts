// allotments.ts — seats set aside, and the refunds of a whole date or concert, out of the server's
// JSON.
import { list, oneOf, record, text, timeMs, whole, wholeOr } from "./read.ts";

export interface Allotment {
  readonly id: number;
  readonly name: string;
  readonly groupId: number | null;
  readonly releasesAtMs: number | null;
  readonly seatCount: number;
}

export function readAllotments(value: unknown): Allotment[] {
  return list(record(value)["items"], (item) => {
    const json = record(item);
    return {
      id: whole(json, "id"),
      name: text(json, "name"),
      groupId: wholeOr(json, "groupId", null),
      releasesAtMs: json["releasesAt"] === null ? null : timeMs(json, "releasesAt"),
      seatCount: list(json["seatIds"], Number).length,
    };
  });
}

export const RUN_STATES = ["RUNNING", "DONE"] as const;

/* Of a date, or of all dates of a concert together. */
export interface RefundRun {
  readonly id: number;
  readonly state: (typeof RUN_STATES)[number];
  readonly leftCount: number;
  readonly requestedCount: number;
  readonly doneCount: number;
  readonly failedCount: number;
  readonly doneAmount: number;
}

export function readRun(value: unknown): RefundRun {
  const json = record(value);
  return {
    id: whole(json, "id"),
    state: oneOf(json, "state", RUN_STATES),
    leftCount: whole(json, "leftCount"),
    requestedCount: whole(json, "requestedCount"),
    doneCount: whole(json, "doneCount"),
    failedCount: whole(json, "failedCount"),
    doneAmount: whole(json, "doneAmount"),
  };
}

export function readRuns(value: unknown): RefundRun[] {
  return list(record(value)["items"], readRun);
}
