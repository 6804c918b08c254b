// reading.ts — the catalog beside nginx with the same bytes, without what is remembered, and in a rush.
//
// Nothing is edited while ours and nginx take turns, and the bytes are compared before and after: both
// send the same, compressed, from memory. "Without" is the first reading after an edit of the catalog:
// it raises the version that every remembered document is held against, so the server reads its store,
// writes and compresses anew. The seat states are the engine's and never in a cache: they have no
// "without", but the rush, where they change between any two looks.
import { mkdirSync } from "node:fs";
import { request } from "node:http";

import { type Answer, fetchBytes, pause } from "./process.ts";
import { createSale, engineKnows, forWrk, type Sale, writeTokens } from "./sale.ts";
import { fetchPacked, type House, serve, serveConstants, type Server, tell } from "./servers.ts";
import { middle, median, play, type Sample } from "./wrk.ts";

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
  afreshMs: number | null; // null: nothing is remembered
}

export interface Reading {
  concerts: number; // on the list's first page
  compared: Record<Subject, Compared>;
  alone: Record<Subject, Alone>;
  rush: { readers: number; reading: Sample; reserving: Sample };
}

const MAP_SEATS = 50_000;
const OTHER_CONCERTS = 49; // with the map's: one page of the list
const OTHER_SEATS = 100;
const RUSH_SEATS = 50_000;
const RUSH_SALES_PER_SECOND = 2; // 100,000 seats a second, more than anybody sells
const READERS = 16;
const LOOKS = 40;
const EDIT_HEARD_MS = 20; // both ways of asking wait as long between two looks

type Paths = Record<Subject, string>;

function each<Value>(make: (subject: Subject) => Value): Record<Subject, Value> {
  const pairs = subjects.map((subject) => [subject, make(subject)]);
  return Object.fromEntries(pairs) as Record<Subject, Value>;
}

function at(server: Server, path: string): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

function jsonOf<Value>(answer: Answer): Value {
  return JSON.parse(answer.body.toString()) as Value;
}

async function pathsOf(server: Server, sale: Sale): Promise<Paths> {
  const option = `/api/options/${sale.optionId}`;
  const map = jsonOf<{ version: number | string }>(await fetchBytes(at(server, `${option}/seat-map`)));
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

function right(sample: Sample, what: string): Sample {
  if (sample.refusedShare > 0) throw new Error(`${what}: ${sample.refusedShare} refused`);
  return sample;
}

async function compare(plan: ReadingPlan, ours: Server, paths: Paths): Promise<Reading["compared"]> {
  const files = await fetchStill(ours, paths);
  const nginx = await serveConstants(`${plan.folder}/reading-nginx`, plan.serverCore, "", files);
  const turn = async (server: Server, path: string) => {
    const { connections, seconds, loadCore: core } = plan;
    const load = { url: at(server, path), script: ["get", "gzip"], connections, seconds, core };
    return right(await play({ ...load, serverPid: server.pid }), path);
  };
  const compared = each<Compared>((subject) => (
    { bytes: files.get(subject)?.length ?? 0, ours: [], nginx: [] }
  ));
  for (let round = 1; round <= plan.repeats; round++)
    for (const subject of subjects) {
      compared[subject].nginx.push(await turn(nginx, `/${subject}`));
      compared[subject].ours.push(await turn(ours, paths[subject]));
      console.log(`round ${round}  reading  ${subject}`);
    }
  mustBeSame(files, await fetchStill(ours, paths));
  await nginx.end();
  return compared;
}

/** An edit of an agency: of no answer that is read here, and yet each has to be read again. */
function edit(server: Server, token: string, count: number): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: server.port, method: "PATCH", path: "/api/agencies/1", headers, agent: false },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`edit: ${response.statusCode}`)));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify({ name: `Agency ${count}` }));
  });
}

/** How often the cache behind the shelf had nothing: the store was read. */
async function missesOf(server: Server): Promise<number> {
  const metrics = (await fetchBytes(at(server, "/metrics"))).body.toString();
  const line = metrics.match(/^ticketrush_cache_lookups_total\{level="shared",result="miss"\} (\d+)$/m);
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

async function lookAlone(server: Server, paths: Paths, token: string): Promise<Reading["alone"]> {
  const alone = each<Alone>(() => ({ rememberedMs: 0, afreshMs: null }));
  for (const subject of subjects) {
    const path = paths[subject];
    alone[subject].rememberedMs = await lookMs(server, path, () => Promise.resolve());
    if (subject === "states") continue;
    const before = await missesOf(server);
    alone[subject].afreshMs = await lookMs(server, path, (count) => edit(server, token, count));
    const misses = (await missesOf(server)) - before;
    if (subject !== "options" && misses < LOOKS) // dates are on the shelf of their loop only
      throw new Error(`${subject}: some answers were remembered`);
  }
  return alone;
}

/** Fans reserve with all their connections; some others read the list and the states of what they sell. */
async function rush(plan: ReadingPlan, house: House, server: Server, tokensPath: string): Promise<Reading["rush"]> {
  const { connections, seconds, loadCore: core } = plan;
  const count = RUSH_SALES_PER_SECOND * seconds;
  const sales = Array.from({ length: count }, () => createSale(house, RUSH_SEATS));
  for (const sale of sales) await engineKnows(server, sale);
  const looks = sales.flatMap((sale) => ["/api/concerts", `/api/options/${sale.optionId}/seat-states`]);
  const load = { seconds, core, serverPid: server.pid };
  const fans = ["reserve", `rush-${process.pid}-`, tokensPath, "each", ...sales.map(forWrk)];
  const [reserving, reading] = await Promise.all([
    play({ ...load, url: at(server, "/api/reservations"), connections, script: fans }),
    play({ ...load, url: at(server, "/api/concerts"), connections: READERS, script: ["get", "gzip", ...looks] }),
  ]);
  return { readers: READERS, reading: right(reading, "reading"), reserving: right(reserving, "rush") };
}

export async function read(plan: ReadingPlan): Promise<Reading> {
  const house = { binary: plan.binary, dataFolder: `${plan.folder}/reading` };
  mkdirSync(house.dataFolder);
  tell(house, "migrate");
  tell(house, "seed");
  for (let i = 0; i < OTHER_CONCERTS; i++) createSale(house, OTHER_SEATS);
  const mapSale = createSale(house, MAP_SEATS);
  const tokensPath = `${plan.folder}/reading-tokens`;
  writeTokens(house, tokensPath);
  const operator = tell(house, "token", "--fan", "1", "--role", "operator").trim();

  const ours = await serve(house, plan.serverCore);
  await engineKnows(ours, mapSale);
  const paths = await pathsOf(ours, mapSale);
  const list = jsonOf<{ items: unknown[] }>(await fetchBytes(at(ours, paths.list)));
  const compared = await compare(plan, ours, paths);
  const alone = await lookAlone(ours, paths, operator);
  const inRush = await rush(plan, house, ours, tokensPath);
  await ours.end();
  return { concerts: list.items.length, compared, alone, rush: inRush };
}

export function middleSample({ ours, nginx }: Compared): { ours: Sample; nginx: Sample } {
  return { ours: median(ours), nginx: median(nginx) };
}
