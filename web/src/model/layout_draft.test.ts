// layout_draft.test.ts — a hall drawn by hand, and what is sent for it.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bodyOfLayout,
  draftOfFile,
  EMPTY_LAYOUT,
  nextLayout,
  sectionName,
} from "./layout_draft.ts";
import type { LayoutDraft, LayoutNews } from "./layout_draft.ts";
import { readSeatMap } from "./read_catalog.ts";

const told = (draft: LayoutDraft, ...news: LayoutNews[]) => news.reduce(nextLayout, draft);

function sectionsOf(draft: LayoutDraft) {
  if (draft.kind !== "drawn") throw new Error("not drawn");
  return draft.sections;
}

/* Two sections of one row each, as the server would draw them: the stage ends at y = 20. */
const map = readSeatMap({
  version: 0,
  optionId: 1,
  firstSeatId: 1,
  seatCount: 8,
  stage: { x: 10, y: 10, width: 20, height: 10 },
  sections: [0, 1].map((place) => ({
    id: 0,
    name: sectionName(place),
    grade: "R",
    price: 1,
    labelX: 0,
    labelY: 0,
    rows: [
      { row: "1", firstSeatId: 1 + 4 * place, seats: 4, x: 10 + 10 * place, y: 24, dx: 1, dy: 0 },
    ],
  })),
});

test("sections are named as letters go on", () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(sectionName), [
    "A",
    "Z",
    "AA",
    "AZ",
    "BA",
    "ZZ",
    "AAA",
  ]);
});

test("a drawn hall is sent as rows of a count, without places until one was moved", () => {
  const draft = told(EMPTY_LAYOUT, { kind: "added" });
  const { json } = bodyOfLayout(draft) as { json: { sections: Record<string, unknown>[] } };
  assert.equal(json.sections.length, 2);
  assert.equal(json.sections[1]?.["name"], "B");
  assert.equal((json.sections[0]?.["rows"] as unknown[]).length, 10);
  assert.equal("x" in (json.sections[0] ?? {}), false);
});

test("moving one section gives all of them the place they were drawn at", () => {
  const draft = told(
    EMPTY_LAYOUT,
    { kind: "added" },
    { kind: "moved", place: 1, by: { x: 3, y: -1 }, map },
  );
  assert.deepEqual(
    sectionsOf(draft).map((section) => section.spot),
    [
      { x: -8, y: 4 },
      { x: 5, y: 3 },
    ],
  );
  assert.deepEqual(
    sectionsOf(told(draft, { kind: "lined-up" })).map((section) => section.spot),
    [null, null],
  );
});

test("a picture of an older draft moves nothing", () => {
  const news: LayoutNews = { kind: "moved", place: 0, by: { x: 1, y: 1 }, map };
  assert.deepEqual(told(EMPTY_LAYOUT, news), EMPTY_LAYOUT);
});

test("a file is a document, a table, or neither", () => {
  assert.deepEqual(draftOfFile('\uFEFF{"sections":[]}'), {
    kind: "json",
    document: { sections: [] },
  });
  assert.deepEqual(draftOfFile("section,row\nA,1\n"), { kind: "csv", text: "section,row\nA,1" });
  assert.equal(draftOfFile('{"sections":'), null);
  assert.equal(draftOfFile("  "), null);
});

test("an imported hall is not changed by the drawing board", () => {
  const imported: LayoutDraft = { kind: "csv", text: "section,row" };
  assert.equal(told(imported, { kind: "added" }), imported);
  assert.deepEqual(told(imported, { kind: "drawn" }), EMPTY_LAYOUT);
});
