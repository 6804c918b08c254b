// waiting.test.ts — what a waiting fan may expect of the page: the exact place, and what comes next.
import assert from "node:assert/strict";
import { test } from "node:test";

import { hear, NO_TEXT } from "./event_stream.ts";
import { CONCERT, OPTION } from "./halls_for_tests.ts";
import { trySolve, zeroBits } from "./proof_of_work.ts";
import {
  aheadBy,
  estimate,
  needsLook,
  nextWaiting,
  progress,
  type Place,
  type Serving,
  type Waiting,
} from "./waiting.ts";

const place: Place = {
  state: "WAITING",
  sequence: 80,
  turn: 50,
  ahead: 30,
  number: 100,
  admitted: 10,
  idleSeconds: 60,
  receipt: "TRR1",
  retryAfterMs: null,
  entry: null,
};
const serving: Serving = {
  state: "OPEN",
  number: 110,
  serving: 13,
  admitted: 13,
  waiting: 500,
  hall: 0,
  active: 3,
  rate: 2,
  rateLeast: 1,
  rateMost: 4,
  opensAtMs: null,
  since: 90,
  departures: [
    [95, 20], // before the place was counted
    [101, 20],
    [102, 60], // behind
    [103, 49],
  ],
};
const about = { option: OPTION, concert: CONCERT };
const inLine = (more: Partial<Place> = {}): Waiting =>
  nextWaiting({ step: "loading" }, { kind: "place", place: { ...place, ...more }, about });

test("the place is counted exactly: three were called, two before it went away", () => {
  assert.equal(aheadBy(place, serving), 25);
});

test("a document of before the place says nothing about it", () => {
  assert.equal(aheadBy(place, { ...serving, number: 99 }), 30);
});

test("when too much has happened to list, the house is asked", () => {
  assert.equal(aheadBy(place, { ...serving, since: 101 }), null);
  assert.equal(needsLook(place, { ...serving, since: 101 }), true);
});

test("the house is asked when the turn has come and after the draw, and not before", () => {
  assert.equal(needsLook(place, serving), false);
  assert.equal(needsLook(place, { ...serving, serving: 50 }), true);
  assert.equal(needsLook({ ...place, turn: null }, { ...serving, state: "HALL" }), false);
  assert.equal(needsLook({ ...place, turn: null }, serving), true);
});

test("an older document that arrives late is not believed", () => {
  const now = nextWaiting(inLine(), { kind: "serving", serving });
  const late = { ...serving, number: 105, serving: 10, admitted: 10, departures: [] };
  assert.equal(nextWaiting(now, { kind: "serving", serving: late }), now);
});

test("the bar fills from where the fan came in, also when the place is looked at anew", () => {
  const later = nextWaiting(inLine(), { kind: "serving", serving });
  assert.equal(later.step === "waiting" && Math.round(progress(later) * 100), 17);
  const again = nextWaiting(later, { kind: "place", place: { ...place, ahead: 3 }, about });
  assert.equal(again.step === "waiting" && Math.round(progress(again) * 100), 90);
});

test("an estimate has bounds, and none is made while nobody is let in", () => {
  assert.deepEqual(estimate(20, serving), { seconds: 10, leastSeconds: 5, mostSeconds: 20 });
  assert.equal(estimate(20, { ...serving, state: "PAUSED" }), null);
  assert.equal(estimate(20, { ...serving, rate: 0 }), null);
});

test("an admitted fan goes in, and whoever left or lapsed is told so", () => {
  const entry = { token: "TRE1", expiresAtMs: 9 };
  assert.equal(inLine({ state: "ADMITTED", entry }).step, "inside");
  assert.equal(inLine({ state: "LEFT" }).step, "over");
  assert.equal(inLine({ state: "EXPIRED" }).step, "over");
});

test("a failed look leaves the place on show", () => {
  const waiting = nextWaiting(inLine(), { kind: "failed", failure: { kind: "lost" } });
  assert.equal(waiting.step === "waiting" && waiting.link, "lost");
});

test("events are heard in whatever pieces they arrive", () => {
  const stream =
    "retry: 3127\n\n: alive\nid: 9\r\nevent: serving\r\ndata: {\ndata: }\n\ndata: x\r\r";
  for (let size = 1; size <= stream.length; size++) {
    let text = NO_TEXT;
    const events = [];
    for (let at = 0; at < stream.length; at += size) {
      const heard = hear(text, stream.slice(at, at + size));
      text = heard.text;
      events.push(...heard.events);
    }
    const last = hear(text, "\n"); // the LF that the last CR waits for
    events.push(...last.events);
    assert.equal(text.retryMs, 3127);
    assert.deepEqual(events, [
      { event: "serving", data: "{\n}", id: "9" },
      { event: "message", data: "x", id: "9" },
    ]);
  }
});

test("a proof of work begins with as many zero bits as were asked for", () => {
  assert.equal(zeroBits(new Uint8Array([0, 0b0001_0000])), 11);
  assert.equal(zeroBits(new Uint8Array([0, 0])), 16);
  const solution = trySolve("a challenge", 8, 0, 10_000);
  assert.notEqual(solution, null);
  assert.equal(trySolve("a challenge", 60, 0, 10), null);
});
