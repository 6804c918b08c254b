// difference.ts — what a change has changed, field by field, out of the two documents of it.

export interface Difference {
  readonly field: string;
  readonly before: string | null; // null: it was not there
  readonly after: string | null; // null: it is not there any more
}

const VALUE_LETTERS_MAX = 600; // a list of a thousand seats is cut: it stands in the API

/* Lists of things a line each, lists of numbers on one line, things by their fields. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value))
    return value.map(wordsOf).join(value.some((one) => typeof one === "object") ? "\n" : ", ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([field, inside]) => `${field} ${wordsOf(inside)}`)
      .join(" · ");
  return String(value);
}

function spoken(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const words = wordsOf(value);
  return words.length <= VALUE_LETTERS_MAX ? words : `${words.slice(0, VALUE_LETTERS_MAX)} …`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isDocument = typeof value === "object" && value !== null && !Array.isArray(value);
  return isDocument ? (value as Record<string, unknown>) : {};
}

/* In the order of the fields; what is the same on both sides is left out. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => JSON.stringify(old[field] ?? null) !== JSON.stringify(now[field] ?? null))
    .map((field) => ({ field, before: spoken(old[field]), after: spoken(now[field]) }));
}
