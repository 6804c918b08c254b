// format.ts — dates and money for eyes. Concerts happen in Korea, so their times are Korea's.
import type { Named, Section } from "../model/catalog.ts";

export type Tongue = "ko" | "en";

const ZONE = "Asia/Seoul";
const made = new Map<string, Intl.DateTimeFormat>();

function format(tongue: Tongue, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${tongue}-${name}`;
  const known =
    made.get(key) ??
    new Intl.DateTimeFormat(tongue === "ko" ? "ko-KR" : "en-GB", { timeZone: ZONE, ...options });
  made.set(key, known);
  return known;
}

export function dayText(tongue: Tongue, atMs: number): string {
  return format(tongue, "day", {
    year: "numeric",
    month: "short",
    day: "numeric",
    weekday: "short",
  }).format(atMs);
}

/* Day and month stay on one line. */
export function shortDay(tongue: Tongue, atMs: number): string {
  const day = format(tongue, "short", { month: "short", day: "numeric" }).format(atMs);
  return day.replaceAll(" ", "\u00a0");
}

export function monthText(tongue: Tongue, atMs: number): string {
  return format(tongue, "month", { month: "short" }).format(atMs);
}

export function dayNumber(atMs: number): string {
  return format("en", "number", { day: "numeric" }).format(atMs);
}

export function weekday(tongue: Tongue, atMs: number): string {
  return format(tongue, "weekday", { weekday: "short" }).format(atMs);
}

export function timeText(tongue: Tongue, atMs: number): string {
  const hour12 = tongue === "ko";
  const time = format(tongue, "time", { hour: "numeric", minute: "2-digit", hour12 }).format(atMs);
  return tongue === "ko" ? time : `${time}\u00a0KST`; // who reads English may live elsewhere
}

export function momentText(tongue: Tongue, atMs: number): string {
  return `${dayText(tongue, atMs)} ${timeText(tongue, atMs)}`;
}

export function dotted(atMs: number): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, dateStyle: "short" }).format(
    atMs,
  );
  return parts.replaceAll("-", ".");
}

export function rangeText(tongue: Tongue, firstMs: number | null, lastMs: number | null): string {
  if (firstMs === null) return "";
  const first = dayText(tongue, firstMs);
  if (lastMs === null || dayText(tongue, lastMs) === first) return first;
  return `${first} – ${shortDay(tongue, lastMs)}`;
}

export function won(tongue: Tongue, amount: number): string {
  const digits = amount.toLocaleString("ko-KR");
  return tongue === "ko" ? `${digits}원` : `₩${digits}`;
}

export function nameIn(tongue: Tongue, named: Named): string {
  return tongue === "ko" ? named.nameKo : named.name;
}

/* Reservations and tickets name a section as the house does; its date knows the Korean name. */
export function sectionIn(tongue: Tongue, name: string, sections: readonly Section[]): string {
  const known = sections.find((section) => section.name === name);
  return known ? nameIn(tongue, known) : name;
}

export function titleIn(
  tongue: Tongue,
  titled: { readonly title: string; readonly titleKo: string },
): string {
  return tongue === "ko" ? titled.titleKo : titled.title;
}
