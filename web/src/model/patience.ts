// patience.ts — how long to keep asking. Pure: chance arrives as a number from 0 up to 1.
//
// Only "busy" and "lost" are worth asking again. The wait doubles with every try and is spread over
// its whole upper half, so that a crowd turned away together does not come back together. A
// Retry-After is a floor: the server knows better than we do how long it needs.
import { RETRY_AFTER_MS_MAX, RETRY_COUNT_MAX, RETRY_FIRST_MS, RETRY_MS_MAX } from "../limits.ts";
import type { Answer } from "./answer.ts";

export type Advice =
  { readonly kind: "done" } | { readonly kind: "again"; readonly waitMs: number };

/* What the fan is told while the page insists. */
export interface Insisting {
  readonly why: "asking" | "queued" | "busy" | "lost";
  readonly tryCount: number;
}

export const FIRST_TRY: Insisting = { why: "asking", tryCount: 1 };

export function advise(answer: Answer<unknown>, tryCount: number, chance: number): Advice {
  if (answer.kind === "ok" || answer.kind === "refused") return { kind: "done" };
  if (tryCount > RETRY_COUNT_MAX) return { kind: "done" };

  const fullMs = Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * 2 ** (tryCount - 1));
  const waitMs = fullMs * (0.5 + chance / 2);
  if (answer.kind === "lost") return { kind: "again", waitMs };
  if (answer.retryAfterMs > RETRY_AFTER_MS_MAX) return { kind: "done" };
  return { kind: "again", waitMs: answer.retryAfterMs + waitMs };
}

/* A period spread by a share to either side. */
export function jitter(periodMs: number, share: number, chance: number): number {
  return periodMs * (1 + share * (2 * chance - 1));
}
