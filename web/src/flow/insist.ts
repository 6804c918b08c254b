// insist.ts — asks until there is an answer worth having, or the patience is used up.
//
// The key of an unfinished request is kept under a name made of the request itself. It is forgotten
// when the answer is certain, and only then: pressing again after a lost answer, even after loading
// the page anew, sends the same key, and the server acts once.
import type { Clock } from "../api/clock.ts";
import type { Answer } from "../model/answer.ts";
import { advise, FIRST_TRY, type Insisting } from "../model/patience.ts";
import type { Doors } from "./doors.ts";

export function pause(clock: Clock, waitMs: number, stopped: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      endWait();
      stopped.removeEventListener("abort", wake);
      done();
    };
    const endWait = clock.later(waitMs, wake);
    stopped.addEventListener("abort", wake);
  });
}

/* null when it was stopped before there was an answer. */
export async function insist<Value>(
  clock: Clock,
  stopped: AbortSignal,
  ask: () => Promise<Answer<Value>>,
  show: (insisting: Insisting) => void = () => undefined,
): Promise<Answer<Value> | null> {
  show(FIRST_TRY);
  for (let tryCount = 1; ; tryCount++) {
    const answer = await ask();
    if (stopped.aborted) return null;
    const advice = advise(answer, tryCount, clock.chance());
    if (advice.kind === "done") return answer;
    show({ why: answer.kind === "busy" ? "busy" : "lost", tryCount: tryCount + 1 });
    await pause(clock, advice.waitMs, stopped);
    if (stopped.aborted) return null;
  }
}

export async function insistOnce<Value>(
  doors: Doors,
  stopped: AbortSignal,
  name: string,
  ask: (key: string) => Promise<Answer<Value>>,
  show: (insisting: Insisting) => void,
): Promise<Answer<Value> | null> {
  const keptAs = `key:${name}`;
  const key = doors.keep.get(keptAs) ?? doors.newKey();
  doors.keep.set(keptAs, key);
  const answer = await insist(doors.clock, stopped, () => ask(key), show);
  if (answer?.kind === "ok" || answer?.kind === "refused") doors.keep.set(keptAs, null);
  return answer;
}
