// waiting.ts — a waiting room under its crowd: who listens in line, how soon the room fills when most
// have gone home, whether a thousand fans a second come in in order, and a whole night.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import {
  ask, beginEvening, each, endEvening, type Evening, joinAll, LOOK_MS, lookAtServing,
  OVER_CONNECTIONS, type Place, type Serving, steer,
} from "./evening.ts";
import { type LineRow, standInLine } from "./line.ts";
import { connectionsPossible, hearTheCrowd, type Listening } from "./memory.ts";
import { pause, startOnCore, ended } from "./process.ts";
import { serve, tell } from "./servers.ts";

/** With 60 of 100 called fans gone. */
const FILLING = { fans: 5000, fansPerSecond: 1000, activeMax: 500, comeOf: 5, come: 2 };

const ASKING_AT_ONCE = 64;

/** A thousand a second, all of them there. */
const HURRYING = { fans: 10_000, fansPerSecond: 1000, activeMax: 100_000 };

export const NIGHT = { fans: 20_000, seats: 2000 };

export interface Filling {
  target: number;
  reachedMs: number; // from the operator's word until the target of active fans was there
  mostActive: number;
  called: number;
  comeShare: number; // as the house has measured it
}

export interface Hurrying {
  fans: number;
  tookMs: number;
  perSecond: number[]; // fans called in each whole second of the log
  outOfOrder: number;
  verified: string; // what `ticketrush verify-line` says
}

export interface Night {
  seconds: number;
  verified: string;
  summary: string; // as rush tells it
}

export interface Waited {
  listening: Listening;
  keptPlaces: number; // of those who left and came back within two seconds
  filling: Filling;
  hurrying: Hurrying;
  night: Night;
  line: LineRow[];
}

/* --- listening ----------------------------------------------------------------------------------- */

/** Everybody stands in the hall and listens; a fan who joins now and then makes the news. */
async function listenInLine(binary: string, folder: string, serverCore: number, loadCore: number) {
  const listeners = connectionsPossible() - OVER_CONNECTIONS;
  const newcomers = 1000;
  const evening = await beginEvening(
    binary, `${folder}/listening`, serverCore, listeners + newcomers, 3600);
  const sequences = await joinAll(evening, listeners);
  const tokensPath = `${folder}/listeners.txt`;
  writeFileSync(tokensPath, evening.tokens.slice(0, listeners).join("\n"));
  let come = 0;
  const news = setInterval(() => {
    const token = evening.tokens[listeners + (come++ % newcomers)] ?? "";
    void ask(evening, "POST", "/waiting", token, {}).catch(() => undefined);
  }, 250);
  const path = `/api/options/${evening.optionId}/waiting`;
  const listening = await hearTheCrowd(
    evening.server, loadCore, `${path}/events`, tokensPath, listeners, `${path}/serving`,
    () => clearInterval(news));
  let keptPlaces = 0;
  await each(listeners, async (fan) => {
    const said = await ask(evening, "GET", "/waiting/me", evening.tokens[fan] ?? "");
    const { state, sequence } = JSON.parse(said) as Place;
    if (state === "WAITING" && sequence === sequences[fan]) keptPlaces++;
  });
  await endEvening(evening);
  if (keptPlaces !== listeners) throw new Error(`${listeners - keptPlaces} places were lost`);
  return { listening, keptPlaces };
}

/* --- coming in ----------------------------------------------------------------------------------- */

/** By turn: these fans look for themselves as soon as they are called. */
async function comeIn(
  evening: Evening,
  byTurn: readonly string[],
  isDone: (serving: Serving) => boolean,
): Promise<void> {
  let seen = 0;
  for (;;) {
    const serving = await lookAtServing(evening);
    if (isDone(serving)) return;
    const called = byTurn.slice(seen, serving.serving).filter((token) => token !== "");
    seen = serving.serving;
    await each(called.length, async (i) => {
      await ask(evening, "GET", "/waiting/me", called[i] ?? "");
    });
    await pause(LOOK_MS);
  }
}

async function tokensByTurn(evening: Evening, fans: number, comes: (turn: number) => boolean) {
  const turns = await joinAll(evening, fans); // the door is open: a turn is a sequence
  const byTurn = Array.from({ length: fans }, () => "");
  turns.forEach((turn, fan) => {
    if (comes(turn)) byTurn[turn - 1] = evening.tokens[fan] ?? "";
  });
  return byTurn;
}

/** The first of those who are there ask all the time, as if each heard of the call at once. */
async function askAtTheDoor(evening: Evening, line: string[]): Promise<number> {
  const asking = line.slice(0, ASKING_AT_ONCE);
  const inside = new Set<string>();
  await each(asking.length, async (i) => {
    const token = asking[i] ?? "";
    const place = JSON.parse(await ask(evening, "GET", "/waiting/me", token)) as Place;
    if (place.state === "ADMITTED") inside.add(token);
  });
  line.splice(0, asking.length, ...asking.filter((token) => !inside.has(token)));
  return inside.size;
}

