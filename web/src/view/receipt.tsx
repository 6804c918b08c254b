// receipt.tsx — what was paid and given back, line by line, and the way to give the ticket back.
import { useState } from "preact/hooks";

import type { Pay } from "../model/checkout.ts";
import { isRefundUnderWay, refundedOf, type Payment } from "../model/payment.ts";
import { momentText, won } from "./format.ts";
import { useLook } from "./look.ts";
import { failureText, InsistingNotice, Notice } from "./parts.tsx";

export function Receipt({ payment }: { payment: Payment }) {
  const { words, tongue } = useLook();
  const { receipt } = words;
  const line = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  if (payment.state !== "CAPTURED" && payment.state !== "REFUNDED") return null;
  return (
    <section class="panel receipt" aria-label={receipt.heading}>
      <h2>{receipt.heading}</h2>
      <dl>
        {line(receipt.paid, won(tongue, payment.amount))}
        {line(receipt.when, momentText(tongue, payment.createdAtMs))}
        {line(receipt.method, receipt.methods(payment.method))}
        {payment.orderId !== "" && line(receipt.order, payment.orderId)}
        {payment.refunds.map((refund) => (
          <div key={refund.id}>
            <dt>
              {receipt.refunded} ({receipt.states(refund.state)})
            </dt>
            <dd>
              −{won(tongue, refund.amount)}
              {refund.fee > 0 && ` · ${receipt.fee} ${won(tongue, refund.fee)}`}
              {refund.reason !== "" && <small>{refund.reason}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {refundedOf(payment) > 0 && <p class="faint">{receipt.late}</p>}
    </section>
  );
}

function Quote({ payment }: { payment: Payment }) {
  const { words, tongue } = useLook();
  const { receipt } = words;
  const { quote } = payment;
  if (quote === null) return null;
  const amount = won(tongue, quote.amount);
  return (
    <p>
      {quote.fee > 0 ? receipt.quoteFee(amount, won(tongue, quote.fee)) : receipt.quote(amount)}{" "}
      {quote.fee === 0 &&
        quote.freeUntilMs !== null &&
        receipt.freeUntil(momentText(tongue, quote.freeUntilMs))}{" "}
      {receipt.sure}
    </p>
  );
}

export function GiveTicketBack({
  payment,
  pay,
  onRefund,
}: {
  payment: Payment;
  pay: Pay;
  onRefund: (reason: string) => void;
}) {
  const { words } = useLook();
  const { receipt } = words;
  const [isAsked, setIsAsked] = useState(false);
  const isBusy = pay.step === "refunding" || isRefundUnderWay(payment);
  if (pay.step === "refused") return <Notice kind="bad">{failureText(words, pay.failure)}</Notice>;
  if (isBusy)
    return (
      <>
        <Notice kind="info">{receipt.refunding}</Notice>
        {pay.step === "refunding" && <InsistingNotice insisting={pay.insisting} />}
      </>
    );
  if (payment.quote === null) return null;
  if (!isAsked)
    return (
      <div class="row-of-buttons">
        <button class="button button-quiet" onClick={() => setIsAsked(true)}>
          {receipt.giveBack}
        </button>
      </div>
    );
  return (
    <div class="sure" role="group" aria-label={receipt.giveBack}>
      <Quote payment={payment} />
      <button class="button" onClick={() => setIsAsked(false)}>
        {receipt.keep}
      </button>
      <button class="button button-bad" onClick={() => onRefund(receipt.reason)}>
        {receipt.giveBack}
      </button>
    </div>
  );
}
