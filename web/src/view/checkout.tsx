// checkout.tsx — the hold with its countdown, the payment, and every way it may end.
import { useState } from "preact/hooks";

import type { Outcome } from "../model/booking.ts";
import type { Checkout, Pay, Purchase, Why } from "../model/checkout.ts";
import { timeText, titleIn, won } from "./format.ts";
import { useLook } from "./look.ts";
import {
  Countdown,
  Failed,
  failureText,
  InsistingNotice,
  Link,
  Loading,
  Notice,
  Title,
} from "./parts.tsx";
import { Order } from "./purchase.tsx";
import { Receipt } from "./receipt.tsx";
import { TicketView } from "./ticket.tsx";

export interface CheckoutGestures {
  onPay(outcome: Outcome): void;
  onPayAtTill(title: string): void;
  onCancel(): void;
  onRefund(reason: string): void;
  onLapsed(): void;
  onAgain(): void;
}

export function PayNotice({ pay }: { pay: Pay }) {
  const { words } = useLook();
  switch (pay.step) {
    case "rest":
      return null;
    case "asking":
    case "cancelling":
    case "refunding":
      return <InsistingNotice insisting={pay.insisting} />;
    case "declined":
      return (
        <Notice kind="bad">
          <b>{words.checkout.declined}</b> {words.checkout.declinedText}
        </Notice>
      );
    case "refused":
      return <Notice kind="bad">{failureText(words, pay.failure)}</Notice>;
  }
}

function OutcomeChoice({
  outcome,
  onChoose,
}: {
  outcome: Outcome;
  onChoose: (outcome: Outcome) => void;
}) {
  const { words } = useLook();
  const choice = (value: Outcome, name: string, text: string) => (
    <label class="choice">
      <input
        type="radio"
        name="outcome"
        checked={outcome === value}
        onChange={() => onChoose(value)}
      />
      <span>
        <b>{name}</b>
        <small>{text}</small>
      </span>
    </label>
  );
  return (
    <fieldset class="demo">
      <legend>
        <span class="demo-tag">DEMO</span> {words.checkout.demo}
      </legend>
      <p class="faint">{words.checkout.demoText}</p>
      <div class="choices">
        {choice("approve", words.checkout.approve, words.checkout.approveText)}
        {choice("decline", words.checkout.decline, words.checkout.declineText)}
        {choice("lose-answer", words.checkout.loseAnswer, words.checkout.loseAnswerText)}
        {choice("late", words.checkout.late, words.checkout.lateText)}
      </div>
    </fieldset>
  );
}

function GiveBack({ isBusy, onCancel }: { isBusy: boolean; onCancel: () => void }) {
  const { words } = useLook();
  const [isSure, setIsSure] = useState(false);
  if (!isSure)
    return (
      <button class="button button-quiet" disabled={isBusy} onClick={() => setIsSure(true)}>
        {words.checkout.cancel}
      </button>
    );
  return (
    <div class="sure" role="group" aria-label={words.checkout.cancel}>
      <p>{words.checkout.cancelSure}</p>
      <button class="button" disabled={isBusy} onClick={() => setIsSure(false)}>
        {words.checkout.keep}
      </button>
      <button class="button button-bad" disabled={isBusy} onClick={onCancel}>
        {words.checkout.cancel}
      </button>
    </div>
  );
}

