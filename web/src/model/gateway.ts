// gateway.ts — who moves the money here, and what the page tells the house of a payment.
import type { Outcome } from "./booking.ts";
import { list, record, text, textOr } from "./read.ts";

export interface Gateway {
  readonly method: string; // "test": nobody, and the fan chooses what it answers
  readonly clientKey: string; // of a gateway with a window of its own
}

export type Way =
  | { readonly method: "test"; readonly outcome: Outcome }
  | { readonly method: "toss"; readonly paymentKey: string; readonly orderId: string };

/* What the fan has agreed to in the gateway's own window, as it comes back in the address. */
export type Agreed = Extract<Way, { method: "toss" }>;

export function agreedOf(asked: URLSearchParams): Agreed | null {
  const paymentKey = asked.get("paymentKey");
  const orderId = asked.get("orderId");
  return paymentKey !== null && orderId !== null ? { method: "toss", paymentKey, orderId } : null;
}

/* A house has one gateway. */
export function readGateway(value: unknown): Gateway {
  const [gateway] = list(record(value)["items"], (item) => {
    const json = record(item);
    return { method: text(json, "method"), clientKey: textOr(json, "clientKey", "") };
  });
  if (!gateway) throw new Error("no way to pay");
  return gateway;
}
