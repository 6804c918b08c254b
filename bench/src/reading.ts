// reading.ts — the catalog beside nginx with the same bytes, and without what is remembered.
//
// Both send the same bytes, compressed, from memory, in turn. That they stay the same does not depend
// on luck: nobody writes while they are compared, and the clock changes nothing either, because every
// seeded sale was closed before and the bench's own stay open for a week. The bytes are compared after
// each turn all the same.
//
// "Without" is the first reading after something that no remembered answer outlives. An edit of the
// catalog raises the version that every document is held against: the server reads its store, writes
// and compresses anew. The seat states are the engine's and in no cache: theirs is a reservation.
import { mkdirSync } from "node:fs";
import { request } from "node:http";

import { type Answer, fetchBytes, pause } from "./process.ts";
import { type Rush, rush } from "./rush.ts";
import { createSale, engineKnows, reserve, type Sale, writeTokens } from "./sale.ts";
import { fetchPacked, serve, serveConstants, type Server, tell, urlOf } from "./servers.ts";
import { middle, median, mustSucceed, play, type Sample } from "./wrk.ts";

export const subjects = ["list", "options", "map", "states"] as const;
export type Subject = (typeof subjects)[number];

export interface ReadingPlan {
  binary: string;
  folder: string;
  serverCore: number;
  loadCore: number;
  connections: number;
  seconds: number;
  repeats: number;
}

export interface Compared {
  bytes: number; // as sent
  ours: Sample[];
  nginx: Sample[];
}

export interface Alone { // one reading at a time, each on a connection of its own
  rememberedMs: number;
  afreshMs: number;
}

export interface Reading {
  concerts: number; // on the list's first page
  compared: Record<Subject, Compared>;
  alone: Record<Subject, Alone>;
  rush: Rush;
}

const MAP_SEATS = 50_000;
const OTHER_CONCERTS = 49; // with the map's: one page of the list
const OTHER_SEATS = 100;
const TURN_SECONDS_MAX = 2; // the same answer again and again: longer turns show nothing more
const LOOKS = 40;
const EDIT_HEARD_MS = 20; // both ways of asking wait as long between two looks

type Paths = Record<Subject, string>;

function each<Value>(make: (subject: Subject) => Value): Record<Subject, Value> {
  const pairs = subjects.map((subject) => [subject, make(subject)]);
  return Object.fromEntries(pairs) as Record<Subject, Value>;
}

function jsonOf<Value>(answer: Answer): Value {
  return JSON.parse(answer.body.toString()) as Value;
}

async function pathsOf(server: Server, sale: Sale): Promise<Paths> {
  const option = `/api/options/${sale.optionId}`;
  const map = jsonOf<{ version: number | string }>(await fetchBytes(urlOf(server, `${option}/seat-map`)));
  return {
    list: "/api/concerts",
    options: "/api/concerts/1/options",
    map: `${option}/seat-map?version=${map.version}`,
    states: `${option}/seat-states`,
  };
}

async function fetchAll(server: Server, paths: Paths): Promise<Map<string, Buffer>> {
  const bodies = subjects.map(async (subject) => {
    const { body } = await fetchPacked(server, paths[subject]);
    return [subject, body] as const;
  });
  return new Map(await Promise.all(bodies));
}

/** What changes by the second is compressed when it has stood still for a while. */
async function fetchStill(server: Server, paths: Paths): Promise<Map<string, Buffer>> {
  await fetchAll(server, paths);
  await pause(1500);
  await fetchAll(server, paths);
  return fetchAll(server, paths);
}

function mustBeSame(before: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): void {
  for (const subject of subjects)
    if (before.get(subject)?.equals(after.get(subject) ?? Buffer.of()) !== true)
      throw new Error(`${subject}: ours no longer sends the bytes that nginx has`);
}

async function compare(plan: ReadingPlan, ours: Server, paths: Paths): Promise<Reading["compared"]> {
  const files = await fetchStill(ours, paths);
  const nginx = await serveConstants(`${plan.folder}/reading-nginx`, plan.serverCore, "", files);
  const seconds = Math.min(plan.seconds, TURN_SECONDS_MAX);
  const turn = async (server: Server, path: string) => {
    const { connections, loadCore: core } = plan;
    const load = { url: urlOf(server, path), script: ["get", "gzip"], connections, seconds, core };
    return mustSucceed(path, await play({ ...load, serverPid: server.pid }));
  };
  const compared = each<Compared>((subject) => (
    { bytes: files.get(subject)?.length ?? 0, ours: [], nginx: [] }
  ));
  for (let round = 1; round <= plan.repeats; round++)
    for (const subject of subjects) {
      compared[subject].nginx.push(await turn(nginx, `/${subject}`));
      compared[subject].ours.push(await turn(ours, paths[subject]));
      mustBeSame(files, await fetchAll(ours, paths));
      console.log(`round ${round}  reading  ${subject}`);
    }
  await nginx.end();
  return compared;
}

