// read_catalog.ts — concerts, options, seat maps and seat states out of the server's JSON.
import { HALL_SEATS_MAX } from "../limits.ts";
import { SALE_STATES } from "./catalog.ts";
import type { Artist, Concert, Option, Page, Sale, Section, Venue } from "./catalog.ts";
import { readRounds } from "./clubs.ts";
import {
  label,
  list,
  oneOf,
  real,
  record,
  text,
  textOr,
  timeMs,
  timeMsOrNull,
  Unreadable,
  whole,
  wholeOr,
} from "./read.ts";
import type { Json } from "./read.ts";
import { boxOf, outlineOf, union } from "./seatmap.ts";
import type { Box, MapRow, MapSection, SeatMap } from "./seatmap.ts";
import { unpack, type StatesNews } from "./states.ts";

export function readPage<Item>(value: unknown, read: (item: unknown) => Item): Page<Item> {
  const json = record(value);
  const cursor = json["nextCursor"];
  const nextCursor = typeof cursor === "string" || typeof cursor === "number" ? `${cursor}` : null;
  return { items: list(json["items"], read), nextCursor };
}

function readArtist(value: unknown): Artist {
  const json = record(value);
  return { id: whole(json, "id"), name: text(json, "name"), nameKo: text(json, "nameKo") };
}

export function readVenue(value: unknown): Venue {
  const json = record(value);
  const name = text(json, "name");
  return {
    id: wholeOr(json, "id", 0),
    name,
    nameKo: textOr(json, "nameKo", name),
    city: textOr(json, "city", ""),
  };
}

export function readConcert(value: unknown): Concert {
  const json = record(value);
  const title = text(json, "title");
  return {
    id: whole(json, "id"),
    title,
    titleKo: textOr(json, "titleKo", title),
    description: textOr(json, "description", ""),
    descriptionKo: textOr(json, "descriptionKo", ""),
    artists: list(json["artists"], readArtist),
    posterHue: wholeOr(json, "posterHue", 0),
    firstStartsAtMs: timeMsOrNull(json, "firstStartsAt"),
    lastStartsAtMs: timeMsOrNull(json, "lastStartsAt"),
    venues: list(json["venues"] ?? [], readVenue),
    priceFrom: wholeOr(json, "priceFrom", null),
    priceTo: wholeOr(json, "priceTo", null),
    saleState: typeof json["saleState"] === "string" ? oneOf(json, "saleState", SALE_STATES) : null,
    opensAtMs: timeMsOrNull(json, "opensAt"),
  };
}

function readSection(value: unknown): Section {
  const json = record(value);
  const name = text(json, "name");
  return {
    id: whole(json, "id"),
    name,
    nameKo: textOr(json, "nameKo", name),
    grade: text(json, "grade"),
    price: whole(json, "price"),
    seatCount: whole(json, "seatCount"),
    seatsLeft: whole(json, "seatsLeft"),
  };
}

function readSale(value: unknown): Sale | null {
  if (value === null || value === undefined) return null;
  const json = record(value);
  return {
    state: oneOf(json, "state", SALE_STATES),
    opensAtMs: timeMs(json, "opensAt"),
    closesAtMs: timeMsOrNull(json, "closesAt"),
    holdSeconds: whole(json, "holdSeconds"),
    maxPerFan: whole(json, "maxPerFan"),
    waitingRoom: json["waitingRoom"] === true,
    presale: readRounds(json["presale"]),
  };
}

export function readOption(value: unknown): Option {
  const json = record(value);
  return {
    id: whole(json, "id"),
    concertId: whole(json, "concertId"),
    startsAtMs: timeMs(json, "startsAt"),
    venue: readVenue(json["venue"]),
    seatCount: whole(json, "seatCount"),
    seatsLeft: whole(json, "seatsLeft"),
    sections: list(json["sections"], readSection),
    sale: readSale(json["sale"]),
  };
}

function readRow(json: Json, firstSeatId: number): MapRow {
  return {
    row: label(json, "row"),
    firstIndex: whole(json, "firstSeatId") - firstSeatId,
    seatCount: whole(json, "seats"),
    x: real(json, "x"),
    y: real(json, "y"),
    dx: real(json, "dx"),
    dy: real(json, "dy"),
  };
}

function readMapSection(json: Json, firstSeatId: number): MapSection {
  const rows = list(json["rows"], (row) => readRow(record(row), firstSeatId));
  const name = text(json, "name");
  const outline = outlineOf(rows);
  return {
    id: whole(json, "id"),
    name,
    nameKo: textOr(json, "nameKo", name),
    grade: text(json, "grade"),
    price: whole(json, "price"),
    labelX: real(json, "labelX"),
    labelY: real(json, "labelY"),
    firstIndex: rows[0]?.firstIndex ?? 0,
    seatCount: rows.reduce((sum, row) => sum + row.seatCount, 0),
    rows,
    outline,
    box: boxOf(outline),
  };
}

function readStage(value: unknown): Box {
  const json = record(value);
  const [left, top] = [real(json, "x"), real(json, "y")];
  return { left, top, right: left + real(json, "width"), bottom: top + real(json, "height") };
}

function readAccessible(sections: unknown, firstSeatId: number): Set<number> {
  const accessible = new Set<number>();
  for (const section of list(sections, record))
    for (const row of list(section["rows"], record))
      for (const id of list(row["accessible"] ?? [], Number)) accessible.add(id - firstSeatId);
  return accessible;
}

export function readSeatMap(value: unknown): SeatMap {
  const json = record(value);
  const [firstSeatId, seatCount] = [whole(json, "firstSeatId"), whole(json, "seatCount")];
  if (seatCount < 0 || seatCount > HALL_SEATS_MAX) throw new Unreadable("seatCount: too many");
  const sections = list(json["sections"], (one) => readMapSection(record(one), firstSeatId))
    .filter((section) => section.seatCount > 0)
    .sort((one, other) => one.firstIndex - other.firstIndex);
  const stage = readStage(json["stage"]);
  return {
    version: label(json, "version"),
    optionId: whole(json, "optionId"),
    firstSeatId,
    seatCount,
    stage,
    sections,
    accessible: readAccessible(json["sections"], firstSeatId),
    box: sections.reduce((box, section) => union(box, section.box), stage),
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function readChange(value: unknown): [number, number] {
  const pair = list(value, Number);
  const [index, state] = pair;
  if (pair.length !== 2 || !Number.isSafeInteger(index) || !Number.isSafeInteger(state))
    throw new Unreadable("changes: not a pair");
  return [index ?? 0, state ?? 0];
}

export function readStates(value: unknown): StatesNews {
  const json = record(value);
  const version = whole(json, "version");
  if (json["changes"] !== undefined)
    return {
      kind: "changes",
      version,
      sinceVersion: whole(json, "since"),
      changes: list(json["changes"], readChange),
    };
  const of = unpack(bytesOf(text(json, "states")), whole(json, "seatCount"));
  if (of === null) throw new Unreadable("states: too short");
  return { kind: "all", states: { version, of } };
}
