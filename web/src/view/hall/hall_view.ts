// hall_view.ts — the living map on one canvas. It fetches nothing and decides nothing: what to show
// comes in through show(), what the fan means goes out through the callbacks.
//
// A frame is asked for when something changed, and not otherwise: a resting map costs nothing.
import * as camera from "../../model/camera.ts";
import type { Camera } from "../../model/camera.ts";
import { placeOf, seatTowards, seatUnder } from "../../model/seatmap.ts";
import type { MapSection, Seat } from "../../model/seatmap.ts";
import { AVAILABLE, countFree } from "../../model/states.ts";
import { Gaze } from "./gaze.ts";
import { listenToGestures, type Gestures } from "./gestures.ts";
import { paint } from "./paint.ts";
import { readPalette } from "./palette.ts";
import type { Shown } from "./scene.ts";
import { createSectionPictures } from "./section_pictures.ts";
import { createSprites, type Sprites } from "./sprites.ts";

export interface HallViewCallbacks {
  onToggle(index: number): void;
  onCursor(seat: Seat): void; // to be said aloud
  onHover(seat: Seat | null, x: number, y: number): void;
}

const NEAR_SCALE = 26; // where a tap brings a fan who wants a seat
const FINGER_SCALE = 17; // from here on a finger hits the seat it means ...
const MOUSE_SCALE = 8; // ... and a mouse from here on
const EDGE_PIXELS = 40; // the keyboard's seat is kept this far inside
const PIXEL_RATIO_MAX = 3;

/* The free seat nearest to a point of the hall. */
function freeSeatNear(shown: Shown, x: number, y: number): Seat | null {
  let best: Seat | null = null;
  let bestAway = Infinity;
  for (const section of shown.map.sections)
    for (const row of section.rows)
      for (let steps = 0; steps < row.seatCount; steps++) {
        const index = row.firstIndex + steps;
        const away = Math.hypot(row.x + row.dx * steps - x, row.y + row.dy * steps - y);
        if (shown.states[index] !== AVAILABLE || away >= bestAway) continue;
        bestAway = away;
        best = { index, section, row, number: steps + 1 };
      }
  return best;
}

function isChanged(section: MapSection, before: Uint8Array | undefined, now: Uint8Array): boolean {
  const { firstIndex, seatCount } = section;
  for (let index = firstIndex; index < firstIndex + seatCount; index++)
    if (before?.[index] !== now[index]) return true;
  return false;
}

export class HallView implements Gestures {
  readonly #canvas: HTMLCanvasElement;
  readonly #callbacks: HallViewCallbacks;
  readonly #pen: CanvasRenderingContext2D | null;
  readonly #pictures = createSectionPictures();
  readonly #gaze = new Gaze();
  readonly #stillness = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #ends: (() => void)[];
  #palette;
  #sprites: Sprites | null = null;
  #shown: Shown | null = null;
  #free = new Map<MapSection, number>();
  #cursor: Seat | null = null;
  #hovered: Seat | null = null;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, callbacks: HallViewCallbacks) {
    this.#canvas = canvas;
    this.#callbacks = callbacks;
    this.#pen = canvas.getContext("2d");
    this.#palette = readPalette(canvas);
    const size = new ResizeObserver(() => this.#resize());
    size.observe(canvas);
    const light = new MutationObserver(() => this.#repaint());
    light.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#ends = [
      listenToGestures(canvas, this),
      () => size.disconnect(),
      () => light.disconnect(),
    ];
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const end of this.#ends) end();
    this.#pictures.forget();
  }

  show(next: Shown): void {
    const before = this.#shown;
    this.#shown = next;
    if (before?.map !== next.map) {
      this.#pictures.forget();
      this.#cursor = this.#hovered = null;
      this.#gaze.fit(next.map.box);
    }
    const changed = next.map.sections.filter((one) => isChanged(one, before?.states, next.states));
    this.#pictures.spoil(changed);
    for (const section of changed)
      this.#free.set(section, countFree(next.states, section.firstIndex, section.seatCount));
    this.#ask();
  }

  zoomBy(factor: number): void {
    const { target, pane } = this.#gaze;
    const scale = target.scale * factor;
    this.#move(camera.zoomAt(target, pane.width / 2, pane.height / 2, scale), "glide");
  }