/** With an operator's token; anything but 200 ends the bench. */
function operate(server: Server, token: string, method: string, path: string, body: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, method, path, headers, agent: false }, (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${response.statusCode}`)));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Of no answer that is read here, and yet each has to be read again. */
function edit(server: Server, token: string, count: number): Promise<void> {
  return operate(server, token, "PATCH", "/api/agencies/1", JSON.stringify({ name: `Agency ${count}` }));
}

interface Listed {
  id: number;
  sale?: object | null; // of a date
}

/** A sale that opens or ends while others look at the list changes the list. */
async function closeSeededSales(server: Server, token: string, own: readonly Sale[]): Promise<void> {
  const itemsAt = async (path: string) =>
    jsonOf<{ items: Listed[] }>(await fetchBytes(urlOf(server, path))).items;
  const kept = new Set(own.map(({ optionId }) => optionId));
  for (const concert of await itemsAt("/api/concerts?limit=1000"))
    for (const { id, sale } of await itemsAt(`/api/concerts/${concert.id}/options`))
      if (sale && !kept.has(id)) await operate(server, token, "POST", `/api/options/${id}/sale/close`, "");
}

/** How often the shelf had nothing that could be sent. */
async function missesOf(server: Server): Promise<number> {
  const metrics = (await fetchBytes(urlOf(server, "/metrics"))).body.toString();
  const line = metrics.match(/^ticketrush_cache_lookups_total\{level="shelf",result="miss"\} (\d+)$/m);
  return Number(line?.[1] ?? Number.NaN);
}

/** The middle of some looks, each after `before`. */
async function lookMs(server: Server, path: string, before: (count: number) => Promise<void>): Promise<number> {
  const taken = [];
  for (let i = 0; i < LOOKS; i++) {
    await before(i);
    await pause(EDIT_HEARD_MS);
    const started = performance.now();
    await fetchPacked(server, path);
    taken.push(performance.now() - started);
  }
  return middle(taken);
}

/** Makes the remembered answer worthless, before each look. */
type Spoil = (count: number) => Promise<void>;

async function lookAlone(
  server: Server, paths: Paths, spoilCatalog: Spoil, spoilStates: Spoil,
): Promise<Reading["alone"]> {
  const alone = each<Alone>(() => ({ rememberedMs: 0, afreshMs: 0 }));
  for (const subject of subjects) {
    const path = paths[subject];
    alone[subject].rememberedMs = await lookMs(server, path, () => Promise.resolve());
    const before = await missesOf(server);
    alone[subject].afreshMs = await lookMs(server, path, subject === "states" ? spoilStates : spoilCatalog);
    const misses = (await missesOf(server)) - before;
    if (subject !== "states" && misses < LOOKS) // those are written anew from the board
      throw new Error(`${subject}: some answers were remembered`);
  }
  return alone;
}

export async function read(plan: ReadingPlan): Promise<Reading> {
  const house = { binary: plan.binary, dataFolder: `${plan.folder}/reading` };
  mkdirSync(house.dataFolder);
  tell(house, "migrate");
  tell(house, "seed");
  const others = Array.from({ length: OTHER_CONCERTS }, () => createSale(house, OTHER_SEATS));
  const mapSale = createSale(house, MAP_SEATS);
  const tokensPath = `${plan.folder}/reading-tokens`;
  const tokens = writeTokens(house, tokensPath);
  const operator = tell(house, "token", "--fan", "1", "--role", "operator").trim();

  const ours = await serve(house, plan.serverCore);
  await engineKnows(ours, mapSale);
  await closeSeededSales(ours, operator, [...others, mapSale]);
  const paths = await pathsOf(ours, mapSale);
  const list = jsonOf<{ items: unknown[] }>(await fetchBytes(urlOf(ours, paths.list)));
  const compared = await compare(plan, ours, paths);
  const alone = await lookAlone(ours, paths, (count) => edit(ours, operator, count), async (count) => {
    const { status } = await reserve(ours.port, tokens[count] ?? "", mapSale, count, 1);
    if (status !== 201) throw new Error(`a reservation between two looks: ${status}`);
  });
  const inRush = await rush(plan, house, ours, tokensPath);
  await ours.end();
  return { concerts: list.items.length, compared, alone, rush: inRush };
}

export function middleSample({ ours, nginx }: Compared): { ours: Sample; nginx: Sample } {
  return { ours: median(ours), nginx: median(nginx) };
}
