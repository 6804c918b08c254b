// hall_view.ts — the living map on one canvas: camera, frames, cursor. It fetches nothing and decides
// nothing: what to show comes in through show(), what the fan means goes out through the callbacks.
//
// A frame is asked for when something changed, and not otherwise: a resting map costs nothing.
import * as camera from "../../model/camera.ts";
import { placeOf, seatTowards, seatUnder } from "../../model/seatmap.ts";
import type { MapSection, Seat } from "../../model/seatmap.ts";
import { AVAILABLE, countFree } from "../../model/states.ts";
import { listenToGestures } from "./gestures.ts";
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

export interface HallView {
  show(shown: Shown): void;
  zoomBy(factor: number): void;
  whole(): void;
  close(): void;
}

const NEAR_SCALE = 26; // where a tap brings a fan who wants a seat
const REST_MS = 140; // after this long without moving, everything is drawn sharp
const GLIDE_MS = 260;

export function createHallView(canvas: HTMLCanvasElement, callbacks: HallViewCallbacks): HallView {
  const pen = canvas.getContext("2d", { alpha: true });
  const pictures = createSectionPictures();
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  let palette = readPalette(canvas);
  let shown: Shown | null = null;
  let pane: camera.Pane = { width: 0, height: 0 };
  let eye: camera.Camera = { scale: 1, offsetX: 0, offsetY: 0 };
  let glide: { from: camera.Camera; to: camera.Camera; startMs: number } | null = null;
  let movedAtMs = -Infinity;
  let cursor: Seat | null = null;
  let hovered: Seat | null = null;
  let free = new Map<MapSection, number>();
  let sprites: Sprites | null = null;
  let frame = 0;

  const ask = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const gradeOf = (section: MapSection) =>
    Math.max(0, shown?.grades.indexOf(section.grade) ?? 0) % palette.grades.length;
  function spritesFor(sizePixels: number): Sprites {
    if (sprites?.sizePixels !== sizePixels) sprites = createSprites(palette, sizePixels);
    return sprites;
  }

  function draw(nowMs: number): void {
    frame = 0;
    if (!pen || !shown || pane.width === 0) return;
    if (glide) {
      const share = Math.min(1, (nowMs - glide.startMs) / GLIDE_MS);
      const eased = 1 - (1 - share) ** 3;
      const mix = (from: number, to: number) => from + (to - from) * eased;
      const scale = glide.from.scale * (glide.to.scale / glide.from.scale) ** eased;
      const [fromX, fromY] = camera.toHall(glide.from, pane.width / 2, pane.height / 2);
      const [toX, toY] = camera.toHall(glide.to, pane.width / 2, pane.height / 2);
      eye = camera.centreOn(mix(fromX, toX), mix(fromY, toY), scale, pane);
      movedAtMs = nowMs;
      if (share === 1) glide = null;
    }
    const isMoving = nowMs - movedAtMs < REST_MS;
    const isUnfinished = paint(pen, {
      ...shown, camera: eye, pane, ratio: canvas.width / pane.width, palette, isMoving,
      cursor, hovered, free, pictures, spritesFor, gradeOf,
    });
    if (isUnfinished || isMoving || glide) ask();
  }

  function move(next: camera.Camera, how: "at-once" | "glide"): void {
    if (!shown) return;
    const to = camera.clamp(next, shown.map.box, pane);
    const nowMs = performance.now();
    glide = how === "glide" && !stillness.matches ? { from: eye, to, startMs: nowMs } : null;
    if (!glide) eye = to;
    movedAtMs = nowMs;
    if (hovered) callbacks.onHover((hovered = null), 0, 0);
    ask();
  }

  const target = () => glide?.to ?? eye;
  const seatAtScreen = (x: number, y: number) =>
    shown && seatUnder(shown.map, ...camera.toHall(eye, x, y));

  function onTap(x: number, y: number, isFinger: boolean): void {
    if (!shown) return;
    const [hallX, hallY] = camera.toHall(eye, x, y);
    const seat = seatUnder(shown.map, hallX, hallY);
    if (eye.scale >= (isFinger ? 17 : 8)) return void (seat && callbacks.onToggle(seat.index));
    const section = shown.map.sections.find(({ box }) =>
      hallX >= box.left && hallX <= box.right && hallY >= box.top && hallY <= box.bottom);
    if (!section) return;
    const whole = camera.fit(section.box, pane);
    const isFar = camera.detailOf(eye.scale) === "shapes" && whole.scale > eye.scale * 1.3;
    move(isFar ? whole : camera.centreOn(hallX, hallY, NEAR_SCALE, pane), "glide");
  }

  /* The keyboard starts at the free seat nearest to the middle of what is in sight. */
  function firstCursor(): Seat | null {
    if (!shown) return null;
    const [x, y] = camera.toHall(eye, pane.width / 2, pane.height / 2);
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

  function onArrow(dirX: number, dirY: number, isWithShift: boolean): void {
    if (!shown) return;
    if (isWithShift) return move(camera.pan(target(), -dirX * 80, -dirY * 80), "at-once");
    const next = cursor ? seatTowards(shown.map, cursor, dirX, dirY) : firstCursor();
    if (!next) return;
    cursor = next;
    const [x, y] = camera.toScreen(target(), ...placeOf(next));
    const isInside = x > 40 && y > 40 && x < pane.width - 40 && y < pane.height - 40;
    if (target().scale < 16 || !isInside)
      move(camera.centreOn(...placeOf(next), Math.max(NEAR_SCALE, target().scale), pane), "glide");
    callbacks.onCursor(next);
    ask();
  }

  const endGestures = listenToGestures(canvas, {
    onPan: (byX, byY) => move(camera.pan(target(), byX, byY), "at-once"),
    onZoom: (x, y, factor) =>
      move(camera.zoomAt(target(), x, y, target().scale * factor), "at-once"),
    onTap,
    onHover(x, y) {
      const seat = eye.scale >= 6 ? seatAtScreen(x, y) : null;
      canvas.style.cursor = seat ? "pointer" : "grab";
      if (seat?.index === hovered?.index) return;
      hovered = seat;
      callbacks.onHover(seat, x, y);
      ask();
    },
    onLeave: () => hovered && (callbacks.onHover((hovered = null), 0, 0), ask()),
    onArrow,
    onPress: () => (cursor ? callbacks.onToggle(cursor.index) : onArrow(0, 0, false)),
    onWhole: () => shown && move(camera.fit(shown.map.box, pane), "glide"),
  });

  const size = new ResizeObserver(() => {
    const isFirst = pane.width === 0;
    const ratio = Math.min(3, devicePixelRatio);
    pane = { width: canvas.clientWidth, height: canvas.clientHeight };
    canvas.width = Math.round(pane.width * ratio);
    canvas.height = Math.round(pane.height * ratio);
    if (shown) eye = isFirst ? camera.fit(shown.map.box, pane) : camera.clamp(eye, shown.map.box, pane);
    ask();
  });
  size.observe(canvas);

  const light = new MutationObserver(() => {
    palette = readPalette(canvas);
    sprites = null;
    pictures.forget();
    ask();
  });
  light.observe(document.documentElement, { attributeFilter: ["data-theme"] });

  return {
    show(next) {
      const before = shown;
      shown = next;
      if (before?.map !== next.map) {
        pictures.forget();
        cursor = hovered = null;
        eye = camera.fit(next.map.box, pane);
      }
      if (before?.states !== next.states) {
        const isChanged = ({ firstIndex, seatCount }: MapSection) => {
          for (let index = firstIndex; index < firstIndex + seatCount; index++)
            if (before?.states[index] !== next.states[index]) return true;
          return false;
        };
        const changed = next.map.sections.filter(isChanged);
        pictures.spoil(changed);
        free = new Map(free);
        for (const section of changed)
          free.set(section, countFree(next.states, section.firstIndex, section.seatCount));
      }
      ask();
    },
    zoomBy: (factor) => move(
      camera.zoomAt(target(), pane.width / 2, pane.height / 2, target().scale * factor), "glide"),
    whole: () => shown && move(camera.fit(shown.map.box, pane), "glide"),
    close() {
      cancelAnimationFrame(frame);
      endGestures();
      size.disconnect();
      light.disconnect();
      pictures.forget();
    },
  };
}
