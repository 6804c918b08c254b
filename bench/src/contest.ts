// contest.ts — the runs that alternate: what each asks, of whom, and in which order.
import { fetchBytes } from "./process.ts";
import { createSale, engineKnows, forWrk, reserve, type Sale, SEATS, sellOut } from "./sale.ts";
import { type House, serve, serveConstants, type Server } from "./servers.ts";
import { play, type Sample } from "./wrk.ts";

export type Contender = "nginx-post" | "winning" | "losing" | "hot";

/** One round. Each of ours stands beside the reference it is held against. */
export const contenders: readonly Contender[] = ["nginx-post", "winning", "losing", "hot"];

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

const FIRST_SEATS = 50_000;
const SOLD_OUT_SEATS = 1_000;

export interface Contest {
  run: (contender: Contender) => Promise<Sample>;
  end: () => Promise<void>;
}

export async function openContest(plan: Plan): Promise<Contest> {
  const firstSale = createSale(plan.house, FIRST_SEATS);
  const goneSale = createSale(plan.house, SOLD_OUT_SEATS);
  const ours = await serve(plan.house, plan.serverCore);
  await sellOut(ours.port, plan.tokens, goneSale);

  const won = await reserve(ours.port, plan.tokens[0] ?? "", firstSale, 0, 1);
  if (won.status !== 201) throw new Error(`the first reservation: ${won.status} ${won.body}`);
  const nginx = await serveConstants(`${plan.folder}/nginx`, plan.serverCore, won.body, new Map());

  let runs = 0;
  const run = async (contender: Contender) => {
    const sales = salesOf(contender, plan, firstSale, goneSale);
    const script = scriptOf(contender, plan, ++runs, sales);
    const server = contender.startsWith("nginx") ? nginx : ours;
    const load = {
      url: `http://127.0.0.1:${server.port}/api/reservations`,
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
function salesOf(contender: Contender, plan: Plan, firstSale: Sale, goneSale: Sale): Sale[] {
  switch (contender) {
    case "winning":
      return createSales(plan.house, plan.seconds);
    case "hot":
      return createSales(plan.house, 1);
    case "losing":
      return [goneSale];
    case "nginx-post":
      return [firstSale];
  }
}

/** Arguments of load.lua. */
function scriptOf(contender: Contender, plan: Plan, run: number, sales: readonly Sale[]): string[] {
  const spread = contender === "hot" ? "hot" : "each";
  const prefix = `run-${process.pid}-${run}-`;
  return ["reserve", prefix, plan.tokensPath, spread, ...sales.map(forWrk)];
}

/** A fast wrong answer is no result: what must be refused was, and nothing else. */
async function checked(contender: Contender, server: Server, sample: Sample): Promise<Sample> {
  const expected = contender === "losing" ? 1 : contender === "hot" ? sample.refusedShare : 0;
  if (sample.refusedShare === expected) return sample;
  const metrics = await fetchBytes(`http://127.0.0.1:${server.port}/metrics`);
  throw new Error(`${contender}: ${sample.refusedShare} refused\n${metrics.body.toString()}`);
}
