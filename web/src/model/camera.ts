// camera.ts — which part of the hall is looked at, and how near. Pure: same gesture, same picture.
import type { Box } from "./seatmap.ts";

export interface Camera {
  readonly scale: number; // screen pixels per seat pitch
  readonly offsetX: number; // screen pixel of the hall's x = 0
  readonly offsetY: number;
}

export interface Pane {
  readonly width: number; // screen pixels
  readonly height: number;
}

export const SCALE_MAX = 44; // a seat as large as a finger
const FIT_AIR = 0.95; // the share of the pane that a fitted box fills

export function fit(box: Box, pane: Pane): Camera {
  const width = Math.max(1, box.right - box.left);
  const height = Math.max(1, box.bottom - box.top);
  const scale = Math.min(SCALE_MAX, FIT_AIR * Math.min(pane.width / width, pane.height / height));
  return {
    scale,
    offsetX: pane.width / 2 - ((box.left + box.right) / 2) * scale,
    offsetY: pane.height / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

/* Zoom so that the hall's point under (x, y) stays under it. */
export function zoomAt(camera: Camera, x: number, y: number, scale: number): Camera {
  const share = scale / camera.scale;
  return {
    scale,
    offsetX: x - (x - camera.offsetX) * share,
    offsetY: y - (y - camera.offsetY) * share,
  };
}

export function pan(camera: Camera, byX: number, byY: number): Camera {
  return { ...camera, offsetX: camera.offsetX + byX, offsetY: camera.offsetY + byY };
}

export function centreOn(x: number, y: number, scale: number, pane: Pane): Camera {
  return { scale, offsetX: pane.width / 2 - x * scale, offsetY: pane.height / 2 - y * scale };
}

export function toHall(camera: Camera, x: number, y: number): [number, number] {
  return [(x - camera.offsetX) / camera.scale, (y - camera.offsetY) / camera.scale];
}

export function toScreen(camera: Camera, x: number, y: number): [number, number] {
  return [x * camera.scale + camera.offsetX, y * camera.scale + camera.offsetY];
}

export function sight(camera: Camera, pane: Pane): Box {
  const [left, top] = toHall(camera, 0, 0);
  const [right, bottom] = toHall(camera, pane.width, pane.height);
  return { left, top, right, bottom };
}

function clampOne(offset: number, low: number, high: number, size: number, scale: number): number {
  const length = (high - low) * scale;
  const centred = size / 2 - ((low + high) / 2) * scale;
  if (length <= size * FIT_AIR) return centred;
  const air = size * 0.25; // how far past the hall's edge a pan may go
  return Math.min(air - low * scale, Math.max(size - air - high * scale, offset));
}

/* Neither nearer than a finger, nor farther than the whole hall, nor out of sight of it. */
export function clamp(camera: Camera, box: Box, pane: Pane): Camera {
  const scaleMin = fit(box, pane).scale;
  const scale = Math.min(SCALE_MAX, Math.max(scaleMin, camera.scale));
  const kept = zoomAt(camera, pane.width / 2, pane.height / 2, scale);
  return {
    scale,
    offsetX: clampOne(kept.offsetX, box.left, box.right, pane.width, scale),
    offsetY: clampOne(kept.offsetY, box.top, box.bottom, pane.height, scale),
  };
}

/* How a section is drawn: as a shape, as a picture of its seats, or seat by seat. */
export type Detail = "shapes" | "dots" | "seats";

export function detailOf(scale: number): Detail {
  if (scale < 3.2) return "shapes";
  return scale < 13 ? "dots" : "seats";
}
