// conclusion.ts — what follows from the numbers, and only from them. Every sentence has its figures.
import {
  cpuMicros, type Entry, type Results, type Run, type Scenario, scenarios, scenarioWords,
} from "./results.ts";
import { contestants } from "./contestants.ts";

const BUSY_SHARE = 0.01; // more than one press in a hundred is not answered properly
const SLOW_MS = 500; // a fan notices
const PROMISED_LEAD = 5; // DESIGN: v5 against the best of the others, on the same machine

export const whole = (value: number) => Math.round(value).toLocaleString("en-US");
export const times = (value: number) => value.toFixed(value < 10 ? 1 : 0);

function best(entries: readonly Entry[], by: (entry: Entry) => number): Entry | undefined {
  return entries.toSorted((a, b) => by(b) - by(a))[0];
}

function sells(entry: Entry): boolean {
  return entry.medians.spread.winners > 0;
}

/** Sold something, and nothing twice: whoever refuses every press is quick, too. */
function isCorrect(entry: Entry): boolean {
  return sells(entry) && scenarios.every((scenario) => entry.medians[scenario].audit.clean);
}

export function busyShare(run: Run): number {
  const busy = (run.heard.BUSY ?? 0) + (run.heard.NO_ANSWER ?? 0) + (run.heard.OUTCOME_UNKNOWN ?? 0);
  return run.presses > 0 ? busy / run.presses : 0;
}

function doubles(entry: Entry): string[] {
  const seen = scenarios.filter((scenario) => entry.medians[scenario].audit.doubleBookings > 0);
  if (seen.length === 0) return [];
  const words = seen.map(
    (scenario) => `${whole(entry.medians[scenario].audit.doubleBookings)} in “${scenario}”`,
  );
  return [`sells seats twice: ${words.join(", ")}`];
}

function unclean(entry: Entry): string[] {
  const dirty = scenarios.filter((scenario) => {
    const { audit } = entry.medians[scenario];
    return !audit.clean && audit.doubleBookings === 0;
  });
  return dirty.length === 0 ? [] : [`leaves a database that the audit refuses: ${dirty.join(", ")}`];
}

function refusals(entry: Entry): string[] {
  return scenarios
    .filter((scenario) => busyShare(entry.medians[scenario]) > BUSY_SHARE)
    .map((scenario) => {
      const share = (busyShare(entry.medians[scenario]) * 100).toFixed(1);
      return `answers ${share} % of the presses of “${scenario}” with 503 or not at all`;
    });
}

function slowness(entry: Entry): string[] {
  return scenarios
    .filter((scenario) => entry.medians[scenario].p99Ms > SLOW_MS)
    .map((scenario) => {
      const { p99Ms } = entry.medians[scenario];
      return `lets one fan in a hundred wait ${whole(p99Ms)} ms or longer in “${scenario}”`;
    });
}

function crowding(entry: Entry): string[] {
  const { hot, spread } = entry.medians;
  if (spread.perSecond === 0 || hot.perSecond >= spread.perSecond / 2) return [];
  const share = whole((hot.perSecond / spread.perSecond) * 100);
  return [`loses its pace when all want one seat: ${share} % of what it does on many`];
}

/** Where each one breaks, by the bounds above. */
export function weaknesses(entry: Entry): string[] {
  if (!sells(entry)) {
    const heard = Object.keys(entry.medians.spread.heard).join(", ");
    return [`**sold nothing in this run**, and takes no part in the conclusions; its fans heard ${heard}`];
  }
  const found = [doubles, unclean, refusals, slowness, crowding].flatMap((look) => look(entry));
  return found.length === 0 ? ["none of the bounds below was crossed in this run"] : found;
}

function leaders(results: Results, database: string): string[] {
  const entries = results.entries.filter((entry) => entry.contestant.database === database);
  const correct = entries.filter(isCorrect);
  if (correct.length === 0) return [];
  const lines: string[] = [];
  const seller = best(correct, (entry) => entry.medians.spread.winnersPerSecond);
  const frugal = best(correct, (entry) => -cpuMicros(entry.medians.spread));
  const patient = best(correct, (entry) => -entry.medians.hot.p99Ms);
  if (seller)
    lines.push(
      `**${seller.title}** sold fastest: ${whole(seller.medians.spread.winnersPerSecond)} seats a second in “spread”`,
    );
  if (frugal)
    lines.push(
      `**${frugal.title}** cost least: ${whole(cpuMicros(frugal.medians.spread))} µs of CPU a press, all servers together`,
    );
  if (patient)
    lines.push(
      `**${patient.title}** answered soonest when all wanted one seat: p99 ${patient.medians.hot.p99Ms.toFixed(1)} ms`,
    );
  return lines.map((line) => `- On ${database}, of those that sold nothing twice, ${line}.`);
}

