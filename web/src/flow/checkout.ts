// checkout.ts — from the hold to the ticket: look, pay, look again, fetch the ticket.
import { PAYING_POLL_MS } from "../limits.ts";
import { refusal, type Answer } from "../model/answer.ts";
import type { Outcome, Reservation } from "../model/booking.ts";
import { nextCheckout, type Checkout, type CheckoutNews } from "../model/checkout.ts";
import type { Agreed, Way } from "../model/gateway.ts";
import { FIRST_TRY } from "../model/patience.ts";
import { isRefundUnderWay, isUndecided, type Payment } from "../model/payment.ts";
import { pathOf } from "../model/route.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist, insistOnce } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

const UNREACHABLE = refusal("TILL_UNREACHABLE", 0);

type CheckoutStage = Stage<Checkout, CheckoutNews>;

export interface CheckoutFlow extends Flow {
  readonly stage: CheckoutStage;
  pay(outcome: Outcome): void; // at the gateway that asks for one
  payAtTill(title: string): void; // in the window of any other
  cancel(): void;
  refund(reason: string): void;
  lapsed(): void; // the own clock says that the hold is over
  again(): void;
}

/* What the order is for. */
async function describe(
  { house, clock }: Doors,
  optionId: number,
  stopped: AbortSignal,
  stage: CheckoutStage,
): Promise<void> {
  const option = await insist(clock, stopped, () => house.option(optionId));
  if (option?.kind !== "ok") return;
  const { concertId } = option.value;
  const concert = await insist(clock, stopped, () => house.concert(concertId));
  const known = concert?.kind === "ok" ? concert.value : null;
  stage.tell({ kind: "about", option: option.value, concert: known });
}

async function fetchTicket(
  { house, clock }: Doors,
  reservationId: number,
  stopped: AbortSignal,
  stage: CheckoutStage,
): Promise<void> {
  const answer = await insist(clock, stopped, () => house.ticket(reservationId));
  if (answer?.kind === "ok") stage.tell({ kind: "ticket", ticket: answer.value });
  else if (answer) stage.tell({ kind: "ticket-failed", failure: answer });
}

/* null when it was stopped before there was an answer. */
async function payOnce(
  doors: Doors,
  reservationId: number,
  way: Way,
  stopped: AbortSignal,
  stage: CheckoutStage,
): Promise<Answer<null> | null> {
  const answer = await insistOnce(
    doors,
    stopped,
    `pay:${reservationId}:${way.method === "test" ? way.outcome : way.orderId}`,
    (key) => doors.house.pay(reservationId, way, key),
    (insisting) => stage.tell({ kind: "paying", insisting }),
  );
  if (answer && answer.kind !== "ok") stage.tell({ kind: "pay-failed", failure: answer });
  return answer;
}

async function giveBack(
  { house, clock }: Doors,
  reservationId: number,
  stopped: AbortSignal,
  stage: CheckoutStage,
): Promise<Answer<Reservation> | null> {
  const answer = await insist(
    clock,
    stopped,
    () => house.cancel(reservationId),
    (insisting) => stage.tell({ kind: "cancelling", insisting }),
  );
  if (answer && answer.kind !== "ok") stage.tell({ kind: "pay-failed", failure: answer });
  return answer;
}

/* What was paid and what of it was given back: told when known, nobody waits for it. */
async function fetchPayment(
  { house, clock }: Doors,
  paymentId: number,
  stopped: AbortSignal,
  stage: CheckoutStage,
): Promise<Payment | null> {
  const answer = await insist(clock, stopped, () => house.payment(paymentId));
  if (answer?.kind !== "ok") return null;
  stage.tell({ kind: "payment", payment: answer.value });
  return answer.value;
}

/* A payment being thought about, or a hold whose time is over but that is not swept yet. */
function isUnsettled(checkout: Checkout, nowMs: number): boolean {
  if (checkout.step === "paying") return true;
  if (checkout.step !== "hold") return false;
  return (checkout.purchase.reservation.expiresAtMs ?? Infinity) <= nowMs;
}

function isResting(checkout: Checkout): boolean {
  return (
    checkout.step === "hold" && checkout.pay.step !== "asking" && checkout.pay.step !== "cancelling"
  );
}

