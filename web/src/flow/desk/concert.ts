// concert.ts — one concert on the operator's desk: its words, its artists, its dates.
import type { Office } from "../../api/office.ts";
import type { Failure } from "../../model/answer.ts";
import type { ConcertDesk, ConcertFields, DateFields } from "../../model/desk.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../../model/loaded.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface ConcertDeskFlow extends Flow {
  readonly stage: Stage<Loaded<ConcertDesk>, LoadedNews<ConcertDesk>>;
  readonly deeds: Deeds;
  save(fields: ConcertFields): void;
  remove(): void;
  addDate(fields: DateFields): void;
  removeDate(optionId: number): void;
  again(): void;
}

/* `concertId` null: a new concert, which gets an address of its own once it is saved. */
export function openConcertDesk(
  doors: Doors,
  office: Office,
  concertId: number | null,
): ConcertDeskFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Loaded<ConcertDesk>, LoadedNews<ConcertDesk>>(
    { step: "loading" },
    nextLoaded,
  );
  const deeds = createDeeds(doors, closed.signal);
  const fail = (failure: Failure) => void stage.tell({ kind: "failed", failure });

  async function load(): Promise<void> {
    const ask = insist;
    const [artists, venues, concert, dates] = await Promise.all([
      ask(clock, closed.signal, () => office.entries("artists", "")),
      ask(clock, closed.signal, () => office.entries("venues", "")),
      concertId && ask(clock, closed.signal, () => office.concert(concertId)),
      concertId && ask(clock, closed.signal, () => house.options(concertId)),
    ]);
    for (const answer of [artists, venues, concert, dates])
      if (answer && answer.kind !== "ok") return fail(answer);
    if (artists?.kind !== "ok" || venues?.kind !== "ok") return;
    const value: ConcertDesk = {
      concert: concert && concert.kind === "ok" ? concert.value : null,
      dates: dates && dates.kind === "ok" ? dates.value.items : [],
      artists: artists.value.items,
      venues: venues.value.items,
    };
    stage.tell({ kind: "arrived", value });
  }
  const reload = () => void load();

  void load();
  return {
    stage,
    deeds,
    save(fields) {
      const loaded = stage.state();
      const known = loaded.step === "shown" ? loaded.value.concert : null;
      if (known !== null)
        return deeds.repeat(() => office.changeConcert(known.value.id, fields, known.tag), reload);
      deeds.once(
        `concert ${JSON.stringify(fields)}`,
        (key) => office.createConcert(fields, key),
        (made) => doors.goTo({ page: "desk", part: "concert", id: made.id }, "replace"),
      );
    },
    remove() {
      if (concertId === null) return;
      deeds.repeat(
        () => office.removeConcert(concertId),
        () => doors.goTo({ page: "desk", part: "concerts", id: null }),
      );
    },
    addDate(fields) {
      if (concertId === null) return;
      deeds.once(
        `date ${concertId} ${JSON.stringify(fields)}`,
        (key) => office.addDate(concertId, fields, key),
        reload,
      );
    },
    removeDate: (optionId) => deeds.repeat(() => office.removeDate(optionId), reload),
    again() {
      stage.tell({ kind: "asked" });
      void load();
    },
    close: () => closed.abort(),
  };
}
