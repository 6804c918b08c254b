// line.ts — the door to a waiting room: join, look, listen, leave.
//
// Promise   As the house: every call ends in exactly one Answer and never throws, and all of them may
//           be repeated.
// Adapters  line_http.ts for real, a scripted one in the tests.
import type { Answer } from "../model/answer.ts";
import type { Challenge, Place, Serving } from "../model/waiting.ts";

export interface Proof {
  readonly challenge: string;
  readonly solution: string;
}

export type LineNews =
  | { readonly kind: "serving"; readonly serving: Serving }
  | { readonly kind: "called" }
  | { readonly kind: "ended"; readonly retryMs: number | null };

export interface Line {
  join(optionId: number, proof: Proof | null): Promise<Answer<Place>>;
  place(optionId: number): Promise<Answer<Place>>;
  leave(optionId: number): Promise<Answer<Place>>;
  serving(optionId: number): Promise<Answer<Serving>>;
  challenge(optionId: number): Promise<Answer<Challenge>>;
  /* Finds what the challenge asks for, in slices; null when it was stopped. */
  solve(challenge: Challenge, stopped: AbortSignal): Promise<Proof | null>;
  /* The answer's value ends the listening. */
  listen(
    optionId: number,
    lastId: string | null,
    hear: (news: LineNews) => void,
  ): Promise<Answer<() => void>>;
}
