// sale_terms.ts — how a date is sold: the document of PUT /api/options/{id}/sale.
//
// What this page does not know is kept as it came: saving a sale must never drop a term that
// somebody set by the API.
import { record, type Json, text, textOr, timeMs, whole } from "./read.ts";

export const STRATEGIES = [
  { strategy: "v5", lock: null },
  { strategy: "v1", lock: "mutex" },
  { strategy: "v1", lock: "none" },
  { strategy: "v2", lock: "optimistic" },
  { strategy: "v2", lock: "pessimistic" },
  { strategy: "v3", lock: null },
  { strategy: "v4", lock: null },
] as const;

export interface SaleTerms {
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly strategy: string;
  readonly lock: string | null;
  readonly holdSeconds: number;
  readonly maxPerFan: number;
  readonly waitingRoom: boolean;
  readonly others: Json; // terms this page does not edit
}

const EDITED = [
  "state",
  "opensAt",
  "closesAt",
  "strategy",
  "lock",
  "holdSeconds",
  "maxPerFan",
  "waitingRoom",
];

export function readSaleTerms(value: unknown): SaleTerms {
  const json = record(value);
  return {
    opensAtMs: timeMs(json, "opensAt"),
    closesAtMs: timeMs(json, "closesAt"),
    strategy: text(json, "strategy"),
    lock: textOr(json, "lock", "") || null,
    holdSeconds: whole(json, "holdSeconds"),
    maxPerFan: whole(json, "maxPerFan"),
    waitingRoom: json["waitingRoom"] === true,
    others: Object.fromEntries(Object.entries(json).filter(([name]) => !EDITED.includes(name))),
  };
}

export function documentOfSale(terms: SaleTerms): Json {
  const { opensAtMs, closesAtMs, others, ...plain } = terms;
  return {
    ...others,
    ...plain,
    opensAt: new Date(opensAtMs).toISOString(),
    closesAt: new Date(closesAtMs).toISOString(),
  };
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/* A sale to begin with: a week before the concert, or in an hour, until an hour before it starts. */
export function firstTerms(startsAtMs: number, nowMs: number): SaleTerms {
  const soonMs = Math.ceil((nowMs + HOUR_MS) / HOUR_MS) * HOUR_MS;
  const closesAtMs = Math.max(startsAtMs - HOUR_MS, soonMs + HOUR_MS);
  return {
    opensAtMs: Math.max(soonMs, closesAtMs - WEEK_MS),
    closesAtMs,
    strategy: "v5",
    lock: null,
    holdSeconds: 300,
    maxPerFan: 4,
    waitingRoom: false,
    others: {},
  };
}