async function fillTheRoom(binary: string, folder: string, core: number): Promise<Filling> {
  const { fans, fansPerSecond, activeMax, comeOf, come } = FILLING;
  const evening = await beginEvening(binary, `${folder}/filling`, core, fans, 0);
  const byTurn = await tokensByTurn(evening, fans, (turn) => turn % comeOf < come);
  const there = byTurn.filter((token) => token !== "");
  const began = performance.now();
  await steer(evening, "FIXED", fansPerSecond, activeMax);
  let active = 0;
  while (active < activeMax && performance.now() - began < 30_000)
    active += await askAtTheDoor(evening, there);
  const reachedMs = performance.now() - began;
  const more = await askAtTheDoor(evening, there); // the room is full: they stand at the gate
  await pause(1500); // the operator's numbers are of the last second
  const said = await ask(evening, "GET", "/admission", evening.operator);
  const { comeShare, admitted } = JSON.parse(said) as { comeShare: number; admitted: number };
  await endEvening(evening);
  return { target: activeMax, reachedMs, mostActive: active + more, called: admitted, comeShare };
}

/* --- a thousand a second ------------------------------------------------------------------------- */

/** All pages of the log, as a stranger gets them. */
async function readLog(evening: Evening): Promise<string> {
  let log = "";
  for (let after = "0"; !log.includes("\nHEAD "); ) {
    const page = await ask(evening, "GET", `/waiting/proof/log?after=${after}`, evening.operator);
    log += page;
    after = page.trimEnd().split("\n").at(-1)?.split(" ")[0] ?? "0";
  }
  return log;
}

function verify(binary: string, path: string): string {
  return execFileSync(binary, ["verify-line", path]).toString().trim().split("\n")[0] ?? "";
}

async function hurry(binary: string, folder: string, core: number): Promise<Hurrying> {
  const { fans, fansPerSecond, activeMax } = HURRYING;
  const evening = await beginEvening(binary, `${folder}/hurrying`, core, fans, 0);
  const byTurn = await tokensByTurn(evening, fans, () => true);
  const began = performance.now();
  await steer(evening, "FIXED", fansPerSecond, activeMax);
  await comeIn(evening, byTurn, ({ active }) => active >= fans || performance.now() - began > 60_000);
  const tookMs = performance.now() - began;
  const path = `${folder}/hurrying.log`;
  writeFileSync(path, await readLog(evening));
  await endEvening(evening);

  const called = readFileSync(path, "utf8").split("\n").map((line) => line.split(" "))
    .filter(([, kind]) => kind === "A").map(([, , sequence, atMs]) => [Number(sequence), Number(atMs)]);
  const seconds = new Map<number, number>();
  let outOfOrder = fans - called.length;
  called.forEach(([sequence = 0, atMs = 0], i) => {
    if (sequence !== i + 1) outOfOrder++;
    const second = Math.floor((atMs - (called[0]?.[1] ?? 0)) / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  });
  if (outOfOrder !== 0) throw new Error(`${outOfOrder} called out of order`);
  return { fans, tookMs, perSecond: [...seconds.values()], outOfOrder, verified: verify(binary, path) };
}

/* --- a whole night ------------------------------------------------------------------------------- */

/** rush holds every place and seat it was told against the store, and audits it. */
async function spendTheNight(
  binary: string, folder: string, serverCore: number, loadCore: number,
): Promise<Night> {
  const house = { binary, dataFolder: `${folder}/night` };
  const log = `${folder}/night.log`;
  mkdirSync(house.dataFolder, { recursive: true });
  tell(house, "migrate");
  const server = await serve(house, serverCore);
  const began = performance.now();
  const rush = startOnCore(loadCore, [
    binary, "rush", "--url", `http://127.0.0.1:${server.port}`, "--data", house.dataFolder,
    "--fans", String(NIGHT.fans), "--seats", String(NIGHT.seats), "--waiting-room",
    "--line-log", log,
  ], {});
  await ended(rush);
  const seconds = (performance.now() - began) / 1000;
  await server.end();
  if (rush.child.exitCode !== 0) throw new Error(rush.said());
  const told = rush.said().slice(rush.said().indexOf("The night of option")).trim();
  return { seconds, verified: verify(binary, log), summary: told };
}

export async function waitInLine(
  binary: string, folder: string, serverCore: number, loadCore: number,
): Promise<Waited> {
  const tellProgress = <Value>(what: string, value: Value): Value => {
    console.log(`${what}: ${JSON.stringify(value)}`);
    return value;
  };
  const heard = tellProgress("listening", await listenInLine(binary, folder, serverCore, loadCore));
  const filling = tellProgress("filling", await fillTheRoom(binary, folder, serverCore));
  const hurrying = tellProgress("hurrying", await hurry(binary, folder, serverCore));
  const night = tellProgress("night", await spendTheNight(binary, folder, serverCore, loadCore));
  return { ...heard, filling, hurrying, night, line: await standInLine(folder, serverCore, loadCore) };
}
