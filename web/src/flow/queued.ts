// queued.ts — follows a press that waits its turn: by its stream of events, and where there is none,
// or it is silent, by asking.
import type { Answer } from "../model/answer.ts";
import { REQUEST_LOOK_COUNT_MAX, REQUEST_LOOK_MS, REQUEST_SILENCE_MS_MAX } from "../limits.ts";
import { outcomeOf, type RequestState } from "../model/request.ts";
import type { Doors } from "./doors.ts";
import { pause } from "./insist.ts";

/* null: the stream has ended, or has said nothing for too long. */
function listen(
  doors: Doors,
  requestId: string,
  stopped: AbortSignal,
): Promise<Answer<number> | null> {
  return new Promise((done) => {
    let endStream: (() => void) | null = null;
    let isOver = false;
    const end = (outcome: Answer<number> | null) => {
      isOver = true;
      endWait();
      stopped.removeEventListener("abort", endUnheard);
      endStream?.();
      done(outcome);
    };
    const endUnheard = () => end(null);
    const endWait = doors.clock.later(REQUEST_SILENCE_MS_MAX, endUnheard);
    stopped.addEventListener("abort", endUnheard);
    const hear = (request: RequestState | null) => {
      const outcome = request === null ? null : outcomeOf(request);
      if (!isOver && (request === null || outcome !== null)) end(outcome);
    };
    void doors.house.listenToRequest(requestId, hear).then((answer) => {
      if (answer.kind !== "ok") return hear(null);
      endStream = answer.value;
      if (isOver) endStream();
    });
  });
}

/* lost: nobody could say; the same press under the same key is the same request. */
async function look(doors: Doors, requestId: string): Promise<Answer<number> | null> {
  const answer = await doors.house.request(requestId);
  if (answer.kind === "ok") return outcomeOf(answer.value);
  return answer.kind === "refused" ? { kind: "lost" } : null;
}

export async function awaitOutcome(
  doors: Doors,
  requestId: string,
  stopped: AbortSignal,
): Promise<Answer<number>> {
  for (let looks = 0; looks < REQUEST_LOOK_COUNT_MAX && !stopped.aborted; looks++) {
    const outcome =
      (await listen(doors, requestId, stopped)) ??
      (stopped.aborted ? null : await look(doors, requestId));
    if (outcome !== null) return outcome;
    await pause(doors.clock, REQUEST_LOOK_MS, stopped);
  }
  return { kind: "lost" };
}
