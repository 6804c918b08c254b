// seat_list.tsx — the hall as a list: the same seats, the same states, without a map.
import { useState } from "preact/hooks";

import type { MapRow, MapSection } from "../../model/seatmap.ts";
import { AVAILABLE, countFree } from "../../model/states.ts";
import { nameIn, won } from "../format.ts";
import { useLook } from "../look.ts";
import type { HallProps } from "./hall.tsx";

function RowOfSeats({
  hall,
  row,
  section,
  onToggle,
}: HallProps & {
  row: MapRow;
  section: MapSection;
}) {
  const { words, tongue } = useLook();
  const chosen = new Set(hall.chosen.map((seat) => seat.index));
  const indexes = Array.from(
    { length: row.seatCount },
    (_, steps) => row.firstIndex + steps,
  ).filter((index) => hall.states.of[index] === AVAILABLE || chosen.has(index));
  if (indexes.length === 0) return null;
  return (
    <li>
      <span>
        {words.hall.row} {row.row}
      </span>
      <div class="seat-buttons">
        {indexes.map((index) => {
          const number = String(index - row.firstIndex + 1);
          const isAccessible = hall.map.accessible.has(index);
          const name = words.hall.seat(nameIn(tongue, section), row.row, number);
          return (
            <button
              key={index}
              aria-pressed={chosen.has(index)}
              onClick={() => onToggle(index)}
              aria-label={isAccessible ? `${name}, ${words.hall.states.accessible}` : name}
            >
              {number}
            </button>
          );
        })}
      </div>
    </li>
  );
}

export function SeatList(props: HallProps) {
  const { hall } = props;
  const { words, tongue } = useLook();
  const [sectionId, setSectionId] = useState(0);
  const section = hall.map.sections.find((one) => one.id === sectionId);
  const free = section ? countFree(hall.states.of, section.firstIndex, section.seatCount) : 0;
  return (
    <div class="seat-list">
      <label class="select">
        <span>{words.hall.section}</span>
        <select
          value={sectionId}
          onChange={(event) => setSectionId(Number(event.currentTarget.value))}
        >
          <option value={0}>{words.hall.chooseSection}</option>
          {hall.map.sections.map((one) => (
            <option key={one.id} value={one.id}>
              {one.grade} · {nameIn(tongue, one)} · {won(tongue, one.price)} (
              {words.hall.freeIn(countFree(hall.states.of, one.firstIndex, one.seatCount))})
            </option>
          ))}
        </select>
      </label>
      {section && free === 0 && <p class="faint">{words.hall.noneFree}</p>}
      {section && (
        <ul class="seat-rows" aria-label={nameIn(tongue, section)}>
          {section.rows.map((row) => (
            <RowOfSeats key={row.firstIndex} {...props} row={row} section={section} />
          ))}
        </ul>
      )}
    </div>
  );
}
