// flow.test.ts — stories of the page against a scripted house: what is asked, with which key, when.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, type Answer } from "../model/answer.ts";
import type { Reservation, Tokens } from "../model/booking.ts";
import { CONCERT, FIRST_SEAT_ID, OPTION, smallMap } from "../model/halls_for_tests.ts";
import type { Payment } from "../model/payment.ts";
import type { Reserved } from "../model/request.ts";
import type { StatesNews } from "../model/states.ts";
import { openCheckout } from "./checkout.ts";
import { createTestDoors, settled, type TestDoors } from "./doors_for_tests.ts";
import { openHall } from "./hall.ts";

const TOKENS: Tokens = { accessToken: "a1", refreshToken: "r1", expiresAtMs: 4e12 };
const HELD: Reservation = {
  id: 8,
  state: "HOLD",
  optionId: 5,
  seats: [],
  amount: 99_000,
  createdAtMs: 0,
  expiresAtMs: 60_000,
  paymentId: null,
};
const PAID: Payment = {
  id: 3,
  state: "CAPTURED",
  method: "test",
  orderId: "",
  amount: 99_000,
  createdAtMs: 0,
  unknownSinceMs: null,
  refunds: [],
  quote: { amount: 99_000, fee: 0, freeUntilMs: null },
};
const ok = <Value>(value: Value): Promise<Answer<Value>> => Promise.resolve({ kind: "ok", value });
const free: StatesNews = { kind: "all", states: { version: 1, of: new Uint8Array(24) } };
const hallScript = {
  option: () => ok(OPTION),
  concert: () => ok(CONCERT),
  seatMap: () => ok(smallMap()),
  seatStates: () => ok(free),
};

async function until(doors: TestDoors, isSo: () => boolean): Promise<void> {
  for (let step = 0; !isSo(); step++) {
    assert.ok(step < 100, "the story does not come to its end");
    await doors.clock.step();
  }
}

function logIn(doors: TestDoors): void {
  doors.session.enter({ tokens: TOKENS, fan: null });
}

test("busy and lost answers are asked again with the same key, until the seats are held", async () => {
  const keys: string[] = [];
  const answers: Answer<Reserved>[] = [
    { kind: "busy", code: "BUSY", retryAfterMs: 1000 },
    { kind: "lost" },
    { kind: "ok", value: { kind: "held", reservationId: 8 } },
  ];
  const doors = createTestDoors({
    ...hallScript,
    reserve(_optionId, wish, key) {
      assert.deepEqual(wish, { kind: "seats", seatIds: [FIRST_SEAT_ID + 2] });
      keys.push(key);
      return Promise.resolve(answers.shift() ?? { kind: "lost" });
    },
  });
  logIn(doors);
  const flow = openHall(doors, 5);
  await settled();
  flow.toggle(2);
  flow.hold();
  await until(doors, () => doors.went.length > 0);
  assert.deepEqual(keys, ["key-1", "key-1", "key-1"]);
  assert.deepEqual(doors.went, [{ page: "checkout", reservationId: 8 }]);
  flow.close();
});

test("when patience ends without an answer, the next press still uses the same key", async () => {
  const keys: string[] = [];
  const doors = createTestDoors({
    ...hallScript,
    reserve: (_optionId, _wish, key) => (keys.push(key), Promise.resolve({ kind: "lost" })),
  });
  logIn(doors);
  const flow = openHall(doors, 5);
  await settled();
  const asks = () => {
    const hall = flow.stage.state();
    return hall.step === "open" ? hall.ask.step : hall.step;
  };
  for (let press = 1; press <= 2; press++) {
    flow.holdBest(2, null);
    await until(doors, () => asks() === "refused");
  }
  assert.equal(new Set(keys).size, 1);
  flow.close();
});

test("a refusal spends the key: the next press is a new request", async () => {
  const keys: string[] = [];
  const doors = createTestDoors({
    ...hallScript,
    reserve: (_optionId, _wish, key) => (keys.push(key), Promise.resolve(refusal("SOLD_OUT", 409))),
  });
  logIn(doors);
  const flow = openHall(doors, 5);
  await settled();
  flow.holdBest(2, null);
  await settled();
  flow.holdBest(2, null);
  await settled();
  assert.deepEqual(keys, ["key-1", "key-2"]);
  flow.close();
});

