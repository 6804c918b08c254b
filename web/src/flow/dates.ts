// dates.ts — one concert and its dates, fetched again when a sale opens.
import { OPENING_SPREAD_MS } from "../limits.ts";
import type { Concert, Option } from "../model/catalog.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../model/loaded.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface Dates {
  readonly concert: Concert;
  readonly options: readonly Option[];
}

export interface DatesFlow extends Flow {
  readonly stage: Stage<Loaded<Dates>, LoadedNews<Dates>>;
  again(): void;
}

/* The next moment at which a sale of this concert opens, or null. */
export function nextOpeningMs(options: readonly Option[], nowMs: number): number | null {
  const openings = options
    .map((option) => (option.sale?.state === "SCHEDULED" ? option.sale.opensAtMs : 0))
    .filter((opensAtMs) => opensAtMs > nowMs);
  return openings.length === 0 ? null : Math.min(...openings);
}

const TIMER_MS_MAX = 2 ** 31 - 1; // a browser's timer fires at once beyond this

export function openDates(doors: Doors, concertId: number): DatesFlow {
  const closed = new AbortController();
  const stage = createStage<Loaded<Dates>, LoadedNews<Dates>>({ step: "loading" }, nextLoaded);
  let endWait = () => {};

  async function load(): Promise<void> {
    const { house, clock } = doors;
    const [concert, options] = await Promise.all([
      insist(clock, closed.signal, () => house.concert(concertId)),
      insist(clock, closed.signal, () => house.options(concertId)),
    ]);
    if (concert === null || options === null) return;
    if (concert.kind !== "ok") return void stage.tell({ kind: "failed", failure: concert });
    if (options.kind !== "ok") return void stage.tell({ kind: "failed", failure: options });
    const value = { concert: concert.value, options: options.value.items };
    stage.tell({ kind: "arrived", value });
    waitForOpening(value.options);
  }

  function waitForOpening(options: readonly Option[]): void {
    const opensAtMs = nextOpeningMs(options, doors.clock.nowMs());
    endWait();
    if (opensAtMs === null) return;
    const waitMs = opensAtMs - doors.clock.nowMs() + doors.clock.chance() * OPENING_SPREAD_MS;
    if (waitMs < TIMER_MS_MAX) endWait = doors.clock.later(waitMs, () => void load());
  }

  void load();
  const endWatch = doors.clock.onWatched(() => void load());
  return {
    stage,
    again() {
      stage.tell({ kind: "asked" });
      void load();
    },
    close() {
      endWait();
      endWatch();
      closed.abort();
    },
  };
}
