// gestures.ts — fingers, mouse, wheel and keys on the map, told as what the fan means.

export interface Gestures {
  onPan(byX: number, byY: number): void;
  onZoom(x: number, y: number, factor: number): void;
  onTap(x: number, y: number, isFinger: boolean): void;
  onHover(x: number, y: number): void;
  onLeave(): void;
  onArrow(dirX: number, dirY: number, isWithShift: boolean): void;
  onPress(): void; // Enter or the space bar
  onWhole(): void;
}

const TAP_PIXELS_MAX = 8; // a finger that moves farther means to move the map
const ARROWS = new Map<string, [number, number]>([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

interface Finger {
  x: number;
  y: number;
}

/* Two fingers zoom about their middle and carry the map along; one drags it. */
function pinch(one: Finger, other: Finger, next: Finger, gestures: Gestures): void {
  const before = Math.hypot(one.x - other.x, one.y - other.y);
  const after = Math.hypot(next.x - other.x, next.y - other.y);
  gestures.onPan((next.x - one.x) / 2, (next.y - one.y) / 2);
  gestures.onZoom((next.x + other.x) / 2, (next.y + other.y) / 2, after / Math.max(1, before));
}

function onWheel(event: WheelEvent, { x, y }: Finger, gestures: Gestures): void {
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const delta = Math.max(-120, Math.min(120, event.deltaY * lines));
  gestures.onZoom(x, y, Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.0022)));
}

function onKey(event: KeyboardEvent, canvas: HTMLCanvasElement, gestures: Gestures): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS.get(event.key);
  const [middleX, middleY] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
  if (arrow) gestures.onArrow(...arrow, event.shiftKey);
  else if (event.key === "Enter" || event.key === " ") gestures.onPress();
  else if (event.key === "+" || event.key === "=") gestures.onZoom(middleX, middleY, 1.5);
  else if (event.key === "-" || event.key === "_") gestures.onZoom(middleX, middleY, 1 / 1.5);
  else if (event.key === "0") gestures.onWhole();
  else return;
  event.preventDefault();
}

export function listenToGestures(canvas: HTMLCanvasElement, gestures: Gestures): () => void {
  const fingers = new Map<number, Finger>();
  let travelled = 0;
  const at = (event: MouseEvent): Finger => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  function onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 0) travelled = 0;
    fingers.set(event.pointerId, at(event));
  }

  function onMove(event: PointerEvent): void {
    const next = at(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") gestures.onHover(next.x, next.y);
      return;
    }
    travelled += Math.hypot(next.x - before.x, next.y - before.y);
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId);
    if (other) pinch(before, other[1], next, gestures);
    else if (travelled > TAP_PIXELS_MAX) gestures.onPan(next.x - before.x, next.y - before.y);
    fingers.set(event.pointerId, next);
  }

  function onUp(event: PointerEvent): void {
    const last = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!last || event.type === "pointercancel") return;
    if (fingers.size > 0)
      travelled = Infinity; // the end of a pinch is no tap
    else if (travelled <= TAP_PIXELS_MAX)
      gestures.onTap(last.x, last.y, event.pointerType !== "mouse");
  }

  const ended = new AbortController();
  const { signal } = ended;
  canvas.addEventListener("pointerdown", onDown, { signal });
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("pointerup", onUp, { signal });
  canvas.addEventListener("pointercancel", onUp, { signal });
  canvas.addEventListener("pointerleave", () => gestures.onLeave(), { signal });
  canvas.addEventListener("wheel", (event) => onWheel(event, at(event), gestures), {
    signal,
    passive: false,
  });
  canvas.addEventListener("keydown", (event) => onKey(event, canvas, gestures), { signal });
  return () => ended.abort();
}
