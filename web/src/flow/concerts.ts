// concerts.ts — the list of concerts: searched as one types, longer as one asks.
import { SEARCH_REST_MS } from "../limits.ts";
import type { Concert } from "../model/catalog.ts";
import { nextListing, type Listing, type ListingNews } from "../model/listing.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface ConcertsFlow extends Flow {
  readonly stage: Stage<Listing<Concert>, ListingNews<Concert>>;
  search(words: string): void;
  more(): void;
  again(): void;
}

/* `onSearch` hears of each search that is made: the fans' list keeps it in the address. */
export function openConcerts(
  doors: Doors,
  first: string,
  onSearch: (search: string) => void = () => undefined,
): ConcertsFlow {
  const closed = new AbortController();
  const stage = createStage<Listing<Concert>, ListingNews<Concert>>(
    { step: "loading" },
    nextListing,
  );
  let search = first;
  let current = new AbortController(); // a newer search makes the older one's answer unwelcome
  let endRest = () => {};

  async function load(): Promise<void> {
    current.abort();
    current = new AbortController();
    const stopped = AbortSignal.any([closed.signal, current.signal]);
    const answer = await insist(doors.clock, stopped, () => doors.house.concerts(search, null));
    if (answer?.kind === "ok") stage.tell({ kind: "arrived", page: answer.value });
    else if (answer) stage.tell({ kind: "failed", failure: answer });
  }

  async function more(): Promise<void> {
    const listing = stage.tell({ kind: "asked-more" });
    if (listing.step !== "shown" || listing.more.step !== "asking") return;
    const { cursor } = listing.more;
    const stopped = AbortSignal.any([closed.signal, current.signal]);
    const answer = await insist(doors.clock, stopped, () => doors.house.concerts(search, cursor));
    if (answer?.kind === "ok") stage.tell({ kind: "arrived-more", page: answer.value });
    else if (answer) stage.tell({ kind: "failed", failure: answer });
  }

  function again(): void {
    stage.tell({ kind: "asked" });
    void load();
  }

  void load();
  return {
    stage,
    search(words) {
      if (words === search) return;
      search = words;
      endRest();
      endRest = doors.clock.later(SEARCH_REST_MS, () => {
        onSearch(search);
        void load();
      });
    },
    more: () => void more(),
    again,
    close() {
      endRest();
      closed.abort();
    },
  };
}
