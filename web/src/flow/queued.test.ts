// queued.test.ts — stories of a press that waits its turn: heard by a stream, or asked about.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { House } from "../api/house.ts";
import { refusal, type Answer } from "../model/answer.ts";
import { CONCERT, FIRST_SEAT_ID, OPTION, smallMap } from "../model/halls_for_tests.ts";
import { readRequest, readReserved, type RequestState, type Reserved } from "../model/request.ts";
import type { StatesNews } from "../model/states.ts";
import { createTestDoors, settled, type TestDoors } from "./doors_for_tests.ts";
import { openHall, type HallFlow } from "./hall.ts";

const ok = <Value>(value: Value): Promise<Answer<Value>> => Promise.resolve({ kind: "ok", value });
const free: StatesNews = { kind: "all", states: { version: 1, of: new Uint8Array(24) } };
const PENDING: RequestState = { state: "PENDING" };
const SUCCESS: RequestState = { state: "SUCCESS", reservationId: 8 };
const TAKEN = readRequest({
  requestId: "0199",
  state: "FAILED",
  code: "SEAT_TAKEN",
  seatIds: [FIRST_SEAT_ID + 2],
});

interface Story {
  readonly doors: TestDoors;
  readonly flow: HallFlow;
  readonly keys: string[];
  hear(request: RequestState | null): void; // on the stream that was opened last
}

async function press(scripted: Partial<House>): Promise<Story> {
  const keys: string[] = [];
  let hearing: (request: RequestState | null) => void = () => undefined;
  const doors = createTestDoors({
    option: () => ok(OPTION),
    concert: () => ok(CONCERT),
    seatMap: () => ok(smallMap()),
    seatStates: () => ok(free),
    reserve(_optionId, _wish, key) {
      keys.push(key);
      return ok<Reserved>({ kind: "queued", requestId: "0199" });
    },
    listenToRequest(_requestId, hear) {
      hearing = hear;
      return ok(() => undefined);
    },
    ...scripted,
  });
  const tokens = { accessToken: "a1", refreshToken: "r1", expiresAtMs: 4e12 };
  doors.session.enter({ tokens, fan: null });
  const flow = openHall(doors, 5);
  await settled();
  flow.toggle(2);
  flow.hold();
  await settled();
  return { doors, flow, keys, hear: (request) => hearing(request) };
}

function askOf(flow: HallFlow) {
  const hall = flow.stage.state();
  if (hall.step !== "open") throw new Error("the hall is not open");
  return hall.ask;
}

async function until(doors: TestDoors, isSo: () => boolean): Promise<void> {
  for (let step = 0; !isSo(); step++) {
    assert.ok(step < 200, "the story does not come to its end");
    await doors.clock.step();
  }
}

test("a fan in line is told so, and goes to the checkout when the stream tells of the hold", async () => {
  const { doors, flow, hear } = await press({});
  hear(PENDING);
  const ask = askOf(flow);
  assert.equal(ask.step === "asking" && ask.insisting.why, "queued");
  assert.deepEqual(doors.went, []);
  hear(SUCCESS);
  await settled();
  assert.deepEqual(doors.went, [{ page: "checkout", reservationId: 8 }]);
  flow.close();
});

test("a refusal that comes later marks the seats as one that comes at once", async () => {
  const { flow, hear } = await press({});
  hear(TAKEN);
  await settled();
  const hall = flow.stage.state();
  assert.equal(askOf(flow).step, "refused");
  assert.deepEqual(hall.step === "open" && hall.chosen, [{ index: 2, lost: true }]);
  flow.close();
});

test("without a stream the outcome is asked for until it is there", async () => {
  const answers = [PENDING, PENDING, SUCCESS];
  const { doors, flow, keys } = await press({
    listenToRequest: () => Promise.resolve({ kind: "lost" }),
    request: () => ok(answers.shift() ?? SUCCESS),
  });
  await until(doors, () => doors.went.length > 0);
  assert.deepEqual(doors.went, [{ page: "checkout", reservationId: 8 }]);
  assert.deepEqual(keys, ["key-1"]);
  flow.close();
});

test("a stream that says nothing is not waited for: the fan asks", async () => {
  const { doors, flow } = await press({ request: () => ok(SUCCESS) });
  await until(doors, () => doors.went.length > 0);
  flow.close();
});

test("a request that the server has forgotten is pressed again under the same key", async () => {
  const answers: Answer<RequestState>[] = [refusal("NOT_FOUND", 404)];
  const { doors, flow, keys } = await press({
    listenToRequest: () => Promise.resolve({ kind: "lost" }),
    request: () => Promise.resolve(answers.shift() ?? { kind: "ok", value: SUCCESS }),
  });
  await until(doors, () => doors.went.length > 0);
  assert.deepEqual(keys, ["key-1", "key-1"]);
  flow.close();
});

test("who leaves the hall hears no more of it", async () => {
  const { doors, flow, hear } = await press({});
  flow.close();
  hear(SUCCESS);
  await settled();
  assert.deepEqual(doors.went, []);
});

test("an answer is a hold or a number in line, and nothing else", () => {
  assert.deepEqual(readReserved({ id: 8, state: "HOLD" }), { kind: "held", reservationId: 8 });
  assert.deepEqual(readReserved({ requestId: "0199" }), { kind: "queued", requestId: "0199" });
  assert.throws(() => readReserved({ state: "HOLD" }));
  assert.throws(() => readRequest({ state: "SUCCESS" }));
  assert.throws(() => readRequest({ state: "PERHAPS" }));
});
