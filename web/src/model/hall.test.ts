// hall.test.ts — what a fan may expect of the seat map's screen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, type Failure } from "./answer.ts";
import { nextHall, wanted, wantedPrice, type HallNews, type OpenHall } from "./hall.ts";
import { FIRST_SEAT_ID, openedHall } from "./halls_for_tests.ts";
import { HELD, SOLD } from "./states.ts";

function play(hall: OpenHall, ...story: HallNews[]): OpenHall {
  for (const news of story) {
    const next = nextHall(hall, news);
    assert.equal(next.step, "open");
    if (next.step === "open") hall = next;
  }
  return hall;
}

const toggled = (index: number): HallNews => ({ kind: "toggled", index });
const changed = (version: number, ...changes: [number, number][]): HallNews => ({
  kind: "states",
  news: { kind: "changes", sinceVersion: version - 1, version, changes },
});

function taken(...indexes: number[]): Failure {
  const failure = refusal("SEAT_TAKEN", 409);
  if (failure.kind !== "refused") return failure;
  const seatIds = indexes.map((index) => index + FIRST_SEAT_ID);
  return { kind: "refused", problem: { ...failure.problem, seatIds } };
}

test("a seat is chosen by one press and let go by the next", () => {
  const hall = play(openedHall(), toggled(3));
  assert.deepEqual(wanted(hall), [3]);
  assert.equal(wantedPrice(hall), 150_000);
  assert.deepEqual(wanted(play(hall, toggled(3))), []);
});

test("one seat more than a fan may have is not chosen, and the fan is told", () => {
  const hall = play(openedHall(), toggled(0), toggled(1), toggled(2), toggled(3));
  assert.deepEqual(wanted(hall), [0, 1, 2]);
  assert.equal(hall.full, true);
  assert.equal(play(hall, toggled(1)).full, false);
});

test("a sold seat cannot be chosen", () => {
  assert.deepEqual(wanted(play(openedHall(), changed(2, [3, SOLD]), toggled(3))), []);
});

test("a chosen seat that somebody else gets is marked and left out; the others stay", () => {
  const hall = play(openedHall(), toggled(3), toggled(4), changed(2, [3, HELD]));
  assert.deepEqual(hall.chosen, [
    { index: 3, lost: true },
    { index: 4, lost: false },
  ]);
  assert.deepEqual(wanted(hall), [4]);
});

test("SEAT_TAKEN marks the seats it names and keeps the rest chosen", () => {
  const asked: HallNews = { kind: "asked", insisting: { why: "asking", tryCount: 1 } };
  const hall = play(openedHall(), toggled(3), toggled(4), asked, {
    kind: "refused",
    failure: taken(4),
  });
  assert.equal(hall.states.of[4], HELD);
  assert.deepEqual(wanted(hall), [3]);
  assert.equal(hall.ask.step, "refused");
});

test("while the house is asked, nothing can be chosen and the own hold does not look like a loss", () => {
  const hall = play(
    openedHall(),
    toggled(3),
    { kind: "asked", insisting: { why: "asking", tryCount: 1 } },
    changed(2, [3, HELD]),
    toggled(4),
  );
  assert.deepEqual(wanted(hall), [3]);
});

test("changes counted from another version are ignored, and a whole document is taken", () => {
  const hall = play(openedHall(), changed(9, [0, SOLD]));
  assert.equal(hall.states.version, 1);
  const states = { version: 9, of: new Uint8Array(24).fill(SOLD) };
  assert.equal(play(hall, { kind: "states", news: { kind: "all", states } }).states.version, 9);
});

test("after a hold nothing changes the screen any more", () => {
  const hall = play(openedHall(), { kind: "held", reservationId: 8 });
  assert.equal(nextHall(hall, toggled(1)), hall);
  assert.equal(nextHall(hall, { kind: "refused", failure: { kind: "lost" } }), hall);
});
