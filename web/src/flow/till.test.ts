// till.test.ts — paying where the gateway has a window of its own: there, and back again.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, type Answer } from "../model/answer.ts";
import type { Reservation } from "../model/booking.ts";
import type { Way } from "../model/gateway.ts";
import type { TillOrder } from "../api/till.ts";
import { openCheckout } from "./checkout.ts";
import { createTestDoors, settled } from "./doors_for_tests.ts";

const HELD: Reservation = {
  id: 8,
  state: "HOLD",
  optionId: 5,
  seats: [],
  amount: 99_000,
  createdAtMs: 0,
  expiresAtMs: 600_000,
  paymentId: null,
};
const ok = <Value>(value: Value): Promise<Answer<Value>> => Promise.resolve({ kind: "ok", value });
const gateway = () => ok({ method: "toss", clientKey: "public" });

test("the window gets the amount, and an order that is good for this reservation only", async () => {
  const orders: TillOrder[] = [];
  const doors = {
    ...createTestDoors({ reservation: () => ok(HELD), gateway }),
    openTill: (order: TillOrder) => {
      orders.push(order);
      return Promise.resolve("unreachable" as const);
    },
  };
  const flow = openCheckout(doors, 8);
  await settled();
  flow.payAtTill("First Light");
  await settled();
  assert.deepEqual(orders, [
    {
      clientKey: "public",
      orderId: "TR-8-key-1",
      orderName: "First Light",
      amount: 99_000,
      returnTo: "/reservations/8",
    },
  ]);
  const checkout = flow.stage.state();
  assert.equal(checkout.step === "hold" && checkout.pay.step, "refused");
  flow.close();
});

test("what was agreed to in the gateway's window is paid once, and leaves the address", async () => {
  const ways: Way[] = [];
  let state: Reservation["state"] = "HOLD";
  const doors = createTestDoors({
    reservation: () => ok({ ...HELD, state }),
    gateway,
    pay(_id, way) {
      ways.push(way);
      state = "CONFIRMED";
      return ok(null);
    },
    ticket: () => Promise.resolve(refusal("NOT_FOUND", 404)),
  });
  const agreed = { method: "toss", paymentKey: "p-1", orderId: "TR-8-a" } as const;
  const flow = openCheckout(doors, 8, agreed);
  await settled();
  assert.deepEqual(ways, [agreed]);
  assert.deepEqual(doors.went, [{ page: "checkout", reservationId: 8 }]);
  assert.equal(flow.stage.state().step, "ticket");
  flow.close();
});
