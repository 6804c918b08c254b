// sale_terms.ts — how a date is sold: the document of PUT /api/options/{id}/sale.
//
// What this page does not know is kept as it came: saving a sale must never drop a term that
// somebody set by the API.
import { readRounds, type Round } from "./clubs.ts";
import { record, text, textOr, timeMs, whole, wholeOr, type Json } from "./read.ts";

export const STRATEGIES = [
  { strategy: "v5", lock: null },
  { strategy: "v1", lock: "mutex" },
  { strategy: "v1", lock: "none" },
  { strategy: "v2", lock: "optimistic" },
  { strategy: "v2", lock: "pessimistic" },
  { strategy: "v3", lock: null },
  { strategy: "v4", lock: null },
] as const;

export interface RefundPolicy {
  readonly freeDays: number; // before the concert, without a fee
  readonly feePercent: number;
  readonly feePerSeat: number; // won
}

export interface SaleTerms {
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly strategy: string;
  readonly lock: string | null;
  readonly holdSeconds: number;
  readonly maxPerFan: number;
  readonly waitingRoom: boolean;
  readonly maxPerConcert: number | null;
  readonly presale: readonly Round[];
  readonly refundPolicy: RefundPolicy | null;
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
  "maxPerConcert",
  "presale",
  "refundPolicy",
];

function readPolicy(value: unknown): RefundPolicy | null {
  if (value === null || value === undefined) return null;
  const json = record(value);
  return {
    freeDays: wholeOr(json, "freeDays", 0),
    feePercent: wholeOr(json, "feePercent", 0),
    feePerSeat: wholeOr(json, "feePerSeat", 0),
  };
}

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
    maxPerConcert: wholeOr(json, "maxPerConcert", null),
    presale: readRounds(json["presale"]),
    refundPolicy: readPolicy(json["refundPolicy"]),
    others: Object.fromEntries(Object.entries(json).filter(([name]) => !EDITED.includes(name))),
  };
}

function documentOfRound({ groupId, opensAtMs, closesAtMs }: Round) {
  return {
    groupId,
    opensAt: new Date(opensAtMs).toISOString(),
    closesAt: new Date(closesAtMs).toISOString(),
  };
}

export function documentOfSale(terms: SaleTerms): Json {
  const { opensAtMs, closesAtMs, presale, refundPolicy, others, ...plain } = terms;
  return {
    ...others,
    ...plain,
    ...(refundPolicy === null ? {} : { refundPolicy }),
    presale: presale.length === 0 ? null : presale.map(documentOfRound),
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
    maxPerConcert: null,
    presale: [],
    refundPolicy: null,
    others: {},
  };
}
