// halls_for_tests.ts — small halls and dates that the tests play on.
import type { Concert, Option, Sale } from "./catalog.ts";
import { readSeatMap } from "./read_catalog.ts";
import type { OpenHall } from "./hall.ts";
import type { SeatMap } from "./seatmap.ts";

export const FIRST_SEAT_ID = 500;

/* Two sections side by side, three rows of four seats each: indexes 0 … 23. */
export function smallMap(): SeatMap {
  const section = (id: number, name: string, x: number, firstSeatId: number) => ({
    id,
    name,
    nameKo: `${name}구역`,
    grade: id === 1 ? "VIP" : "R",
    price: id === 1 ? 150_000 : 99_000,
    currency: "KRW",
    labelX: x + 1.5,
    labelY: 4,
    rows: [0, 1, 2].map((depth) => ({
      row: String(depth + 1),
      firstSeatId: firstSeatId + depth * 4,
      seats: 4,
      x,
      y: 3 + depth * 1.2,
      dx: 1,
      dy: 0,
      ...(depth === 0 ? { accessible: [firstSeatId] } : {}),
    })),
  });
  return readSeatMap({
    version: 7,
    optionId: 5,
    firstSeatId: FIRST_SEAT_ID,
    seatCount: 24,
    width: 20,
    height: 10,
    stage: { x: 4, y: 0, width: 6, height: 1 },
    sections: [section(1, "A", 1, FIRST_SEAT_ID), section(2, "B", 8, FIRST_SEAT_ID + 12)],
  });
}

export const SALE: Sale = {
  state: "OPEN",
  opensAtMs: 0,
  closesAtMs: null,
  holdSeconds: 420,
  maxPerFan: 3,
  waitingRoom: false,
  presale: [],
};

export const OPTION: Option = {
  id: 5,
  concertId: 2,
  startsAtMs: 1_000_000,
  seatCount: 24,
  seatsLeft: 24,
  sections: [],
  sale: SALE,
  venue: { id: 1, name: "KSPO Dome", nameKo: "KSPO돔", city: "Seoul" },
};

export const CONCERT: Concert = {
  id: 2,
  title: "Encore",
  titleKo: "앙코르",
  description: "",
  descriptionKo: "",
  artists: [],
  posterHue: 300,
  firstStartsAtMs: null,
  lastStartsAtMs: null,
  venues: [],
  priceFrom: null,
  priceTo: null,
  saleState: "OPEN",
  opensAtMs: null,
};

export function openedHall(): OpenHall {
  return {
    step: "open",
    option: OPTION,
    concert: CONCERT,
    map: smallMap(),
    states: { version: 1, of: new Uint8Array(24) },
    stale: false,
    entry: null,
    chosen: [],
    best: null,
    full: false,
    ask: { step: "rest" },
  };
}
