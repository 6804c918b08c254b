// till.ts — the door to the gateway's own window, where a card is typed: never in this page.
//
// Promise   "left": the browser is on its way there, and comes back to `returnTo` with what the fan
//           has agreed to. Otherwise the page stays where it is.
// Adapters  till_toss.ts for real, a scripted one in the tests.

export interface TillOrder {
  readonly clientKey: string;
  readonly orderId: string;
  readonly orderName: string;
  readonly amount: number; // for the fan's eyes: the house confirms its own
  readonly returnTo: string; // a path of this page
}

export type TillAnswer = "left" | "cancelled" | "unreachable";

export type Till = (order: TillOrder) => Promise<TillAnswer>;