  onWhole(): void {
    if (this.#shown) this.#move(camera.fit(this.#shown.map.box, this.#gaze.pane), "glide");
  }

  onPan(byX: number, byY: number): void {
    this.#move(camera.pan(this.#gaze.target, byX, byY), "at-once");
  }

  onZoom(x: number, y: number, factor: number): void {
    const { target } = this.#gaze;
    this.#move(camera.zoomAt(target, x, y, target.scale * factor), "at-once");
  }

  /* Near enough, a tap chooses a seat; from farther away it brings the fan nearer. */
  onTap(x: number, y: number, isFinger: boolean): void {
    if (!this.#shown) return;
    const { eye, pane } = this.#gaze;
    const [hallX, hallY] = camera.toHall(eye, x, y);
    if (eye.scale >= (isFinger ? FINGER_SCALE : MOUSE_SCALE)) {
      const seat = seatUnder(this.#shown.map, hallX, hallY);
      if (seat) this.#callbacks.onToggle(seat.index);
      return;
    }
    const section = this.#shown.map.sections.find(
      ({ box }) =>
        hallX >= box.left && hallX <= box.right && hallY >= box.top && hallY <= box.bottom,
    );
    if (!section) return;
    const whole = camera.fit(section.box, pane);
    const isFar = camera.detailOf(eye.scale) === "shapes" && whole.scale > eye.scale * 1.3;
    this.#move(isFar ? whole : camera.centreOn(hallX, hallY, NEAR_SCALE, pane), "glide");
  }

  onHover(x: number, y: number): void {
    if (!this.#shown) return;
    const { eye } = this.#gaze;
    const canBeMeant = eye.scale >= MOUSE_SCALE;
    const seat = canBeMeant ? seatUnder(this.#shown.map, ...camera.toHall(eye, x, y)) : null;
    this.#canvas.style.cursor = seat ? "pointer" : "grab";
    if (seat?.index !== this.#hovered?.index) this.#hover(seat, x, y);
  }

  onLeave(): void {
    this.#hover(null, 0, 0);
  }

  onPress(): void {
    if (this.#cursor) this.#callbacks.onToggle(this.#cursor.index);
    else this.onArrow(0, 0, false);
  }

  onArrow(dirX: number, dirY: number, isWithShift: boolean): void {
    if (!this.#shown) return;
    if (isWithShift) return this.onPan(-dirX * 80, -dirY * 80);
    const { eye, target, pane } = this.#gaze;
    const [middleX, middleY] = camera.toHall(eye, pane.width / 2, pane.height / 2);
    const next = this.#cursor
      ? seatTowards(this.#shown.map, this.#cursor, dirX, dirY)
      : freeSeatNear(this.#shown, middleX, middleY);
    if (!next) return;
    this.#cursor = next;
    const [x, y] = camera.toScreen(target, ...placeOf(next));
    const isInside =
      x > EDGE_PIXELS &&
      x < pane.width - EDGE_PIXELS &&
      y > EDGE_PIXELS &&
      y < pane.height - EDGE_PIXELS;
    const scale = Math.max(NEAR_SCALE, target.scale);
    if (target.scale < FINGER_SCALE || !isInside)
      this.#move(camera.centreOn(...placeOf(next), scale, pane), "glide");
    this.#callbacks.onCursor(next);
    this.#ask();
  }

  #hover(seat: Seat | null, x: number, y: number): void {
    if (seat === this.#hovered) return;
    this.#hovered = seat;
    this.#callbacks.onHover(seat, x, y);
    this.#ask();
  }

  #move(next: Camera, how: "at-once" | "glide"): void {
    if (!this.#shown) return;
    this.#gaze.move(next, this.#shown.map.box, this.#stillness.matches ? "at-once" : how);
    this.#hover(null, 0, 0);
    this.#ask();
  }

  #resize(): void {
    const pane = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    const ratio = Math.min(PIXEL_RATIO_MAX, devicePixelRatio);
    this.#canvas.width = Math.round(pane.width * ratio);
    this.#canvas.height = Math.round(pane.height * ratio);
    this.#gaze.resize(pane, this.#shown?.map.box ?? null);
    this.#ask();
  }

  #repaint(): void {
    this.#palette = readPalette(this.#canvas);
    this.#sprites = null;
    this.#pictures.forget();
    this.#ask();
  }

  #spritesFor(sizePixels: number): Sprites {
    if (this.#sprites?.sizePixels === sizePixels) return this.#sprites;
    this.#sprites = createSprites(this.#palette, sizePixels);
    return this.#sprites;
  }

  #ask(): void {
    this.#frame ||= requestAnimationFrame((nowMs) => this.#draw(nowMs));
  }

  #draw(nowMs: number): void {
    this.#frame = 0;
    const [shown, pane] = [this.#shown, this.#gaze.pane];
    if (!this.#pen || !shown || pane.width === 0) return;
    this.#gaze.advance(nowMs);
    const isMoving = this.#gaze.isMoving(nowMs);
    const colours = this.#palette.grades.length;
    const isUnfinished = paint(this.#pen, {
      ...shown,
      camera: this.#gaze.eye,
      pane,
      ratio: this.#canvas.width / pane.width,
      palette: this.#palette,
      isMoving,
      cursor: this.#cursor,
      hovered: this.#hovered,
      free: this.#free,
      pictures: this.#pictures,
      spritesFor: (sizePixels) => this.#spritesFor(sizePixels),
      gradeOf: (section) => Math.max(0, shown.grades.indexOf(section.grade)) % colours,
    });
    if (isUnfinished || isMoving) this.#ask();
  }
}
