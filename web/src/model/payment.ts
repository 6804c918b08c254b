// payment.ts — a payment and what has been given back of it, as the server's JSON spells them.
import { list, oneOf, record, text, textOr, timeMs, timeMsOrNull, whole, wholeOr } from "./read.ts";

export const PAYMENT_STATES = [
  "READY",
  "UNKNOWN", // the gateway has not answered: nobody knows yet whether money was taken
  "AUTHORIZED",
  "CAPTURED",
  "FAILED",
  "REFUNDED",
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export interface Refund {
  readonly id: number;
  readonly amount: number;
  readonly fee: number;
  readonly state: string;
  readonly reason: string;
  readonly createdAtMs: number;
}

/* What giving the seats back would bring now. */
export interface RefundQuote {
  readonly amount: number;
  readonly fee: number;
  readonly freeUntilMs: number | null;
}

export interface Payment {
  readonly id: number;
  readonly state: PaymentState;
  readonly method: string;
  readonly orderId: string;
  readonly amount: number;
  readonly createdAtMs: number;
  readonly unknownSinceMs: number | null;
  readonly refunds: readonly Refund[];
  readonly quote: RefundQuote | null; // null: the seats cannot be given back (any more)
}

function readRefund(value: unknown): Refund {
  const json = record(value);
  return {
    id: whole(json, "id"),
    amount: whole(json, "amount"),
    fee: wholeOr(json, "fee", 0),
    state: text(json, "state"),
    reason: textOr(json, "reason", ""),
    createdAtMs: timeMs(json, "createdAt"),
  };
}

function readQuote(value: unknown): RefundQuote | null {
  if (value === null || value === undefined) return null;
  const json = record(value);
  return {
    amount: whole(json, "amount"),
    fee: whole(json, "fee"),
    freeUntilMs: timeMsOrNull(json, "freeUntil"),
  };
}

export function readPayment(value: unknown): Payment {
  const json = record(value);
  return {
    id: whole(json, "id"),
    state: oneOf(json, "state", PAYMENT_STATES),
    method: textOr(json, "method", "test"),
    orderId: textOr(json, "orderId", ""),
    amount: whole(json, "amount"),
    createdAtMs: timeMs(json, "createdAt"),
    unknownSinceMs: timeMsOrNull(json, "unknownSince"),
    refunds: list(json["refunds"] ?? [], readRefund),
    quote: readQuote(json["refundQuote"]),
  };
}

/* Its outcome is still to come. */
export function isUndecided({ state }: Payment): boolean {
  return state === "READY" || state === "UNKNOWN" || state === "AUTHORIZED";
}

export function isRefundUnderWay(payment: Payment): boolean {
  return payment.refunds.some((refund) => refund.state === "REQUESTED");
}

export function refundedOf(payment: Payment): number {
  return payment.refunds
    .filter((refund) => refund.state === "DONE")
    .reduce((sum, refund) => sum + refund.amount, 0);
}
