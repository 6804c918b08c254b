// main.ts — `make lab`: every strategy on everything it can stand on, in turns, judged by the audit.
//
//     make lab LAB='--size quick|full|tiny --out docs/knowledge/experiments'
//     make lab LAB='--compare A.json B.json'
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { describeMachine, firstLine } from "../../bench/src/machine.ts";
import { FANS } from "../../bench/src/sale.ts";
import { compare } from "./compare.ts";
import { whole } from "./conclusion.ts";
import { type Backing, canRun, type Contestant, contestants, title } from "./contestants.ts";
import { makeTokens } from "./house.ts";
import { html } from "./html.ts";
import { markdown } from "./markdown.ts";
import {
  askedInVain, type Ceiling, type Entry, medianCeiling, medianRun, type Results, type Run, type Scenario,
  scenarios, type Settings,
} from "./results.ts";
import { ceilingOnce, k6Command, runOnce, type Stage } from "./run.ts";

const SERVER_CORE = 0;
const LOAD_CORE = 1;

interface Size {
  seconds: number;
  repeats: number;
  ceilingSeconds: number;
  ceilingRounds: number; // at most
  budgetSeconds: number; // another round of ceilings begins only if it ends within
}

const sizes: Record<string, Size> = {
  tiny: { seconds: 1, repeats: 1, ceilingSeconds: 1, ceilingRounds: 1, budgetSeconds: 0 }, // does it work?
  quick: { seconds: 1, repeats: 1, ceilingSeconds: 1, ceilingRounds: 5, budgetSeconds: 270 }, // five minutes
  full: { seconds: 6, repeats: 3, ceilingSeconds: 2, ceilingRounds: 7, budgetSeconds: Infinity }, // forty
};

/** More than the fastest has sold on such a machine: a hall must not run out. */
const SEATS_PER_SECOND = 45_000;
const K6_SEATS_PER_SECOND = 15_000;
const SEATS_MAX = 100_000; // of one option

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "quick" },
    fans: { type: "string", default: "64" },
    workers: { type: "string", default: "16" },
    only: { type: "string", default: "" },
    folder: { type: "string", default: "build/lab-data" },
    out: { type: "string", default: "docs/knowledge/experiments" },
    k6: { type: "string", default: process.env.K6 ?? "k6" },
    compare: { type: "boolean", default: false },
  },
});

/* A report names files as one names them in the project's folder, whoever's folder that was. */
const fromHere = (words: string) => words.replaceAll(`${process.cwd()}/`, "");

function settingsOf(size: string): Settings {
  const chosen = sizes[size];
  if (!chosen) throw new Error(`--size takes ${Object.keys(sizes).join(", ")}`);
  const { budgetSeconds: _, ...settings } = chosen;
  return {
    size, ...settings, fans: Number(values.fans), strategyWorkers: Number(values.workers),
    ceilingConnections: 128, ceilingSeats: Math.min(SEATS_MAX, SEATS_PER_SECOND * chosen.ceilingSeconds),
    seats: {
      hot: 1, spread: Math.min(SEATS_MAX, K6_SEATS_PER_SECOND * chosen.seconds), stampede: 500,
      mixed: 20_000,
    },
  };
}

/** What with_servers has started. Our own server must not inherit it: it is no setting of its. */
function takeBacking(environment: NodeJS.ProcessEnv): Backing {
  const backing = {
    postgres: environment.TICKETRUSH_TEST_POSTGRES ?? "",
    redis: environment.TICKETRUSH_TEST_REDIS ?? "",
    kafka: environment.TICKETRUSH_TEST_KAFKA ?? "",
  };
  for (const name of Object.keys(environment))
    if (name.startsWith("TICKETRUSH_TEST_")) delete environment[name];
  return backing;
}

