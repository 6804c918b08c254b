// conclusion.ts — what follows from the numbers, and only from them. Every sentence has its figures.
import {
  askedInVain, cpuMicros, type Entry, type Results, type Run, type Scenario, scenarios,
  scenarioWords, soldRange,
} from "./results.ts";
import { contestants } from "./contestants.ts";

const BUSY_SHARE = 0.01; // more than one press in a hundred is not answered properly
const SLOW_MS = 500; // a fan notices
const PROMISED_LEAD = 5; // DESIGN: v5 against the best of v2 to v4 on their servers, same machine
const AS_GOOD_AS = 0.8; // of the best: less than a quarter apart is no difference in a short run

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
  if (spread.perSecond === 0 || hot.perSecond >= spread.perSecond / 2 || askedInVain(hot)) return [];
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

const sold = (entry: Entry) => entry.ceiling?.soldPerSecond ?? 0;
const refused = (entry: Entry) => entry.ceiling?.lostPerSecond ?? 0;

function onDatabase(results: Results, database: string): Entry[] {
  return results.entries.filter((entry) => entry.contestant.database === database);
}

/** The best, and whoever cannot be told from it. */
function front(entries: readonly Entry[], by: (entry: Entry) => number): Entry[] {
  const sorted = entries.toSorted((a, b) => by(b) - by(a));
  const most = sorted[0] ? by(sorted[0]) : 0;
  return sorted.filter((entry) => by(entry) >= most * AS_GOOD_AS);
}

function named(entries: readonly Entry[], words: (entry: Entry) => string): string {
  return entries.map((entry) => `**${entry.title}** (${words(entry)})`).join(", ");
}

interface Virtue {
  words: string;
  by: (entry: Entry) => number; // more is better
  figure: (entry: Entry) => string;
}

const virtues: readonly Virtue[] = [
  { words: "most seats sold a second", by: sold, figure: (entry) => whole(sold(entry)) },
  { words: "most refusals a second, once the seats are gone", by: refused, figure: (entry) => whole(refused(entry)) },
  {
    words: "least CPU a press, all servers together",
    by: (entry) => 1 / cpuMicros(entry.medians.spread),
    figure: (entry) => `${whole(cpuMicros(entry.medians.spread))} µs`,
  },
  {
    words: "soonest answers when everybody wants one seat, p99",
    by: (entry) => 1 / entry.medians.hot.p99Ms,
    figure: (entry) => `${entry.medians.hot.p99Ms.toFixed(1)} ms`,
  },
];

export const databases = ["SQLite", "PostgreSQL"] as const;

/** Who leads in what, of those that sold nothing twice: a row for each virtue, a column a database. */
export function leaders(results: Results): string[][] {
  return virtues.map(({ words, by, figure }) => [
    words,
    ...databases.map((database) => {
      const first = front(onDatabase(results, database).filter(isCorrect), by);
      return first.map((entry) => `**${entry.contestant.name}** ${figure(entry)}`).join(", ") || "–";
    }),
  ]);
}

function verdict(ratio: number): string {
  return ratio >= PROMISED_LEAD
    ? `holds the promise of ${PROMISED_LEAD}`
    : `**misses** the promise of ${PROMISED_LEAD}`;
}

function againstBest(engine: Entry, others: readonly Entry[]): { ratio: number; words: string } | null {
  const second = best(others, sold);
  if (!second || sold(second) === 0) return null;
  const ratio = sold(engine) / sold(second);
  const [least, most] = soldRange(engine);
  const range = engine.ceilings.length > 1 ? ` (${whole(least)} to ${whole(most)})` : "";
  return {
    ratio,
    words:
      `${engine.title} sells ${times(ratio)} × as many seats a second as the best of them, ${second.title}: ` +
      `${whole(sold(engine))}${range} against ${whole(sold(second))}`,
  };
}

/** The promise is about v2 to v4 on the servers they are made for; wrk asks, it is fast enough. */
function leads(results: Results): string[] {
  const withServers = onDatabase(results, "PostgreSQL").filter(
    (entry) => entry.contestant.strategy !== "v5" && isCorrect(entry),
  );
  const lines: string[] = [];
  for (const engine of results.entries.filter((entry) => entry.contestant.strategy === "v5")) {
    const lead = againstBest(engine, withServers);
    if (lead) lines.push(`- Against v1 to v4 on their servers, ${lead.words}. That ${verdict(lead.ratio)}.`);
  }
  const [engine] = onDatabase(results, "SQLite").filter((entry) => entry.contestant.strategy === "v5");
  const inside = onDatabase(results, "SQLite").filter(
    (entry) => entry.contestant.strategy !== "v5" && isCorrect(entry),
  );
  const lead = engine ? againstBest(engine, inside) : null;
  if (lead)
    lines.push(
      `- Against v1 to v4 without any server, ${lead.words}. There is no promise about these: on SQLite ` +
        "they share the engine's writer, and so the commit that makes a crowd cheap.",
    );
  return lines;
}

function crowdRatio(entry: Entry): number {
  return sold(entry) > 0 ? refused(entry) / sold(entry) : 0;
}

/** Where refusing costs more than selling, a stampede is the worst that can happen. */
function costOfCrowds(results: Results): string[] {
  const correct = results.entries.filter((entry) => isCorrect(entry) && entry.contestant.strategy !== "v4");
  const slower = correct.filter((entry) => crowdRatio(entry) < 1);
  if (slower.length === 0) return ["- Nobody refuses more slowly than it sells: a stampede costs less than a sale."];
  const words = named(slower, (entry) => `${whole(refused(entry))} against ${whole(sold(entry))} a second`);
  return [`- These refuse more slowly than they sell, so a stampede is their worst case: ${words}.`];
}

function take(results: Results, database: string, strategies: readonly string[]): string {
  const fit = onDatabase(results, database).filter(
    (entry) => isCorrect(entry) && strategies.includes(entry.contestant.strategy),
  );
  return named(front(fit, sold), (entry) => `${whole(sold(entry))} seats a second`);
}

/** Which to take when: each need leaves some that fit, and of those the fastest are named. */
export function advice(results: Results): string[] {
  const needs: readonly [string, string, readonly string[]][] = [
    ["One process may own a sale", "SQLite", ["v5"]],
    ["One process may own a sale, and the database is a server", "PostgreSQL", ["v5"]],
    ["Any node must sell any sale, with nothing but the database", "PostgreSQL", ["v2"]],
    ["The same, and seats are to be locked outside of the database", "PostgreSQL", ["v3"]],
    ["Presses must be taken while the database is away, and may be answered later", "PostgreSQL", ["v4"]],
  ];
  return needs.flatMap(([need, database, strategies]) => {
    const words = take(results, database, strategies);
    return words === "" ? [] : [`- ${need}: ${words}.`];
  });
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
  return [...leads(results), ...costOfCrowds(results)];
}

/** Rates at which k6 used its whole core say what k6 can ask, not what the server can answer. */
export function rate(run: Run): string {
  return askedInVain(run) ? `≥ ${whole(run.perSecond)}` : whole(run.perSecond);
}

export const bounds =
  `Bounds: more than ${BUSY_SHARE * 100} % of the presses answered with 503 or not at all; p99 above ` +
  `${SLOW_MS} ms; half the pace on one seat; anything the audit refuses.`;

export function scenarioList(): string[] {
  return scenarios.map((scenario: Scenario) => `- **${scenario}** — ${scenarioWords[scenario]}`);
}

export const contestantCount = contestants.length;
