// states.ts — what every seat of a hall is: two bits a seat on the wire, one byte a seat here.

export const SEAT_STATES = ["available", "held", "sold", "blocked"] as const;
export type SeatState = (typeof SEAT_STATES)[number];

export interface States {
  readonly version: number;
  readonly of: Uint8Array; // index into SEAT_STATES; never changed in place
}

export type StatesNews =
  | { readonly kind: "all"; readonly states: States }
  | {
      readonly kind: "changes";
      readonly version: number;
      readonly sinceVersion: number;
      readonly changes: readonly (readonly [number, number])[];
    };

export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;

/* Seat i is bits 2·(i mod 4) of byte ⌊i/4⌋; null when there are too few bytes for the seats. */
export function unpack(bytes: Uint8Array, seatCount: number): Uint8Array | null {
  if (bytes.length * 4 < seatCount) return null;
  const of = new Uint8Array(seatCount);
  for (let index = 0; index < seatCount; index++)
    of[index] = ((bytes[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3;
  return of;
}

/* Changes fit only what they were counted from; otherwise the older states stay, to be asked anew. */
export function applyStates(states: States, news: StatesNews): States {
  if (news.kind === "all") return news.states.of.length === states.of.length ? news.states : states;
  if (news.sinceVersion !== states.version) return states;
  if (news.changes.length === 0) return { version: news.version, of: states.of };
  const of = states.of.slice();
  for (const [index, state] of news.changes) if (index < of.length) of[index] = state & 3;
  return { version: news.version, of };
}

export function withState(states: States, indexes: readonly number[], state: number): States {
  const of = states.of.slice();
  for (const index of indexes) if (index < of.length) of[index] = state;
  return { version: states.version, of };
}

export function countFree(of: Uint8Array, firstIndex: number, seatCount: number): number {
  let free = 0;
  for (let index = firstIndex; index < firstIndex + seatCount; index++)
    if (of[index] === AVAILABLE) free++;
  return free;
}
