// waiting.test.ts — a fan in the waiting room against a scripted line.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { LineNews } from "../api/line.ts";
import { refusal, type Answer } from "../model/answer.ts";
import { CONCERT, OPTION } from "../model/halls_for_tests.ts";
import type { Place, Serving } from "../model/waiting.ts";
import { createTestDoors, settled } from "./doors_for_tests.ts";
import { entryOf } from "./entry.ts";
import { openWaiting } from "./waiting.ts";

const PLACE: Place = {
  state: "WAITING",
  sequence: 2,
  turn: 2,
  ahead: 1,
  number: 2,
  admitted: 0,
  idleSeconds: 12,
  receipt: "TRR1",
  retryAfterMs: null,
  entry: null,
};
const SERVING: Serving = {
  state: "OPEN",
  number: 3,
  serving: 1,
  admitted: 1,
  waiting: 1,
  hall: 0,
  active: 1,
  rate: 1,
  rateLeast: 1,
  rateMost: 1,
  opensAtMs: null,
  since: 0,
  departures: [],
};
const ADMITTED: Place = {
  ...PLACE,
  state: "ADMITTED",
  ahead: 0,
  entry: { token: "TRE1", expiresAtMs: 300_000 },
};
const ok = <Value>(value: Value): Promise<Answer<Value>> => Promise.resolve({ kind: "ok", value });
const house = { option: () => ok(OPTION), concert: () => ok(CONCERT) };

test("a fan joins, hears the line move, is called, and goes in with a pass", async () => {
  let tell: (news: LineNews) => void = () => undefined;
  const doors = createTestDoors(house, {
    join: () => ok(PLACE),
    place: () => ok(ADMITTED),
    listen(_optionId, _lastId, hear) {
      tell = hear;
      return ok(() => undefined);
    },
  });
  const flow = openWaiting(doors, OPTION.id);
  await settled();
  tell({ kind: "serving", serving: SERVING });
  const waiting = flow.stage.state();
  assert.equal(waiting.step === "waiting" && waiting.ahead, 0);
  tell({ kind: "called" });
  await doors.clock.step();
  assert.equal(flow.stage.state().step, "inside");
  assert.deepEqual(doors.went, [{ page: "hall", optionId: OPTION.id }]);
  assert.equal(entryOf(doors, OPTION.id)?.token, "TRE1");
  flow.close();
  assert.equal(doors.clock.waitCount(), 0);
});

test("without a stream the document is polled, and the own place often enough to keep it", async () => {
  const asked: string[] = [];
  const doors = createTestDoors(house, {
    join: () => ok(PLACE),
    place() {
      asked.push("place");
      return ok(PLACE);
    },
    serving() {
      asked.push("serving");
      return ok({ ...SERVING, serving: 0, admitted: 0, number: 2 });
    },
    listen: () => Promise.resolve({ kind: "busy", code: "TOO_MANY_STREAMS", retryAfterMs: 60_000 }),
  });
  const flow = openWaiting(doors, OPTION.id);
  await settled();
  while (doors.clock.nowMs() < 40_000) await doors.clock.step();
  const places = asked.filter((one) => one === "place").length;
  assert.ok(places >= 4, "a place lapses after 12 seconds of silence");
  assert.ok(asked.length - places >= 6);
  flow.close();
});

test("a stream that ends is opened again from the last event, and polled for meanwhile", async () => {
  const lastIds: (string | null)[] = [];
  let tell: (news: LineNews) => void = () => undefined;
  const doors = createTestDoors(house, {
    join: () => ok(PLACE),
    place: () => ok(PLACE),
    serving: () => ok({ ...SERVING, serving: 0, admitted: 0 }),
    listen(_optionId, lastId, hear) {
      lastIds.push(lastId);
      tell = hear;
      return ok(() => undefined);
    },
  });
  const flow = openWaiting(doors, OPTION.id);
  await settled();
  tell({ kind: "serving", serving: { ...SERVING, serving: 0, admitted: 0 } });
  tell({ kind: "ended", retryMs: 2_000 });
  const waiting = flow.stage.state();
  assert.equal(waiting.step === "waiting" && waiting.link, "polling");
  await doors.clock.step();
  assert.deepEqual(lastIds, [null, "3"]);
  flow.close();
});

test("where a proof of work is asked for, it is made and sent along", async () => {
  const proofs: unknown[] = [];
  const doors = createTestDoors(house, {
    join(_optionId, proof) {
      proofs.push(proof);
      return proof === null ? Promise.resolve(refusal("CHALLENGE_REQUIRED", 403)) : ok(PLACE);
    },
    challenge: () => ok({ bits: 4, challenge: "c" }),
    solve: ({ challenge }) => Promise.resolve({ challenge, solution: "s" }),
    listen: () => ok(() => undefined),
  });
  const flow = openWaiting(doors, OPTION.id);
  await settled();
  await settled();
  assert.deepEqual(proofs, [null, { challenge: "c", solution: "s" }]);
  assert.equal(flow.stage.state().step, "waiting");
  flow.close();
});

test("a called fan before a full house keeps asking at the house's pace", async () => {
  let lookCount = 0;
  const doors = createTestDoors(house, {
    join: () => ok({ ...PLACE, ahead: 0, retryAfterMs: 500 }),
    place: () => ok(++lookCount < 3 ? { ...PLACE, ahead: 0, retryAfterMs: 500 } : ADMITTED),
    listen: () => ok(() => undefined),
  });
  const flow = openWaiting(doors, OPTION.id);
  await settled();
  while (flow.stage.state().step === "waiting") await doors.clock.step();
  assert.equal(lookCount, 3);
  assert.equal(flow.stage.state().step, "inside");
  flow.close();
});
