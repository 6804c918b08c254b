// reading_report.ts — the part of the report that is about reading the catalog.
import { middleSample, type Reading, type Subject, subjects } from "./reading.ts";
import { table, whole } from "./table.ts";
import type { Sample } from "./wrk.ts";

export const subjectNames: Record<Subject, string> = {
  list: "concert list",
  options: "dates of a concert",
  map: "seat map of 50,000 seats",
  states: "seat states of 50,000 seats",
};

function comparedTable({ compared }: Reading): string {
  const rows = subjects.map((subject) => {
    const { ours, nginx } = middleSample(compared[subject]);
    return [
      subjectNames[subject], whole(compared[subject].bytes), whole(ours.perSecond), whole(nginx.perSecond),
      (ours.perSecond / nginx.perSecond).toFixed(2), ours.p99Ms.toFixed(2), nginx.p99Ms.toFixed(2),
      ours.cpuMicros.toFixed(1), nginx.cpuMicros.toFixed(1),
    ];
  });
  return table(["read", "bytes sent", "ours a second", "nginx a second", "ratio", "ours p99 ms",
    "nginx p99 ms", "ours CPU µs", "nginx CPU µs"], rows);
}

function aloneTable({ alone }: Reading): string {
  const rows = subjects.map((subject) => {
    const { rememberedMs, afreshMs } = alone[subject];
    return [subjectNames[subject], rememberedMs.toFixed(2), afreshMs.toFixed(2)];
  });
  return table(["one reading at a time", "with ms", "without ms"], rows);
}

function rushTable({ rush: { readers, full, half } }: Reading): string {
  const row = (what: string, { perSecond, p50Ms, p99Ms, p999Ms }: Sample) =>
    [what, whole(perSecond), p50Ms.toFixed(2), p99Ms.toFixed(2), p999Ms.toFixed(2)];
  return table(["in the rush", "a second", "p50 ms", "p99 ms", "p999 ms"], [
    row("reservations, half of what the server can do", half.reserving),
    row(`list and seat states meanwhile, ${readers} connections`, half.reading),
    row("reservations, all it can do", full.reserving),
    row(`list and seat states meanwhile, ${readers} connections`, full.reading),
  ]);
}

export function readingTables(reading: Reading): string {
  return [comparedTable(reading), aloneTable(reading), rushTable(reading)].join("\n\n");
}

export function readingPart(reading: Reading, connections: number): string {
  return `## Reading

The same bytes from both, compressed; nginx has them as files. The list has ${reading.concerts} concerts.

${comparedTable(reading)}

With and without what the server remembers. Without is the first reading after an edit of the catalog, which no
remembered answer outlives: the store is read, and the answer written and compressed. Seat states are the engine's and
in no cache; theirs is the first reading after a reservation.

${aloneTable(reading)}

While fans reserve with ${connections} connections, others read the concert list and the states of the dates that are
being sold. Once every fan waits between two presses, as long as makes half of the rate; once they press again the
moment they are answered, and more is asked than the server can do. The readers wait between two looks. Fans and
readers share the load's core, the readers first.

${rushTable(reading)}`;
}
