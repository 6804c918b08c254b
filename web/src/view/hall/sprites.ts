// sprites.ts — one picture per look of a seat, drawn once for a scale and stamped thousands of times.
//
//   available  filled square        held    hollow square with a dot      sold  a small cross
//   blocked    a short dash         chosen  a disc with a tick            lost  a disc with a cross
import type { Palette } from "./palette.ts";

export type SeatLook = "available" | "accessible" | "held" | "sold" | "blocked" | "chosen" | "lost";

export interface Sprites {
  stamp(look: SeatLook, grade: number): HTMLCanvasElement;
  readonly sizePixels: number;
}

type Pen = CanvasRenderingContext2D;

function square(pen: Pen, size: number, share: number): void {
  const side = size * share;
  pen.beginPath();
  pen.roundRect((size - side) / 2, (size - side) / 2, side, side, side * 0.28);
}

function disc(pen: Pen, size: number, share: number): void {
  pen.beginPath();
  pen.arc(size / 2, size / 2, (size * share) / 2, 0, Math.PI * 2);
}

function cross(pen: Pen, size: number, share: number): void {
  const [low, high] = [(size * (1 - share)) / 2, (size * (1 + share)) / 2];
  pen.beginPath();
  pen.moveTo(low, low);
  pen.lineTo(high, high);
  pen.moveTo(high, low);
  pen.lineTo(low, high);
  pen.stroke();
}

function tick(pen: Pen, size: number): void {
  pen.beginPath();
  pen.moveTo(size * 0.3, size * 0.52);
  pen.lineTo(size * 0.45, size * 0.66);
  pen.lineTo(size * 0.71, size * 0.36);
  pen.stroke();
}

export function drawSeat(
  pen: Pen,
  look: SeatLook,
  colour: string,
  size: number,
  palette: Palette,
): void {
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.lineWidth = Math.max(1, size * 0.09);
  switch (look) {
    case "available":
      pen.fillStyle = colour;
      square(pen, size, 0.8);
      pen.fill();
      return;
    case "accessible": {
      pen.fillStyle = colour;
      square(pen, size, 0.8);
      pen.fill();
      pen.strokeStyle = palette.onGrade;
      disc(pen, size, 0.42);
      pen.stroke();
      return;
    }
    case "held":
      pen.strokeStyle = palette.faint;
      square(pen, size, 0.66);
      pen.stroke();
      pen.fillStyle = palette.faint;
      disc(pen, size, 0.2);
      pen.fill();
      return;
    case "sold":
      pen.strokeStyle = palette.faint;
      cross(pen, size, 0.34);
      return;
    case "blocked":
      pen.strokeStyle = palette.line;
      pen.beginPath();
      pen.moveTo(size * 0.36, size / 2);
      pen.lineTo(size * 0.64, size / 2);
      pen.stroke();
      return;
    case "chosen":
    case "lost":
      pen.fillStyle = look === "chosen" ? palette.accent : palette.paper;
      pen.strokeStyle = look === "chosen" ? palette.paper : palette.accent;
      disc(pen, size, 0.92);
      pen.fill();
      pen.stroke();
      pen.strokeStyle = look === "chosen" ? palette.onAccent : palette.accent;
      if (look === "chosen") tick(pen, size);
      else cross(pen, size, 0.32);
      return;
  }
}

export function createSprites(palette: Palette, sizePixels: number): Sprites {
  const made = new Map<string, HTMLCanvasElement>();
  return {
    sizePixels,
    stamp(look, grade) {
      const name = look === "available" || look === "accessible" ? `${look}${grade}` : look;
      const known = made.get(name);
      if (known) return known;
      const picture = document.createElement("canvas");
      picture.width = picture.height = sizePixels;
      const pen = picture.getContext("2d");
      if (pen) drawSeat(pen, look, palette.grades[grade] ?? palette.ink, sizePixels, palette);
      made.set(name, picture);
      return picture;
    },
  };
}
