// paint_names.ts — writes the names of sections where there is room for them.
import { toScreen } from "../../model/camera.ts";
import { overlaps, type Box, type MapSection } from "../../model/seatmap.ts";
import type { Scene } from "./scene.ts";

type Pen = CanvasRenderingContext2D;

export const FONT =
  '"Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", system-ui, sans-serif';

const widths = new Map<string, number>();

/* How wide a name is at ten pixels. Whole sizes and known widths spare the browser new glyphs. */
function widthOf(pen: Pen, name: string): number {
  const known = widths.get(name);
  if (known !== undefined) return known;
  pen.font = `700 10px ${FONT}`;
  const { width } = pen.measureText(name);
  widths.set(name, width);
  return width;
}

/* The size at which the widest line just fits. */
function nameSize(pen: Pen, lines: readonly string[], room: number): number {
  const widest = Math.max(16, ...lines.map((line) => widthOf(pen, line)));
  return Math.floor(Math.min(15, (10 * room * 0.84) / widest));
}

/*
 * Names stay inside their section (taken as a square of its seats) and off each other: one that
 * would cover an earlier one is left out, to appear when the fan comes nearer.
 */
export function paintNames(
  pen: Pen,
  scene: Scene,
  sections: readonly MapSection[],
  hasHalo: boolean,
): void {
  const written: Box[] = [];
  pen.fillStyle = scene.palette.ink;
  pen.strokeStyle = scene.palette.paper;
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  for (const section of sections) {
    const room = Math.sqrt(section.seatCount) * scene.camera.scale;
    const name = scene.nameOf(section);
    const whole = nameSize(pen, [name], room);
    const words = whole < 11 ? name.split(" ") : [name];
    const size = words.length === 2 ? nameSize(pen, words, room) : whole;
    if (size < 7) continue;
    const [x, y] = toScreen(scene.camera, section.labelX, section.labelY);
    const free = scene.freeText(scene.free.get(section) ?? 0);
    const lines = room > 84 ? [name, free] : words.length === 2 ? words : [name];
    const [halfWidth, halfHeight] = [room * 0.42, size * 0.6 * lines.length];
    const [left, right, top, bottom] = [
      x - halfWidth,
      x + halfWidth,
      y - halfHeight,
      y + halfHeight,
    ];
    const box = { left, right, top, bottom };
    if (written.some((other) => overlaps(box, other))) continue;
    written.push(box);
    lines.forEach((line, place) => {
      const isFree = line === free;
      pen.font = isFree ? `500 ${Math.min(size, 12)}px ${FONT}` : `700 ${size}px ${FONT}`;
      const lineY = y + (place - (lines.length - 1) / 2) * size * 1.25;
      if (hasHalo) pen.strokeText(line, x, lineY);
      pen.fillText(line, x, lineY);
    });
  }
}
