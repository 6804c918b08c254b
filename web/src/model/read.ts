// read.ts — from unknown JSON to known words: everything foreign passes here, once.
//
// A reader throws Unreadable when something is not what the contract says; the door turns that into
// a refusal, so that a half-understood answer never reaches a screen.

export class Unreadable extends Error {}

export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unreadable("not an object");
  return value as Json;
}

export function list<Item>(value: unknown, read: (item: unknown) => Item): Item[] {
  if (!Array.isArray(value)) throw new Unreadable("not a list");
  return value.map(read);
}

export function text(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string") throw new Unreadable(`${key}: not a text`);
  return value;
}

/* Row and seat names may be numbers in the JSON and are names all the same. */
export function label(json: Json, key: string): string {
  const value = json[key];
  return typeof value === "number" ? String(value) : text(json, key);
}

export function textOr(json: Json, key: string, otherwise: string): string {
  const value = json[key];
  return typeof value === "string" ? value : otherwise;
}

export function real(json: Json, key: string): number {
  const value = json[key];
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new Unreadable(`${key}: not a number`);
  return value;
}

export function whole(json: Json, key: string): number {
  const value = real(json, key);
  if (!Number.isSafeInteger(value)) throw new Unreadable(`${key}: not a whole number`);
  return value;
}

export function wholeOr<Otherwise>(json: Json, key: string, otherwise: Otherwise) {
  const value = json[key];
  return Number.isSafeInteger(value) ? (value as number) : otherwise;
}

export function timeMs(json: Json, key: string): number {
  const value = Date.parse(text(json, key));
  if (Number.isNaN(value)) throw new Unreadable(`${key}: not a time`);
  return value;
}

export function timeMsOrNull(json: Json, key: string): number | null {
  return typeof json[key] === "string" ? timeMs(json, key) : null;
}

export function oneOf<Word extends string>(json: Json, key: string, words: readonly Word[]): Word {
  const value = text(json, key);
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Unreadable(`${key}: unknown word`);
  return found;
}
