// seatmap.ts — where every seat of a hall is. Unit of length: one seat pitch.
//
// A seat is named by its index: its place in seat-map order, 0 for the first seat of the first row
// of the first section. Seat ids of one option are contiguous, so index = id − firstSeatId, and the
// two-bit states, the sections and the rows all speak of the same numbers.

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface MapRow {
  readonly row: string;
  readonly firstIndex: number;
  readonly seatCount: number;
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

export interface MapSection {
  readonly id: number;
  readonly name: string;
  readonly nameKo: string;
  readonly grade: string;
  readonly price: number;
  readonly labelX: number;
  readonly labelY: number;
  readonly firstIndex: number;
  readonly seatCount: number;
  readonly rows: readonly MapRow[];
  readonly box: Box;
  readonly outline: readonly (readonly [number, number])[];
}

export interface SeatMap {
  readonly version: string;
  readonly optionId: number;
  readonly firstSeatId: number;
  readonly seatCount: number;
  readonly box: Box;
  readonly stage: Box;
  readonly sections: readonly MapSection[];
  readonly accessible: ReadonlySet<number>; // seat indexes
}

export interface Seat {
  readonly index: number;
  readonly section: MapSection;
  readonly row: MapRow;
  readonly number: number; // counts from 1 within its row
}

const MARGIN = 0.7; // what a seat reaches beyond its centre, with air

/* The room a section takes: its rows' first seats down one side, their last seats up the other. */
export function outlineOf(rows: readonly MapRow[]): [number, number][] {
  const down: [number, number][] = [];
  const up: [number, number][] = [];
  rows.forEach((row, place) => {
    const length = Math.hypot(row.dx, row.dy) || 1;
    const [alongX, alongY] = [(row.dx / length) * MARGIN, (row.dy / length) * MARGIN];
    const lastX = row.x + row.dx * (row.seatCount - 1);
    const lastY = row.y + row.dy * (row.seatCount - 1);
    const next = rows[place + 1] ?? row;
    const before = rows[place - 1] ?? row;
    const [deepX, deepY] = [next.x - before.x, next.y - before.y];
    const side = alongX * deepY - alongY * deepX >= 0 ? 1 : -1; // which way the next row lies
    const [outX, outY] = [-alongY * side, alongX * side];
    const edges = [...(place === 0 ? [-1] : []), ...(place === rows.length - 1 ? [1] : [])];
    for (const edge of edges.length > 0 ? edges : [0]) {
      down.push([row.x - alongX + outX * edge, row.y - alongY + outY * edge]);
      up.push([lastX + alongX + outX * edge, lastY + alongY + outY * edge]);
    }
  });
  return [...down, ...up.reverse()];
}

export function boxOf(points: readonly (readonly [number, number])[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

export function union(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

export function overlaps(one: Box, other: Box): boolean {
  return (
    one.left <= other.right &&
    other.left <= one.right &&
    one.top <= other.bottom &&
    other.top <= one.bottom
  );
}

/* The last of a sorted list that starts at or before the index. */
function lastFrom<Part extends { readonly firstIndex: number }>(
  parts: readonly Part[],
  index: number,
): Part | null {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const part = parts[middle];
    if (part !== undefined && part.firstIndex <= index) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1] ?? null;
}

export function seatAt(map: SeatMap, index: number): Seat | null {
  if (index < 0 || index >= map.seatCount) return null;
  const section = lastFrom(map.sections, index);
  const row = section && lastFrom(section.rows, index);
  if (!section || !row || index >= row.firstIndex + row.seatCount) return null;
  return { index, section, row, number: index - row.firstIndex + 1 };
}

export function placeOf(seat: Seat): [number, number] {
  const steps = seat.number - 1;
  return [seat.row.x + seat.row.dx * steps, seat.row.y + seat.row.dy * steps];
}

/* The seat under a point, or null between seats. */
export function seatUnder(map: SeatMap, x: number, y: number): Seat | null {
  const reach = 0.55;
  for (const section of map.sections) {
    if (x < section.box.left || x > section.box.right) continue;
    if (y < section.box.top || y > section.box.bottom) continue;
    for (const row of section.rows) {
      const pitch = row.dx * row.dx + row.dy * row.dy || 1;
      const along = ((x - row.x) * row.dx + (y - row.y) * row.dy) / pitch;
      const steps = Math.round(along);
      if (steps < 0 || steps >= row.seatCount) continue;
      const away = Math.hypot(x - row.x - steps * row.dx, y - row.y - steps * row.dy);
      if (away <= reach) return { index: row.firstIndex + steps, section, row, number: steps + 1 };
    }
  }
  return null;
}

/* The next seat in a direction (unit vector), for the arrow keys: near, and not far off the line. */
export function seatTowards(map: SeatMap, from: Seat, dirX: number, dirY: number): Seat | null {
  const [x, y] = placeOf(from);
  let best: Seat | null = null;
  let bestCost = Infinity;
  for (const section of map.sections)
    for (const row of section.rows)
      for (let steps = 0; steps < row.seatCount; steps++) {
        const awayX = row.x + row.dx * steps - x;
        const awayY = row.y + row.dy * steps - y;
        const ahead = awayX * dirX + awayY * dirY;
        if (ahead < 0.4) continue;
        const aside = Math.abs(awayX * dirY - awayY * dirX);
        const cost = ahead + aside * 3;
        if (aside > ahead * 2 || cost >= bestCost) continue;
        bestCost = cost;
        best = { index: row.firstIndex + steps, section, row, number: steps + 1 };
      }
  return best;
}
