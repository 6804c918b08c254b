// usage.ts — what the server and each backing server used during a run, by the kernel's count.
import { readdirSync, readFileSync } from "node:fs";

export type Part = "ticketrush" | "PostgreSQL" | "Redis" | "Kafka";

export interface Usage {
  cpuSeconds: number;
  residentMegabytes: number;
}

/** Processes of each part; those of PostgreSQL come and go, so they are found anew each time. */
export type Parts = ReadonlyMap<Part, number>;

const TICKS_PER_SECOND = 100; // USER_HZ of Linux on every machine of today
const names = new Map<string, Part>([
  ["postgres", "PostgreSQL"],
  ["redis-server", "Redis"],
  ["java", "Kafka"],
]);

interface Stat {
  parent: number;
  name: string;
  ownTicks: number;
  endedChildrenTicks: number;
  residentPages: number;
}

function readStat(pid: number): Stat | null {
  try {
    const words = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = words.lastIndexOf(")");
    const fields = words.slice(close + 2).split(" ").map(Number);
    const at = (index: number) => fields[index - 3] ?? 0; // numbered as in proc(5)
    return {
      name: words.slice(words.indexOf("(") + 1, close),
      parent: at(4),
      ownTicks: at(14) + at(15),
      endedChildrenTicks: at(16) + at(17),
      residentPages: at(24),
    };
  } catch {
    return null; // it has ended meanwhile
  }
}

function everyProcess(): Map<number, Stat> {
  const all = new Map<number, Stat>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : null;
    if (stat) all.set(Number(entry), stat);
  }
  return all;
}

/** The servers that with_servers has started: we are its child, they are our brothers. */
export function backingServers(): Parts {
  const found = new Map<Part, number>();
  for (const [pid, stat] of everyProcess()) {
    const part = names.get(stat.name);
    if (part && stat.parent === process.ppid) found.set(part, pid);
  }
  return found;
}

/** CPU seconds of our own children that have ended: k6's, after a run of it. */
export function endedChildrenSeconds(): number {
  return (readStat(process.pid)?.endedChildrenTicks ?? 0) / TICKS_PER_SECOND;
}

export function usageOf(pid: number): Usage {
  const all = everyProcess();
  let ticks = all.get(pid)?.endedChildrenTicks ?? 0;
  let pages = 0;
  for (const [each, stat] of all) {
    if (each !== pid && stat.parent !== pid) continue;
    ticks += stat.ownTicks;
    pages += stat.residentPages;
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMegabytes: (pages * 4096) / 2 ** 20 };
}
