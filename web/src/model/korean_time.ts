// korean_time.ts — moments as a form's date-and-time field writes them, in Korea's time: UTC+9 all year.

const KOREA_MS = 9 * 3_600_000;

/* "2026-12-12T18:00", and finer where the moment is: what is shown is what is sent back. */
export function fieldOfMoment(atMs: number): string {
  const words = new Date(atMs + KOREA_MS).toISOString().slice(0, -1);
  return words.replace(/(:00)?\.000$/, "");
}

/* null: the field is empty or half filled in. */
export function momentOfField(field: string): number | null {
  const atMs = Date.parse(`${field}Z`);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(field) && !Number.isNaN(atMs) ? atMs - KOREA_MS : null;
}
