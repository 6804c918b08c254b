// run.ts — one contestant, one scenario: k6 plays the fans, the kernel counts, the audit judges.
import { readFileSync } from "node:fs";

import { ended, fetchBytes, pause, startOnCore } from "../../bench/src/process.ts";
import { command, type Load, play } from "../../bench/src/wrk.ts";
import type { Contestant } from "./contestants.ts";
import { type House, openHouse, type Plan } from "./house.ts";
import { rehearse } from "./rehearsal.ts";
import type { Ceiling, Run, Scenario, Settings } from "./results.ts";
import {
  backingServers, endedChildrenSeconds, type Part, type Parts, type Usage, usageOf,
} from "./usage.ts";

export interface Stage {
  plan: Plan;
  settings: Settings;
  k6: string;
  tokensPath: string;
  tokens: readonly string[]; // those of the file
  loadCore: number;
}

interface Trend {
  med: number;
  "p(95)": number;
  "p(99)": number;
  max: number;
  count: number;
}

interface Said {
  seconds: number;
  verdict: Trend | null;
  look: Trend | null;
  heard: Record<string, number>;
}

let runs = 0;

const pathOf = (contestant: Contestant) => `/api/${contestant.strategy}/reservations`;

export function k6Command(stage: Stage, words: Record<string, string | number>): string[] {
  const settings = Object.entries(words).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  return [stage.k6, "run", "--quiet", "--no-usage-report", ...settings, "lab/k6/press.ts"];
}

function measure(parts: Parts): Map<Part, Usage> {
  return new Map([...parts].map(([part, pid]) => [part, usageOf(pid)]));
}

function involved(contestant: Contestant, house: House): Parts {
  const parts = new Map<Part, number>([["ticketrush", house.pid]]);
  for (const [part, pid] of backingServers())
    if (part === contestant.database || contestant.beside.some((each) => each === part))
      parts.set(part, pid);
  return parts;
}

/** Queued presses may still be on their way when the load ends. */
async function settled(house: House): Promise<ReturnType<House["audit"]>> {
  let before = house.audit();
  for (let looks = 0; looks < 50; looks++) {
    await pause(200);
    const now = house.audit();
    if (now.reservations === before.reservations) return now;
    before = now;
  }
  return before;
}

async function askK6(stage: Stage, contestant: Contestant, scenario: Scenario, house: House) {
  const out = `${stage.plan.folder}/k6.json`;
  const { sale } = house;
  const words = {
    PORT: house.port, TOKENS: stage.tokensPath, SCENARIO: scenario, OUT: out, RUN: `run${runs++}`,
    PATH_OF_PRESS: pathOf(contestant), OPTION: sale.optionId,
    FIRST_SEAT: sale.firstSeatId, SEATS: sale.seatCount, FANS: stage.settings.fans,
    SECONDS: stage.settings.seconds,
  };
  const cpuBefore = endedChildrenSeconds();
  const began = performance.now();
  const k6 = startOnCore(stage.loadCore, k6Command(stage, words), {});
  await ended(k6);
  if (k6.child.exitCode !== 0) throw new Error(`k6 failed:\n${k6.said()}`);
  const said = JSON.parse(readFileSync(out, "utf8")) as Said;
  const wallSeconds = (performance.now() - began) / 1000;
  return { ...said, loadShare: (endedChildrenSeconds() - cpuBefore) / wallSeconds };
}

export async function runOnce(
  stage: Stage,
  contestant: Contestant,
  scenario: Scenario,
): Promise<Run> {
  const house = await openHouse(stage.plan, contestant, stage.settings.seats[scenario]);
  try {
    await rehearse(house, pathOf(contestant), stage.tokens);
    const parts = involved(contestant, house);
    const before = measure(parts);
    const said = await askK6(stage, contestant, scenario, house);
    const after = measure(parts);
    const audit = contestant.strategy === "v4" ? await settled(house) : house.audit();
    return toRun(said, before, after, audit);
  } finally {
    await house.end();
  }
}

