// catalog.ts — the words of the data, as the server's JSON spells them (GLOSSARY.md).

import { isRunning, type Round } from "./clubs.ts";

export interface Named {
  readonly name: string;
  readonly nameKo: string;
}
export interface Artist extends Named {
  readonly id: number;
}
export interface Venue extends Named {
  readonly id: number;
  readonly city: string;
}

export const SALE_STATES = ["SCHEDULED", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED"] as const;
export type SaleState = (typeof SALE_STATES)[number];

export interface Concert {
  readonly id: number;
  readonly title: string;
  readonly titleKo: string;
  readonly description: string;
  readonly descriptionKo: string;
  readonly artists: readonly Artist[];
  readonly posterHue: number;
  readonly firstStartsAtMs: number | null;
  readonly lastStartsAtMs: number | null;
  readonly venues: readonly Venue[];
  readonly priceFrom: number | null;
  readonly priceTo: number | null;
  readonly saleState: SaleState | null;
  readonly opensAtMs: number | null;
}

export interface Section extends Named {
  readonly id: number;
  readonly grade: string;
  readonly price: number;
  readonly seatCount: number;
  readonly seatsLeft: number;
}

export interface Sale {
  readonly state: SaleState;
  readonly opensAtMs: number;
  readonly closesAtMs: number | null;
  readonly holdSeconds: number;
  readonly maxPerFan: number;
  readonly waitingRoom: boolean;
  readonly presale: readonly Round[];
}

/* Open to a club: who may buy, only the house knows. */
export function isPresale(sale: Sale | null, nowMs: number): boolean {
  return sale?.state === "SCHEDULED" && sale.presale.some((round) => isRunning(round, nowMs));
}

/* Open to everybody, or to a club. */
export function isOnSale(sale: Sale | null, nowMs: number): boolean {
  return sale?.state === "OPEN" || isPresale(sale, nowMs);
}

/* One date of a concert. */
export interface Option {
  readonly id: number;
  readonly concertId: number;
  readonly startsAtMs: number;
  readonly venue: Venue;
  readonly seatCount: number;
  readonly seatsLeft: number;
  readonly sections: readonly Section[];
  readonly sale: Sale | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface Grade {
  readonly grade: string;
  readonly priceFrom: number;
  readonly priceTo: number;
  readonly seatCount: number;
  readonly seatsLeft: number;
}

/* The grades of a date, dearest first: the order every list and colour follows. */
export function gradesOf(sections: readonly Section[]): Grade[] {
  const grades = new Map<string, Grade>();
  for (const section of sections) {
    const known = grades.get(section.grade);
    grades.set(section.grade, {
      grade: section.grade,
      priceFrom: Math.min(known?.priceFrom ?? section.price, section.price),
      priceTo: Math.max(known?.priceTo ?? section.price, section.price),
      seatCount: (known?.seatCount ?? 0) + section.seatCount,
      seatsLeft: (known?.seatsLeft ?? 0) + section.seatsLeft,
    });
  }
  return [...grades.values()].sort((one, other) => other.priceTo - one.priceTo);
}
