// process.ts — a program on a core of its own, and what the kernel says it used.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";

export interface Running {
  pid: number;
  child: ChildProcess;
  said: () => string;
}

/** A bench that ends early leaves nobody behind on the cores it measures next time. */
const started = new Set<ChildProcess>();
process.on("exit", () => started.forEach((child) => child.kill("SIGTERM")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/** taskset replaces itself with the program, so the pid is the program's own. */
export function startOnCore(
  core: number,
  command: readonly string[],
  environment: Record<string, string>,
): Running {
  const child = spawn("taskset", ["-c", String(core), ...command], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  started.add(child);
  child.once("exit", () => started.delete(child));
  let said = "";
  const keep = (bytes: Buffer) => {
    if (said.length < 1_000_000) said += bytes.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  if (child.pid === undefined) throw new Error(`cannot start ${command.join(" ")}`);
  return { pid: child.pid, child, said: () => said };
}

export function ended(running: Running): Promise<void> {
  if (running.child.exitCode !== null || running.child.signalCode !== null)
    return Promise.resolve();
  return new Promise((resolve) => running.child.once("exit", () => resolve()));
}

export async function stop(running: Running): Promise<void> {
  running.child.kill("SIGTERM");
  await ended(running);
}

export function children(pid: number): number[] {
  const words = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return words === "" ? [] : words.split(" ").map(Number);
}

/** CPU time of all threads so far. schedstat counts nanoseconds, where stat counts 10 ms. */
export function cpuMicros(pid: number): number {
  let nanos = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const words = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanos += Number(words[0]);
  }
  return nanos / 1000;
}

export function residentBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m);
  return Number(line?.[1] ?? 0) * 1024;
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** The bytes as they come: nothing is decompressed. */
export function fetchBytes(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    request.on("error", reject);
  });
}

/** Milliseconds until /readyz answers 200. */
export async function readyAfterMs(running: Running, port: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await fetchBytes(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.status === 200) return performance.now() - started;
    if (running.child.exitCode !== null || performance.now() - started > 60_000)
      throw new Error(`not ready:\n${running.said()}`);
    await pause(2);
  }
}
