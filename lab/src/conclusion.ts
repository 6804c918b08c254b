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

function leaders(results: Results, database: string): string[] {
  const correct = onDatabase(results, database).filter(isCorrect);
  if (correct.length === 0) return [];
  const patience = (entry: Entry) => 1 / entry.medians.hot.p99Ms;
  const thrift = (entry: Entry) => 1 / cpuMicros(entry.medians.spread);
  return [
    `most seats a second: ${named(front(correct, sold), (entry) => whole(sold(entry)))}`,
    `most refusals a second, once a seat is gone: ${named(front(correct, refused), (entry) => whole(refused(entry)))}`,
    `least CPU a press, all servers together: ${named(front(correct, thrift), (entry) => `${whole(cpuMicros(entry.medians.spread))} µs`)}`,
    `soonest answers while ${results.settings.fans} fans want one seat, p99: ` +
      named(front(correct, patience), (entry) => `${entry.medians.hot.p99Ms.toFixed(1)} ms`),
  ].map((line) => `- On ${database}, of those that sold nothing twice — ${line}.`);
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
  return {
    ratio,
    words:
      `${engine.title} sells ${times(ratio)} × as many seats a second as the best of them, ${second.title}: ` +
      `${whole(sold(engine))} (${whole(least)} to ${whole(most)}) against ${whole(sold(second))}`,
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

function advice(results: Results): string[] {
  return ["SQLite", "PostgreSQL"].flatMap((database) => {
    const correct = onDatabase(results, database).filter(isCorrect);
    const ofDatabase = correct.filter((entry) => entry.contestant.strategy === "v2");
    const many = correct.filter((entry) => ["v2", "v3", "v4"].includes(entry.contestant.strategy));
    const lines: string[] = [];
    if (ofDatabase.length > 0)
      lines.push(
        `- With nothing but ${database} and any number of nodes: ${named(front(ofDatabase, sold), (entry) => `${whole(sold(entry))} seats a second`)}.`,
      );
    if (database === "PostgreSQL" && many.length > 0)
      lines.push(
        `- Of what several nodes can sell side by side on ${database}: ${named(front(many, sold), (entry) => `${whole(sold(entry))} seats a second`)}.`,
      );
    return lines;
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
  const databases = ["SQLite", "PostgreSQL"];
  return [
    ...leads(results),
    ...databases.flatMap((database) => leaders(results, database)),
    ...costOfCrowds(results),
    ...advice(results),
  ];
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
