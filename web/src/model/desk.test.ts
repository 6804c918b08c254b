// desk.test.ts — what an operator's pages work out by themselves.
import assert from "node:assert/strict";
import { test } from "node:test";

import { differencesOf } from "./difference.ts";
import { fieldOfMoment, momentOfField } from "./korean_time.ts";
import { nextLive, rateOf, soldCurve, type Live } from "./live.ts";
import type { Overview } from "./desk.ts";
import { parseRoute, pathOf } from "./route.ts";
import { documentOfSale, firstTerms, readSaleTerms } from "./sale_terms.ts";

const NOON_MS = Date.parse("2026-12-01T03:00:00.000Z"); // noon in Korea

test("a form's time is Korea's", () => {
  assert.equal(fieldOfMoment(NOON_MS), "2026-12-01T12:00");
  assert.equal(momentOfField("2026-12-01T12:00"), NOON_MS);
  assert.equal(momentOfField(""), null);
  assert.equal(momentOfField("2026-12-01"), null);
});

test("a form shows a moment as finely as it is, so that saving does not move it", () => {
  for (const atMs of [NOON_MS, NOON_MS + 30_000, NOON_MS + 30_123, NOON_MS + 7])
    assert.equal(momentOfField(fieldOfMoment(atMs)), atMs);
});

test("a change tells what it was and what it is, and is silent about the rest", () => {
  assert.deepEqual(differencesOf({ name: "A", city: "Seoul" }, { name: "B", city: "Seoul" }), [
    { field: "name", before: "A", after: "B" },
  ]);
  assert.deepEqual(differencesOf(null, { seatCount: 2 }), [
    { field: "seatCount", before: null, after: "2" },
  ]);
  assert.deepEqual(differencesOf({ name: "A" }, null), [
    { field: "name", before: "A", after: null },
  ]);
  const [many] = differencesOf(null, { seatIds: Array.from({ length: 1000 }, (_, at) => at) });
  assert.ok(many?.after?.startsWith("0, 1, 2, ") && many.after.length < 700);
  const sections = [
    { name: "A", price: 1000 },
    { name: "B", price: 2000 },
  ];
  const [hall] = differencesOf({ sections: [] }, { sections });
  assert.equal(hall?.after, "name A · price 1000\nname B · price 2000");
});

test("saving a sale keeps the terms that this page does not edit", () => {
  const document = {
    state: "OPEN",
    opensAt: "2026-12-01T03:00:00.000Z",
    closesAt: "2026-12-02T03:00:00.000Z",
    strategy: "v2",
    lock: "optimistic",
    holdSeconds: 120,
    maxPerFan: 2,
    waitingRoom: true,
    maxPerConcert: 6,
    presale: [
      {
        groupId: 3,
        opensAt: "2026-11-30T03:00:00.000Z",
        closesAt: "2026-12-01T03:00:00.000Z",
      },
    ],
    refundPolicy: { freeDays: 7, feePercent: 10, feePerSeat: 1000 },
    somethingNew: { of: "the API" },
  };
  const { state: _, ...sent } = document;
  assert.deepEqual(documentOfSale(readSaleTerms(document)), sent);
});

test("the first terms open before they close, however near the concert is", () => {
  for (const daysAhead of [0, 1, 30]) {
    const terms = firstTerms(NOON_MS + daysAhead * 86_400_000, NOON_MS);
    assert.ok(terms.opensAtMs > NOON_MS);
    assert.ok(terms.closesAtMs > terms.opensAtMs);
  }
});

function overview(answers: number, sold: number): Overview {
  const seats = { total: 100, available: 100 - sold, held: 0, sold, blocked: 0 };
  const sale = {
    optionId: 7,
    concertId: 1,
    title: "",
    titleKo: "",
    startsAtMs: 0,
    opensAtMs: 0,
    strategy: "v5",
    state: "OPEN" as const,
    seats,
  };
  return {
    version: "1",
    uptimeSeconds: 1,
    answers,
    memoryBytes: 0,
    cpuMs: 0,
    connections: 0,
    asksWaiting: 0,
    failedTurns: 0,
    meanCommitUs: 0,
    sales: [sale],
  };
}

test("rates are taken over ten seconds and start anew with the server", () => {
  let live: Live = { step: "loading" };
  for (let second = 0; second <= 20; second++)
    live = nextLive(live, {
      kind: "heard",
      overview: overview(second * 50, second * 2),
      atMs: second * 1000,
    });
  assert.equal(live.step, "shown");
  if (live.step !== "shown") return;
  assert.equal(
    rateOf(live.samples, (sample) => sample.answers),
    50,
  );
  assert.equal(soldCurve(live.samples, 7).at(-1), 2);
  const anew = nextLive(live, { kind: "heard", overview: overview(3, 40), atMs: 22_000 });
  assert.equal(anew.step === "shown" && anew.samples.length, 1);
  assert.equal(anew.step === "shown" && rateOf(anew.samples, (sample) => sample.answers), null);
});

test("a look that fails leaves the old numbers on show and says so", () => {
  const shown = nextLive({ step: "loading" }, { kind: "heard", overview: overview(1, 1), atMs: 0 });
  const missed = nextLive(shown, { kind: "missed", failure: { kind: "lost" } });
  assert.equal(missed.step === "shown" && missed.isStale, true);
});

test("every page of the operator has an address that leads back to it", () => {
  for (const path of [
    "/operator",
    "/operator/concerts",
    "/operator/concerts/new",
    "/operator/concerts/7",
    "/operator/dates/7",
    "/operator/artists",
    "/operator/agencies",
    "/operator/venues",
    "/operator/groups",
    "/operator/changes",
  ])
    assert.equal(pathOf(parseRoute(path, "")), path);
  assert.equal(parseRoute("/operator/fans", "").page, "nowhere");
  assert.equal(parseRoute("/operator/dates/new", "").page, "nowhere");
});
