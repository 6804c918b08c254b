// desk.ts — what an operator reads and writes, as the server's JSON spells it (docs/api/).
import type { Difference } from "./difference.ts";
import type { Concert, Named, Option, SaleState } from "./catalog.ts";

export interface Tagged<Value> {
  readonly value: Value;
  readonly tag: string; // names the version that was read: a later edit by somebody else is noticed
}

/* Agencies, artists, venues and fan clubs are edited alike: a few fields under a name. */
export const ENTRY_KINDS = ["agencies", "artists", "venues", "groups"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Entry extends Named {
  readonly id: number;
  readonly agencyId: number | null; // artists
  readonly agencyName: string;
  readonly agencyNameKo: string;
  readonly artistId: number | null; // groups
  readonly city: string; // venues, and the next two
  readonly cityKo: string;
  readonly capacity: number;
}

export type EntryFields = Readonly<Record<string, string | number | null>>;

/* Which fields an entry of each kind has, in the order of the form. */
export const ENTRY_FIELDS = {
  agencies: ["name", "nameKo"],
  artists: ["name", "nameKo", "agencyId"],
  venues: ["name", "nameKo", "city", "cityKo", "capacity"],
  groups: ["name", "nameKo", "artistId"],
} as const satisfies Record<EntryKind, readonly (keyof Entry)[]>;
export type EntryField = (typeof ENTRY_FIELDS)[EntryKind][number];

export interface ConcertFields {
  readonly title: string;
  readonly titleKo: string;
  readonly artistIds: readonly number[];
  readonly description: string;
  readonly descriptionKo: string;
  readonly posterHue: number;
}

export function fieldsOfConcert(concert: Concert): ConcertFields {
  const { title, titleKo, description, descriptionKo, posterHue } = concert;
  const artistIds = concert.artists.map((artist) => artist.id);
  return { title, titleKo, artistIds, description, descriptionKo, posterHue };
}

export interface DateFields {
  readonly startsAtMs: number;
  readonly venueId: number;
}

export const SALE_MOVES = ["pause", "resume", "close"] as const;
export type SaleMove = (typeof SALE_MOVES)[number];

/* What may be done to a sale in this state; an ended one stays ended. */
export function movesOf(state: SaleState | null): readonly SaleMove[] {
  switch (state) {
    case "SCHEDULED":
    case "OPEN":
    case "SOLD_OUT":
      return ["pause", "close"];
    case "PAUSED":
      return ["resume", "close"];
    case "CLOSED":
    case null:
      return [];
  }
}

export interface SeatCounts {
  readonly total: number;
  readonly available: number;
  readonly held: number;
  readonly sold: number;
  readonly blocked: number;
}

export interface LiveSale {
  readonly optionId: number;
  readonly concertId: number;
  readonly title: string;
  readonly titleKo: string;
  readonly startsAtMs: number;
  readonly opensAtMs: number;
  readonly strategy: string;
  readonly state: SaleState | null;
  readonly seats: SeatCounts | null;
}

export interface Overview {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly answers: number;
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly connections: number;
  readonly asksWaiting: number;
  readonly failedTurns: number;
  readonly meanCommitUs: number;
  readonly sales: readonly LiveSale[];
}

export interface Change {
  readonly id: number;
  readonly atMs: number;
  readonly accountId: number;
  readonly entity: string;
  readonly entityId: number;
  readonly action: string;
  readonly differences: readonly Difference[];
}

export interface ConcertDesk {
  readonly concert: Tagged<Concert> | null; // null: a new one
  readonly dates: readonly Option[];
  readonly artists: readonly Entry[];
  readonly venues: readonly Entry[];
}