/* `agreed`: what the fan brings back from the gateway's window. */
export function openCheckout(
  doors: Doors,
  reservationId: number,
  agreed: Agreed | null = null,
): CheckoutFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Checkout, CheckoutNews>({ step: "loading" }, nextCheckout);
  let endWait = () => {};

  async function look(): Promise<void> {
    const answer = await insist(clock, closed.signal, () => house.reservation(reservationId));
    if (answer?.kind === "ok") follow(answer.value);
    else if (answer) stage.tell({ kind: "failed", failure: answer });
  }

  function follow(reservation: Reservation): void {
    const checkout = stage.tell({ kind: "reservation", reservation });
    endWait();
    if (isUnsettled(checkout, clock.nowMs()))
      endWait = clock.later(PAYING_POLL_MS, () => void look());
    if (checkout.step === "ticket" && checkout.ticket === null)
      void fetchTicket(doors, reservationId, closed.signal, stage);
    if (reservation.paymentId !== null && reservation.state !== "HOLD")
      void followPayment(reservation.paymentId);
    if (checkout.step !== "loading" && checkout.step !== "failed" && !checkout.purchase.option)
      void describe(doors, reservation.optionId, closed.signal, stage);
  }

  /* A refund the gateway still thinks about is looked up until it is decided, and until the
     reservation, which was read a moment earlier, says so too. So is a payment whose hold has ended
     without an answer: the ticket may come after all. */
  async function followPayment(paymentId: number): Promise<void> {
    const payment = await fetchPayment(doors, paymentId, closed.signal, stage);
    if (payment === null) return;
    const isAhead = payment.state === "REFUNDED" && stage.state().step === "ticket";
    const isLate = isUndecided(payment) && stage.state().step === "over";
    if (!isAhead && !isLate && !isRefundUnderWay(payment)) return;
    endWait();
    endWait = clock.later(PAYING_POLL_MS, () => void look());
  }

  async function refund(reason: string): Promise<void> {
    const checkout = stage.state();
    if (checkout.step !== "ticket" || checkout.purchase.payment === null) return;
    const { id } = checkout.purchase.payment;
    const answer = await insistOnce(
      doors,
      closed.signal,
      `refund:${id}`,
      (key) => house.refund(id, reason, key),
      (insisting) => stage.tell({ kind: "refunding", insisting }),
    );
    if (answer && answer.kind !== "ok") stage.tell({ kind: "pay-failed", failure: answer });
    else if (answer) await look();
  }

  async function pay(way: Way): Promise<void> {
    const answer = await payOnce(doors, reservationId, way, closed.signal, stage);
    if (answer) await look();
  }

  /* The order's id begins with the reservation's, so that it is good for nothing else. */
  async function payAtTill(title: string): Promise<void> {
    const checkout = stage.state();
    if (checkout.step !== "hold" || checkout.purchase.gateway === null) return;
    stage.tell({ kind: "paying", insisting: FIRST_TRY });
    const answer = await doors.openTill({
      clientKey: checkout.purchase.gateway.clientKey,
      orderId: `TR-${reservationId}-${doors.newKey()}`,
      orderName: title,
      amount: checkout.purchase.reservation.amount,
      returnTo: pathOf({ page: "checkout", reservationId }),
    });
    if (answer === "unreachable") stage.tell({ kind: "pay-failed", failure: UNREACHABLE });
    if (answer === "cancelled") await look();
  }

  async function learnGateway(): Promise<void> {
    const answer = await insist(clock, closed.signal, () => house.gateway());
    if (answer?.kind === "ok") stage.tell({ kind: "gateway", gateway: answer.value });
  }

  async function begin(): Promise<void> {
    await look();
    void learnGateway();
    if (agreed === null) return;
    doors.goTo({ page: "checkout", reservationId }, "replace"); // once is enough
    if (isResting(stage.state())) await pay(agreed);
  }

  async function cancel(): Promise<void> {
    const answer = await giveBack(doors, reservationId, closed.signal, stage);
    if (answer?.kind === "ok") follow(answer.value);
    else if (answer) await look(); // a first try whose answer was lost may have cancelled already
  }

  void begin();
  const ifResting = (then: () => Promise<void>) => {
    if (isResting(stage.state())) void then();
  };
  const endWatch = clock.onWatched(() => ifResting(look));
  return {
    stage,
    pay: (outcome) => ifResting(() => pay({ method: "test", outcome })),
    payAtTill: (title) => ifResting(() => payAtTill(title)),
    cancel: () => ifResting(cancel),
    refund(reason) {
      const checkout = stage.state();
      if (checkout.step === "ticket" && checkout.pay.step !== "refunding") void refund(reason);
    },
    lapsed: () => ifResting(look),
    again() {
      if (stage.state().step === "ticket")
        return void fetchTicket(doors, reservationId, closed.signal, stage);
      stage.tell({ kind: "asked-anew" });
      void look();
    },
    close() {
      endWait();
      endWatch();
      closed.abort();
    },
  };
}
