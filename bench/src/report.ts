// report.ts — the numbers against the promises, as a page for people and a file for programs.
import { mkdirSync, writeFileSync } from "node:fs";

import type { Contender } from "./contest.ts";
import type { LineRow } from "./line.ts";
import { type Machine, machineTable } from "./machine.ts";
import type { Listening, Wake, Weight } from "./memory.ts";
import { middleSample, type Reading, subjects } from "./reading.ts";
import { readingPart, subjectNames } from "./reading_report.ts";
import { table, whole } from "./table.ts";
import { command, type Sample } from "./wrk.ts";

export interface Results {
  measuredAt: string;
  machine: Machine;
  connections: number;
  seconds: number;
  repeats: number;
  medians: Record<Contender, Sample>;
  samples: Record<Contender, Sample[]>;
  reading: Reading;
  weight: Weight;
  listening: Listening;
  wake: Wake;
  line: LineRow[];
}

/** A Spring Boot + PostgreSQL service of the usual shape, measured once on two such cores. */
const USUAL_SERVICE_PER_SECOND = 1447;

const names: Record<Contender, string> = {
  "nginx-post": "nginx, the same POST, a constant 201",
  winning: "reservation, seat free (201 after fdatasync)",
  losing: "reservation, seat gone (409)",
  hot: "reservation, nine of ten want the same 100 seats",
};

