// paint.ts — draws one frame: only what is in sight, and only as finely as it can be seen.
import { detailOf, sight, toScreen } from "../../model/camera.ts";
import { overlaps, placeOf, seatAt, type MapSection } from "../../model/seatmap.ts";
import { AVAILABLE, BLOCKED, HELD, SOLD } from "../../model/states.ts";
import { FONT, paintNames } from "./paint_names.ts";
import type { Scene } from "./scene.ts";
import type { SeatLook, Sprites } from "./sprites.ts";

type Pen = CanvasRenderingContext2D;

function paintStage(pen: Pen, scene: Scene): void {
  const { left, top, right, bottom } = scene.map.stage;
  const [x, y] = toScreen(scene.camera, left, top);
  const [farX, farY] = toScreen(scene.camera, right, bottom);
  pen.fillStyle = scene.palette.stage;
  pen.beginPath();
  pen.roundRect(x, y, farX - x, farY - y, Math.min(14, (farY - y) / 3));
  pen.fill();
  const size = Math.max(9, Math.min(30, (farY - y) * 0.4, (farX - x) * 0.14));
  pen.fillStyle = scene.palette.paper;
  pen.font = `700 ${size}px ${FONT}`;
  pen.letterSpacing = `${size * 0.3}px`;
  pen.fillText(scene.stageWord, (x + farX) / 2 + size * 0.15, (y + farY) / 2);
  pen.letterSpacing = "0px";
}

function trace(pen: Pen, scene: Scene, section: MapSection): void {
  pen.beginPath();
  for (const [hallX, hallY] of section.outline) pen.lineTo(...toScreen(scene.camera, hallX, hallY));
  pen.closePath();
}

function colourOf(scene: Scene, section: MapSection): string {
  return scene.palette.grades[scene.gradeOf(section)] ?? scene.palette.ink;
}

/* From afar a section is a shape, the paler the fuller; a sold-out one is only an outline. */
function paintShape(pen: Pen, scene: Scene, section: MapSection): void {
  const free = scene.free.get(section) ?? 0;
  trace(pen, scene, section);
  pen.lineJoin = "round";
  pen.lineWidth = 1.25;
  pen.strokeStyle = free > 0 ? colourOf(scene, section) : scene.palette.line;
  if (free > 0) {
    pen.fillStyle = colourOf(scene, section);
    pen.globalAlpha = 0.16 + 0.44 * Math.sqrt(free / section.seatCount);
    pen.fill();
    pen.globalAlpha = 1;
  }
  pen.stroke();
}

/* Nearer by, a breath of colour keeps the seats of a section together. */
function paintGround(pen: Pen, scene: Scene, sections: readonly MapSection[]): void {
  pen.globalAlpha = 0.09;
  for (const section of sections) {
    trace(pen, scene, section);
    pen.fillStyle = colourOf(scene, section);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function lookOf(scene: Scene, index: number): SeatLook {
  const chosen = scene.chosen.get(index);
  if (chosen) return chosen;
  switch (scene.states[index]) {
    case AVAILABLE:
      return scene.map.accessible.has(index) ? "accessible" : "available";
    case HELD:
      return "held";
    case SOLD:
      return "sold";
    case BLOCKED:
    default:
      return "blocked";
  }
}

function paintSeats(pen: Pen, scene: Scene, sections: readonly MapSection[]): void {
  const { camera, pane, ratio } = scene;
  const sprites = scene.spritesFor(Math.max(4, Math.round(camera.scale * 0.94 * ratio)));
  const size = sprites.sizePixels / ratio;
  const hasNumbers = camera.scale >= 24 && !scene.isMoving;
  pen.font = `600 ${Math.round(camera.scale * 0.34)}px ${FONT}`;
  for (const section of sections)
    for (const row of section.rows)
      for (let steps = 0; steps < row.seatCount; steps++) {
        const x = (row.x + row.dx * steps) * camera.scale + camera.offsetX;
        const y = (row.y + row.dy * steps) * camera.scale + camera.offsetY;
        if (x < -size || y < -size || x > pane.width + size || y > pane.height + size) continue;
        const look = lookOf(scene, row.firstIndex + steps);
        pen.drawImage(
          sprites.stamp(look, scene.gradeOf(section)),
          x - size / 2,
          y - size / 2,
          size,
          size,
        );
        if (!hasNumbers || look !== "available") continue;
        pen.fillStyle = scene.palette.onGrade;
        pen.fillText(String(steps + 1), x, y + camera.scale * 0.02);
      }
  paintRowNames(pen, scene, sections);
}

function paintRowNames(pen: Pen, scene: Scene, sections: readonly MapSection[]): void {
  const { camera } = scene;
  if (camera.scale < 18) return;
  pen.font = `500 ${Math.floor(Math.min(13, camera.scale * 0.42))}px ${FONT}`;
  pen.fillStyle = scene.palette.ink;
  for (const section of sections)
    for (const row of section.rows)
      for (const steps of [-0.95, row.seatCount - 0.05]) {
        const [x, y] = toScreen(camera, row.x + row.dx * steps, row.y + row.dy * steps);
        if (x > -20 && y > -20 && x < scene.pane.width + 20 && y < scene.pane.height + 20)
          pen.fillText(row.row, x, y);
      }
}

/* A chosen seat can be found from any distance. */
function paintMarks(pen: Pen, scene: Scene, sprites: Sprites): void {
  const size = sprites.sizePixels / scene.ratio;
  for (const [index, look] of scene.chosen) {
    const seat = seatAt(scene.map, index);
    if (!seat) continue;
    const [x, y] = toScreen(scene.camera, ...placeOf(seat));
    pen.drawImage(sprites.stamp(look, 0), x - size / 2, y - size / 2, size, size);
  }
}

function paintRing(pen: Pen, scene: Scene): void {
  for (const seat of [scene.hovered, scene.cursor]) {
    if (!seat) continue;
    const [x, y] = toScreen(scene.camera, ...placeOf(seat));
    const radius = Math.max(7, scene.camera.scale * 0.58);
    pen.lineWidth = seat === scene.cursor ? 3 : 2;
    pen.strokeStyle = scene.palette.ink;
    pen.beginPath();
    pen.arc(x, y, radius, 0, Math.PI * 2);
    pen.stroke();
  }
}

/* Answers whether something is left to do in another frame. */
export function paint(pen: Pen, scene: Scene): boolean {
  const { camera, pane, ratio, map } = scene;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, pane.width, pane.height);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const inSight = sight(camera, pane);
  const sections = map.sections.filter((section) => overlaps(section.box, inSight));
  let isUnfinished = false;
  paintStage(pen, scene);
  if (detailOf(camera.scale) !== "shapes") paintGround(pen, scene, sections);

  switch (detailOf(camera.scale)) {
    case "shapes":
      for (const section of sections) paintShape(pen, scene, section);
      paintNames(pen, scene, sections, false);
      break;
    case "dots":
      pen.setTransform(1, 0, 0, 1, 0, 0);
      isUnfinished = scene.pictures.draw(pen, sections, {
        ...scene,
        scale: camera.scale * ratio,
        offsetX: camera.offsetX * ratio,
        offsetY: camera.offsetY * ratio,
      });
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (camera.scale < 7) paintNames(pen, scene, sections, true);
      break;
    case "seats":
      paintSeats(pen, scene, sections);
      break;
  }
  if (detailOf(camera.scale) !== "seats")
    paintMarks(pen, scene, scene.spritesFor(Math.round(20 * ratio)));
  paintRing(pen, scene);
  return isUnfinished;
}
