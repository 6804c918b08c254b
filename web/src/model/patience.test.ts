// patience.test.ts — what is asked again, after how long, and when it is enough.
import assert from "node:assert/strict";
import { test } from "node:test";

import { RETRY_COUNT_MAX, RETRY_MS_MAX } from "../limits.ts";
import { refusal, type Answer } from "./answer.ts";
import { advise, jitter } from "./patience.ts";

const busy = (retryAfterMs: number): Answer<never> => ({
  kind: "busy",
  code: "BUSY",
  retryAfterMs,
});
const lost: Answer<never> = { kind: "lost" };

test("a certain answer is never asked for again", () => {
  assert.deepEqual(advise({ kind: "ok", value: 1 }, 1, 0), { kind: "done" });
  assert.deepEqual(advise(refusal("SEAT_TAKEN", 409), 1, 0), { kind: "done" });
});

test("the wait doubles, is spread over its upper half, and has a longest", () => {
  assert.deepEqual(advise(lost, 1, 0), { kind: "again", waitMs: 200 });
  assert.deepEqual(advise(lost, 2, 0), { kind: "again", waitMs: 400 });
  assert.deepEqual(advise(lost, 2, 1), { kind: "again", waitMs: 800 });
  assert.deepEqual(advise(lost, RETRY_COUNT_MAX, 1), { kind: "again", waitMs: RETRY_MS_MAX });
});

test("Retry-After is a floor, and a very long one is told instead of waited for", () => {
  assert.deepEqual(advise(busy(2_000), 1, 0), { kind: "again", waitMs: 2_200 });
  assert.deepEqual(advise(busy(60_000), 1, 0), { kind: "done" });
});

test("patience ends", () => {
  assert.deepEqual(advise(lost, RETRY_COUNT_MAX + 1, 0), { kind: "done" });
});

test("a jittered period stays within its share", () => {
  assert.equal(jitter(2_000, 0.25, 0), 1_500);
  assert.equal(jitter(2_000, 0.25, 1), 2_500);
});
