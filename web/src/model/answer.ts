// answer.ts — what can come back from the house, kept apart as the server keeps it apart.
//
//   ok       it was done
//   refused  the rules say no; nothing was done, and asking again will not help by itself
//   busy     a full queue or a limit; nothing was done, ask again after a while
//   lost     no answer came: it may or may not have been done; ask again with the same key

/* One thing that is wrong in what was sent, by the path of its field. */
export interface Slip {
  readonly field: string;
  readonly detail: string;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly seatIds: readonly number[];
  readonly saleState: string | null; // of SALE_NOT_OPEN: why not
  readonly opensAtMs: number | null;
  readonly requestId: string | null;
  readonly slips: readonly Slip[];
  readonly slipCount: number; // there may be more than are listed
}

export type Answer<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "busy"; readonly code: string; readonly retryAfterMs: number }
  | { readonly kind: "lost" };

/* Why something did not work, once all patience is used up. */
export type Failure = Exclude<Answer<never>, { kind: "ok" }>;

export function refusal(code: string, status: number): Failure {
  const said = { status, code, field: null, seatIds: [], saleState: null, opensAtMs: null };
  return { kind: "refused", problem: { ...said, requestId: null, slips: [], slipCount: 0 } };
}

export function codeOf(failure: Failure): string {
  switch (failure.kind) {
    case "refused":
      return failure.problem.code;
    case "busy":
      return failure.code;
    case "lost":
      return "LOST";
  }
}

/* Under which word the page explains it: some codes have more than one reason. */
export function reasonOf(failure: Failure): string {
  const code = codeOf(failure);
  if (failure.kind !== "refused") return code;
  const { saleState, seatIds } = failure.problem;
  if (code === "SEAT_TAKEN" && seatIds.length === 0) return "NOT_BESIDE_EACH_OTHER";
  if (code !== "SALE_NOT_OPEN") return code;
  return saleState === "PAUSED" || saleState === "CLOSED" ? `SALE_${saleState}` : code;
}
