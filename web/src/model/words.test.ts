// words.test.ts — addresses, countdowns, lists and problems: small rules with sharp edges.
import assert from "node:assert/strict";
import { test } from "node:test";

import { reasonOf } from "./answer.ts";
import { clockText, leftUntil, spokenSeconds } from "./countdown.ts";
import { gradesOf, isOnSale, isPresale, type Sale, type Section } from "./catalog.ts";
import { nextListing, type Listing } from "./listing.ts";
import { fieldOf } from "./login.ts";
import { readProblem } from "./read_booking.ts";
import { parseRoute, pathOf, safeNext, type Route } from "./route.ts";

test("every address leads to its page and back", () => {
  const routes: Route[] = [
    { page: "concerts", search: "" },
    { page: "concerts", search: "아이유 & co" },
    { page: "dates", concertId: 12 },
    { page: "hall", optionId: 5 },
    { page: "reservations" },
    { page: "checkout", reservationId: 9 },
    { page: "login", next: "/options/5" },
    { page: "signup", next: "/" },
  ];
  for (const route of routes) {
    const [path = "", query = ""] = pathOf(route).split("?");
    assert.deepEqual(parseRoute(path, query), route);
  }
});

test("an address that is not ours is nowhere", () => {
  for (const path of [
    "/concerts/0",
    "/options/1e3",
    "/options/99999999999999999",
    "/x",
    "/concerts/1/2",
  ])
    assert.equal(parseRoute(path, "").page, "nowhere");
});

test("after logging in nobody is sent to another site", () => {
  assert.equal(safeNext("//evil.example"), "/");
  assert.equal(safeNext("/\\evil.example"), "/");
  assert.equal(safeNext("https://evil.example"), "/");
  assert.equal(safeNext("/reservations"), "/reservations");
});

test("a countdown shows zero only when nothing is left", () => {
  assert.equal(clockText(leftUntil(61_000, 0)), "01:01");
  assert.equal(clockText(leftUntil(1, 0)), "00:01");
  assert.equal(clockText(leftUntil(5, 5)), "00:00");
  assert.equal(clockText(leftUntil(90_061_000, 0)), "01:01:01");
  assert.equal(leftUntil(90_061_000, 0).days, 1);
});

test("a screen reader hears of the time at a few moments only", () => {
  const spoken = [700, 500, 300, 299, 61, 60, 10, 1, 0].map((s) => spokenSeconds(s * 1000, 0));
  assert.deepEqual(spoken, [null, 600, 300, 300, 120, 60, 10, 10, 0]);
});

test("grades are summed over sections, dearest first", () => {
  const section = (id: number, grade: string, price: number, seatsLeft: number): Section => ({
    id,
    name: `${id}`,
    nameKo: `${id}`,
    grade,
    price,
    seatCount: 10,
    seatsLeft,
  });
  const grades = gradesOf([
    section(1, "S", 90, 4),
    section(2, "VIP", 150, 1),
    section(3, "S", 80, 2),
  ]);
  assert.deepEqual(
    grades.map((one) => [one.grade, one.priceFrom, one.seatsLeft]),
    [
      ["VIP", 150, 1],
      ["S", 80, 6],
    ],
  );
});

test("a list grows page by page, and a failed page keeps what is there", () => {
  let list: Listing<number> = { step: "loading" };
  list = nextListing(list, { kind: "arrived", page: { items: [1, 2], nextCursor: "c" } });
  list = nextListing(list, { kind: "asked-more" });
  list = nextListing(list, { kind: "failed", failure: { kind: "lost" } });
  assert.deepEqual(list, {
    step: "shown",
    items: [1, 2],
    more: { step: "failed", cursor: "c", failure: { kind: "lost" } },
  });
  list = nextListing(nextListing(list, { kind: "asked-more" }), {
    kind: "arrived-more",
    page: { items: [3], nextCursor: null },
  });
  assert.deepEqual(list, { step: "shown", items: [1, 2, 3], more: { step: "end" } });
});

test("a problem is understood even when it is not JSON", () => {
  assert.equal(readProblem(null, 502).code, "HTTP_502");
  assert.equal(readProblem([], 400).status, 400);
  const problem = readProblem({ code: "VALIDATION_FAILED", field: "nickname" }, 422);
  assert.equal(fieldOf({ kind: "refused", problem }), "nickname");
});

test("a refusal is explained by its reason, where one code has several", () => {
  const reason = (json: object) => reasonOf({ kind: "refused", problem: readProblem(json, 409) });
  assert.equal(reason({ code: "SEAT_TAKEN", seatIds: [7] }), "SEAT_TAKEN");
  assert.equal(reason({ code: "SEAT_TAKEN", seatIds: [] }), "NOT_BESIDE_EACH_OTHER");
  assert.equal(reason({ code: "SALE_NOT_OPEN", saleState: "SCHEDULED" }), "SALE_NOT_OPEN");
  assert.equal(reason({ code: "SALE_NOT_OPEN", saleState: "PAUSED" }), "SALE_PAUSED");
  assert.equal(reason({ code: "SALE_NOT_OPEN", saleState: "CLOSED" }), "SALE_CLOSED");
});

test("a presale is one while a round runs, and over when everybody may buy", () => {
  const sale: Sale = {
    state: "SCHEDULED",
    opensAtMs: 300,
    closesAtMs: null,
    holdSeconds: 300,
    maxPerFan: 2,
    waitingRoom: false,
    presale: [{ groupId: 1, opensAtMs: 100, closesAtMs: 200 }],
  };
  const open: Sale = { ...sale, state: "OPEN" };
  const seen = [99, 100, 199, 200].map((nowMs) => isPresale(sale, nowMs));
  assert.deepEqual(seen, [false, true, true, false]);
  assert.deepEqual(
    [isPresale(open, 150), isOnSale(open, 150), isOnSale(sale, 250)],
    [false, true, false],
  );
  assert.equal(isOnSale(null, 150), false);
});
