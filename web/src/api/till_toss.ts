// till_toss.ts — the window of Toss Payments, through the script that its documentation names.
import type { TillAnswer, TillOrder } from "./till.ts";

const SCRIPT = "https://js.tosspayments.com/v2/standard";

interface TossWindow {
  requestPayment(order: {
    readonly method: "CARD";
    readonly amount: { readonly currency: "KRW"; readonly value: number };
    readonly orderId: string;
    readonly orderName: string;
    readonly successUrl: string;
    readonly failUrl: string;
  }): Promise<void>;
}

interface Toss {
  (clientKey: string): { payment(of: { readonly customerKey: string }): TossWindow };
  readonly ANONYMOUS: string;
}

declare global {
  interface Window {
    TossPayments?: Toss;
  }
}

function loadToss(): Promise<Toss | null> {
  if (window.TossPayments) return Promise.resolve(window.TossPayments);
  return new Promise((done) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => done(window.TossPayments ?? null);
    script.onerror = () => {
      script.remove();
      done(null);
    };
    document.head.append(script);
  });
}

export async function openTossWindow(order: TillOrder): Promise<TillAnswer> {
  const toss = await loadToss();
  if (toss === null) return "unreachable";
  const back = `${location.origin}${order.returnTo}`;
  try {
    await toss(order.clientKey)
      .payment({ customerKey: toss.ANONYMOUS })
      .requestPayment({
        method: "CARD",
        amount: { currency: "KRW", value: order.amount },
        orderId: order.orderId,
        orderName: order.orderName,
        successUrl: back,
        failUrl: back,
      });
    return "left";
  } catch {
    return "cancelled"; // the fan has closed it, or it refused the order: nothing is agreed to
  }
}
