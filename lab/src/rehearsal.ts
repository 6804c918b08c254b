// rehearsal.ts — the warm-up before each run: every connection, worker, statement and member of a
// group has worked once before anything is counted. The fans are the lab's own, not k6's.
import { Agent, request } from "node:http";

import type { House } from "./house.ts";

const AT_ONCE = 64;
const PATIENCE_MS = 30_000; // a group of consumers shares out its partitions within seconds

interface Heard {
  status: number;
  body: string;
}

interface Asking {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

function ask(port: number, agent: Agent, { method, path, headers, body }: Asking): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, agent, method, path, headers, timeout: PATIENCE_MS }, (answer) => {
      let words = "";
      answer.on("data", (part: Buffer) => (words += part.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: words }));
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

async function press(house: House, path: string, token: string, seat: number, agent: Agent) {
  const { rehearsal, port } = house;
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await ask(port, agent, {
    method: "POST", path,
    headers: {
      ...headers, "Content-Type": "application/json", "Idempotency-Key": `rehearsal-${seat}`,
    },
    body: JSON.stringify({ optionId: rehearsal.optionId, seatIds: [rehearsal.firstSeatId + seat] }),
  });
  if (answer.status !== 202) return;
  const { statusUrl } = JSON.parse(answer.body) as { statusUrl: string };
  await ask(port, agent, { method: "GET", path: `${statusUrl}/events`, headers });
}

/** Sells the whole rehearsal, whatever each press hears. */
export async function rehearse(house: House, path: string, tokens: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  const fan = async () => {
    for (let seat = next++; seat < house.rehearsal.seatCount; seat = next++)
      await press(house, path, tokens[seat % tokens.length] ?? "", seat, agent);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fan));
  agent.destroy();
}
