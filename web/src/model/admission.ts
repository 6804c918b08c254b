// admission.ts — the operator's hand on the door of a waiting room (docs/api/waiting-room.md).
import { oneOf, real, record, whole, wholeOr } from "./read.ts";
import { SERVING_STATES, type ServingState } from "./waiting.ts";

export const ADMISSION_MODES = ["FIXED", "ADAPTIVE", "PAUSED"] as const;
export type AdmissionMode = (typeof ADMISSION_MODES)[number];

export interface AdmissionSetting {
  readonly mode: AdmissionMode;
  readonly fansPerSecond: number;
  readonly activeMax: number;
  readonly entrySeconds: number;
  readonly challengeBits: number;
}

export interface Admission extends AdmissionSetting {
  readonly state: ServingState;
  readonly waiting: number;
  readonly hall: number;
  readonly active: number;
  readonly admitted: number;
  readonly bought: number;
  readonly admittedPerSecond: number;
  readonly soldPerSecond: number;
  readonly numbersLeft: number; // of the line; they never come back
}

const NUMBERS_FEW = 131_072; // an eighth of all

/* Somebody uses the numbers up: the operator had better ask for a proof of work. */
export function hasFewNumbers(admission: Admission): boolean {
  return admission.numbersLeft < NUMBERS_FEW;
}

export function readAdmission(value: unknown): Admission {
  const json = record(value);
  return {
    mode: oneOf(json, "mode", ADMISSION_MODES),
    fansPerSecond: whole(json, "fansPerSecond"),
    activeMax: whole(json, "activeMax"),
    entrySeconds: whole(json, "entrySeconds"),
    challengeBits: wholeOr(json, "challengeBits", 0),
    state: oneOf(json, "state", SERVING_STATES),
    waiting: whole(json, "waiting"),
    hall: whole(json, "hall"),
    active: whole(json, "active"),
    admitted: whole(json, "admitted"),
    bought: whole(json, "bought"),
    admittedPerSecond: real(json, "admittedPerSecond"),
    soldPerSecond: real(json, "soldPerSecond"),
    numbersLeft: whole(json, "numbersLeft"),
  };
}

/* A slider's steps are even to the eye: each tenth of it doubles what is let in. */
const STEPS = [
  0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
] as const;

/* The last step of a slider whose value is at most this. */
export function lastStep(most: number): number {
  return STEPS.findLastIndex((step) => step <= most);
}

export const FANS_PER_SECOND_MAX = 10_000;
export const ACTIVE_MAX = 100_000;

export function stepOf(value: number): number {
  const place = STEPS.findIndex((step) => step >= value);
  return place < 0 ? STEPS.length - 1 : place;
}

export function valueOf(step: number): number {
  return STEPS[Math.max(0, Math.min(STEPS.length - 1, Math.round(step)))] ?? 0;
}
