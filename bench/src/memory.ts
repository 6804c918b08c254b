// memory.ts — what the server weighs, how fast news reaches everybody, how long it takes to wake up.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { ended, residentBytes, startOnCore } from "./process.ts";
import { createSale, SEATS } from "./sale.ts";
import { type House, serve, type Server, tell } from "./servers.ts";

/** The one open sale of both measurements. */
const OPEN_SEATS = 50_000;
const RESERVATIONS = 1_000_000;
const CONNECTIONS_WANTED = 100_000;

export interface Weight {
  oneSaleBytes: number;
  connections: number; // as many as this machine lets one process have open, 100,000 at most
  bytesPerConnection: number;
}

export interface Listening {
  listeners: number; // as many as this machine lets one process have open, 100,000 at most
  bytesPerListener: number; // of each of the second half, when all tables of fixed size are warm
  documentBytes: number;
  heardMs: number[]; // from printing a document until the last of all listeners has it
  againMs: number; // everybody leaves and comes back, spread over two seconds
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
export function connectionsPossible(): number {
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

/** One listener a token, on the operator's numbers: everybody hears the same document every second. */
export async function listen(
  binary: string,
  folder: string,
  serverCore: number,
  loadCore: number,
): Promise<Listening> {
  const house = fresh(binary, `${folder}/listening`);
  createSale(house, OPEN_SEATS);
  const listeners = connectionsPossible();
  const tokens = `${folder}/listeners.txt`;
  writeFileSync(tokens, tell(house, "token", "--fan", "1", "--count", String(listeners), "--role", "operator"));
  const server = await serve(house, serverCore);
  const listening = await hearTheCrowd(
    server, loadCore, "/api/admin/events", tokens, listeners, "/api/admin/overview");
  await server.end();
  return listening;
}

/** `document` is what they hear, at an address of its own; `afterNews` comes when all have heard. */
export async function hearTheCrowd(
  server: Server,
  loadCore: number,
  path: string,
  tokens: string,
  listeners: number,
  document: string,
  afterNews: () => void = () => undefined,
): Promise<Listening> {
  const command = ["build/listeners", String(server.port), String(listeners), path, tokens];
  const crowd = startOnCore(loadCore, command, {});
  if (!crowd.child.stdout) throw new Error("listeners: no output");
  const lines = createInterface({ input: crowd.child.stdout })[Symbol.asyncIterator]();
  const next = async (what: string, expected: number): Promise<number> => {
    const [word, count, ms] = String((await lines.next()).value).split(" ");
    if (word !== what || Number(count) !== expected) throw new Error(`listeners: ${crowd.said()}`);
    return Number(ms);
  };

  const half = Math.floor(listeners / 2);
  await next("open", half);
  const halfBytes = residentBytes(server.pid);
  crowd.child.stdin?.write("\n");
  await next("open", listeners);
  const allBytes = residentBytes(server.pid);
  crowd.child.stdin?.write("\n");
  const heardMs = [];
  for (let i = 0; i < 3; i++) heardMs.push(await next("heard", listeners));
  afterNews();
  const againMs = await next("again", listeners);
  const heard = await fetch(`http://127.0.0.1:${server.port}${document}`, {
    headers: { authorization: `Bearer ${readFileSync(tokens, "utf8").split("\n")[0]}` },
  });
  const documentBytes = (await heard.arrayBuffer()).byteLength;
  crowd.child.stdin?.end();
  await ended(crowd);
  return {
    listeners,
    bytesPerListener: (allBytes - halfBytes) / (listeners - half),
    documentBytes,
    heardMs,
    againMs,
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

