// main.ts — `make bench`: measure in turns, hold against the promises, write it down.
//
//     make bench BENCH='--help'
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { contenders, type Contender, openContest } from "./contest.ts";
import { standInLine } from "./line.ts";
import { describeMachine } from "./machine.ts";
import { listen, wake, weigh } from "./memory.ts";
import { read } from "./reading.ts";
import { readingTables } from "./reading_report.ts";
import { lineTable, promiseTable, speedTable, writeReport } from "./report.ts";
import { writeTokens } from "./sale.ts";
import { tell } from "./servers.ts";
import { waitInLine } from "./waiting.ts";
import { askedTable, writeWaitingReport } from "./waiting_report.ts";
import { median, type Sample } from "./wrk.ts";

const SERVER_CORE = 0;
const LOAD_CORE = 1;

const HELP = `make bench BENCH='…': measure on this machine. Server and load take a core each.

  --only PART         that part alone, to the screen:
                        reading    list, dates, map and states beside nginx's files, built anew,
                                   and in a rush; two minutes, with --repeats 3 one
                        listening  idle streams, and a document to all of them
                        line       a waiting line in the process and in Redis; some seconds
                        waiting    the waiting room under its crowd, and a whole night; about two
                                   minutes; writes waiting-room.md and waiting-room.json
                      without it: everything but the last, half an hour; writes bench.md and .json
  --seconds N         of each run (4)
  --repeats N         rounds; the report has their medians (5)
  --connections N     of the load (512)
  --folder DIR        what is measured lies there, and is removed (build/bench-data)
  --out DIR           where reports are written (docs/knowledge/experiments)
`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    repeats: { type: "string", default: "5" },
    connections: { type: "string", default: "512" },
    folder: { type: "string", default: "build/bench-data" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
    out: { type: "string", default: "docs/knowledge/experiments" },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const folder = resolve(values.folder);
const binary = resolve("build/ticketrush");
const repeats = Number(values.repeats);
const plan = { connections: Number(values.connections), seconds: Number(values.seconds) };

function each<Value>(make: (contender: Contender) => Value): Record<Contender, Value> {
  const pairs = contenders.map((name) => [name, make(name)]);
  return Object.fromEntries(pairs) as Record<Contender, Value>;
}

function inShort({ perSecond, p99Ms, cpuMicros }: Sample): string {
  const rate = Math.round(perSecond).toLocaleString("en-US").padStart(9);
  const cpu = cpuMicros.toFixed(1).padStart(6);
  return `${rate} /s  p99 ${p99Ms.toFixed(2).padStart(7)} ms  CPU ${cpu} µs`;
}

async function compete(): Promise<Record<Contender, Sample[]>> {
  const house = { binary, dataFolder: `${folder}/contest` };
  mkdirSync(house.dataFolder);
  tell(house, "migrate");
  const tokensPath = `${folder}/tokens`;
  const tokens = writeTokens(house, tokensPath);
  const contest = await openContest({
    house, folder, tokens, tokensPath, ...plan, serverCore: SERVER_CORE, loadCore: LOAD_CORE,
  });
  const samples = each<Sample[]>(() => []);
  for (let round = 1; round <= repeats; round++)
    for (const name of contenders) {
      const sample = await contest.run(name);
      samples[name].push(sample);
      console.log(`round ${round}  ${name.padEnd(14)} ${inShort(sample)}`);
    }
  await contest.end();
  return samples;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
if (values.only === "listening") {
  console.log(await listen(binary, folder, SERVER_CORE, LOAD_CORE));
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
if (values.only === "line") {
  console.log(`\n${lineTable(await standInLine(folder, SERVER_CORE, LOAD_CORE))}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
if (values.only === "waiting") {
  const machine = describeMachine(binary, folder);
  const waited = await waitInLine(binary, folder, SERVER_CORE, LOAD_CORE);
  writeWaitingReport({ measuredAt: new Date().toISOString(), machine, ...waited }, values.out);
  console.log(`\n${askedTable(waited)}\n\nwritten to ${values.out}/waiting-room.md and .json`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
const readingPlan = {
  binary, folder, ...plan, repeats, serverCore: SERVER_CORE, loadCore: LOAD_CORE,
};
if (values.only === "reading") {
  console.log(`\n${readingTables(await read(readingPlan))}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
const samples = await compete();
const results = {
  measuredAt: new Date().toISOString(),
  machine: describeMachine(binary, folder),
  ...plan,
  repeats,
  medians: each((name) => median(samples[name])),
  samples,
  reading: await read(readingPlan),
  weight: await weigh(binary, folder, SERVER_CORE, LOAD_CORE),
  listening: await listen(binary, folder, SERVER_CORE, LOAD_CORE),
  wake: await wake(binary, folder, SERVER_CORE, repeats),
  line: await standInLine(folder, SERVER_CORE, LOAD_CORE),
};
writeReport(results, values.out);
rmSync(folder, { recursive: true, force: true });
console.log(`\n${speedTable(results)}\n\n${readingTables(results.reading)}\n\n${promiseTable(results)}\n`);
console.log(`written to ${values.out}/bench.md and bench.json`);