function toRun(
  said: Said & { loadShare: number },
  before: Map<Part, Usage>,
  after: Map<Part, Usage>,
  audit: Run["audit"],
): Run {
  const presses = said.verdict?.count ?? 0;
  const winners = said.heard["201"] ?? 0;
  const usage: Run["usage"] = {};
  const cpuMicrosPerPress: Run["cpuMicrosPerPress"] = {};
  for (const [part, end] of after) {
    const cpuSeconds = end.cpuSeconds - (before.get(part)?.cpuSeconds ?? 0);
    usage[part] = { cpuSeconds, residentMegabytes: end.residentMegabytes };
    cpuMicrosPerPress[part] = presses > 0 ? (cpuSeconds * 1e6) / presses : 0;
  }
  return {
    seconds: said.seconds, presses, perSecond: presses / said.seconds,
    winners, winnersPerSecond: winners / said.seconds,
    p50Ms: said.verdict?.med ?? 0, p95Ms: said.verdict?.["p(95)"] ?? 0,
    p99Ms: said.verdict?.["p(99)"] ?? 0, maxMs: said.verdict?.max ?? 0,
    heard: said.heard, lookP99Ms: said.look?.["p(99)"] ?? null,
    usage, cpuMicrosPerPress, loadShare: said.loadShare, audit,
  };
}

async function decidedCount(port: number): Promise<number> {
  const { body } = await fetchBytes(`http://127.0.0.1:${port}/metrics`);
  return Number(body.toString().match(/^ticketrush_queue_succeeded_total (\d+)$/m)?.[1] ?? 0);
}

const DRAIN_MS_MAX = 10_000;
const DRAIN_LOOK_MS = 20;

/** From the first press until everything that was taken is decided, or for so long. */
async function decidedPerSecond(port: number, began: number, before: number, taken: number) {
  for (;;) {
    const decided = (await decidedCount(port)) - before;
    const passedMs = performance.now() - began;
    if (decided >= taken || passedMs > DRAIN_MS_MAX) return (decided * 1000) / passedMs;
    await pause(DRAIN_LOOK_MS);
  }
}

function loadOf(stage: Stage, house: House, mode: "each" | "hot"): Load {
  const { sale } = house;
  return {
    url: `http://127.0.0.1:${house.port}`,
    connections: stage.settings.ceilingConnections, seconds: stage.settings.ceilingSeconds,
    core: stage.loadCore, serverPid: house.pid,
    script: ["reserve", `wrk${runs++}-`, stage.tokensPath, mode,
      `${sale.optionId}:${sale.firstSeatId}:${sale.seatCount}`],
  };
}

/**
 * As fast as one core can ask: seat after seat, then seats that are gone. v4 answers before it has
 * decided; what counts as sold is what is decided, until nothing waits any more.
 */
export async function ceilingOnce(stage: Stage, contestant: Contestant): Promise<Ceiling> {
  const house = await openHouse(stage.plan, contestant, stage.settings.ceilingSeats);
  try {
    await rehearse(house, pathOf(contestant), stage.tokens);
    const load = loadOf(stage, house, "each");
    const before = await decidedCount(house.port);
    const began = performance.now();
    const { requests, perSecond, p50Ms, p99Ms, refusedShare } = await play(load);
    const taken = requests * (1 - refusedShare);
    const isQueue = contestant.strategy === "v4";
    const sold = isQueue ? await decidedPerSecond(house.port, began, before, taken) : null;
    const lost = isQueue ? null : await play(loadOf(stage, house, "hot"));
    return {
      soldPerSecond: sold ?? perSecond * (1 - refusedShare),
      answeredPerSecond: perSecond, p50Ms, p99Ms, refusedShare,
      lostPerSecond: lost?.perSecond ?? 0,
      command: command(load).join(" "),
    };
  } finally {
    await house.end();
  }
}
