// memory.ts — what the server weighs, and how long it takes to wake up.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";

import { ended, residentBytes, startOnCore } from "./process.ts";
import { createSale, SEATS } from "./sale.ts";
import { type House, serve } from "./servers.ts";

/** The one open sale of both measurements. */
const OPEN_SEATS = 50_000;
const RESERVATIONS = 1_000_000;
const CONNECTIONS_WANTED = 100_000;

export interface Weight {
  oneSaleBytes: number;
  connections: number; // as many as this machine lets one process have open, 100,000 at most
  bytesPerConnection: number;
}

export interface Wake {
  reservations: number;
  openReservations: number;
  readyMs: number[];
  databaseBytes: number;
  residentBytes: number;
}

function fresh(binary: string, dataFolder: string): House {
  mkdirSync(dataFolder, { recursive: true });
  return { binary, dataFolder };
}

/** The hard limit of open files, and some room for the files that are not connections. */
function connectionsPossible(): number {
  const line = readFileSync("/proc/self/limits", "utf8").match(/^Max open files\s+\d+\s+(\d+)/m);
  return Math.min(CONNECTIONS_WANTED, Number(line?.[1] ?? 1024) - 500);
}

async function crowdOn(port: number, core: number, count: number) {
  const crowd = startOnCore(core, ["build/crowd", String(port), String(count)], {});
  await new Promise((resolve) => crowd.child.stdout?.once("data", resolve));
  const open = Number(crowd.said().trim().split("\n").at(-1));
  const leave = async () => {
    crowd.child.stdin?.end();
    await ended(crowd);
  };
  if (open !== count) throw new Error(`crowd: ${crowd.said()}`);
  return { leave };
}

export async function weigh(
  binary: string,
  folder: string,
  serverCore: number,
  loadCore: number,
): Promise<Weight> {
  const house = fresh(binary, `${folder}/weight`);
  createSale(house, OPEN_SEATS);
  const server = await serve(house, serverCore);
  const oneSaleBytes = residentBytes(server.pid);
  const connections = connectionsPossible();
  const crowd = await crowdOn(server.port, loadCore, connections);
  const crowdedBytes = residentBytes(server.pid);
  await crowd.leave();
  await server.end();
  return {
    oneSaleBytes,
    connections,
    bytesPerConnection: (crowdedBytes - oneSaleBytes) / connections,
  };
}

export async function wake(
  binary: string,
  folder: string,
  serverCore: number,
  repeats: number,
): Promise<Wake> {
  const house = fresh(binary, `${folder}/wake`);
  const database = `${house.dataFolder}/core.db`;
  for (let seats = RESERVATIONS - OPEN_SEATS; seats > 0; seats -= SEATS)
    createSale(house, Math.min(SEATS, seats));
  createSale(house, OPEN_SEATS);
  execFileSync("sqlite3", [database, ".read bench/million.sql"]);
  const pages = execFileSync("sqlite3", [database, "PRAGMA page_count; PRAGMA page_size"]);
  const [pageCount = 0, pageBytes = 0] = pages.toString().split("\n").map(Number);

  const readyMs: number[] = [];
  let resident = 0;
  for (let i = 0; i < repeats; i++) {
    const server = await serve(house, serverCore);
    readyMs.push(server.readyMs);
    resident = residentBytes(server.pid);
    await server.end();
  }
  return {
    reservations: RESERVATIONS,
    openReservations: OPEN_SEATS,
    readyMs,
    databaseBytes: pageCount * pageBytes,
    residentBytes: resident,
  };
}

