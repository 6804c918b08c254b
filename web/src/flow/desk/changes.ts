// changes.ts — the list of changes, page by page.
import type { Office } from "../../api/office.ts";
import type { Change } from "../../model/desk.ts";
import { nextListing, type Listing, type ListingNews } from "../../model/listing.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";

export interface ChangesFlow extends Flow {
  readonly stage: Stage<Listing<Change>, ListingNews<Change>>;
  more(): void;
  again(): void;
}

export function openChanges(doors: Doors, office: Office): ChangesFlow {
  const closed = new AbortController();
  const stage = createStage<Listing<Change>, ListingNews<Change>>({ step: "loading" }, nextListing);

  async function load(cursor: string | null): Promise<void> {
    const answer = await insist(doors.clock, closed.signal, () => office.changes(cursor));
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    stage.tell({ kind: cursor === null ? "arrived" : "arrived-more", page: answer.value });
  }

  void load(null);
  return {
    stage,
    more() {
      const listing = stage.tell({ kind: "asked-more" });
      if (listing.step === "shown" && listing.more.step === "asking")
        void load(listing.more.cursor);
    },
    again() {
      stage.tell({ kind: "asked" });
      void load(null);
    },
    close: () => closed.abort(),
  };
}
