// loaded.ts — one thing that is fetched and then shown, until it is fetched again.
import type { Failure } from "./answer.ts";

export type Loaded<Value> =
  | { readonly step: "loading" }
  | { readonly step: "failed"; readonly failure: Failure }
  | { readonly step: "shown"; readonly value: Value };

export type LoadedNews<Value> =
  | { readonly kind: "asked" }
  | { readonly kind: "arrived"; readonly value: Value }
  | { readonly kind: "failed"; readonly failure: Failure };

/* What is on show stays on show while it is asked for again, and when that fails. */
export function nextLoaded<Value>(loaded: Loaded<Value>, news: LoadedNews<Value>): Loaded<Value> {
  switch (news.kind) {
    case "asked":
      return loaded.step === "shown" ? loaded : { step: "loading" };
    case "arrived":
      return { step: "shown", value: news.value };
    case "failed":
      return loaded.step === "shown" ? loaded : { step: "failed", failure: news.failure };
  }
}
