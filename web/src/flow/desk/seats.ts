// seats.ts — single seats of a date: blocked, put on sale again, set aside for a group.
import type { NewAllotment, Office } from "../../api/office.ts";
import type { Allotment } from "../../model/allotments.ts";
import type { Entry } from "../../model/desk.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../../model/loaded.ts";
import type { SeatMap } from "../../model/seatmap.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface Seats {
  readonly map: SeatMap;
  readonly groups: readonly Entry[];
  readonly allotments: readonly Allotment[];
}

export interface SeatsFlow extends Flow {
  readonly stage: Stage<Loaded<Seats>, LoadedNews<Seats>>;
  readonly deeds: Deeds;
  block(seatIds: readonly number[], isBlocked: boolean): void;
  allot(allotment: NewAllotment): void;
  release(allotmentId: number): void;
  again(): void;
}

export function openSeats(doors: Doors, office: Office, optionId: number): SeatsFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Loaded<Seats>, LoadedNews<Seats>>({ step: "loading" }, nextLoaded);
  const deeds = createDeeds(doors, closed.signal);

  async function load(): Promise<void> {
    const [map, groups, allotments] = await Promise.all([
      insist(clock, closed.signal, () => house.seatMap(optionId)),
      insist(clock, closed.signal, () => office.entries("groups", "")),
      insist(clock, closed.signal, () => office.allotments(optionId)),
    ]);
    for (const answer of [map, groups, allotments])
      if (answer && answer.kind !== "ok")
        return void stage.tell({ kind: "failed", failure: answer });
    if (map?.kind !== "ok" || groups?.kind !== "ok" || allotments?.kind !== "ok") return;
    const value = {
      map: map.value,
      groups: groups.value.items,
      allotments: allotments.value,
    };
    stage.tell({ kind: "arrived", value });
  }
  const reload = () => void load();

  void load();
  return {
    stage,
    deeds,
    block: (seatIds, isBlocked) =>
      deeds.repeat(() => office.blockSeats(optionId, seatIds, isBlocked), reload),
    allot: (allotment) =>
      deeds.once(
        `allot ${optionId} ${JSON.stringify(allotment)}`,
        (key) => office.allot(optionId, allotment, key),
        reload,
      ),
    release: (id) => deeds.repeat(() => office.release(optionId, id), reload),
    again() {
      stage.tell({ kind: "asked" });
      void load();
    },
    close: () => closed.abort(),
  };
}
