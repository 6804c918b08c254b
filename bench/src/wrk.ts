// wrk.ts — one run of wrk against one server, with what the server used meanwhile.
import { cpuMicros, ended, startOnCore } from "./process.ts";

export interface Sample {
  requests: number;
  perSecond: number;
  refusedShare: number; // answers that were neither 2xx nor 3xx
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  cpuMicros: number; // of the server, a request
}

export interface Load {
  url: string;
  connections: number;
  seconds: number;
  core: number;
  serverPid: number;
  script: readonly string[]; // arguments of load.lua
  nice?: number;
}

interface Said {
  requests: number;
  micros: number;
  refused: number;
  broken: number;
  p50Micros: number;
  p99Micros: number;
  p999Micros: number;
}

export function command(load: Load): string[] {
  const { connections, seconds, url, script } = load;
  const wrk = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "-s", "bench/load.lua"];
  return [...wrk, url, "--", ...script];
}

export async function play(load: Load): Promise<Sample> {
  const cpuBefore = cpuMicros(load.serverPid);
  const patience = load.nice === undefined ? [] : ["nice", "-n", String(load.nice)];
  const wrk = startOnCore(load.core, [...patience, ...command(load)], {});
  await ended(wrk);
  const cpuAfter = cpuMicros(load.serverPid);
  const line = wrk.said().split("\n").find((words) => words.startsWith("{"));
  if (line === undefined) throw new Error(`wrk did not finish:\n${wrk.said()}`);

  const said = JSON.parse(line) as Said;
  if (said.broken > 0 || said.requests === 0)
    throw new Error(`${said.broken} broken requests of ${said.requests}:\n${wrk.said()}`);
  return {
    requests: said.requests,
    perSecond: said.requests / (said.micros / 1e6),
    refusedShare: said.refused / said.requests,
    p50Ms: said.p50Micros / 1000,
    p99Ms: said.p99Micros / 1000,
    p999Ms: said.p999Micros / 1000,
    cpuMicros: (cpuAfter - cpuBefore) / said.requests,
  };
}

export function mustSucceed(what: string, sample: Sample): Sample {
  if (sample.refusedShare > 0) throw new Error(`${what}: ${sample.refusedShare} refused`);
  return sample;
}

export function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of each number by itself. */
export function median(samples: readonly Sample[]): Sample {
  const of = (pick: (sample: Sample) => number) => middle(samples.map(pick));
  return {
    requests: of((sample) => sample.requests),
    perSecond: of((sample) => sample.perSecond),
    refusedShare: of((sample) => sample.refusedShare),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    p999Ms: of((sample) => sample.p999Ms),
    cpuMicros: of((sample) => sample.cpuMicros),
  };
}
