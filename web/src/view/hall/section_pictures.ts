// section_pictures.ts — a picture of every section in sight, so that moving the map stamps a few
// dozen pictures instead of fifty thousand seats.
//
// A picture is true for one scale and one set of states. An older one is still shown, stretched,
// while the map moves or until its turn comes: each frame draws new ones only as long as its time
// allows. Together they never take more than PIXELS_MAX; those out of sight go first.
import type { MapSection } from "../../model/seatmap.ts";
import { AVAILABLE, HELD, SOLD } from "../../model/states.ts";
import type { Palette } from "./palette.ts";

const PIXELS_MAX = 16_000_000; // 64 MB of four-byte pixels
const PICTURE_PIXELS_MAX = 4_000_000; // one section; a larger one is drawn coarser
const FRAME_MS = 6; // of the sixteen that a frame has

interface Picture {
  readonly canvas: HTMLCanvasElement;
  scale: number; // device pixels per seat pitch
  isDirty: boolean;
  seenInFrame: number;
}

export interface SectionPictures {
  /* Draws into device pixels; answers whether something is left to do in another frame. */
  draw(pen: CanvasRenderingContext2D, sections: readonly MapSection[], view: PictureView): boolean;
  spoil(sections: Iterable<MapSection>): void;
  forget(): void;
}

export interface PictureView {
  readonly scale: number; // device pixels per seat pitch
  readonly offsetX: number;
  readonly offsetY: number;
  readonly isMoving: boolean;
  readonly states: Uint8Array;
  readonly palette: Palette;
  gradeOf(section: MapSection): number;
}

function paintSeats(
  pen: CanvasRenderingContext2D,
  section: MapSection,
  view: PictureView,
  scale: number,
): void {
  const colour = view.palette.grades[view.gradeOf(section)] ?? view.palette.ink;
  const sides = [scale * 0.76, scale * 0.34, Math.max(1, scale * 0.2), 0];
  const drawn = [AVAILABLE, HELD, SOLD]; // a blocked seat leaves a gap
  for (const state of drawn) {
    const half = (sides[state] ?? 0) / 2;
    pen.fillStyle = state === AVAILABLE ? colour : view.palette.faint;
    pen.beginPath(); // one path, one fill: each seat is a square turned along its row
    for (const row of section.rows) {
      const length = Math.hypot(row.dx, row.dy) || 1;
      const [alongX, alongY] = [(row.dx / length) * half, (row.dy / length) * half];
      for (let steps = 0; steps < row.seatCount; steps++) {
        if (view.states[row.firstIndex + steps] !== state) continue;
        const x = (row.x + row.dx * steps - section.box.left) * scale;
        const y = (row.y + row.dy * steps - section.box.top) * scale;
        pen.moveTo(x - alongX + alongY, y - alongY - alongX);
        pen.lineTo(x + alongX + alongY, y + alongY - alongX);
        pen.lineTo(x + alongX - alongY, y + alongY + alongX);
        pen.lineTo(x - alongX - alongY, y - alongY + alongX);
        pen.closePath();
      }
    }
    pen.fill();
  }
}

/* Gives memory back: pictures that were not drawn in this frame go first, and only while too many. */
function evict(pictures: Map<MapSection, Picture>, frame: number): void {
  let pixels = 0;
  for (const { canvas } of pictures.values()) pixels += canvas.width * canvas.height;
  for (const [section, picture] of pictures) {
    if (pixels <= PIXELS_MAX) return;
    if (picture.seenInFrame === frame) continue;
    pixels -= picture.canvas.width * picture.canvas.height;
    picture.canvas.width = 0; // an empty canvas keeps nothing
    pictures.delete(section);
  }
}

/* Whether a picture no longer shows what is, or shows it at the wrong size. */
function isOld(picture: Picture, view: PictureView): boolean {
  if (picture.isDirty) return true;
  const stretch = view.scale / picture.scale;
  const pixels = picture.canvas.width * picture.canvas.height;
  if (stretch > 1 && pixels > PICTURE_PIXELS_MAX * 0.98) return false; // as fine as it may be
  return view.isMoving ? stretch > 2 || stretch < 0.5 : Math.abs(stretch - 1) > 0.01;
}

export function createSectionPictures(): SectionPictures {
  const pictures = new Map<MapSection, Picture>();
  let frame = 0;

  function paint(section: MapSection, view: PictureView, old: Picture | undefined): Picture {
    const { left, top, right, bottom } = section.box;
    const area = Math.max(1, (right - left) * (bottom - top));
    const scale = Math.min(view.scale, Math.sqrt(PICTURE_PIXELS_MAX / area));
    const canvas = old?.canvas ?? document.createElement("canvas");
    canvas.width = Math.max(1, Math.ceil((right - left) * scale));
    canvas.height = Math.max(1, Math.ceil((bottom - top) * scale));
    const pen = canvas.getContext("2d");
    if (pen) paintSeats(pen, section, view, scale);
    return { canvas, scale, isDirty: false, seenInFrame: frame };
  }

  return {
    draw(pen, sections, view) {
      frame++;
      const startMs = performance.now();
      let isUnfinished = false;
      for (const section of sections) {
        let picture = pictures.get(section);
        if (!picture || isOld(picture, view)) {
          if (performance.now() - startMs < FRAME_MS) {
            picture = paint(section, view, picture);
            pictures.set(section, picture);
          } else isUnfinished = true;
        }
        if (!picture) continue;
        picture.seenInFrame = frame;
        const { left, top, right, bottom } = section.box;
        pen.drawImage(
          picture.canvas,
          left * view.scale + view.offsetX,
          top * view.scale + view.offsetY,
          (right - left) * view.scale,
          (bottom - top) * view.scale,
        );
      }
      evict(pictures, frame);
      return isUnfinished;
    },
    spoil(sections) {
      for (const section of sections) {
        const picture = pictures.get(section);
        if (picture) picture.isDirty = true;
      }
    },
    forget() {
      for (const { canvas } of pictures.values()) canvas.width = 0;
      pictures.clear();
    },
  };
}
