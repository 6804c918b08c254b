// date.ts — one date on the operator's desk: draws its hall, sets up its sale, steers it.
import { DRAW_REST_MS, LIVE_POLL_MS } from "../../limits.ts";
import type { Office } from "../../api/office.ts";
import type { SaleMove } from "../../model/desk.ts";
import { nextDate, type DateDesk, type DateNews } from "../../model/date_desk.ts";
import { bodyOfLayout, type LayoutNews } from "../../model/layout_draft.ts";
import type { SaleTerms } from "../../model/sale_terms.ts";
import type { Doors, Flow } from "../doors.ts";
import { insist } from "../insist.ts";
import { createStage, type Stage } from "../stage.ts";
import { createDeeds, type Deeds } from "./deeds.ts";

export interface DateDeskFlow extends Flow {
  readonly stage: Stage<DateDesk, DateNews>;
  readonly layoutDeeds: Deeds;
  readonly saleDeeds: Deeds;
  layout(news: LayoutNews): void;
  putLayout(): void;
  putSale(terms: SaleTerms): void;
  move(move: SaleMove): void;
  again(): void;
}

export function openDateDesk(doors: Doors, office: Office, optionId: number): DateDeskFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<DateDesk, DateNews>({ step: "loading" }, nextDate);
  const layoutDeeds = createDeeds(doors, closed.signal);
  const saleDeeds = createDeeds(doors, closed.signal);
  let endRest = () => {};
  let endPoll = () => {};

  async function load(): Promise<void> {
    const [option, terms, groups] = await Promise.all([
      insist(clock, closed.signal, () => house.option(optionId)),
      insist(clock, closed.signal, () => office.saleTerms(optionId)),
      insist(clock, closed.signal, () => office.entries("groups", "")),
    ]);
    if (option === null || terms === null || groups === null) return;
    if (option.kind !== "ok") return void stage.tell({ kind: "failed", failure: option });
    if (terms.kind !== "ok") return void stage.tell({ kind: "failed", failure: terms });
    if (groups.kind !== "ok") return void stage.tell({ kind: "failed", failure: groups });
    const { concertId } = option.value;
    const concert = await insist(clock, closed.signal, () => house.concert(concertId));
    if (concert === null) return;
    if (concert.kind !== "ok") return void stage.tell({ kind: "failed", failure: concert });
    const facts = {
      option: option.value,
      concert: concert.value,
      terms: terms.value.value,
      tag: terms.value.tag,
      groups: groups.value.items,
    };
    const isFirst = stage.state().step !== "open";
    stage.tell({ kind: "arrived", facts });
    if (isFirst) void draw();
  }

  /* Every change is drawn by the server, so that the preview cannot differ from the hall. */
  async function draw(): Promise<void> {
    const desk = stage.state();
    if (desk.step !== "open") return;
    const { draft } = desk;
    const answer = await insist(clock, closed.signal, () =>
      office.drawLayout(optionId, bodyOfLayout(draft)),
    );
    const now = stage.state();
    if (answer === null || now.step !== "open" || now.draft !== draft) return; // drawn on meanwhile
    const { map } = now.preview;
    stage.tell({
      kind: "previewed",
      preview:
        answer.kind === "ok"
          ? { step: "drawn", map: answer.value }
          : { step: "wrong", failure: answer, map },
    });
  }

  function poll(): void {
    endPoll = clock.later(LIVE_POLL_MS * 2, () => {
      if (clock.watched()) void load();
      poll();
    });
  }

  void load();
  poll();
  return {
    stage,
    layoutDeeds,
    saleDeeds,
    layout(news) {
      layoutDeeds.rest();
      stage.tell({ kind: "layout", news });
      endRest();
      endRest = clock.later(DRAW_REST_MS, () => void draw());
    },
    putLayout() {
      const desk = stage.state();
      if (desk.step !== "open") return;
      const body = bodyOfLayout(desk.draft);
      layoutDeeds.repeat(
        () => office.putLayout(optionId, body),
        () => void load(),
      );
    },
    putSale(terms) {
      const desk = stage.state();
      if (desk.step !== "open") return;
      const { tag } = desk;
      saleDeeds.repeat(
        () => office.putSale(optionId, terms, tag),
        () => void load(),
      );
    },
    move: (move) =>
      saleDeeds.repeat(
        () => office.moveSale(optionId, move),
        () => void load(),
      ),
    again() {
      stage.tell({ kind: "asked" });
      void load();
    },
    close() {
      endRest();
      endPoll();
      closed.abort();
    },
  };
}
