// listing.ts — a list that arrives page by page: concerts, or a fan's reservations.
//
//   loading ──arrived──▶ shown ──more──▶ shown, asking ──arrived──▶ shown
//      └────failed────▶ failed                └─────failed─────▶ shown, with the failure
import type { Failure } from "./answer.ts";
import type { Page } from "./catalog.ts";

export type More =
  | { readonly step: "end" }
  | { readonly step: "rest"; readonly cursor: string }
  | { readonly step: "asking"; readonly cursor: string }
  | { readonly step: "failed"; readonly cursor: string; readonly failure: Failure };

export type Listing<Item> =
  | { readonly step: "loading" }
  | { readonly step: "failed"; readonly failure: Failure }
  | { readonly step: "shown"; readonly items: readonly Item[]; readonly more: More };

export type ListingNews<Item> =
  | { readonly kind: "asked" }
  | { readonly kind: "asked-more" }
  | { readonly kind: "arrived"; readonly page: Page<Item> }
  | { readonly kind: "arrived-more"; readonly page: Page<Item> }
  | { readonly kind: "failed"; readonly failure: Failure };

function moreAfter(cursor: string | null): More {
  return cursor === null ? { step: "end" } : { step: "rest", cursor };
}

export function nextListing<Item>(listing: Listing<Item>, news: ListingNews<Item>): Listing<Item> {
  switch (news.kind) {
    case "asked":
      return { step: "loading" };
    case "asked-more":
      if (listing.step !== "shown" || listing.more.step === "end") return listing;
      return { ...listing, more: { step: "asking", cursor: listing.more.cursor } };
    case "arrived":
      return { step: "shown", items: news.page.items, more: moreAfter(news.page.nextCursor) };
    case "arrived-more":
      if (listing.step !== "shown") return listing;
      return {
        step: "shown",
        items: [...listing.items, ...news.page.items],
        more: moreAfter(news.page.nextCursor),
      };
    case "failed":
      if (listing.step !== "shown" || listing.more.step === "end")
        return { step: "failed", failure: news.failure };
      return {
        ...listing,
        more: { step: "failed", cursor: listing.more.cursor, failure: news.failure },
      };
  }
}
