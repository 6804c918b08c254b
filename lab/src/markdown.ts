// markdown.ts — the report that stands in the docs.
import {
  advice, bounds, busyShare, byDesign, conclusions, databases, leaders, rate, scenarioList,
  weaknesses, whole,
} from "./conclusion.ts";
import { type Entry, type Results, type Run, scenarios, type Scenario, soldRange } from "./results.ts";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const millis = (value: number) => value.toFixed(1);

function cpu(run: Run): string {
  return Object.entries(run.cpuMicrosPerPress)
    .map(([part, micros]) => `${part} ${whole(micros)}`)
    .join(", ");
}

function errors(run: Run): string {
  const others = Object.entries(run.heard).filter(([code]) => code !== "201");
  return others.length === 0 ? "–" : others.map(([code, count]) => `${code} ${whole(count)}`).join(", ");
}

function memory(run: Run): string {
  return Object.entries(run.usage)
    .map(([part, { residentMegabytes }]) => `${part} ${whole(residentMegabytes)}`)
    .join(", ");
}

function scenarioTable(results: Results, scenario: Scenario): string {
  return table(
    ["strategy", "presses/s", "seats/s", "p50 ms", "p95", "p99", "max", "CPU µs a press", "other answers", "sold twice"],
    results.entries.map(({ title, medians }) => {
      const run = medians[scenario];
      return [
        title, rate(run), whole(run.winnersPerSecond), millis(run.p50Ms),
        millis(run.p95Ms), millis(run.p99Ms), millis(run.maxMs), cpu(run), errors(run),
        run.audit.doubleBookings > 0 ? `**${whole(run.audit.doubleBookings)}**` : "0",
      ];
    }),
  );
}

function ceilingTable(entries: readonly Entry[]): string {
  return table(
    ["strategy", "seats sold/s", "slowest to fastest round", "answers/s", "p50 ms", "p99 ms", "refusals/s", "memory MB, in “spread”"],
    entries.flatMap((entry) => {
      const { title, ceiling, medians } = entry;
      if (!ceiling) return [];
      return [[
        title, whole(ceiling.soldPerSecond), soldRange(entry).map(whole).join(" – "),
        whole(ceiling.answeredPerSecond), millis(ceiling.p50Ms), millis(ceiling.p99Ms),
        ceiling.lostPerSecond > 0 ? whole(ceiling.lostPerSecond) : "–", memory(medians.spread),
      ]];
    }),
  );
}

function weaknessTable(entries: readonly Entry[]): string {
  return table(
    ["strategy", "where it breaks"],
    entries.map((entry) => [entry.title, weaknesses(entry).join("; ")]),
  );
}

function machineList({ machine, settings, measuredAt }: Results): string {
  const versions = Object.entries(machine.versions)
    .filter(([, words]) => words !== "")
    .map(([name, words]) => `${name}: ${words}`);
  return [
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB; ${machine.system}, Linux ${machine.kernel}; data on ${machine.dataFileSystem}`,
    `- ${versions.join("; ")}`,
    `- size “${settings.size}”: ${settings.seconds} s a run, ${settings.repeats} of each, ceilings ${settings.ceilingRounds} × ${settings.ceilingSeconds} s, ${settings.fans} fans at once, ${settings.strategyWorkers} strategy workers; measured ${measuredAt}`,
    "- server and backing servers on core 0, the load on core 1; the order is rotated from round to round; every run has an empty database of its own",
  ].join("\n");
}

function looks(results: Results): string {
  const rows = results.entries.map(({ title, medians }) => [
    title, medians.mixed.lookP99Ms === null ? "–" : millis(medians.mixed.lookP99Ms),
    `${(busyShare(medians.mixed) * 100).toFixed(1)} %`,
  ]);
  return table(["strategy", "p99 of reading the seats, ms", "busy"], rows);
}

export function markdown(results: Results, names: { html: string; json: string }): string {
  const missing = results.missing.map((words) => `- not measured: ${words}`);
  return [
    "# Every strategy side by side", "",
    "Written by `make lab`; the figures are those of one run on one machine, and so are the conclusions, which are",
    `derived from them (\`lab/src/conclusion.ts\`). The same with charts: [${names.html}](${names.html}); as data:`,
    `[${names.json}](${names.json}).`, "",
    "## What follows from it", "", ...conclusions(results), "",
    "Who leads, of those that sold nothing twice; whoever is less than a fifth behind is named, too:", "",
    table(["", ...databases], leaders(results)), "",
    "### Which to take when", "", ...advice(results), "",
    "By design, whatever was measured:", "", ...byDesign.map((line) => `- ${line}`), "",
    "### Where each one breaks", "", weaknessTable(results.entries), "", bounds, "",
    "## On what", "", machineList(results), ...missing, "",
    "## Scenarios", "", ...scenarioList(), "",
    ...scenarios.flatMap((scenario) => [`### ${scenario}`, "", scenarioTable(results, scenario), ""]),
    "In “mixed”, while nine of ten read:", "", looks(results), "",
    "## Ceilings", "",
    `One core asks as fast as it can: wrk, ${results.settings.ceilingConnections} connections, ${results.settings.ceilingRounds} rounds of ${results.settings.ceilingSeconds} s, in turns. First`,
    "one free seat after the other (“seats sold”), then seats of which most are gone (“refusals”). v4 answers",
    "before it has decided: its seats are those decided, until nothing waited.", "",
    ceilingTable(results.entries), "",
    "## Commands", "", "```", ...results.commands, "```", "",
    "256 presses of another sale warm every server up before each run. “≥”: k6 used its whole core, so the rate is k6's",
    "and the server's is higher; the ceilings tell. Latencies are those of k6 until the answer, with v4 until the result. “seats/s” counts acknowledged seats, CPU is the",
    "kernel's count for the whole run, divided by the presses; with “mixed” it includes the reading. A median is the run in",
    "the middle by rate; “sold twice” is the worst of all runs, counted by `ticketrush audit` after each.", "",
  ].join("\n");
}
