// contest.ts — the runs that alternate: what each asks, of whom, and in which order.
import { gunzipSync } from "node:zlib";

import { type Answer, fetchBytes, pause } from "./process.ts";
import { createSale, forWrk, reserve, type Sale, SEATS, sellOut } from "./sale.ts";
import { type House, serve, serveConstants, type Server } from "./servers.ts";
import { play, type Sample } from "./wrk.ts";

export type Contender =
  | "nginx-post"
  | "winning"
  | "losing"
  | "hot"
  | "nginx-map"
  | "map"
  | "nginx-states"
  | "states";

/** One round. Each of ours stands beside the reference it is held against. */
export const contenders: readonly Contender[] = [
  "nginx-post", "winning", "losing", "hot", "nginx-map", "map", "nginx-states", "states",
];

export interface Plan {
  house: House;
  folder: string;
  tokens: readonly string[];
  tokensPath: string;
  serverCore: number;
  loadCore: number;
  connections: number;
  seconds: number;
}

const MAP_SEATS = 50_000;
const SOLD_OUT_SEATS = 1_000;

export interface Contest {
  run: (contender: Contender) => Promise<Sample>;
  end: () => Promise<void>;
}

export async function openContest(plan: Plan): Promise<Contest> {
  const mapSale = createSale(plan.house, MAP_SEATS);
  const goneSale = createSale(plan.house, SOLD_OUT_SEATS);
  const ours = await serve(plan.house, plan.serverCore);
  await sellOut(ours.port, plan.tokens, goneSale);

  const won = await reserve(ours.port, plan.tokens[0] ?? "", mapSale, 0, 1);
  if (won.status !== 201) throw new Error(`the first reservation: ${won.status} ${won.body}`);
  const mapPath = await versionedMapPath(ours, mapSale);
  const map = await fetchPacked(ours, mapPath);
  const states = await fetchPacked(ours, statesPath(mapSale));
  const files = new Map([["map", map.body], ["states", states.body]]);
  const nginx = await serveConstants(`${plan.folder}/nginx`, plan.serverCore, won.body, files);

  let runs = 0;
  const run = async (contender: Contender) => {
    const sales = salesOf(contender, plan, mapSale, goneSale);
    const script = scriptOf(contender, plan, ++runs, sales);
    const server = contender.startsWith("nginx") ? nginx : ours;
    const load = {
      url: urlOf(contender, server, mapSale, mapPath),
      script,
      connections: plan.connections,
      seconds: plan.seconds,
      core: plan.loadCore,
      serverPid: server.pid,
    };
    for (const sale of sales) await engineKnows(ours, sale);
    return checked(contender, server, await play(load));
  };
  return { run, end: () => Promise.all([ours.end(), nginx.end()]).then(() => undefined) };
}

function createSales(house: House, count: number): Sale[] {
  return Array.from({ length: count }, () => createSale(house, SEATS));
}

/** Winners need seats that nobody has: sales are made for the run, beside the running server. One for
 *  each second are 100,000 seats a second, more than anybody sells. */
function salesOf(contender: Contender, plan: Plan, mapSale: Sale, goneSale: Sale): Sale[] {
  switch (contender) {
    case "winning":
      return createSales(plan.house, plan.seconds);
    case "hot":
      return createSales(plan.house, 1);
    case "losing":
      return [goneSale];
    case "nginx-post":
    case "map":
    case "states":
    case "nginx-map":
    case "nginx-states":
      return [mapSale];
  }
}

/** The engine looks for new sales now and then; until it has seen one, nobody can win in it. */
async function engineKnows(server: Server, sale: Sale): Promise<void> {
  for (;;) {
    const metrics = await fetchBytes(`http://127.0.0.1:${server.port}/metrics`);
    if (metrics.body.includes(`ticketrush_seats{option="${sale.optionId}"`)) return;
    await pause(20);
  }
}

/** Arguments of load.lua. */
function scriptOf(contender: Contender, plan: Plan, run: number, sales: readonly Sale[]): string[] {
  switch (contender) {
    case "winning":
    case "hot":
    case "losing":
    case "nginx-post": {
      const spread = contender === "hot" ? "hot" : "each";
      const prefix = `run-${process.pid}-${run}-`;
      return ["reserve", prefix, plan.tokensPath, spread, ...sales.map(forWrk)];
    }
    case "map":
    case "states":
    case "nginx-map":
    case "nginx-states":
      return ["get", "gzip"];
  }
}

/** A fast wrong answer is no result: what must be refused was, and nothing else. */
async function checked(contender: Contender, server: Server, sample: Sample): Promise<Sample> {
  const expected = contender === "losing" ? 1 : contender === "hot" ? sample.refusedShare : 0;
  if (sample.refusedShare === expected) return sample;
  const metrics = await fetchBytes(`http://127.0.0.1:${server.port}/metrics`);
  throw new Error(`${contender}: ${sample.refusedShare} refused\n${metrics.body.toString()}`);
}

function urlOf(contender: Contender, server: Server, mapSale: Sale, mapPath: string): string {
  const origin = `http://127.0.0.1:${server.port}`;
  switch (contender) {
    case "nginx-post":
    case "winning":
    case "losing":
    case "hot":
      return `${origin}/api/reservations`;
    case "map":
      return origin + mapPath;
    case "states":
      return origin + statesPath(mapSale);
    case "nginx-map":
      return `${origin}/map`;
    case "nginx-states":
      return `${origin}/states`;
  }
}

function statesPath(sale: Sale): string {
  return `/api/options/${sale.optionId}/seat-states`;
}

async function fetchPacked(server: Server, path: string): Promise<Answer> {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const answer = await fetchBytes(url, { "Accept-Encoding": "gzip" });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.toString()}`);
  return answer;
}

/** The address under its version, as the page asks for it. */
async function versionedMapPath(server: Server, sale: Sale): Promise<string> {
  const path = `/api/options/${sale.optionId}/seat-map`;
  const { body, headers } = await fetchPacked(server, path);
  const text = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const { version } = JSON.parse(text.toString()) as { version: number | string };
  return `${path}?version=${version}`;
}
