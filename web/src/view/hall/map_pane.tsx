// map_pane.tsx — the canvas, its buttons, its tip, and the words a screen reader hears for it.
import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import type { Seat } from "../../model/seatmap.ts";
import { SEAT_STATES } from "../../model/states.ts";
import { nameIn, won } from "../format.ts";
import { useLook } from "../look.ts";
import type { HallProps } from "./hall.tsx";
import { HallView } from "./hall_view.ts";

interface Tip {
  readonly seat: Seat;
  readonly x: number;
  readonly y: number;
}

function useSeatWords({ hall }: HallProps): (seat: Seat) => string {
  const { words, tongue } = useLook();
  return (seat) => {
    const chosen = hall.chosen.find((one) => one.index === seat.index);
    const state = SEAT_STATES[hall.states.of[seat.index] ?? 0] ?? "blocked";
    const look = chosen ? (chosen.lost ? "lost" : "chosen") : state;
    return [
      words.hall.seat(nameIn(tongue, seat.section), seat.row.row, String(seat.number)),
      seat.section.grade,
      won(tongue, seat.section.price),
      words.hall.states[look],
      ...(hall.map.accessible.has(seat.index) ? [words.hall.states.accessible] : []),
    ].join(", ");
  };
}

function MapButtons({
  onZoom,
  onWhole,
}: {
  onZoom: (factor: number) => void;
  onWhole: () => void;
}) {
  const { words } = useLook();
  const button = (name: string, path: string, onClick: () => void) => (
    <button aria-label={name} title={name} onClick={onClick}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
  return (
    <div class="map-buttons">
      {button(words.hall.zoomIn, "M12 6v12M6 12h12", () => onZoom(1.8))}
      {button(words.hall.zoomOut, "M6 12h12", () => onZoom(1 / 1.8))}
      {button(words.hall.whole, "M5 9V5h4m6 0h4v4m0 6v4h-4m-6 0H5v-4", onWhole)}
    </div>
  );
}

interface Pointing {
  readonly tip: Tip | null; // where the mouse is
  readonly cursor: Seat | null; // where the keyboard is
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly view: RefObject<HallView | null>;
}

/* The map lives beside the page's own life: made once, and told of every change. */
function useHallView({ hall, grades, onToggle }: HallProps): Pointing {
  const { words, tongue } = useLook();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<HallView | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [cursor, setCursor] = useState<Seat | null>(null);
  const toggle = useRef(onToggle);
  toggle.current = onToggle;

  useEffect(() => {
    if (!canvas.current) return;
    const made = new HallView(canvas.current, {
      onToggle: (index) => toggle.current(index),
      onCursor: setCursor,
      onHover: (seat, x, y) => setTip(seat && { seat, x, y }),
    });
    view.current = made;
    return () => made.close();
  }, []);

  useEffect(
    () =>
      view.current?.show({
        map: hall.map,
        states: hall.states.of,
        chosen: new Map(hall.chosen.map(({ index, lost }) => [index, lost ? "lost" : "chosen"])),
        grades: grades.map((grade) => grade.grade),
        stageWord: words.hall.stage,
        nameOf: (section) => nameIn(tongue, section),
        freeText: (free) => (free > 0 ? words.hall.freeIn(free) : words.dates.gone),
      }),
    [hall.map, hall.states, hall.chosen, tongue],
  );
  return { tip, cursor, canvas, view };
}

export function MapPane(props: HallProps) {
  const { words } = useLook();
  const { tip, cursor, canvas, view } = useHallView(props);
  const [isUsed, setIsUsed] = useState(false); // whoever has moved the map needs no help with it
  const helpId = useId();
  const seatWords = useSeatWords(props);
  return (
    <section
      class="map"
      aria-label={words.hall.mapLabel}
      onPointerDown={() => setIsUsed(true)}
      onWheel={() => setIsUsed(true)}
      onKeyDown={() => setIsUsed(true)}
    >
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label={words.hall.mapLabel}
        aria-describedby={helpId}
      />
      <p id={helpId} class="unseen">
        {words.hall.mapHelp}
      </p>
      <p class="unseen" role="status">
        {cursor && seatWords(cursor)}
      </p>
      {tip && (
        <p class="map-tip" style={{ left: `${tip.x}px`, top: `${tip.y}px` }} aria-hidden="true">
          {seatWords(tip.seat)}
        </p>
      )}
      <MapButtons
        onZoom={(factor) => view.current?.zoomBy(factor)}
        onWhole={() => view.current?.onWhole()}
      />
      {!isUsed && (
        <p class="map-help" aria-hidden="true">
          <span class="for-fingers">{words.hall.touchHelp}</span>
          <span class="for-mouse">{words.hall.mouseHelp}</span>
        </p>
      )}
    </section>
  );
}
