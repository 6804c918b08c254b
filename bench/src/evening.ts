// evening.ts — a server with one waiting room, its operator, and the fans who ask it something.
import { mkdirSync } from "node:fs";
import { Agent, request } from "node:http";

import { pause } from "./process.ts";
import { createSale } from "./sale.ts";
import { type House, serve, type Server, tell } from "./servers.ts";

const SEATS = 50_000;
export const OVER_CONNECTIONS = 64;
export const LOOK_MS = 50;

export interface Evening {
  house: House;
  server: Server;
  agent: Agent;
  optionId: number;
  operator: string;
  tokens: string[];
}

export interface Place {
  state: string;
  sequence: number;
  turn: number | null;
}

export interface Serving {
  state: string;
  serving: number;
  active: number;
  admitted: number;
}

/* --- asking -------------------------------------------------------------------------------------- */

export function ask(
  { server, agent, optionId }: Evening,
  method: string,
  rest: string,
  token: string,
  body?: object,
): Promise<string> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const path = `/api/options/${optionId}${rest}`;
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, method, path, headers, agent }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () => {
        if ((response.statusCode ?? 0) < 300) resolve(text);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export async function each(count: number, act: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const walk = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: OVER_CONNECTIONS }, walk));
}

export async function lookAtServing(evening: Evening): Promise<Serving> {
  return JSON.parse(await ask(evening, "GET", "/waiting/serving", evening.operator)) as Serving;
}

export function steer(evening: Evening, mode: string, fansPerSecond: number, activeMax: number) {
  const terms = { mode, fansPerSecond, activeMax, entrySeconds: 300, challengeBits: 0 };
  return ask(evening, "PUT", "/admission", evening.operator, terms);
}

/* --- an evening ---------------------------------------------------------------------------------- */

/** A sale with a line, open or not; its door is shut. */
export async function beginEvening(
  binary: string, dataFolder: string, core: number, fans: number, opensInSeconds: number,
): Promise<Evening> {
  const house = { binary, dataFolder };
  mkdirSync(dataFolder, { recursive: true });
  const { optionId } = createSale(house, SEATS);
  const operator = tell(house, "token", "--fan", "1", "--role", "operator").trim();
  const tokens = tell(house, "token", "--fan", "2", "--count", String(fans)).trim().split("\n");
  const server = await serve(house, core);
  const agent = new Agent({ keepAlive: true, maxSockets: OVER_CONNECTIONS });
  const evening = { house, server, agent, optionId, operator, tokens };
  const opensAtMs = Date.now() + opensInSeconds * 1000;
  await ask(evening, "PUT", "/sale", operator, {
    opensAt: new Date(opensAtMs).toISOString(),
    closesAt: new Date(opensAtMs + 3_600_000).toISOString(),
    strategy: "v5", holdSeconds: 600, maxPerFan: 4, waitingRoom: true,
  });
  await steer(evening, "PAUSED", 0, 0);
  const expected = opensInSeconds > 0 ? "HALL" : "PAUSED";
  while ((await lookAtServing(evening)).state !== expected) await pause(LOOK_MS);
  return evening;
}

export async function endEvening({ server, agent }: Evening): Promise<void> {
  agent.destroy();
  await server.end();
}

export async function joinAll(evening: Evening, fans: number): Promise<number[]> {
  const sequences: number[] = [];
  await each(fans, async (fan) => {
    const said = await ask(evening, "POST", "/waiting", evening.tokens[fan] ?? "", {});
    sequences[fan] = (JSON.parse(said) as Place).sequence;
  });
  return sequences;
}