interface Promised {
  what: string;
  promised: string;
  measured: string;
  kept: boolean;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

export function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ratio(what: string, part: number, reference: number, least: number): Promised {
  const value = part / reference;
  return { what, promised: `≥ ${least}`, measured: value.toFixed(2), kept: value >= least };
}

function atMost(
  what: string, value: number, most: number, words: (value: number) => string,
): Promised {
  return { what, promised: `≤ ${words(most)}`, measured: words(value), kept: value <= most };
}

function promises(results: Results): Promised[] {
  const { medians, reading, weight, listening, wake } = results;
  const millis = (value: number) => `${value.toFixed(1)} ms`;
  return [
    ratio("reservations a second, of nginx's constant", medians.winning.perSecond,
      medians["nginx-post"].perSecond, 0.5),
    atMost("p99 of a reservation", medians.winning.p99Ms, 10, millis),
    ratio("reservations a second, of the usual service's", medians.winning.perSecond,
      USUAL_SERVICE_PER_SECOND, 50),
    ratio("losing requests a second, of winning ones", medians.losing.perSecond,
      medians.winning.perSecond, 1),
    ...subjects.map((subject) => {
      const { ours, nginx } = middleSample(reading.compared[subject]);
      const what = `${subjectNames[subject]}, a second, of nginx's file`;
      return ratio(what, ours.perSecond, nginx.perSecond, 0.8);
    }),
    atMost("p99 of reading while fans reserve, half of what the server can do",
      reading.rush.half.reading.p99Ms, 10, millis),
    atMost("the same, all it can do", reading.rush.full.reading.p99Ms, 10, millis),
    atMost("memory with one 50,000-seat sale open", weight.oneSaleBytes, 64 * 2 ** 20, megabytes),
    atMost("memory of an idle connection", weight.bytesPerConnection, 1024,
      (value) => `${whole(value)} bytes`),
    atMost("memory of a stream that listens", listening.bytesPerListener, 1024,
      (value) => `${whole(value)} bytes`),
    atMost(`a document to all ${whole(listening.listeners)} that listen`,
      Math.max(...listening.heardMs), 2000, millis),
    atMost("start to ready with 1,000,000 reservations", middleOf(wake.readyMs), 1000, millis),
  ];
}

export function speedTable(results: Results): string {
  const order = Object.keys(names) as Contender[];
  const rows = order.map((contender) => {
    const { perSecond, p50Ms, p99Ms, p999Ms, cpuMicros, refusedShare } = results.medians[contender];
    return [
      names[contender], whole(perSecond), p50Ms.toFixed(2), p99Ms.toFixed(2), p999Ms.toFixed(2),
      cpuMicros.toFixed(1), `${(100 * refusedShare).toFixed(0)} %`,
    ];
  });
  return table(
    ["run", "a second", "p50 ms", "p99 ms", "p999 ms", "CPU µs", "not 2xx"], rows);
}

export function promiseTable(results: Results): string {
  const rows = promises(results).map(({ what, promised, measured, kept }) =>
    [what, promised, measured, kept ? "kept" : "**not kept**"]);
  return table(["what", "promised", "measured", ""], rows);
}

export function lineTable(rows: readonly LineRow[]): string {
  return table(["what", "line", "how often", "a second", "each"], rows.map((row) => [
    row.what, row.line, whole(row.count),
    row.perSecond === undefined ? "" : whole(row.perSecond),
    row.micros === undefined ? "" : row.perSecond === undefined ? `${row.micros} bytes` : `${row.micros} µs`,
  ]));
}

/** Nothing is removed between the rounds: each one meets the reservations of all before it. */
function growthTable(winning: readonly Sample[]): string {
  let stored = 0;
  const rows = winning.map(({ perSecond, p99Ms, cpuMicros, requests }) => {
    const before = stored;
    stored += requests;
    return [whole(before), whole(perSecond), p99Ms.toFixed(2), cpuMicros.toFixed(1)];
  });
  return table(["reservations from earlier rounds", "a second", "p99 ms", "CPU µs"], rows);
}

function page(results: Results): string {
  const { machine, reading, weight, listening, wake, connections, seconds, repeats } = results;
  const example = command({
    url: "http://127.0.0.1:PORT/api/reservations", connections, seconds, core: 1, serverPid: 0,
    script: ["reserve", "KEY-PREFIX", "TOKENS", "each", "OPTION:FIRST_SEAT:SEATS"],
  });
  return `# Bench

Made by \`make bench\` on ${results.measuredAt}. Server and load have one core each; the reference runs on the
server's core, in turn with it. ${connections} connections, runs of ${seconds} s, medians of ${repeats} rounds.
Every reservation is acknowledged after its commit has reached the disk.

## Promises

${promiseTable(results)}

The comparison with the strategies v2 to v4 is the lab's, not this bench's.

## Speed

${speedTable(results)}

CPU is the server's own, all threads, a request. A closed loop of ${connections} connections cannot answer faster
on average than ${connections} divided by the rate: that bounds p50 from below.

${readingPart(reading, connections)}

## As the store grows

The winning run, round by round.

${growthTable(results.samples.winning)}

## Weight and waking up

${table(["what", "measured"], [
    ["resident memory, one 50,000-seat sale open, no connections", megabytes(weight.oneSaleBytes)],
    [`resident memory of each of ${whole(weight.connections)} idle connections`, `${whole(weight.bytesPerConnection)} bytes`],
    [`resident memory of each of ${whole(listening.listeners)} streams`, `${whole(listening.bytesPerListener)} bytes`],
    [`a document of ${whole(listening.documentBytes)} bytes to all of them, from printing to the last`,
      listening.heardMs.map((ms) => `${whole(ms)} ms`).join(", ")],
    ["all of them leave and come back, spread over 2,000 ms", `${whole(listening.againMs)} ms`],
    ["start to ready, each time", wake.readyMs.map((ms) => `${ms.toFixed(0)} ms`).join(", ")],
    ["size of that database", megabytes(wake.databaseBytes)],
    ["resident memory afterwards", megabytes(wake.residentBytes)],
  ])}

${whole(wake.reservations)} reservations are in that database, ${whole(wake.openReservations)} of them in an open sale.
100,000 idle connections, and 100,000 streams, are opened where the system allows a process that many files. A
stream's memory is that of the second half of them, when the tables of fixed size are warm.

## A waiting line

In the process, and in a Redis on the server's core; \`build/line\` runs on the load's. A call of a thousand is counted
by its fans.

${lineTable(results.line)}

## Machine

${machineTable(machine)}

## Commands

\`\`\`
taskset -c 0 build/ticketrush serve     TICKETRUSH_IO_THREADS=1, bounds per account and address raised
taskset -c 0 nginx -c bench/nginx.conf  one worker
taskset -c 1 ${example.join(" ")}
taskset -c 1 build/listeners PORT ${listening.listeners} /api/admin/events TOKENS
taskset -c 0 redis-server --port PORT --save '' --appendonly no
taskset -c 1 build/line redis://127.0.0.1:PORT
\`\`\`
`;
}

export function writeReport(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/bench.md`, page(results));
  writeFileSync(`${folder}/bench.json`, `${JSON.stringify(results, null, 2)}\n`);
}
