// entry.ts — the pass into a sale with a waiting room, kept by this tab until it ends.
import { record, text, whole } from "../model/read.ts";
import type { EntryPass } from "../model/waiting.ts";
import type { Doors } from "./doors.ts";

const nameOf = (optionId: number) => `entry:${optionId}`;

export function keepEntry(doors: Doors, optionId: number, entry: EntryPass): void {
  doors.keep.set(nameOf(optionId), JSON.stringify(entry));
}

/* null: there is none, or its time is over. */
export function entryOf(doors: Doors, optionId: number): EntryPass | null {
  try {
    const json = record(JSON.parse(doors.keep.get(nameOf(optionId)) ?? "null"));
    const entry = { token: text(json, "token"), expiresAtMs: whole(json, "expiresAtMs") };
    return entry.expiresAtMs > doors.clock.nowMs() ? entry : null;
  } catch {
    return null;
  }
}