function openStage(settings: Settings, backing: Backing): Stage {
  const folder = resolve(values.folder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plan = {
    binary: resolve("build/ticketrush"), folder, core: SERVER_CORE, backing,
    strategyWorkers: settings.strategyWorkers,
  };
  const tokensPath = `${folder}/tokens`;
  const tokens = makeTokens(plan, FANS);
  writeFileSync(tokensPath, tokens);
  return {
    plan, settings, k6: values.k6, tokensPath, tokens: tokens.trim().split("\n"),
    loadCore: LOAD_CORE,
  };
}

function rotated<Value>(list: readonly Value[], by: number): Value[] {
  return list.map((_, at) => list[(at + by) % list.length] as Value);
}

function inShort(run: Run): string {
  const rate = whole(run.perSecond).padStart(8);
  const won = whole(run.winnersPerSecond).padStart(8);
  const most = askedInVain(run) ? "  (k6's own most)" : "";
  const twice = run.audit.doubleBookings > 0 ? `  ${run.audit.doubleBookings} sold twice` : "";
  return `${rate} /s ${won} seats/s  p99 ${run.p99Ms.toFixed(1).padStart(8)} ms${twice}${most}`;
}

type Runs = Record<Scenario, Run[]>;

/** In turns, as often as the time allows; answers how often that was. */
async function raceCeilings(
  stage: Stage,
  taking: readonly Contestant[],
  ceilings: ReadonlyMap<Contestant, Ceiling[]>,
): Promise<number> {
  const { ceilingRounds, size } = stage.settings;
  const budgetMs = (sizes[size]?.budgetSeconds ?? 0) * 1000;
  for (let round = 0, began = performance.now(); round < ceilingRounds; round++) {
    const perRoundMs = round > 0 ? (performance.now() - began) / round : 0;
    if (round > 0 && performance.now() + perRoundMs > budgetMs) return round;
    for (const contestant of rotated(taking, round * 5)) {
      const ceiling = await ceilingOnce(stage, contestant);
      const rates = [ceiling.soldPerSecond, ceiling.lostPerSecond].map((each) => whole(each).padStart(8));
      ceilings.get(contestant)?.push(ceiling);
      console.log(`${title(contestant).padEnd(36)} ceiling   ${rates.join(" seats/s ")} refused/s`);
    }
  }
  return ceilingRounds;
}

async function compete(stage: Stage, taking: readonly Contestant[]): Promise<Entry[]> {
  const runs = new Map<Contestant, Runs>();
  const ceilings = new Map<Contestant, Ceiling[]>();
  for (const contestant of taking) {
    runs.set(contestant, { hot: [], spread: [], stampede: [], mixed: [] });
    ceilings.set(contestant, []);
  }
  for (let round = 0; round < stage.settings.repeats; round++)
    for (const contestant of rotated(taking, round * 3)) {
      for (const scenario of scenarios) {
        const run = await runOnce(stage, contestant, scenario);
        runs.get(contestant)?.[scenario].push(run);
        console.log(`${title(contestant).padEnd(36)} ${scenario.padEnd(9)} ${inShort(run)}`);
      }
    }
  stage.settings.ceilingRounds = await raceCeilings(stage, taking, ceilings);
  return taking.map((contestant) => toEntry(contestant, runs.get(contestant), ceilings.get(contestant)));
}

function toEntry(contestant: Contestant, runs: Runs | undefined, ceilings: Ceiling[] = []): Entry {
  if (!runs) throw new Error("nobody ran");
  const pairs = scenarios.map((scenario) => [scenario, medianRun(runs[scenario])] as const);
  return {
    contestant, title: title(contestant), runs, ceilings, ceiling: medianCeiling(ceilings),
    medians: Object.fromEntries(pairs) as Record<Scenario, Run>,
  };
}

function machineOf(stage: Stage): Results["machine"] {
  const machine = describeMachine(stage.plan.binary, stage.plan.folder);
  return {
    ...machine,
    versions: {
      ...machine.versions,
      k6: firstLine(stage.k6, "version"),
      postgresql: firstLine("psql", "--version"),
      redis: firstLine("redis-server", "--version"),
      java: firstLine("java", "-version"),
      kafka: stage.plan.backing.kafka === "" ? "" : "3.9.1, as tests/support/kafka/pom.xml names it",
    },
  };
}

async function hold(): Promise<void> {
  const settings = settingsOf(values.size);
  const backing = takeBacking(process.env);
  const stage = openStage(settings, backing);
  const wanted = contestants.filter((each) => title(each).includes(values.only));
  const taking = wanted.filter((each) => canRun(each, backing));
  const missing = wanted.filter((each) => !canRun(each, backing));
  const entries = await compete(stage, taking);
  const example = { PORT: "…", SCENARIO: "hot", SECONDS: settings.seconds, FANS: settings.fans };
  const results: Results = {
    measuredAt: new Date().toISOString(), machine: machineOf(stage), settings, entries,
    commands: [
      `make lab LAB='--size ${values.size}'`, k6Command(stage, example).join(" "),
      entries[0]?.ceiling?.command ?? "",
    ].map((words) => fromHere(words).replace(/^.*\/k6 run/, "k6 run")),
    missing: missing.map((each) => `${title(each)}: a server it needs is not there`),
  };
  const names = { html: "strategies.html", json: "strategies.json" };
  mkdirSync(values.out, { recursive: true });
  const write = (name: string, words: string) =>
    writeFileSync(`${values.out}/${name}`, fromHere(words));
  write("strategies.md", markdown(results, names));
  write(names.html, html(results));
  write(names.json, `${JSON.stringify(results, null, 1)}\n`);
  rmSync(stage.plan.folder, { recursive: true, force: true });
  console.log(`\nwritten to ${values.out}/strategies.md, .html and .json`);
}

if (values.compare) console.log(compare(positionals[0] ?? "", positionals[1] ?? ""));
else await hold();
