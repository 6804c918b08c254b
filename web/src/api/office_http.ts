// office_http.ts — the operator's door over HTTP; every call is made in the operator's name.
import { ENTRIES_MAX, PAGE_ITEMS } from "../limits.ts";
import { readAdmission } from "../model/admission.ts";
import type { Tagged } from "../model/desk.ts";
import { documentOfSale, readSaleTerms } from "../model/sale_terms.ts";
import { readConcert, readOption, readPage, readSeatMap } from "../model/read_catalog.ts";
import { readChange, readEntry, readOverview } from "../model/read_desk.ts";
import type { LayoutBody } from "../model/layout_draft.ts";
import { readAllotments, readRun, readRuns } from "../model/allotments.ts";
import { list, record } from "../model/read.ts";
import type { DateFields } from "../model/desk.ts";
import { post, type AsFan, type WithToken } from "./as_fan.ts";
import { openStream } from "./event_stream.ts";
import type { Call, Read } from "./http.ts";
import type { Office } from "./office.ts";

function change(method: "PUT" | "PATCH", path: string, body: unknown, tag?: string): Call {
  return { method, path, body, ...(tag === undefined ? {} : { tag }) };
}

function tagged<Value>(read: (json: unknown) => Value): Read<Tagged<Value>> {
  return (json, tag) => ({ value: read(json), tag });
}

function layoutCall(path: string, layout: LayoutBody): Call {
  return "csv" in layout
    ? { method: "PUT", path, csv: layout.csv }
    : { method: "PUT", path, body: layout.json };
}

function dateBody({ startsAtMs, venueId }: DateFields) {
  return { startsAt: new Date(startsAtMs).toISOString(), venueId };
}

const nothing = () => null;

function readTermsOfOption(json: unknown) {
  const sale = record(json)["sale"];
  return sale === null || sale === undefined ? null : readSaleTerms(sale);
}

export function createHttpOffice(asFan: AsFan, withToken: WithToken): Office {
  const get = <Value>(path: string, read: Read<Value>) => asFan({ method: "GET", path }, read);
  const remove = (path: string) => asFan({ method: "DELETE", path }, nothing);

  return {
    entries: (kind, search) =>
      get(
        `/api/${kind}?limit=${ENTRIES_MAX}${search === "" ? "" : `&q=${encodeURIComponent(search)}`}`,
        (json) => readPage(json, readEntry),
      ),
    entry: (kind, id) => get(`/api/${kind}/${id}`, tagged(readEntry)),
    createEntry: (kind, fields, key) => asFan({ ...post(`/api/${kind}`, fields), key }, readEntry),
    changeEntry: (kind, id, fields, tag) =>
      asFan(change("PATCH", `/api/${kind}/${id}`, fields, tag), readEntry),
    removeEntry: (kind, id) => remove(`/api/${kind}/${id}`),

    concert: (id) => get(`/api/concerts/${id}`, tagged(readConcert)),
    createConcert: (fields, key) => asFan({ ...post("/api/concerts", fields), key }, readConcert),
    changeConcert: (id, fields, tag) =>
      asFan(change("PATCH", `/api/concerts/${id}`, fields, tag), readConcert),
    removeConcert: (id) => remove(`/api/concerts/${id}`),

    addDate: (concertId, fields, key) =>
      asFan({ ...post(`/api/concerts/${concertId}/options`, dateBody(fields)), key }, readOption),
    changeDate: (id, fields) =>
      asFan(change("PATCH", `/api/options/${id}`, dateBody(fields)), readOption),
    removeDate: (id) => remove(`/api/options/${id}`),

    drawLayout: (id, layout) =>
      asFan(layoutCall(`/api/options/${id}/layout?dryRun=true`, layout), readSeatMap),
    putLayout: (id, layout) => asFan(layoutCall(`/api/options/${id}/layout`, layout), nothing),
    saleTerms: (id) => get(`/api/options/${id}`, tagged(readTermsOfOption)),
    putSale: (id, terms, tag) =>
      asFan(change("PUT", `/api/options/${id}/sale`, documentOfSale(terms), tag), nothing),
    moveSale: (id, move) => asFan(post(`/api/options/${id}/sale/${move}`, undefined), nothing),

    makeCodes: (id, count) =>
      asFan(post(`/api/groups/${id}/codes`, { count }), (json) =>
        list(record(json)["codes"], String),
      ),
    blockSeats: (id, seatIds, isBlocked) =>
      asFan(
        post(`/api/options/${id}/seats/${isBlocked ? "block" : "unblock"}`, { seatIds }),
        nothing,
      ),
    allotments: (id) => get(`/api/options/${id}/allotments`, readAllotments),
    allot: (id, allotment, key) =>
      asFan({ ...post(`/api/options/${id}/allotments`, allotment), key }, nothing),
    release: (id, allotmentId) => remove(`/api/options/${id}/allotments/${allotmentId}`),
    refundRuns: (id) => get(`/api/options/${id}/refunds`, readRuns),
    refundDate: (id, reason, key) =>
      asFan({ ...post(`/api/options/${id}/refunds`, { reason }), key }, readRun),
    concertRefunds: (id) => get(`/api/concerts/${id}/refunds`, readRuns),
    refundConcert: (id, reason, key) =>
      asFan({ ...post(`/api/concerts/${id}/refunds`, { reason }), key }, readRun),

    admission: (id) => get(`/api/options/${id}/admission`, readAdmission),
    putAdmission: (id, setting) =>
      asFan(change("PUT", `/api/options/${id}/admission`, setting), readAdmission),

    overview: () => get("/api/admin/overview", readOverview),
    listen: (onOverview, onEnd) =>
      withToken((token) =>
        openStream("/api/admin/events", token, null, {
          onEvent({ event, data }) {
            if (event === "overview") onOverview(readOverview(JSON.parse(data)));
          },
          onEnd,
        }),
      ),
    changes: (cursor) =>
      get(
        `/api/admin/changes?limit=${PAGE_ITEMS}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        (json) => readPage(json, readChange),
      ),
  };
}
