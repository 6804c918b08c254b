// entries.ts — agencies, artists and venues: listed, created, edited, taken out.
import { SEARCH_REST_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { Answer } from "../../model/answer.ts";
import type { Page } from "../../model/catalog.ts";
import type { Entry, EntryFields, EntryKind, Tagged } from "../../model/desk.ts";
import { nextLoaded, type Loaded, type LoadedNews } from "../../model/loaded.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface Entries {
  readonly items: readonly Entry[];
  readonly parents: readonly Entry[]; // an artist's agency, a fan club's artist: to choose from
  readonly opened: Tagged<Entry> | null; // the one in the form
  readonly doneCount: number; // each one leaves an empty form
}

export interface EntriesFlow extends Flow {
  readonly stage: Stage<Loaded<Entries>, LoadedNews<Entries>>;
  readonly deeds: Deeds;
  search(words: string): void;
  open(id: number | null): void; // null: the form is for a new one
  save(fields: EntryFields): void;
  remove(id: number): void;
  again(): void;
}

const PARENT_KIND: Record<EntryKind, EntryKind | null> = {
  agencies: null,
  artists: "agencies",
  venues: null,
  groups: "artists",
};

const NOTHING: Entries = { items: [], parents: [], opened: null, doneCount: 0 };

export function openEntries(doors: Doors, office: Office, kind: EntryKind): EntriesFlow {
  const { clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Loaded<Entries>, LoadedNews<Entries>>({ step: "loading" }, nextLoaded);
  const deeds = createDeeds(doors, closed.signal);
  let words = "";
  let askedCount = 0;
  let endRest = () => {};

  function shown(): Entries {
    const loaded = stage.state();
    return loaded.step === "shown" ? loaded.value : NOTHING;
  }
  const show = (change: Partial<Entries>) =>
    void stage.tell({ kind: "arrived", value: { ...shown(), ...change } });

  function ask(of: EntryKind, search: string): Promise<Answer<Page<Entry>> | null> {
    return insist(clock, closed.signal, () => office.entries(of, search));
  }

  async function load(): Promise<void> {
    const turn = ++askedCount;
    const parentKind = PARENT_KIND[kind];
    const [items, parents] = await Promise.all([
      ask(kind, words),
      parentKind === null ? null : ask(parentKind, ""),
    ]);
    if (items === null || turn !== askedCount) return; // closed, or asked anew meanwhile
    if (items.kind !== "ok") return void stage.tell({ kind: "failed", failure: items });
    const others = parents?.kind === "ok" ? parents.value.items : [];
    show({ items: items.value.items, parents: others });
  }

  function settle(): void {
    show({ opened: null, doneCount: shown().doneCount + 1 });
    void load();
  }

  void load();
  return {
    stage,
    deeds,
    search(typed) {
      words = typed.trim();
      endRest();
      endRest = clock.later(SEARCH_REST_MS, () => void load());
    },
    open(id) {
      deeds.rest();
      if (id === null) return show({ opened: null });
      void insist(clock, closed.signal, () => office.entry(kind, id)).then((answer) => {
        if (answer?.kind === "ok") show({ opened: answer.value });
      });
    },
    save(fields) {
      const { opened } = shown();
      if (opened === null)
        deeds.once(
          `${kind} ${JSON.stringify(fields)}`,
          (key) => office.createEntry(kind, fields, key),
          settle,
        );
      else
        deeds.repeat(() => office.changeEntry(kind, opened.value.id, fields, opened.tag), settle);
    },
    remove: (id) => deeds.repeat(() => office.removeEntry(kind, id), settle),
    again() {
      stage.tell({ kind: "asked" });
      void load();
    },
    close() {
      endRest();
      closed.abort();
    },
  };
}
