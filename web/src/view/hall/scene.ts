// scene.ts — everything one frame of the hall is drawn from.
import type { Camera, Pane } from "../../model/camera.ts";
import type { MapSection, Seat, SeatMap } from "../../model/seatmap.ts";
import type { Palette } from "./palette.ts";
import type { SectionPictures } from "./section_pictures.ts";
import type { Sprites } from "./sprites.ts";

/* What the screen tells the map: the hall as it is, and what the fan has done in it. */
export interface Shown {
  readonly map: SeatMap;
  readonly states: Uint8Array;
  readonly chosen: ReadonlyMap<number, "chosen" | "lost">; // by seat index
  readonly grades: readonly string[]; // dearest first: the place is the colour
  readonly stageWord: string;
  nameOf(section: MapSection): string;
  freeText(free: number): string;
}

export interface Scene extends Shown {
  readonly camera: Camera;
  readonly pane: Pane; // CSS pixels
  readonly ratio: number; // device pixels per CSS pixel
  readonly palette: Palette;
  readonly isMoving: boolean;
  readonly cursor: Seat | null; // where the keyboard is
  readonly hovered: Seat | null;
  readonly free: ReadonlyMap<MapSection, number>;
  readonly pictures: SectionPictures;
  spritesFor(sizePixels: number): Sprites;
  gradeOf(section: MapSection): number;
}
