// live.ts — the running sales as an operator watches them: numbers now, and how fast they change.
import type { Failure } from "./answer.ts";
import type { LiveSale, Overview } from "./desk.ts";

/* A rate is taken over this long: shorter jumps about, longer hides the rush. */
const RATE_MS = 10_000;
const SAMPLES_MAX = 120;

export interface Sample {
  readonly atMs: number;
  readonly answers: number;
  readonly cpuMs: number;
  readonly sold: ReadonlyMap<number, number>; // seats sold, by option
}

export type Live =
  | { readonly step: "loading" }
  | { readonly step: "failed"; readonly failure: Failure }
  | {
      readonly step: "shown";
      readonly overview: Overview;
      readonly samples: readonly Sample[];
      readonly isStale: boolean; // the last look failed
    };

export type LiveNews =
  | { readonly kind: "asked" }
  | { readonly kind: "heard"; readonly overview: Overview; readonly atMs: number }
  | { readonly kind: "missed"; readonly failure: Failure };

function sampleOf(overview: Overview, atMs: number): Sample {
  const sold = overview.sales.map((sale) => [sale.optionId, sale.seats?.sold ?? 0] as const);
  return { atMs, answers: overview.answers, cpuMs: overview.cpuMs, sold: new Map(sold) };
}

/* Counters that fell are those of a server that was started anew: what was before does not count. */
function goesOn(before: Sample | undefined, sample: Sample): boolean {
  return before === undefined || (sample.answers >= before.answers && sample.atMs >= before.atMs);
}

export function nextLive(live: Live, news: LiveNews): Live {
  switch (news.kind) {
    case "asked":
      return live.step === "shown" ? live : { step: "loading" };
    case "missed":
      return live.step === "shown"
        ? { ...live, isStale: true }
        : { step: "failed", failure: news.failure };
    case "heard": {
      const sample = sampleOf(news.overview, news.atMs);
      const before = live.step === "shown" ? live.samples : [];
      const samples = goesOn(before.at(-1), sample) ? [...before, sample] : [sample];
      return {
        step: "shown",
        overview: news.overview,
        samples: samples.slice(-SAMPLES_MAX),
        isStale: false,
      };
    }
  }
}

/* A second, over the last ten of them; null until two samples are there. */
export function rateOf(
  samples: readonly Sample[],
  read: (sample: Sample) => number,
): number | null {
  const last = samples.at(-1);
  const first = samples.find((one) => last !== undefined && last.atMs - one.atMs <= RATE_MS);
  if (last === undefined || first === undefined || last.atMs === first.atMs) return null;
  return Math.max(0, ((read(last) - read(first)) * 1000) / (last.atMs - first.atMs));
}

/* Seats sold a second at each sample, for the little curve. */
export function soldCurve(samples: readonly Sample[], optionId: number): number[] {
  return samples.slice(1).map((sample, place) => {
    const before = samples[place] ?? sample;
    const seconds = Math.max(0.001, (sample.atMs - before.atMs) / 1000);
    const sold = (sample.sold.get(optionId) ?? 0) - (before.sold.get(optionId) ?? 0);
    return Math.max(0, sold / seconds);
  });
}

export function soldShare(sale: LiveSale): number {
  if (sale.seats === null) return 0;
  const sellable = sale.seats.total - sale.seats.blocked;
  return sellable > 0 ? sale.seats.sold / sellable : 0;
}
