// date_desk.ts — one date on the operator's desk: its hall as drawn, its sale, its numbers.
import type { Failure } from "./answer.ts";
import type { Concert, Option } from "./catalog.ts";
import type { Entry } from "./desk.ts";
import { EMPTY_LAYOUT, nextLayout, type LayoutDraft, type LayoutNews } from "./layout_draft.ts";
import type { SaleTerms } from "./sale_terms.ts";
import type { SeatMap } from "./seatmap.ts";

/* The picture of the draft: what it would be, or what is wrong with it. */
export type Preview =
  | { readonly step: "drawing"; readonly map: SeatMap | null }
  | { readonly step: "drawn"; readonly map: SeatMap }
  | { readonly step: "wrong"; readonly failure: Failure; readonly map: SeatMap | null };

export type DateDesk =
  | { readonly step: "loading" }
  | { readonly step: "failed"; readonly failure: Failure }
  | {
      readonly step: "open";
      readonly option: Option;
      readonly concert: Concert;
      readonly terms: SaleTerms | null;
      readonly tag: string; // of the date when the terms were read
      readonly groups: readonly Entry[]; // whom a presale may be for
      readonly draft: LayoutDraft;
      readonly preview: Preview;
    };

export interface DateFacts {
  readonly option: Option;
  readonly concert: Concert;
  readonly terms: SaleTerms | null;
  readonly tag: string;
  readonly groups: readonly Entry[];
}

export type DateNews =
  | { readonly kind: "asked" }
  | { readonly kind: "arrived"; readonly facts: DateFacts }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "layout"; readonly news: LayoutNews }
  | { readonly kind: "previewed"; readonly preview: Preview };

/* The draft is the operator's and outlives every look at the server. */
export function nextDate(desk: DateDesk, news: DateNews): DateDesk {
  switch (news.kind) {
    case "asked":
      return desk.step === "open" ? desk : { step: "loading" };
    case "failed":
      return desk.step === "open" ? desk : { step: "failed", failure: news.failure };
    case "arrived":
      if (desk.step === "open") return { ...desk, ...news.facts };
      return {
        step: "open",
        ...news.facts,
        draft: EMPTY_LAYOUT,
        preview: { step: "drawing", map: null },
      };
    case "layout":
      if (desk.step !== "open") return desk;
      return {
        ...desk,
        draft: nextLayout(desk.draft, news.news),
        preview: { step: "drawing", map: desk.preview.map },
      };
    case "previewed":
      return desk.step === "open" ? { ...desk, preview: news.preview } : desk;
  }
}
