// house_http.ts — the house over HTTP: one place where requests leave and answers are understood.
import { ANSWER_MS_MAX, PAGE_ITEMS, TOKEN_RENEW_MS } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import { refusal } from "../model/answer.ts";
import type { Wish } from "../model/booking.ts";
import {
  readFan,
  readProblem,
  readReservation,
  readTicket,
  readTokens,
} from "../model/read_booking.ts";
import {
  readConcert,
  readOption,
  readPage,
  readSeatMap,
  readStates,
} from "../model/read_catalog.ts";
import type { BrowserClock } from "./clock.ts";
import type { House } from "./house.ts";
import type { Session } from "./session.ts";

interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string; // Idempotency-Key
  readonly token?: string;
}

const BUSY_AFTER_MS = 1_000; // when a 503 or 429 forgets to say

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : BUSY_AFTER_MS;
}

async function jsonOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  return response.json().catch(() => null);
}

async function send<Value>(
  call: Call,
  read: (json: unknown) => Value,
  clock: BrowserClock,
): Promise<Answer<Value>> {
  const headers = new Headers({ Accept: "application/json" });
  if (call.body !== undefined) headers.set("Content-Type", "application/json");
  if (call.key !== undefined) headers.set("Idempotency-Key", call.key);
  if (call.token !== undefined) headers.set("Authorization", `Bearer ${call.token}`);
  try {
    const response = await fetch(call.path, {
      method: call.method,
      headers,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const serverMs = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(serverMs)) clock.heard(serverMs);
    const json = await jsonOf(response);
    if (response.ok) return understood(json, read);
    const problem = readProblem(json, response.status);
    if (response.status === 503 || response.status === 429)
      return { kind: "busy", code: problem.code, retryAfterMs: retryAfterMs(response) };
    return response.status >= 500 ? { kind: "lost" } : { kind: "refused", problem };
  } catch {
    return { kind: "lost" };
  }
}

function understood<Value>(json: unknown, read: (json: unknown) => Value): Answer<Value> {
  try {
    return { kind: "ok", value: read(json) };
  } catch (why) {
    console.error("an answer that breaks the contract:", why);
    return refusal("UNREADABLE", 200);
  }
}

export function createHttpHouse(session: Session, clock: BrowserClock): House {
  const refresh = (refreshToken: string) =>
    send({ method: "POST", path: "/api/auth/refresh", body: { refreshToken } }, readTokens, clock);

  /* With the fan's token: renewed before it ends, and once more if the server finds it spent. */
  async function asFan<Value>(call: Call, read: (json: unknown) => Value): Promise<Answer<Value>> {
    let token = session.entry()?.tokens;
    if (!token) return refusal("UNAUTHENTICATED", 401);
    for (
      let isRenewed = token.expiresAtMs - clock.nowMs() > TOKEN_RENEW_MS ? 0 : 1;
      ;
      isRenewed++
    ) {
      if (isRenewed > 0) {
        const renewed = await session.renew(token.accessToken, refresh);
        if (renewed.kind !== "ok") return renewed;
        token = renewed.value;
      }
      const answer = await send({ ...call, token: token.accessToken }, read, clock);
      const isSpent = answer.kind === "refused" && answer.problem.status === 401;
      if (!isSpent || isRenewed > 0) return answer;
    }
  }

  const get = <Value>(path: string, read: (json: unknown) => Value) =>
    send({ method: "GET", path }, read, clock);
  const post = (path: string, body: unknown): Call => ({ method: "POST", path, body });
  const after = (cursor: string | null) =>
    `limit=${PAGE_ITEMS}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
  const wishBody = (wish: Wish) =>
    wish.kind === "seats"
      ? { seatIds: wish.seatIds }
      : {
          best: { count: wish.count, ...(wish.section === null ? {} : { section: wish.section }) },
        };

  return {
    concerts: (search, cursor) =>
      get(
        `/api/concerts?${search === "" ? "" : `q=${encodeURIComponent(search)}&`}${after(cursor)}`,
        (json) => readPage(json, readConcert),
      ),
    concert: (id) => get(`/api/concerts/${id}`, readConcert),
    options: (id) => get(`/api/concerts/${id}/options`, (json) => readPage(json, readOption)),
    option: (id) => get(`/api/options/${id}`, readOption),
    seatMap: (id) => get(`/api/options/${id}/seat-map`, readSeatMap),
    seatStates: (id, since) =>
      get(`/api/options/${id}/seat-states${since === null ? "" : `?since=${since}`}`, readStates),

    signUp: (email, password, nickname) =>
      send(post("/api/users", { email, password, nickname }), readFan, clock),
    logIn: (email, password) =>
      send(post("/api/auth/login", { email, password }), readTokens, clock),
    logOut: (refreshToken) => send(post("/api/auth/logout", { refreshToken }), () => null, clock),
    me: () => asFan({ method: "GET", path: "/api/users/me" }, readFan),

    reserve: (optionId, wish, key) =>
      asFan(
        { ...post("/api/reservations", { optionId, ...wishBody(wish) }), key },
        readReservation,
      ),
    reservations: (cursor) =>
      asFan({ method: "GET", path: `/api/reservations?${after(cursor)}` }, (json) =>
        readPage(json, readReservation),
      ),
    reservation: (id) => asFan({ method: "GET", path: `/api/reservations/${id}` }, readReservation),
    cancel: (id) => asFan({ method: "DELETE", path: `/api/reservations/${id}` }, readReservation),
    pay: (id, outcome, key) =>
      asFan(
        {
          ...post(`/api/reservations/${id}/payments`, { method: "test", gatewayData: { outcome } }),
          key,
        },
        () => null,
      ),
    ticket: (id) => asFan({ method: "GET", path: `/api/reservations/${id}/ticket` }, readTicket),
  };
}
