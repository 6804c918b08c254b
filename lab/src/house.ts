// house.ts — one server on an empty database, for one run.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

import {
  fetchBytes, pause, readyAfterMs, type Running, startOnCore, stop,
} from "../../bench/src/process.ts";
import { freePort } from "../../bench/src/servers.ts";
import { type Backing, type Contestant, environmentOf } from "./contestants.ts";
import type { Audit } from "./results.ts";

const NOTICE_MS = 15_000; // a server looks for new sales every second

/** As many presses as warm a server up: connections, statements, workers, a group of consumers. */
export const REHEARSAL_SEATS = 256;

export interface Sale {
  optionId: number;
  firstSeatId: number;
  seatCount: number;
}

export interface House {
  port: number;
  pid: number;
  sale: Sale;
  rehearsal: Sale; // for the warm-up: sold the same way, and not measured
  audit: () => Audit;
  end: () => Promise<void>;
}

export interface Plan {
  binary: string;
  folder: string; // data, keys, logs
  core: number;
  backing: Backing;
  strategyWorkers: number;
}

let databases = 0;

function newDatabase(backing: Backing): string {
  const name = `lab_${process.pid}_${databases++}`;
  execFileSync("psql", ["-q", backing.postgres, "-c", `CREATE DATABASE ${name}`]);
  const url = new URL(backing.postgres);
  url.pathname = `/${name}`;
  return url.toString();
}

function dropDatabase(backing: Backing, url: string): void {
  const name = new URL(url).pathname.slice(1);
  execFileSync("psql", ["-q", backing.postgres, "-c", `DROP DATABASE ${name} WITH (FORCE)`]);
}

function settingsOf(plan: Plan, contestant: Contestant, database: string, port: number) {
  return {
    ...environmentOf(contestant, plan.backing, database),
    TICKETRUSH_DATA: plan.folder,
    TICKETRUSH_LISTEN: `127.0.0.1:${port}`,
    TICKETRUSH_IO_THREADS: "1",
    TICKETRUSH_LOG_LEVEL: "warn",
    TICKETRUSH_STRATEGY_WORKERS: String(plan.strategyWorkers),
    TICKETRUSH_CONNECTIONS_PER_ADDRESS: "100000",
    TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND: "1000000",
    TICKETRUSH_IDLE_TIMEOUT_MS: "600000",
  };
}

function tell(binary: string, environment: Record<string, string>, words: readonly string[]) {
  return execFileSync(binary, words, {
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
  }).toString();
}

/** Fans' tokens are signed with the folder's key: made once, good for every run. */
export function makeTokens(plan: Plan, count: number): string {
  const environment = { TICKETRUSH_DATA: plan.folder, TICKETRUSH_STORE: "sqlite" };
  return tell(plan.binary, environment, ["token", "--fan", "1", "--count", String(count)]);
}

function readAudit(binary: string, environment: Record<string, string>): Audit {
  let words = "";
  try {
    words = tell(binary, environment, ["audit"]);
  } catch (failure) {
    words = String((failure as { stdout?: Buffer }).stdout ?? "");
    if (words === "") throw failure;
  }
  const clean = /^clean:/m.test(words);
  const number = (pattern: RegExp) => Number((words.match(pattern)?.[1] ?? "0").replaceAll(",", ""));
  return {
    clean,
    doubleBookings: number(/([\d,]+) × a reservation of a seat that somebody else had before/),
    reservations: number(/nothing is half done\s+([\d,]+) reservations/),
    words: clean ? "" : words,
  };
}

async function noticed(port: number, option: number, running: Running): Promise<void> {
  const url = `http://127.0.0.1:${port}/api/options/${option}/seat-states`;
  for (const began = performance.now(); performance.now() - began < NOTICE_MS; await pause(20)) {
    const answer = await fetchBytes(url).catch(() => null);
    if (answer?.status === 200) return;
  }
  throw new Error(`the server has not noticed its sale:\n${running.said()}`);
}

function makeSale(
  binary: string,
  environment: Record<string, string>,
  contestant: Contestant,
  seats: number,
): Sale {
  const lock = contestant.lock === "" ? [] : ["--lock", contestant.lock];
  const words = [
    "sale", "create", "--seats", String(seats), "--sections", seats < 20 ? "1" : "20",
    "--hold-seconds", "3600", "--max-per-fan", "100000", "--strategy", contestant.strategy, ...lock,
  ];
  return JSON.parse(tell(binary, environment, words)) as Sale;
}

/** The sale is there before the server starts; both go away with end(). */
export async function openHouse(plan: Plan, contestant: Contestant, seats: number): Promise<House> {
  const ownDatabase = contestant.database === "PostgreSQL" ? newDatabase(plan.backing) : "";
  for (const file of ["core.db", "live.db"])
    for (const end of ["", "-wal", "-shm"]) rmSync(`${plan.folder}/${file}${end}`, { force: true });
  const port = freePort();
  const environment = settingsOf(plan, contestant, ownDatabase, port);
  const rehearsal = makeSale(plan.binary, environment, contestant, REHEARSAL_SEATS);
  const sale = makeSale(plan.binary, environment, contestant, seats);
  const running = startOnCore(plan.core, [plan.binary, "serve"], environment);
  await readyAfterMs(running, port);
  await noticed(port, sale.optionId, running);
  return {
    port,
    pid: running.pid,
    sale,
    rehearsal,
    audit: () => readAudit(plan.binary, environment),
    end: async () => {
      await stop(running);
      if (ownDatabase !== "") dropDatabase(plan.backing, ownDatabase);
    },
  };
}

export function residentMegabytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m);
  return Number(line?.[1] ?? 0) / 1024;
}
