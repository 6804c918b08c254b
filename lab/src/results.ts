// results.ts — what a night in the lab leaves behind: the shape of its JSON.
import type { Machine } from "../../bench/src/machine.ts";
import type { Contestant } from "./contestants.ts";
import type { Part, Usage } from "./usage.ts";

export const scenarios = ["hot", "spread", "stampede", "mixed"] as const;
export type Scenario = (typeof scenarios)[number];

export const scenarioWords: Record<Scenario, string> = {
  hot: "everybody wants one and the same seat",
  spread: "every press another seat, of a hall that is larger than the run",
  stampede: "any seat of a hall that is gone within a moment",
  mixed: "nine look at the seats, one presses",
};

export interface Audit {
  clean: boolean;
  doubleBookings: number;
  reservations: number;
  words: string; // what it printed, where it is not clean
}

export interface Run {
  seconds: number;
  presses: number; // answered, whatever the answer
  perSecond: number;
  winners: number; // acknowledged with a seat
  winnersPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  heard: Record<string, number>; // by code; "201" is a seat
  lookP99Ms: number | null; // mixed: reading the seat states
  usage: Partial<Record<Part, Usage>>;
  cpuMicrosPerPress: Partial<Record<Part, number>>;
  loadShare: number; // of the load core that k6 used: near 1, it is k6 that was measured
  audit: Audit;
}

export interface Ceiling { // by wrk: as fast as the load core can ask
  soldPerSecond: number; // one free seat after the other; with v4 until all are decided
  answeredPerSecond: number; // the same presses' answers; more than were sold with v4 only
  p50Ms: number;
  p99Ms: number;
  refusedShare: number;
  lostPerSecond: number; // most want one of 100 seats that are gone; 0: not asked, as v4 decides later
  command: string;
}

export interface Entry {
  contestant: Contestant;
  title: string;
  runs: Record<Scenario, Run[]>;
  medians: Record<Scenario, Run>;
  ceilings: Ceiling[];
  ceiling: Ceiling | null; // the middle one
}

export interface Settings {
  size: string;
  seconds: number;
  repeats: number;
  fans: number; // at once
  ceilingSeconds: number;
  ceilingRounds: number;
  ceilingSeats: number;
  ceilingConnections: number;
  seats: Record<Scenario, number>;
  strategyWorkers: number;
}

export interface Results {
  measuredAt: string;
  machine: Machine;
  settings: Settings;
  commands: string[];
  missing: string[]; // contestants that could not run, and why
  entries: Entry[];
}

function middle<Value>(values: readonly Value[], by: (value: Value) => number): Value {
  const sorted = values.toSorted((a, b) => by(a) - by(b));
  const value = sorted[Math.floor(sorted.length / 2)];
  if (value === undefined) throw new Error("no runs");
  return value;
}

/** The run in the middle by rate, whole, so that its numbers belong together; audits of all. */
export function medianRun(runs: readonly Run[]): Run {
  const run = middle(runs, (each) => each.perSecond);
  return {
    ...run,
    audit: {
      ...run.audit,
      clean: runs.every((each) => each.audit.clean),
      doubleBookings: Math.max(...runs.map((each) => each.audit.doubleBookings)),
    },
  };
}

/** Each rate's own median: selling and refusing are two measurements. */
export function medianCeiling(ceilings: readonly Ceiling[]): Ceiling | null {
  if (ceilings.length === 0) return null;
  const { lostPerSecond } = middle(ceilings, (each) => each.lostPerSecond);
  return { ...middle(ceilings, (each) => each.soldPerSecond), lostPerSecond };
}

/** How far the rounds lie apart: the slowest and the fastest. */
export function soldRange(entry: Entry): [number, number] {
  const rates = entry.ceilings.map((each) => each.soldPerSecond);
  return [Math.min(...rates), Math.max(...rates)];
}

const SATURATED = 0.85; // of its core; the rest is the kernel's for the sockets' other end

/** k6 could not ask any faster: the rate is its own, and the server's is higher. */
export function askedInVain(run: Run): boolean {
  return run.loadShare > SATURATED;
}

/** Of the server and of everything it stands on. */
export function cpuMicros(run: Run): number {
  return Object.values(run.cpuMicrosPerPress).reduce((sum, micros) => sum + micros, 0);
}
