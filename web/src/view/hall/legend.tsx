// legend.tsx — what the colours and the shapes on the map mean, drawn by the map's own pen.
import { useEffect, useRef } from "preact/hooks";

import type { Grade } from "../../model/catalog.ts";
import type { SeatMap } from "../../model/seatmap.ts";
import { AVAILABLE } from "../../model/states.ts";
import { won } from "../format.ts";
import { useLook } from "../look.ts";
import { readPalette } from "./palette.ts";
import { drawSeat, type SeatLook } from "./sprites.ts";

const LOOKS: readonly SeatLook[] = ["available", "chosen", "held", "sold", "blocked", "accessible"];
const SIZE_PIXELS = 22;

function SeatPicture({ look }: { look: SeatLook }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = () => {
      const pen = canvas.current?.getContext("2d");
      if (!pen || !canvas.current) return;
      const palette = readPalette(canvas.current);
      pen.clearRect(0, 0, SIZE_PIXELS * 3, SIZE_PIXELS * 3);
      drawSeat(pen, look, palette.grades[0] ?? palette.ink, SIZE_PIXELS * 3, palette);
    };
    draw();
    const light = new MutationObserver(draw);
    light.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => light.disconnect();
  }, [look]);
  return (
    <canvas
      ref={canvas}
      width={SIZE_PIXELS * 3}
      height={SIZE_PIXELS * 3}
      aria-hidden="true"
      style={{ width: `${SIZE_PIXELS}px`, height: `${SIZE_PIXELS}px` }}
    />
  );
}

/* Seats free now, grade by grade, counted from the same states that the map shows. */
function freeByGrade(map: SeatMap, states: Uint8Array): Map<string, number> {
  const free = new Map<string, number>();
  for (const section of map.sections) {
    let count = free.get(section.grade) ?? 0;
    for (let index = section.firstIndex; index < section.firstIndex + section.seatCount; index++)
      if (states[index] === AVAILABLE) count++;
    free.set(section.grade, count);
  }
  return free;
}

export function Legend({
  grades,
  map,
  states,
}: {
  grades: readonly Grade[];
  map: SeatMap;
  states: Uint8Array;
}) {
  const { words, tongue } = useLook();
  const free = freeByGrade(map, states);
  return (
    <div class="legend">
      <h2 class="unseen">{words.hall.legend}</h2>
      <ul class="legend-grades">
        {grades.map(({ grade, priceFrom }, place) => (
          <li key={grade}>
            <span class={`swatch swatch-${place % 6}`} aria-hidden="true" />
            <b>{grade}</b>
            <span class="money">{won(tongue, priceFrom)}</span>
            <span class="faint">{words.hall.freeIn(free.get(grade) ?? 0)}</span>
          </li>
        ))}
      </ul>
      <ul class="legend-states">
        {LOOKS.map((look) => (
          <li key={look}>
            <SeatPicture look={look} />
            {words.hall.states[look]}
          </li>
        ))}
      </ul>
    </div>
  );
}
