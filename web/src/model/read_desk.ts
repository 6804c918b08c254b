// read_desk.ts — the operator's JSON: entries, numbers of the running sale, who changed what.
import { SALE_STATES } from "./catalog.ts";
import { differencesOf } from "./difference.ts";
import type { Change, Entry, LiveSale, Overview, SeatCounts } from "./desk.ts";
import { list, oneOf, record, text, textOr, timeMs, whole, wholeOr } from "./read.ts";

export function readEntry(value: unknown): Entry {
  const json = record(value);
  const name = text(json, "name");
  return {
    id: whole(json, "id"),
    name,
    nameKo: textOr(json, "nameKo", name),
    agencyId: wholeOr(json, "agencyId", null),
    agencyName: textOr(json, "agencyName", ""),
    agencyNameKo: textOr(json, "agencyNameKo", ""),
    artistId: wholeOr(json, "artistId", null),
    city: textOr(json, "city", ""),
    cityKo: textOr(json, "cityKo", ""),
    capacity: wholeOr(json, "capacity", 0),
  };
}

function readCounts(value: unknown): SeatCounts | null {
  if (value === null || value === undefined) return null;
  const json = record(value);
  return {
    total: whole(json, "total"),
    available: whole(json, "available"),
    held: whole(json, "held"),
    sold: whole(json, "sold"),
    blocked: whole(json, "blocked"),
  };
}

function readLiveSale(value: unknown): LiveSale {
  const json = record(value);
  const title = text(json, "title");
  return {
    optionId: whole(json, "optionId"),
    concertId: whole(json, "concertId"),
    title,
    titleKo: textOr(json, "titleKo", title),
    startsAtMs: timeMs(json, "startsAt"),
    opensAtMs: timeMs(json, "opensAt"),
    strategy: textOr(json, "strategy", ""),
    state: json["state"] === null ? null : oneOf(json, "state", SALE_STATES),
    seats: readCounts(json["seats"]),
  };
}

export function readOverview(value: unknown): Overview {
  const json = record(value);
  const engine = record(json["engine"]);
  return {
    version: textOr(json, "version", ""),
    uptimeSeconds: whole(json, "uptimeSeconds"),
    answers: whole(json, "answers"),
    memoryBytes: whole(json, "memoryBytes"),
    cpuMs: whole(json, "cpuMs"),
    connections: whole(record(json["connections"]), "open"),
    asksWaiting: whole(engine, "asksWaiting"),
    failedTurns: whole(engine, "failedTurns"),
    meanCommitUs: whole(engine, "meanCommitUs"),
    sales: list(json["sales"], readLiveSale),
  };
}

export function readChange(value: unknown): Change {
  const json = record(value);
  return {
    id: whole(json, "id"),
    atMs: timeMs(json, "at"),
    accountId: whole(json, "accountId"),
    entity: text(json, "entity"),
    entityId: whole(json, "entityId"),
    action: text(json, "action"),
    differences: differencesOf(json["before"], json["after"]),
  };
}
