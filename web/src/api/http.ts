// http.ts — one request out, one answer understood. Everything that is not certain is "lost".
import { ANSWER_MS_MAX } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import { refusal } from "../model/answer.ts";
import { readProblem } from "../model/read_booking.ts";
import type { BrowserClock } from "./clock.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly csv?: string; // a body of its own kind, instead of `body`
  readonly key?: string; // Idempotency-Key
  readonly tag?: string; // If-Match
  readonly entry?: string; // Entry-Token, of a sale with a waiting room
  readonly token?: string;
}

export type Read<Value> = (json: unknown, tag: string) => Value;

const BUSY_AFTER_MS = 1_000; // when a 503 or 429 forgets to say

export function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : BUSY_AFTER_MS;
}

async function jsonOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  return response.json().catch(() => null);
}

export async function send<Value>(
  call: Call,
  read: Read<Value>,
  clock: BrowserClock,
): Promise<Answer<Value>> {
  const headers = new Headers({ Accept: "application/json" });
  const body = call.csv ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  if (body !== undefined)
    headers.set("Content-Type", call.csv === undefined ? "application/json" : "text/csv");
  if (call.entry !== undefined) headers.set("Entry-Token", call.entry);
  if (call.tag !== undefined) headers.set("If-Match", call.tag);
  if (call.key !== undefined) headers.set("Idempotency-Key", call.key);
  if (call.token !== undefined) headers.set("Authorization", `Bearer ${call.token}`);
  try {
    const response = await fetch(call.path, {
      method: call.method,
      headers,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined ? {} : { body }),
    });
    const serverMs = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(serverMs)) clock.heard(serverMs);
    const json = await jsonOf(response);
    if (response.ok) return understood(json, response.headers.get("ETag") ?? "", read);
    const problem = readProblem(json, response.status);
    if (response.status === 503 || response.status === 429)
      return { kind: "busy", code: problem.code, retryAfterMs: retryAfterMs(response) };
    return response.status >= 500 ? { kind: "lost" } : { kind: "refused", problem };
  } catch {
    return { kind: "lost" };
  }
}

function understood<Value>(json: unknown, tag: string, read: Read<Value>): Answer<Value> {
  try {
    return { kind: "ok", value: read(json, tag) };
  } catch (why) {
    console.error("an answer that breaks the contract:", why);
    return refusal("UNREADABLE", 200);
  }
}
