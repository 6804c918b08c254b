// hall_fresh.ts — keeps an open hall's seat states and sale as fresh as a poll can.
//
// A poll follows an answer, never a clock: a slow server is asked less often, not more. A tab nobody
// looks at does not ask.
import { OPENING_SPREAD_MS, STATES_POLL_JITTER, STATES_POLL_MS } from "../limits.ts";
import type { Hall, HallNews } from "../model/hall.ts";
import { jitter } from "../model/patience.ts";
import type { Doors } from "./doors.ts";
import type { Stage } from "./stage.ts";

const OPTION_EVERY_POLLS = 8; // a pause or a sell-out is noticed within about this many polls

export async function lookAtOption(
  doors: Doors,
  optionId: number,
  stage: Stage<Hall, HallNews>,
): Promise<void> {
  const option = await doors.house.option(optionId);
  if (option.kind === "ok") stage.tell({ kind: "option", option: option.value });
}

/* Starts with the first poll's wait; the answer ends it. */
export function keepFresh(
  doors: Doors,
  optionId: number,
  stage: Stage<Hall, HallNews>,
): () => void {
  const { clock, house } = doors;
  let pollCount = 0;
  let isEnded = false;
  let endWait = () => {};

  function pollIn(waitMs: number): void {
    endWait();
    if (!isEnded) endWait = clock.later(waitMs, () => void poll());
  }

  async function poll(): Promise<void> {
    const hall = stage.state();
    if (hall.step !== "open" || !clock.watched()) return; // onWatched goes on
    const answer = await house.seatStates(optionId, hall.states.version);
    if (isEnded) return;
    stage.tell(answer.kind === "ok" ? { kind: "states", news: answer.value } : { kind: "stale" });
    if (++pollCount % OPTION_EVERY_POLLS === 0) await lookAtOption(doors, optionId, stage);
    pollIn(jitter(STATES_POLL_MS, STATES_POLL_JITTER, clock.chance()));
    lookWhenOpening();
  }

  /* When the sale should have opened by now, everybody's page asks: spread, so not at once. */
  function lookWhenOpening(): void {
    const hall = stage.state();
    const sale = hall.step === "open" ? hall.option.sale : null;
    if (sale?.state !== "SCHEDULED" || sale.opensAtMs > clock.nowMs()) return;
    clock.later(clock.chance() * OPENING_SPREAD_MS, () => {
      if (!isEnded) void lookAtOption(doors, optionId, stage);
    });
  }

  pollIn(jitter(STATES_POLL_MS, STATES_POLL_JITTER, clock.chance()));
  const endWatch = clock.onWatched(() => pollIn(0));
  return () => {
    isEnded = true;
    endWait();
    endWatch();
  };
}
