// camera.test.ts — zooming and moving the map.
import assert from "node:assert/strict";
import { test } from "node:test";

import { clamp, detailOf, fit, pan, SCALE_MAX, toHall, toScreen, zoomAt } from "./camera.ts";

const box = { left: 0, top: 0, right: 100, bottom: 50 };
const pane = { width: 400, height: 300 };

test("a fitted hall is in the middle and wholly in sight", () => {
  const camera = fit(box, pane);
  assert.deepEqual(toScreen(camera, 50, 25), [200, 150]);
  const [left, top] = toScreen(camera, 0, 0);
  assert.ok(left >= 0 && top >= 0);
});

test("what is under the finger stays under it while zooming", () => {
  const before = fit(box, pane);
  const [x, y] = toHall(before, 37, 211);
  const [screenX, screenY] = toScreen(zoomAt(before, 37, 211, 20), x, y);
  assert.ok(Math.abs(screenX - 37) < 1e-9 && Math.abs(screenY - 211) < 1e-9);
});

test("the hall can neither be lost from sight nor be zoomed beyond sense", () => {
  const far = clamp(pan(zoomAt(fit(box, pane), 0, 0, 0.01), 1e6, 1e6), box, pane);
  assert.deepEqual(far, fit(box, pane));
  const near = clamp(pan(zoomAt(fit(box, pane), 0, 0, 1e6), -1e9, 1e9), box, pane);
  assert.equal(near.scale, SCALE_MAX);
  const [x, y] = toHall(near, pane.width / 2, pane.height / 2);
  assert.ok(x > 0 && x < 110 && y > -10 && y < 50);
});

test("the nearer, the finer", () => {
  assert.deepEqual([1, 5, 20].map(detailOf), ["shapes", "dots", "seats"]);
});
