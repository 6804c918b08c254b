// checkout.ts — from the hold to the ticket, as one value.
//
// What the reservation says decides the step; the page never guesses. When the own clock says that
// the hold is over, the page asks the house, for only the house knows.
//
//   loading ─▶ hold ─▶ (paying) ─▶ ticket          hold, ticket ─▶ over (expired, cancelled, refunded)
import type { Failure } from "./answer.ts";
import type { Concert, Option } from "./catalog.ts";
import type { Reservation, Ticket } from "./booking.ts";
import type { Gateway } from "./gateway.ts";
import type { Insisting } from "./patience.ts";
import { isUndecided, type Payment } from "./payment.ts";

export type Pay =
  | { readonly step: "rest" }
  | { readonly step: "asking"; readonly insisting: Insisting }
  | { readonly step: "cancelling"; readonly insisting: Insisting }
  | { readonly step: "refunding"; readonly insisting: Insisting }
  | { readonly step: "declined" }
  | { readonly step: "refused"; readonly failure: Failure };

export interface Purchase {
  readonly reservation: Reservation;
  readonly option: Option | null; // what it is for; decoration, so its absence stops nobody
  readonly concert: Concert | null;
  readonly payment: Payment | null;
  readonly gateway: Gateway | null; // null: not known yet, and nothing can be paid
}

/* Why nothing can be paid any more. A hold may end while its payment has no answer, or before the
   money came: both are told apart from a hold that simply lapsed. */
export type Why = "EXPIRED" | "UNDECIDED" | "TOO_LATE" | "CANCELLED" | "REFUNDED";

export type Checkout =
  | { readonly step: "loading" }
  | { readonly step: "failed"; readonly failure: Failure }
  | { readonly step: "hold"; readonly purchase: Purchase; readonly pay: Pay }
  | { readonly step: "paying"; readonly purchase: Purchase }
  | {
      readonly step: "ticket";
      readonly purchase: Purchase;
      readonly ticket: Ticket | null;
      readonly failure: Failure | null;
      readonly pay: Pay; // of giving it back
    }
  | { readonly step: "over"; readonly purchase: Purchase; readonly why: Why };

export type CheckoutNews =
  | { readonly kind: "asked-anew" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "reservation"; readonly reservation: Reservation }
  | { readonly kind: "about"; readonly option: Option; readonly concert: Concert | null }
  | { readonly kind: "payment"; readonly payment: Payment }
  | { readonly kind: "gateway"; readonly gateway: Gateway }
  | { readonly kind: "refunding"; readonly insisting: Insisting }
  | { readonly kind: "paying"; readonly insisting: Insisting }
  | { readonly kind: "cancelling"; readonly insisting: Insisting }
  | { readonly kind: "pay-failed"; readonly failure: Failure }
  | { readonly kind: "ticket"; readonly ticket: Ticket }
  | { readonly kind: "ticket-failed"; readonly failure: Failure };

function whyOver({ payment }: Purchase, state: "EXPIRED" | "CANCELLED" | "REFUNDED"): Why {
  if (state !== "EXPIRED" || payment === null || payment.state === "FAILED") return state;
  return isUndecided(payment) ? "UNDECIDED" : "TOO_LATE";
}

function stepOf(purchase: Purchase, pay: Pay): Checkout {
  const state = purchase.reservation.state;
  switch (state) {
    case "HOLD":
      return { step: "hold", purchase, pay };
    case "PAYING":
      return { step: "paying", purchase };
    case "CONFIRMED":
      return { step: "ticket", purchase, ticket: null, failure: null, pay: { step: "rest" } };
    case "EXPIRED":
    case "CANCELLED":
    case "REFUNDED":
      return { step: "over", purchase, why: whyOver(purchase, state) };
  }
}

/* The house has spoken: nothing is being asked any more. */
function settled(pay: Pay): Pay {
  switch (pay.step) {
    case "asking":
    case "cancelling":
    case "refunding":
      return { step: "rest" };
    case "rest":
    case "declined":
    case "refused":
      return pay;
  }
}

function withReservation(checkout: Checkout, reservation: Reservation): Checkout {
  if (checkout.step === "loading" || checkout.step === "failed")
    return stepOf(
      { reservation, option: null, concert: null, payment: null, gateway: null },
      { step: "rest" },
    );
  if (checkout.step === "ticket" && reservation.state === "CONFIRMED")
    return {
      ...checkout,
      purchase: { ...checkout.purchase, reservation },
      pay: settled(checkout.pay),
    };
  const pay: Pay = checkout.step === "hold" ? checkout.pay : { step: "rest" };
  return stepOf({ ...checkout.purchase, reservation }, settled(pay));
}

function payFailed(failure: Failure): Pay {
  const declined = failure.kind === "refused" && failure.problem.code === "PAYMENT_DECLINED";
  return declined ? { step: "declined" } : { step: "refused", failure };
}

export function nextCheckout(checkout: Checkout, news: CheckoutNews): Checkout {
  switch (news.kind) {
    case "asked-anew":
      return { step: "loading" };
    case "failed":
      if (checkout.step === "loading") return { step: "failed", failure: news.failure };
      return checkout.step === "hold"
        ? { ...checkout, pay: { step: "refused", failure: news.failure } }
        : checkout;
    case "reservation":
      return withReservation(checkout, news.reservation);
  }
  if (checkout.step === "loading" || checkout.step === "failed") return checkout;
  switch (news.kind) {
    case "about": {
      const about = { option: news.option, concert: news.concert };
      return { ...checkout, purchase: { ...checkout.purchase, ...about } };
    }
    case "gateway":
      return { ...checkout, purchase: { ...checkout.purchase, gateway: news.gateway } };
    case "payment": {
      const purchase = { ...checkout.purchase, payment: news.payment };
      return checkout.step === "over"
        ? stepOf(purchase, { step: "rest" })
        : { ...checkout, purchase };
    }
    case "refunding":
      if (checkout.step !== "ticket") return checkout;
      return { ...checkout, pay: { step: "refunding", insisting: news.insisting } };
    case "paying":
      if (checkout.step !== "hold") return checkout;
      return { ...checkout, pay: { step: "asking", insisting: news.insisting } };
    case "cancelling":
      if (checkout.step !== "hold") return checkout;
      return { ...checkout, pay: { step: "cancelling", insisting: news.insisting } };
    case "pay-failed":
      if (checkout.step !== "hold" && checkout.step !== "ticket") return checkout;
      return { ...checkout, pay: payFailed(news.failure) };
    case "ticket":
      if (checkout.step !== "ticket") return checkout;
      return { ...checkout, ticket: news.ticket, failure: null };
    case "ticket-failed":
      return checkout.step === "ticket" ? { ...checkout, failure: news.failure } : checkout;
  }
}
