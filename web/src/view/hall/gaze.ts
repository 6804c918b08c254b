// gaze.ts — where the fan is looking, and the glide from there to where a press leads.
import * as camera from "../../model/camera.ts";
import type { Camera, Pane } from "../../model/camera.ts";
import type { Box } from "../../model/seatmap.ts";

const GLIDE_MS = 260;
const REST_MS = 140; // after this long without moving, everything is drawn sharp

interface Glide {
  readonly from: Camera;
  readonly to: Camera;
  readonly startMs: number;
}

/* Between two cameras: the middle of sight goes straight, the scale by equal factors. */
function between(glide: Glide, share: number, pane: Pane): Camera {
  const eased = 1 - (1 - share) ** 3;
  const mix = (from: number, to: number) => from + (to - from) * eased;
  const [fromX, fromY] = camera.toHall(glide.from, pane.width / 2, pane.height / 2);
  const [toX, toY] = camera.toHall(glide.to, pane.width / 2, pane.height / 2);
  const scale = glide.from.scale * (glide.to.scale / glide.from.scale) ** eased;
  return camera.centreOn(mix(fromX, toX), mix(fromY, toY), scale, pane);
}

export class Gaze {
  pane: Pane = { width: 0, height: 0 };
  eye: Camera = { scale: 1, offsetX: 0, offsetY: 0 };
  #glide: Glide | null = null;
  #movedAtMs = -Infinity;

  get target(): Camera {
    return this.#glide?.to ?? this.eye;
  }

  isMoving(nowMs: number): boolean {
    return this.#glide !== null || nowMs - this.#movedAtMs < REST_MS;
  }

  /* Goes on with a glide, if there is one. */
  advance(nowMs: number): void {
    if (!this.#glide) return;
    const share = Math.min(1, (nowMs - this.#glide.startMs) / GLIDE_MS);
    this.eye = between(this.#glide, share, this.pane);
    this.#movedAtMs = nowMs;
    if (share === 1) this.#glide = null;
  }

  move(next: Camera, box: Box, how: "at-once" | "glide"): void {
    const to = camera.clamp(next, box, this.pane);
    const startMs = performance.now();
    this.#glide = how === "glide" ? { from: this.eye, to, startMs } : null;
    if (how === "at-once") this.eye = to;
    this.#movedAtMs = startMs;
  }

  fit(box: Box): void {
    this.eye = camera.fit(box, this.pane);
    this.#glide = null;
  }

  resize(pane: Pane, box: Box | null): void {
    const isFirst = this.pane.width === 0;
    this.pane = pane;
    if (box && isFirst) this.fit(box);
    else if (box) this.move(this.eye, box, "at-once");
  }
}
