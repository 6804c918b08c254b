// servers.ts — the two servers side by side: ours on a data folder, nginx that answers with constants.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";

import { type Answer, children, fetchBytes, readyAfterMs, type Running, startOnCore, stop } from "./process.ts";

export interface Server {
  port: number;
  pid: number; // of the process that does the work
  readyMs: number;
  end: () => Promise<void>;
}

/** Bounds per account and per address are for the world outside; the bench is one account of load. */
const settings: Record<string, string> = {
  TICKETRUSH_IO_THREADS: "1",
  TICKETRUSH_LOG_LEVEL: "warn",
  TICKETRUSH_CONNECTIONS_PER_ADDRESS: "100000",
  TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND: "1000000",
  TICKETRUSH_JOINS_PER_ADDRESS_PER_MINUTE: "1000000",
  TICKETRUSH_IDLE_TIMEOUT_MS: "600000",
};

export function urlOf(server: Server, path: string): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

export interface House {
  binary: string;
  dataFolder: string;
}

function environment(house: House, port: number): Record<string, string> {
  return {
    ...settings,
    TICKETRUSH_DATA: house.dataFolder,
    TICKETRUSH_LISTEN: `127.0.0.1:${port}`,
  };
}

export function freePort(): number {
  return Number(execFileSync("build/probe", ["port"]).toString());
}

/** What a subcommand prints. */
export function tell(house: House, ...words: string[]): string {
  const output = execFileSync(house.binary, words, {
    env: { ...process.env, TICKETRUSH_DATA: house.dataFolder, TICKETRUSH_LOG_LEVEL: "warn" },
    maxBuffer: 1 << 28,
  });
  return output.toString();
}

/** What a client that takes gzip hears: the bytes as they come. */
export async function fetchPacked(server: Server, path: string): Promise<Answer> {
  const answer = await fetchBytes(urlOf(server, path), { "Accept-Encoding": "gzip" });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.toString()}`);
  return answer;
}

async function served(running: Running, port: number, pidOf: () => number): Promise<Server> {
  const readyMs = await readyAfterMs(running, port);
  return { port, pid: pidOf(), readyMs, end: () => stop(running) };
}

export function serve(house: House, core: number): Promise<Server> {
  const port = freePort();
  const running = startOnCore(core, [house.binary, "serve"], environment(house, port));
  return served(running, port, () => running.pid);
}

/** `files` are what it serves as they are, by path; `answer` is its whole booking engine. */
export function serveConstants(
  folder: string,
  core: number,
  answer: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<Server> {
  const port = freePort();
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of files) writeFileSync(`${folder}/${path}`, bytes);
  const text = readFileSync("bench/nginx.conf", "utf8")
    .replaceAll("@FOLDER@", folder)
    .replaceAll("@PORT@", String(port))
    .replaceAll("@ANSWER@", answer)
    .replaceAll("@USER@", process.getuid?.() === 0 ? `user ${userInfo().username};` : "");
  writeFileSync(`${folder}/nginx.conf`, text);
  const running = startOnCore(core, ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`], {});
  return served(running, port, () => children(running.pid)[0] ?? running.pid);
}
