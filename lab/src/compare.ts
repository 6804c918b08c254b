// compare.ts — two nights side by side: what became faster, what slower, and beyond what is noise.
import { readFileSync } from "node:fs";

import { type Results, type Run, scenarios } from "./results.ts";

const NOISE = 0.1; // less than a tenth is the machine's mood

function change(before: number, after: number): string {
  if (before === 0) return "–";
  const ratio = after / before - 1;
  const words = `${ratio >= 0 ? "+" : "−"}${Math.abs(ratio * 100).toFixed(0)} %`;
  return Math.abs(ratio) > NOISE ? `**${words}**` : words;
}

function line(title: string, scenario: string, before: Run, after: Run): string {
  const cells = [
    title, scenario, change(before.perSecond, after.perSecond),
    change(before.winnersPerSecond, after.winnersPerSecond), change(before.p99Ms, after.p99Ms),
    `${before.audit.doubleBookings} → ${after.audit.doubleBookings}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

export function compare(beforePath: string, afterPath: string): string {
  const [before, after] = [beforePath, afterPath].map(
    (path) => JSON.parse(readFileSync(path, "utf8")) as Results,
  );
  if (!before || !after) throw new Error("two files are compared");
  const differences = Object.entries(before.settings)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(after.settings[name as keyof Results["settings"]]))
    .map(([name]) => name);
  const lines = before.entries.flatMap((entry) => {
    const other = after.entries.find(({ title }) => title === entry.title);
    return other
      ? scenarios.map((scenario) => line(entry.title, scenario, entry.medians[scenario], other.medians[scenario]))
      : [];
  });
  const ceilings = before.entries.flatMap((entry) => {
    const other = after.entries.find(({ title }) => title === entry.title);
    if (!entry.ceiling || !other?.ceiling) return [];
    const cells = [
      change(entry.ceiling.soldPerSecond, other.ceiling.soldPerSecond),
      change(entry.ceiling.lostPerSecond, other.ceiling.lostPerSecond),
      change(entry.ceiling.p99Ms, other.ceiling.p99Ms),
    ];
    return [`| ${entry.title} | ${cells.join(" | ")} |`];
  });
  const warnings = [
    ...(differences.length > 0 ? [`The settings differ: ${differences.join(", ")}.`] : []),
    ...(before.machine.processor !== after.machine.processor ? ["The machines differ."] : []),
  ];
  return [
    `${beforePath} (${before.measuredAt}) → ${afterPath} (${after.measuredAt})`, ...warnings, "",
    "| strategy | scenario | presses/s | seats/s | p99 | sold twice |",
    "| --- | --- | --- | --- | --- | --- |", ...lines, "",
    "| ceiling | seats sold/s | refusals/s | p99 |", "| --- | --- | --- | --- |", ...ceilings,
  ].join("\n");
}
