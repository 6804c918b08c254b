// preview.tsx — the hall as it would be: outlines by section, to be dragged or moved by the arrow keys.
import { useRef, useState } from "preact/hooks";

import type { Spot } from "../../model/layout_draft.ts";
import type { MapSection, SeatMap } from "../../model/seatmap.ts";
import { nameIn } from "../format.ts";
import { useLook } from "../look.ts";
import { useDeskWords } from "./words.ts";

const MARGIN = 4; // seat pitches around the hall
const SEATS_DRAWN_MAX = 3_000; // more would be grey anyway

const STEPS: Readonly<Record<string, Spot>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface Props {
  readonly map: SeatMap;
  readonly grades: readonly string[]; // dearest first: the place is the colour
  readonly onMove: ((place: number, by: Spot) => void) | null; // null: it cannot be moved by hand
}

function Seats({ section }: { section: MapSection }) {
  return (
    <>
      {section.rows.flatMap((row) =>
        Array.from({ length: row.seatCount }, (_, seat) => (
          <circle
            key={`${row.row} ${seat}`}
            cx={row.x + row.dx * seat}
            cy={row.y + row.dy * seat}
            r={0.32}
          />
        )),
      )}
    </>
  );
}

interface Drag {
  readonly place: number;
  readonly fromX: number;
  readonly fromY: number;
  readonly by: Spot;
}

/* How many seat pitches one CSS pixel is, as the picture stands now. */
function pitchesAPixel(svg: SVGSVGElement | null): number {
  const scale = svg?.getScreenCTM()?.a ?? 1;
  return scale > 0 ? 1 / scale : 1;
}

export function Preview({ map, grades, onMove }: Props) {
  const { tongue, words } = useLook();
  const desk = useDeskWords();
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const { left, top, right, bottom } = map.box;
  const view = [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
  const { stage } = map;

  function pull(event: PointerEvent): void {
    if (drag === null) return;
    const pitches = pitchesAPixel(svg.current);
    const x = (event.clientX - drag.fromX) * pitches;
    const y = (event.clientY - drag.fromY) * pitches;
    setDrag({ ...drag, by: { x, y } });
  }
  function drop(): void {
    if (drag !== null && Math.hypot(drag.by.x, drag.by.y) >= 0.5) onMove?.(drag.place, drag.by);
    setDrag(null);
  }
  function step(event: KeyboardEvent, place: number): void {
    const by = STEPS[event.key];
    if (by === undefined || onMove === null) return;
    event.preventDefault();
    onMove(place, by);
  }

  const shape = (section: MapSection, place: number) => {
    const by = drag?.place === place ? drag.by : { x: 0, y: 0 };
    const grade = Math.max(0, grades.indexOf(section.grade)) % 6;
    return (
      <g
        key={place}
        class={`draft-section grade-${grade}`}
        transform={`translate(${by.x} ${by.y})`}
        tabindex={onMove ? 0 : -1}
        role={onMove ? "button" : "img"}
        aria-label={`${nameIn(tongue, section)}, ${words.common.seats(section.seatCount)}`}
        onPointerDown={(event) => {
          if (onMove === null) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ place, fromX: event.clientX, fromY: event.clientY, by: { x: 0, y: 0 } });
        }}
        onPointerMove={pull}
        onPointerUp={drop}
        onPointerCancel={() => setDrag(null)}
        onKeyDown={(event) => step(event, place)}
      >
        <polygon points={section.outline.map(([x, y]) => `${x},${y}`).join(" ")} />
        {map.seatCount <= SEATS_DRAWN_MAX && <Seats section={section} />}
        <text x={section.labelX} y={section.labelY}>
          {nameIn(tongue, section)}
        </text>
      </g>
    );
  };
  return (
    <svg
      ref={svg}
      class="draft"
      viewBox={view.join(" ")}
      role="group"
      aria-label={desk.hall.preview}
    >
      <rect
        class="draft-stage"
        x={stage.left}
        y={stage.top}
        width={stage.right - stage.left}
        height={stage.bottom - stage.top}
        rx={1}
      />
      <text
        class="draft-stage-word"
        x={(stage.left + stage.right) / 2}
        y={(stage.top + stage.bottom) / 2}
      >
        {desk.hall.stage}
      </text>
      {map.sections.map(shape)}
    </svg>
  );
}
