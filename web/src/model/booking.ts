// booking.ts — reservations, payments, tickets and fans, as the server's JSON spells them.
import type { Venue } from "./catalog.ts";

export const RESERVATION_STATES = [
  "HOLD",
  "PAYING",
  "CONFIRMED",
  "EXPIRED",
  "CANCELLED",
  "REFUNDED",
] as const;
export type ReservationState = (typeof RESERVATION_STATES)[number];

export interface ReservedSeat {
  readonly id: number;
  readonly section: string;
  readonly row: string;
  readonly number: string;
  readonly grade: string;
  readonly price: number;
}

export interface Reservation {
  readonly id: number;
  readonly state: ReservationState;
  readonly optionId: number;
  readonly seats: readonly ReservedSeat[];
  readonly amount: number;
  readonly createdAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly paymentId: number | null; // of the latest try to pay
}

export interface Ticket {
  readonly reservationId: number;
  readonly ticket: string;
  readonly qrSvg: string;
  readonly title: string;
  readonly titleKo: string;
  readonly startsAtMs: number;
  readonly venue: Venue;
  readonly seats: readonly ReservedSeat[];
}

export const ROLES = ["FAN", "OPERATOR", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

export interface Fan {
  readonly id: number;
  readonly email: string;
  readonly nickname: string;
  readonly role: Role;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAtMs: number;
}

/* What a fan asks to hold: seats by name, or the best the house still has. */
export type Wish =
  | { readonly kind: "seats"; readonly seatIds: readonly number[] }
  | { readonly kind: "best"; readonly count: number; readonly section: string | null };

/* What the built-in test gateway is told to do. */
export const OUTCOMES = ["approve", "decline", "lose-answer", "late"] as const;
export type Outcome = (typeof OUTCOMES)[number];
