// contestants.ts — who takes part: every strategy on every database, with what it stands on.

export interface Backing {
  postgres: string; // "postgresql://…"; "" where there is none
  redis: string;
  kafka: string;
}

export interface Contestant {
  name: string; // "v2 optimistic"
  strategy: string;
  lock: string; // "" for none
  database: "SQLite" | "PostgreSQL";
  beside: readonly ("Redis" | "Kafka")[]; // what else it stands on
  guarded: boolean; // false: double bookings are what it is here to show
}

interface Mechanism {
  strategy: string;
  lock: string;
  beside: readonly ("Redis" | "Kafka")[];
}

const mechanisms: readonly Mechanism[] = [
  { strategy: "v1", lock: "none", beside: [] },
  { strategy: "v1", lock: "mutex", beside: [] },
  { strategy: "v2", lock: "optimistic", beside: [] },
  { strategy: "v2", lock: "pessimistic", beside: [] },
  { strategy: "v3", lock: "", beside: ["Redis"] },
  { strategy: "v4", lock: "", beside: ["Redis", "Kafka"] },
  { strategy: "v5", lock: "", beside: [] },
];

function make({ strategy, lock, beside }: Mechanism, database: Contestant["database"]): Contestant {
  const name = lock === "" ? strategy : `${strategy} ${lock}`;
  const shown = database === "SQLite" ? [] : beside;
  return { name, strategy, lock, database, beside: shown, guarded: lock !== "none" };
}

export const contestants: readonly Contestant[] = (["SQLite", "PostgreSQL"] as const).flatMap(
  (database) => mechanisms.map((mechanism) => make(mechanism, database)),
);

export function title(contestant: Contestant): string {
  const parts = [contestant.database, ...contestant.beside];
  return `${contestant.name} on ${parts.join(" + ")}`;
}

/** Embedded where it can be: with SQLite the lock, the log and the line are in the process. */
export function canRun(contestant: Contestant, backing: Backing): boolean {
  if (contestant.database === "PostgreSQL" && backing.postgres === "") return false;
  return contestant.beside.every((part) =>
    part === "Redis" ? backing.redis !== "" : backing.kafka !== "",
  );
}

export function environmentOf(contestant: Contestant, backing: Backing, database: string) {
  return {
    TICKETRUSH_STORE: contestant.database === "SQLite" ? "sqlite" : database,
    TICKETRUSH_REDIS: contestant.beside.includes("Redis") ? backing.redis : "",
    TICKETRUSH_KAFKA: contestant.beside.includes("Kafka") ? backing.kafka : "",
    TICKETRUSH_LAB: "on",
  };
}