test("whoever is not logged in is sent to log in and finds the chosen seats again", async () => {
  const doors = createTestDoors(hallScript);
  const flow = openHall(doors, 5);
  await settled();
  flow.toggle(2);
  flow.hold();
  assert.deepEqual(doors.went, [{ page: "login", next: "/options/5" }]);
  flow.close();
  const again = openHall(doors, 5);
  await settled();
  const hall = again.stage.state();
  assert.deepEqual(hall.step === "open" && hall.chosen, [{ index: 2, lost: false }]);
  again.close();
});

test("whoever asks for the best seats and logs in first finds the wish again", async () => {
  const doors = createTestDoors({
    ...hallScript,
    reserve: () => ok({ kind: "held", reservationId: 8 }),
  });
  const before = openHall(doors, 5);
  await settled();
  before.holdBest(3, "A 1");
  before.close();
  assert.deepEqual(doors.went, [{ page: "login", next: "/options/5" }]);
  logIn(doors);
  const flow = openHall(doors, 5);
  await settled();
  const hall = flow.stage.state();
  assert.ok(hall.step === "open");
  assert.deepEqual(hall.best, { kind: "best", count: 3, section: "A 1" });
  flow.holdBest(3, "A 1");
  await settled();
  flow.close();
  const after = openHall(doors, 5);
  await settled();
  const held = after.stage.state();
  assert.ok(held.step === "open" && held.best === null);
  after.close();
});

test("seat states are asked for again and again, from the version already known", async () => {
  const since: (number | null)[] = [];
  const doors = createTestDoors({
    ...hallScript,
    seatStates(_optionId, sinceVersion) {
      since.push(sinceVersion);
      if (sinceVersion === null) return ok(free);
      return ok<StatesNews>({
        kind: "changes",
        sinceVersion,
        version: sinceVersion + 1,
        changes: [],
      });
    },
  });
  const flow = openHall(doors, 5);
  assert.equal(await doors.clock.step(), 2_000);
  await doors.clock.step();
  assert.deepEqual(since, [null, 1, 2]);
  flow.close();
  assert.equal(doors.clock.waitCount(), 0);
});

test("a payment whose answer is lost is asked again with its key and ends in a ticket", async () => {
  const keys: string[] = [];
  let state: Reservation["state"] = "HOLD";
  const doors = createTestDoors({
    ...hallScript,
    reservation: () => ok({ ...HELD, state }),
    pay(_id, _outcome, key) {
      keys.push(key);
      state = "CONFIRMED"; // it happened, but the first answer never arrives
      return keys.length === 1 ? Promise.resolve({ kind: "lost" }) : ok(null);
    },
    gateway: () => ok({ method: "test", clientKey: "" }),
    ticket: () => Promise.resolve(refusal("NOT_FOUND", 404)),
  });
  const flow = openCheckout(doors, 8);
  await settled();
  flow.pay("approve");
  await doors.clock.step();
  await settled();
  assert.deepEqual(keys, ["key-1", "key-1"]);
  assert.equal(flow.stage.state().step, "ticket");
  flow.close();
});

test("a ticket is given back once, and watched until the gateway has decided", async () => {
  const keys: string[] = [];
  const asked = { id: 9, amount: 99_000, fee: 0, reason: "", createdAtMs: 0 };
  const payments: Payment[] = [
    PAID,
    { ...PAID, refunds: [{ ...asked, state: "REQUESTED" }] },
    { ...PAID, state: "REFUNDED", refunds: [{ ...asked, state: "DONE" }] },
  ];
  const doors = createTestDoors({
    ...hallScript,
    reservation: () =>
      ok({ ...HELD, paymentId: 3, state: payments.length > 0 ? "CONFIRMED" : "REFUNDED" }),
    payment: () => ok(payments.shift() ?? PAID),
    refund(_id, _reason, key) {
      keys.push(key);
      return keys.length === 1 ? Promise.resolve({ kind: "lost" }) : ok(null);
    },
    ticket: () => Promise.resolve(refusal("NOT_FOUND", 404)),
  });
  const flow = openCheckout(doors, 8);
  await settled();
  flow.refund("");
  flow.refund(""); // a second press while the first is under way is not heard
  await until(doors, () => flow.stage.state().step === "over");
  assert.deepEqual(keys, ["key-1", "key-1"]);
  flow.close();
});
