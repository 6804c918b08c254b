// office.ts — sets up what a story needs through the operator's API, as a script of an operator would.
import assert from "node:assert/strict";

import type { HouseUnderTest } from "./server.ts";

export interface Office {
  /* A concert with one date, its hall and its sale, open since yesterday. Answers the date's id. */
  sell(title: string, terms?: Readonly<Record<string, unknown>>): Promise<number>;
  /* The terms of a sale from now on: those of sell(), with these in their place. */
  resell(optionId: number, terms: Readonly<Record<string, unknown>>): Promise<void>;
  put(path: string, body: unknown): Promise<void>;
  post(path: string, body: unknown): Promise<Readonly<Record<string, unknown>>>;
}

const DAY_MS = 86_400_000;
const at = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

export async function openOffice(house: HouseUnderTest): Promise<Office> {
  if (house.operator === null) throw new Error("this story needs a server of its own");
  const ask = async (method: string, path: string, body: unknown, token: string | null) => {
    const answer = await fetch(`${house.baseUrl}${path}`, {
      method,
      body: JSON.stringify(body),
      headers: {
        "Content-Type": "application/json",
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
    const said = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${said}`);
    return JSON.parse(said) as Record<string, unknown>;
  };
  const { accessToken } = await ask("POST", "/api/auth/login", house.operator, null);
  const token = String(accessToken);
  const post = (path: string, body: unknown) => ask("POST", path, body, token);
  const put = (path: string, body: unknown) => ask("PUT", path, body, token);

  const putSale = (optionId: number, terms: Readonly<Record<string, unknown>>) =>
    put(`/api/options/${optionId}/sale`, {
      opensAt: at(-1),
      closesAt: at(29),
      strategy: "v5",
      holdSeconds: 300,
      maxPerFan: 2,
      waitingRoom: false,
      ...terms,
    });

  return {
    async sell(title, terms = {}) {
      const concert = await post("/api/concerts", { title, titleKo: title, artistIds: [1] });
      const date = await post(`/api/concerts/${concert["id"]}/options`, {
        startsAt: at(30),
        venueId: 1,
      });
      const optionId = Number(date["id"]);
      await put(`/api/options/${optionId}/layout`, {
        sections: [{ name: "A", grade: "R", price: 99_000, rows: [{ row: "1", seats: 12 }] }],
      });
      await putSale(optionId, terms);
      return optionId;
    },
    async resell(optionId, terms) {
      await putSale(optionId, terms);
    },
    post,
    async put(path, body) {
      await put(path, body);
    },
  };
}
