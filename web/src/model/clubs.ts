// clubs.ts — fan clubs, and the rounds of a presale that are theirs (docs/api/presales.md).
import type { Named } from "./catalog.ts";
import { list, record, text, textOr, timeMs, whole } from "./read.ts";

export interface Membership extends Named {
  readonly groupId: number;
}

export interface Round {
  readonly groupId: number;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
}

export function isRunning(round: Round, nowMs: number): boolean {
  return round.opensAtMs <= nowMs && nowMs < round.closesAtMs;
}

export function readNamed(value: unknown): Named {
  const json = record(value);
  const name = text(json, "name");
  return { name, nameKo: textOr(json, "nameKo", name) };
}

export function readMembership(value: unknown): Membership {
  return { groupId: whole(record(value), "groupId"), ...readNamed(value) };
}

export function readRounds(value: unknown): Round[] {
  return list(value ?? [], (item) => {
    const json = record(item);
    return {
      groupId: whole(json, "groupId"),
      opensAtMs: timeMs(json, "opensAt"),
      closesAtMs: timeMs(json, "closesAt"),
    };
  });
}

/* The rounds that are not over yet, soonest first. */
export function roundsToCome(rounds: readonly Round[], nowMs: number): Round[] {
  return rounds
    .filter((round) => round.closesAtMs > nowMs)
    .sort((one, other) => one.opensAtMs - other.opensAtMs);
}

export type Clubs =
  | { readonly step: "loading" }
  | {
      readonly step: "shown";
      readonly mine: readonly Membership[];
      readonly names: ReadonlyMap<number, Named>;
    };

export function isMember(clubs: Clubs, groupId: number): boolean {
  return clubs.step === "shown" && clubs.mine.some((one) => one.groupId === groupId);
}
