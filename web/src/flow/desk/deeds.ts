// deeds.ts — does one thing after the other for an operator's screen, and shows how it stands.
//
// A screen does one thing at a time: a second press while the first is under way is not heard.
import type { Answer } from "../../model/answer.ts";
import { nextDeed, type Deed, type DeedNews } from "../../model/deed.ts";
import type { Insisting } from "../../model/patience.ts";
import type { Doors } from "../doors.ts";
import { insist, insistOnce } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";

export interface Deeds {
  readonly stage: Stage<Deed, DeedNews>;
  /* What may be sent twice as it is. */
  repeat<Value>(ask: () => Promise<Answer<Value>>, then: (value: Value) => void): void;
  /* What creates something: sent with a key that outlives a lost answer. */
  once<Value>(
    name: string,
    ask: (key: string) => Promise<Answer<Value>>,
    then: (value: Value) => void,
  ): void;
  rest(): void;
}

export function createDeeds(doors: Doors, closed: AbortSignal): Deeds {
  const stage = createStage<Deed, DeedNews>({ step: "rest" }, nextDeed);

  async function run<Value>(
    asking: () => Promise<Answer<Value> | null>,
    then: (value: Value) => void,
  ): Promise<void> {
    if (stage.state().step === "asking") return;
    const answer = await asking();
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ step: "refused", failure: answer });
    stage.tell({ step: "done" });
    then(answer.value);
  }
  const show = (insisting: Insisting) => void stage.tell({ step: "asking", insisting });

  return {
    stage,
    repeat: (ask, then) => void run(() => insist(doors.clock, closed, ask, show), then),
    once: (name, ask, then) => void run(() => insistOnce(doors, closed, name, ask, show), then),
    rest: () => void stage.tell({ step: "rest" }),
  };
}