function Hold({
  purchase,
  pay,
  gestures,
}: {
  purchase: Purchase;
  pay: Pay;
  gestures: CheckoutGestures;
}) {
  const { words, tongue } = useLook();
  const [outcome, setOutcome] = useState<Outcome>("approve");
  const isBusy = pay.step === "asking" || pay.step === "cancelling";
  const amount = won(tongue, purchase.reservation.amount);
  const { expiresAtMs } = purchase.reservation;
  const { gateway, concert } = purchase;
  const isDemo = gateway?.method === "test";
  const title = concert ? titleIn(tongue, concert) : words.checkout.order;
  function press(): string {
    if (pay.step === "asking") return words.checkout.paying;
    return pay.step === "declined" ? words.checkout.retry(amount) : words.checkout.pay(amount);
  }
  return (
    <>
      <div class="hold-line">
        <div>
          <p class="eyebrow">{words.checkout.held}</p>
          <Title>{words.checkout.heading}</Title>
        </div>
        {expiresAtMs !== null && (
          <p class="hold-clock">
            <span>{words.checkout.timeLeft}</span>
            <Countdown
              untilMs={expiresAtMs}
              spoken={words.checkout.spoken}
              onOver={gestures.onLapsed}
            />
          </p>
        )}
      </div>
      <div class="two">
        <Order purchase={purchase} />
        <section class="panel pay" aria-label={words.checkout.heading}>
          {isDemo && <OutcomeChoice outcome={outcome} onChoose={setOutcome} />}
          {!isDemo && gateway && (
            <p class="faint">{words.checkout.till(words.receipt.methods(gateway.method))}</p>
          )}
          <PayNotice pay={pay} />
          <button
            class="button button-main button-wide"
            disabled={isBusy || gateway === null}
            onClick={() => (isDemo ? gestures.onPay(outcome) : gestures.onPayAtTill(title))}
          >
            {press()}
          </button>
          <GiveBack isBusy={isBusy} onCancel={gestures.onCancel} />
        </section>
      </div>
    </>
  );
}

/* While a payment is looked up, nothing is said of its money. */
function Over({ purchase, why }: { purchase: Purchase; why: Why }) {
  const { words } = useLook();
  const mayChoose = why !== "UNDECIDED" && purchase.option?.sale?.state !== "CLOSED";
  const isKnown = purchase.reservation.paymentId === null || purchase.payment !== null;
  return (
    <>
      <div class="over" role="status">
        <Title>{words.checkout.over[why]}</Title>
        {isKnown && <p class="faint">{words.checkout.overText[why]}</p>}
        {mayChoose && (
          <Link
            to={{ page: "hall", optionId: purchase.reservation.optionId }}
            class="button button-main"
          >
            {words.checkout.chooseAgain}
          </Link>
        )}
      </div>
      <Order purchase={purchase} />
      {purchase.payment && <Receipt payment={purchase.payment} />}
    </>
  );
}

/* What is not known is not called failed: the fan is told since when, and what will follow. */
function Paying({ purchase }: { purchase: Purchase }) {
  const { words, tongue } = useLook();
  const sinceMs = purchase.payment?.unknownSinceMs ?? null;
  const isUnknown = purchase.payment?.state === "UNKNOWN" && sinceMs !== null;
  return (
    <>
      <div class="over" role="status">
        <span class="spinner" aria-hidden="true" />
        <Title>{isUnknown ? words.checkout.unknownTitle : words.checkout.payingTitle}</Title>
        <p class="faint">
          {isUnknown
            ? words.checkout.unknownText(timeText(tongue, sinceMs))
            : words.checkout.payingText}
        </p>
      </div>
      <Order purchase={purchase} />
    </>
  );
}

export function CheckoutView({ checkout, ...gestures }: CheckoutGestures & { checkout: Checkout }) {
  switch (checkout.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={checkout.failure} onAgain={gestures.onAgain} />;
    case "hold":
      return (
        <div class="middle">
          <Hold purchase={checkout.purchase} pay={checkout.pay} gestures={gestures} />
        </div>
      );
    case "paying":
      return (
        <div class="narrow">
          <Paying purchase={checkout.purchase} />
        </div>
      );
    case "over":
      return (
        <div class="narrow">
          <Over purchase={checkout.purchase} why={checkout.why} />
        </div>
      );
    case "ticket":
      return <TicketView {...checkout} onAgain={gestures.onAgain} onRefund={gestures.onRefund} />;
  }
}
