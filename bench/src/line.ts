// line.ts — what a waiting line costs, in the process and in Redis: build/line, row by row.
import { execFileSync } from "node:child_process";

import { pause, type Running, startOnCore, stop } from "./process.ts";
import { freePort } from "./servers.ts";

export interface LineRow {
  line: string; // whose: memory, redis
  what: string;
  count: number;
  perSecond?: number; // a count or a size has none
  micros?: number; // each; bytes in the row of sizes
}

/** A line in Redis is read back from the store when it is lost, so Redis need not keep it. */
async function serveRedis(folder: string, core: number): Promise<{ redis: Running; port: number }> {
  const port = freePort();
  const redis = startOnCore(core, [
    "redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", folder,
    "--save", "", "--appendonly", "no",
  ], {});
  const started = performance.now();
  while (!redis.said().includes("Ready to accept connections")) {
    if (redis.child.exitCode !== null || performance.now() - started > 60_000)
      throw new Error(`redis-server:\n${redis.said()}`);
    await pause(2);
  }
  return { redis, port };
}

function numberIn(cell: string | undefined): number | undefined {
  return cell === undefined || cell === "" ? undefined : Number(cell);
}

function rowOf(words: string): LineRow {
  const [line = "", what = "", count, perSecond, micros] =
    words.split("|").slice(1, -1).map((cell) => cell.trim());
  const [rate, each] = [numberIn(perSecond), numberIn(micros)];
  return {
    line,
    what,
    count: Number(count),
    ...(rate === undefined ? {} : { perSecond: rate }),
    ...(each === undefined ? {} : { micros: each }),
  };
}

/** A fast wrong answer is no result: nobody may be called before somebody with an earlier turn. */
function checked(rows: LineRow[]): LineRow[] {
  for (const { line, what, count } of rows)
    if (what === "called out of order" && count !== 0)
      throw new Error(`${line}: ${count} called out of order`);
  return rows;
}

export async function standInLine(
  folder: string,
  serverCore: number,
  loadCore: number,
): Promise<LineRow[]> {
  const { redis, port } = await serveRedis(folder, serverCore);
  try {
    const command = ["-c", String(loadCore), "build/line", `redis://127.0.0.1:${port}`];
    const [, , ...lines] = execFileSync("taskset", command).toString().trim().split("\n");
    return checked(lines.map(rowOf));
  } finally {
    await stop(redis);
  }
}
