// office.ts — the operator's door: what can be changed, in the words of the model.
//
// Promise   As the house: every call ends in exactly one Answer and never throws. What carries a key
//           or a tag may be sent twice and is done once.
// Adapters  office_http.ts, loaded with the operator's pages only.
import type { Admission, AdmissionSetting } from "../model/admission.ts";
import type { Allotment, RefundRun } from "../model/allotments.ts";
import type { Answer } from "../model/answer.ts";
import type { Concert, Option, Page } from "../model/catalog.ts";
import type {
  Change,
  ConcertFields,
  DateFields,
  Entry,
  EntryFields,
  EntryKind,
  Overview,
  SaleMove,
  Tagged,
} from "../model/desk.ts";
import type { LayoutBody } from "../model/layout_draft.ts";
import type { SaleTerms } from "../model/sale_terms.ts";
import type { SeatMap } from "../model/seatmap.ts";

export interface NewAllotment {
  readonly name: string;
  readonly groupId: number | null;
  readonly releasesAt: string | null;
  readonly seatIds: readonly number[];
}

export interface Office {
  entries(kind: EntryKind, search: string): Promise<Answer<Page<Entry>>>;
  entry(kind: EntryKind, id: number): Promise<Answer<Tagged<Entry>>>;
  createEntry(kind: EntryKind, fields: EntryFields, key: string): Promise<Answer<Entry>>;
  changeEntry(
    kind: EntryKind,
    id: number,
    fields: EntryFields,
    tag: string,
  ): Promise<Answer<Entry>>;
  removeEntry(kind: EntryKind, id: number): Promise<Answer<null>>;

  concert(id: number): Promise<Answer<Tagged<Concert>>>;
  createConcert(fields: ConcertFields, key: string): Promise<Answer<Concert>>;
  changeConcert(id: number, fields: ConcertFields, tag: string): Promise<Answer<Concert>>;
  removeConcert(id: number): Promise<Answer<null>>;

  addDate(concertId: number, fields: DateFields, key: string): Promise<Answer<Option>>;
  changeDate(id: number, fields: DateFields): Promise<Answer<Option>>;
  removeDate(id: number): Promise<Answer<null>>;

  drawLayout(optionId: number, layout: LayoutBody): Promise<Answer<SeatMap>>;
  putLayout(optionId: number, layout: LayoutBody): Promise<Answer<null>>;
  saleTerms(optionId: number): Promise<Answer<Tagged<SaleTerms | null>>>;
  putSale(optionId: number, terms: SaleTerms, tag: string): Promise<Answer<null>>;
  moveSale(optionId: number, move: SaleMove): Promise<Answer<null>>;

  makeCodes(groupId: number, count: number): Promise<Answer<readonly string[]>>;
  blockSeats(
    optionId: number,
    seatIds: readonly number[],
    isBlocked: boolean,
  ): Promise<Answer<null>>;
  allotments(optionId: number): Promise<Answer<readonly Allotment[]>>;
  allot(optionId: number, allotment: NewAllotment, key: string): Promise<Answer<null>>;
  release(optionId: number, allotmentId: number): Promise<Answer<null>>;
  refundRuns(optionId: number): Promise<Answer<readonly RefundRun[]>>;
  refundDate(optionId: number, reason: string, key: string): Promise<Answer<RefundRun>>;
  concertRefunds(concertId: number): Promise<Answer<readonly RefundRun[]>>;
  refundConcert(concertId: number, reason: string, key: string): Promise<Answer<RefundRun>>;

  admission(optionId: number): Promise<Answer<Admission>>;
  putAdmission(optionId: number, setting: AdmissionSetting): Promise<Answer<Admission>>;

  overview(): Promise<Answer<Overview>>;
  /* The same as it changes; the answer's value ends it. */
  listen(
    onOverview: (overview: Overview) => void,
    onEnd: (retryMs: number | null) => void,
  ): Promise<Answer<() => void>>;
  changes(cursor: string | null): Promise<Answer<Page<Change>>>;
}
