// checkout.test.ts — from the hold to the ticket, and every way it may end.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal } from "./answer.ts";
import type { Reservation, ReservationState } from "./booking.ts";
import { nextCheckout, type Checkout, type CheckoutNews } from "./checkout.ts";
import type { PaymentState } from "./payment.ts";

const reservation = (state: ReservationState): Reservation => ({
  id: 8,
  state,
  optionId: 5,
  seats: [],
  amount: 99_000,
  createdAtMs: 0,
  expiresAtMs: 60_000,
  paymentId: null,
});
const says = (state: ReservationState): CheckoutNews => ({
  kind: "reservation",
  reservation: reservation(state),
});

function play(...story: CheckoutNews[]): Checkout {
  return story.reduce<Checkout>(nextCheckout, { step: "loading" });
}

test("what the reservation says decides the step", () => {
  const steps: [ReservationState, Checkout["step"]][] = [
    ["HOLD", "hold"],
    ["PAYING", "paying"],
    ["CONFIRMED", "ticket"],
    ["EXPIRED", "over"],
    ["CANCELLED", "over"],
    ["REFUNDED", "over"],
  ];
  for (const [state, step] of steps) assert.equal(play(says(state)).step, step);
});

test("a declined payment leaves the hold, and says so until the next try", () => {
  const failure = refusal("PAYMENT_DECLINED", 402);
  const declined = play(says("HOLD"), { kind: "pay-failed", failure }, says("HOLD"));
  assert.equal(declined.step === "hold" && declined.pay.step, "declined");
  const again = nextCheckout(declined, {
    kind: "paying",
    insisting: { why: "asking", tryCount: 1 },
  });
  assert.equal(again.step === "hold" && again.pay.step, "asking");
});

test("a payment whose answer was lost becomes a ticket when the house says so", () => {
  const lost = play(says("HOLD"), { kind: "pay-failed", failure: { kind: "lost" } });
  assert.equal(lost.step === "hold" && lost.pay.step, "refused");
  assert.equal(nextCheckout(lost, says("CONFIRMED")).step, "ticket");
});

test("a hold that lapsed is over, whatever was being asked", () => {
  const asking: CheckoutNews = { kind: "paying", insisting: { why: "lost", tryCount: 3 } };
  const over = play(says("HOLD"), asking, says("EXPIRED"));
  assert.equal(over.step === "over" && over.why, "EXPIRED");
});

test("a hold that ended says what is known of its payment, and a late one may still be a ticket", () => {
  const tells = (state: PaymentState): CheckoutNews => ({
    kind: "payment",
    payment: {
      id: 3,
      state,
      method: "test",
      orderId: "TR-8-1",
      amount: 99_000,
      createdAtMs: 0,
      unknownSinceMs: null,
      refunds: [],
      quote: null,
    },
  });
  const whyOf = (...story: CheckoutNews[]) => {
    const checkout = play(...story);
    return checkout.step === "over" ? checkout.why : checkout.step;
  };
  assert.equal(whyOf(says("PAYING"), tells("UNKNOWN"), says("EXPIRED")), "UNDECIDED");
  assert.equal(whyOf(says("EXPIRED"), tells("UNKNOWN"), tells("FAILED")), "EXPIRED");
  assert.equal(whyOf(says("EXPIRED"), tells("UNKNOWN"), tells("CAPTURED")), "TOO_LATE");
  assert.equal(whyOf(says("EXPIRED"), tells("REFUNDED")), "TOO_LATE");
  assert.equal(whyOf(says("EXPIRED"), tells("UNKNOWN"), says("CONFIRMED")), "ticket");
  assert.equal(whyOf(says("REFUNDED"), tells("REFUNDED")), "REFUNDED");
});

test("when nobody can say what became of a payment, the fan may press again", () => {
  const asking: CheckoutNews = { kind: "paying", insisting: { why: "lost", tryCount: 3 } };
  const unknown = play(says("HOLD"), asking, { kind: "failed", failure: { kind: "lost" } });
  assert.equal(unknown.step === "hold" && unknown.pay.step, "refused");
  const known = play(says("HOLD"), asking, says("HOLD"));
  assert.equal(known.step === "hold" && known.pay.step, "rest");
});

test("a ticket that cannot be fetched is still a ticket", () => {
  const ticket = play(says("CONFIRMED"), { kind: "ticket-failed", failure: { kind: "lost" } });
  assert.equal(ticket.step, "ticket");
  assert.deepEqual(nextCheckout(ticket, says("CONFIRMED")), ticket);
});
