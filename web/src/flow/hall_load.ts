// hall_load.ts — fetches everything the seat map's screen is made of.
import type { Concert, Option } from "../model/catalog.ts";
import type { Answer, Failure } from "../model/answer.ts";
import type { SeatMap } from "../model/seatmap.ts";
import type { States } from "../model/states.ts";
import type { Doors } from "./doors.ts";
import { insist } from "./insist.ts";

export interface LoadedHall {
  readonly option: Option;
  readonly concert: Concert;
  readonly map: SeatMap;
  readonly states: States;
}

function failureIn(answers: readonly (Answer<unknown> | null)[]): Failure | null {
  for (const answer of answers) if (answer !== null && answer.kind !== "ok") return answer;
  return null;
}

/* null when it was stopped on the way. */
export async function loadHall(
  { house, clock }: Doors,
  optionId: number,
  stopped: AbortSignal,
): Promise<Answer<LoadedHall> | null> {
  const [option, map, states] = await Promise.all([
    insist(clock, stopped, () => house.option(optionId)),
    insist(clock, stopped, () => house.seatMap(optionId)),
    insist(clock, stopped, () => house.seatStates(optionId, null)),
  ]);
  if (option?.kind !== "ok" || map?.kind !== "ok" || states?.kind !== "ok")
    return failureIn([option, map, states]);
  const { concertId } = option.value;
  const concert = await insist(clock, stopped, () => house.concert(concertId));
  if (concert?.kind !== "ok") return concert;
  if (states.value.kind !== "all") return { kind: "lost" }; // nothing to count changes from
  const value = {
    option: option.value,
    concert: concert.value,
    map: map.value,
    states: states.value.states,
  };
  return { kind: "ok", value };
}
