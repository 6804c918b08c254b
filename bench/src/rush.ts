// rush.ts — how long others wait for the catalog while fans reserve.
//
// Twice: fans who press again the moment they are answered, which is more than the server can do, and
// fans who think, so that half as many presses arrive. The readers look at the list and at the states
// of what is being sold, which are other ones at every look. They think too: sixty-four people are
// asked how long they wait, not how much they can take away from the fans.
//
// Fans and readers are two programs on one core, and a program that waits for its core measures
// itself. So the fans' is the more patient one of the two (nice).
import { createSale, engineKnows, forWrk } from "./sale.ts";
import { type House, type Server, urlOf } from "./servers.ts";
import { mustSucceed, play, type Sample } from "./wrk.ts";

export interface Rushing {
  reading: Sample;
  reserving: Sample;
}

export interface Rush {
  readers: number;
  full: Rushing; // fans press as fast as they are answered
  half: Rushing; // half as many presses
}

export interface RushPlan {
  loadCore: number;
  connections: number;
  seconds: number;
}

const SEATS = 50_000;
const SALES_PER_SECOND = 2; // 100,000 seats a second, more than anybody sells
const READERS = 64;
const READERS_THINK_MS = 20;
const FANS_NICE = 10;

async function rushOnce(
  plan: RushPlan, house: House, server: Server, tokensPath: string, thinkMs: number,
): Promise<Rushing> {
  const { connections, seconds, loadCore: core } = plan;
  const sales = Array.from({ length: SALES_PER_SECOND * seconds }, () => createSale(house, SEATS));
  for (const sale of sales) await engineKnows(server, sale);
  const looks = sales.flatMap((sale) => ["/api/concerts", `/api/options/${sale.optionId}/seat-states`]);
  const load = { seconds, core, serverPid: server.pid };
  const fans = ["reserve", `rush-${process.pid}-${thinkMs}-`, tokensPath, "each", ...sales.map(forWrk)];
  if (thinkMs > 0) fans.push(`think=${thinkMs}`);
  const [reserving, reading] = await Promise.all([
    play({
      ...load, url: urlOf(server, "/api/reservations"), connections, script: fans, nice: FANS_NICE,
    }),
    play({
      ...load, url: urlOf(server, "/api/concerts"), connections: READERS,
      script: ["get", "gzip", ...looks, `think=${READERS_THINK_MS}`],
    }),
  ]);
  return { reading: mustSucceed("reading", reading), reserving: mustSucceed("reserving", reserving) };
}

export async function rush(
  plan: RushPlan, house: House, server: Server, tokensPath: string,
): Promise<Rush> {
  const full = await rushOnce(plan, house, server, tokensPath, 0);
  const everyMs = (1000 * plan.connections) / full.reserving.perSecond; // of one fan
  const half = await rushOnce(plan, house, server, tokensPath, Math.round(2 * everyMs));
  return { readers: READERS, full, half };
}
