// deed.ts — one thing an operator has asked to be done, as the form that asked shows it.
import type { Failure } from "./answer.ts";
import type { Insisting } from "./patience.ts";

export type Deed =
  | { readonly step: "rest" }
  | { readonly step: "asking"; readonly insisting: Insisting }
  | { readonly step: "refused"; readonly failure: Failure }
  | { readonly step: "done" };

export type DeedNews = Deed;

/* Whatever was said last counts; a deed under way is not forgotten by somebody else's rest. */
export function nextDeed(deed: Deed, news: DeedNews): Deed {
  return deed.step === "asking" && news.step === "rest" ? deed : news;
}