/** The ceiling of v4 counts promises, not seats; what it sold is in “spread”. */
function queued(entries: readonly Entry[], engine: Entry): string[] {
  const queue = entries.find((entry) => entry.contestant.strategy === "v4" && isCorrect(entry));
  if (!queue) return [];
  const [mine, its] = [engine, queue].map((entry) => entry.medians.spread.winnersPerSecond);
  return [
    `- ${queue.title} sold ${whole(its ?? 0)} seats a second in “spread”, v5 ${whole(mine ?? 0)} ` +
      `(k6 asks both, and is the slower part with v5).`,
  ];
}

/** v5 against the best other, by wrk, which can ask faster than k6. */
function lead(results: Results, database: string): string[] {
  const entries = results.entries.filter((entry) => entry.contestant.database === database);
  const engine = entries.find((entry) => entry.contestant.strategy === "v5");
  const others = entries.filter(
    (entry) => !["v4", "v5"].includes(entry.contestant.strategy) && entry.ceiling !== null && isCorrect(entry),
  );
  const second = best(others, (entry) => entry.ceiling?.perSecond ?? 0);
  if (!engine?.ceiling || !second?.ceiling) return [];
  const ratio = engine.ceiling.perSecond / second.ceiling.perSecond;
  const verdict =
    ratio >= PROMISED_LEAD
      ? `which holds the promise of ${PROMISED_LEAD}`
      : `which **misses** the promise of ${PROMISED_LEAD}`;
  return [
    `- On ${database}, v5 sells ${times(ratio)} × as fast as the best of the others that sold ` +
      `nothing twice (${second.title}): ${whole(engine.ceiling.perSecond)} against ` +
      `${whole(second.ceiling.perSecond)} a second at the ceiling, ${verdict}.`,
    ...queued(entries, engine),
  ];
}

function costOfCrowds(results: Results): string[] {
  const pairs = results.entries.flatMap((entry) => {
    const { hot, spread } = entry.medians;
    const ratio = spread.perSecond > 0 ? hot.perSecond / spread.perSecond : 0;
    return isCorrect(entry) ? [{ entry, ratio }] : [];
  });
  const worst = pairs.toSorted((a, b) => a.ratio - b.ratio)[0];
  if (!worst) return [];
  if (worst.ratio >= 1) return ["- Nobody was slowed down by a single hot seat: a refusal costs less than a sale."];
  const { hot, spread } = worst.entry.medians;
  return [
    `- A single hot seat slowed down ${worst.entry.title} most: ` +
      `${whole(hot.perSecond)} presses a second instead of ${whole(spread.perSecond)}.`,
  ];
}

function advice(results: Results): string[] {
  const lines: string[] = [];
  for (const database of ["SQLite", "PostgreSQL"]) {
    const correct = results.entries.filter(
      (entry) => entry.contestant.database === database && isCorrect(entry),
    );
    const first = best(correct, (entry) => entry.medians.stampede.perSecond);
    const usual = best(
      correct.filter((entry) => entry.contestant.strategy === "v2"),
      (entry) => entry.medians.spread.winnersPerSecond,
    );
    if (first)
      lines.push(
        `- A stampede on ${database}: take **${first.title}** ` +
          `(${whole(first.medians.stampede.perSecond)} answers a second, p99 ` +
          `${first.medians.stampede.p99Ms.toFixed(1)} ms).`,
      );
    if (usual)
      lines.push(
        `- Locks of the database itself, on ${database}: **${usual.title}** was the faster of the ` +
          `two here (${whole(usual.medians.spread.winnersPerSecond)} seats a second).`,
      );
  }
  return lines;
}

/** True whatever was measured: how each mechanism is made. */
export const byDesign: readonly string[] = [
  "v1 none must never sell for money. It exists to be seen.",
  "v1 mutex is correct in one process only; two nodes sell the same seat twice (a test shows it).",
  "v2 needs nothing but the database and is correct on any number of nodes.",
  "v3 needs a lock server besides, and is correct because the database checks the fence, not because of the lock.",
  "v4 answers before it has decided: the fan hears the result later, and the queue outlives a crash.",
  "v5 decides in the memory of one process a sale, so one process must own it; the database's index stands below.",
];

export function conclusions(results: Results): string[] {
  const databases = ["SQLite", "PostgreSQL"];
  return [
    ...databases.flatMap((database) => leaders(results, database)),
    ...databases.flatMap((database) => lead(results, database)),
    ...costOfCrowds(results),
    ...advice(results),
  ];
}

export const bounds =
  `Bounds: more than ${BUSY_SHARE * 100} % of the presses answered with 503 or not at all; p99 above ` +
  `${SLOW_MS} ms; half the pace on one seat; anything the audit refuses.`;

export function scenarioList(): string[] {
  return scenarios.map((scenario: Scenario) => `- **${scenario}** — ${scenarioWords[scenario]}`);
}

export const contestantCount = contestants.length;
