// seat_range.ts — seats as an operator names them: a section, a row or all of them, from number to number.
import type { SeatMap } from "./seatmap.ts";

export interface SeatRange {
  readonly section: string;
  readonly row: string; // "" for all rows
  readonly from: number; // counted along the row from 1; 0 for its beginning …
  readonly to: number; // … and 0 for its end
}

export function seatIdsIn(map: SeatMap, range: SeatRange): number[] {
  const section = map.sections.find((one) => one.name === range.section);
  const rows = (section?.rows ?? []).filter((row) => range.row === "" || row.row === range.row);
  return rows.flatMap((row) => {
    const first = Math.max(1, range.from);
    const last = range.to === 0 ? row.seatCount : Math.min(range.to, row.seatCount);
    const count = Math.max(0, last - first + 1);
    return Array.from(
      { length: count },
      (_, place) => map.firstSeatId + row.firstIndex + first - 1 + place,
    );
  });
}
