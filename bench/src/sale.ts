// sale.ts — sales made for one run, and fans who want in.
import { writeFileSync } from "node:fs";
import { request } from "node:http";

import { fetchBytes, pause } from "./process.ts";
import { type House, type Server, tell } from "./servers.ts";

export interface Sale {
  optionId: number;
  firstSeatId: number;
  seatCount: number;
}

/** The most seats one option can have (SEATS_PER_OPTION_MAX) and one fan may take in the bench. */
export const SEATS = 100_000;
const SEATS_PER_FAN = 16;

/** Fans enough to buy a whole sale; each run uses all of them in turn. */
export const FANS = 8192;

export function createSale(house: House, seats: number): Sale {
  const made = JSON.parse(
    tell(house, "sale", "create", "--seats", String(seats), "--sections", "20",
      "--hold-seconds", "3600", "--max-per-fan", String(SEATS_PER_FAN)),
  ) as Sale;
  return made;
}

/** The engine looks for new sales now and then; until it has seen one, nobody can win in it. */
export async function engineKnows(server: Server, sale: Sale): Promise<void> {
  for (;;) {
    const metrics = await fetchBytes(`http://127.0.0.1:${server.port}/metrics`);
    if (metrics.body.includes(`ticketrush_seats{option="${sale.optionId}"`)) return;
    await pause(20);
  }
}

export function forWrk(sale: Sale): string {
  return `${sale.optionId}:${sale.firstSeatId}:${sale.seatCount}`;
}

export function writeTokens(house: House, path: string): string[] {
  const words = tell(house, "token", "--fan", "1", "--count", String(FANS));
  writeFileSync(path, words);
  return words.trim().split("\n");
}

export interface Reserved {
  status: number;
  body: string;
}

let keys = 0;

export function reserve(
  port: number,
  token: string,
  sale: Sale,
  firstSeat: number,
  count: number,
): Promise<Reserved> {
  const seatIds = Array.from({ length: count }, (_, i) => sale.firstSeatId + firstSeat + i);
  const headers = {
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json",
    "Idempotency-Key": `bench-${process.pid}-${keys++}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, method: "POST", path: "/api/reservations", headers, agent: false },
      (response) => {
        let body = "";
        response.on("data", (part: Buffer) => (body += part.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify({ optionId: sale.optionId, seatIds }));
  });
}

/** Takes every seat, so that whoever asks afterwards hears that it is gone. */
export async function sellOut(port: number, tokens: readonly string[], sale: Sale): Promise<void> {
  for (let seat = 0, fan = 0; seat < sale.seatCount; seat += SEATS_PER_FAN, fan++) {
    const count = Math.min(SEATS_PER_FAN, sale.seatCount - seat);
    const { status, body } = await reserve(port, tokens[fan] ?? "", sale, seat, count);
    if (status !== 201) throw new Error(`selling out: ${status} ${body}`);
  }
}
