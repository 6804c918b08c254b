// seatmap.test.ts — where seats are, in the hall and on the wire.
import assert from "node:assert/strict";
import { test } from "node:test";

import { smallMap } from "./halls_for_tests.ts";
import { Unreadable } from "./read.ts";
import { readSeatMap, readStates } from "./read_catalog.ts";
import { placeOf, seatAt, seatTowards, seatUnder } from "./seatmap.ts";
import { BLOCKED, countFree, HELD, SOLD, unpack } from "./states.ts";

const map = smallMap();
const seat = (index: number) => {
  const found = seatAt(map, index);
  assert.ok(found);
  return found;
};

test("every index names one seat, and its place leads back to it", () => {
  for (let index = 0; index < map.seatCount; index++)
    assert.equal(seatUnder(map, ...placeOf(seat(index)))?.index, index);
  assert.equal(seatAt(map, -1), null);
  assert.equal(seatAt(map, 24), null);
});

test("a seat knows its section, row and number", () => {
  const found = seat(17);
  assert.deepEqual([found.section.name, found.row.row, found.number], ["B", "2", 2]);
});

test("between seats there is no seat", () => {
  assert.equal(seatUnder(map, 6.2, 3), null);
  assert.equal(seatUnder(map, 100, 100), null);
});

test("arrows go along the row, to the next row, and over the aisle", () => {
  assert.equal(seatTowards(map, seat(0), 1, 0)?.index, 1);
  assert.equal(seatTowards(map, seat(0), 0, 1)?.index, 4);
  assert.equal(seatTowards(map, seat(3), 1, 0)?.index, 12);
  assert.equal(seatTowards(map, seat(0), -1, 0), null);
});

test("an outline holds every seat of its section", () => {
  for (const section of map.sections)
    for (let index = section.firstIndex; index < section.firstIndex + section.seatCount; index++) {
      const [x, y] = placeOf(seat(index));
      assert.ok(x > section.box.left && x < section.box.right);
      assert.ok(y > section.box.top && y < section.box.bottom);
    }
});

test("accessible seats are known by index", () => {
  assert.deepEqual([...map.accessible], [0, 12]);
});

test("two bits a seat, the lowest first", () => {
  const of = unpack(Uint8Array.of(0b11_10_01_00, 0b00_00_00_10), 5);
  assert.deepEqual([...(of ?? [])], [0, HELD, SOLD, BLOCKED, SOLD]);
  assert.equal(unpack(Uint8Array.of(0), 5), null);
  assert.equal(countFree(Uint8Array.of(0, 1, 0, 2), 1, 3), 1);
});

test("states are read whole, as changes, or not at all", () => {
  const whole = readStates({ version: 3, seatCount: 4, encoding: "base64-2bit", states: "5A==" });
  assert.deepEqual(whole.kind === "all" && [...whole.states.of], [0, HELD, SOLD, BLOCKED]);
  const some = readStates({ version: 4, since: 3, changes: [[1, 2]] });
  assert.deepEqual(some.kind === "changes" && some.changes, [[1, 2]]);
  assert.throws(() => readStates({ version: 3, seatCount: 99, states: "5A==" }), Unreadable);
  assert.throws(() => readStates({ version: 4, since: 3, changes: [[1]] }), Unreadable);
});

test("a map that breaks the contract is refused", () => {
  assert.throws(() => readSeatMap({}), Unreadable);
  assert.throws(() => readSeatMap({ version: 1, firstSeatId: 1, seatCount: 1e9 }), Unreadable);
});
