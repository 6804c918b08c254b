// waiting_report.ts — what the waiting room was asked for, and what was measured, as a page.
import { mkdirSync, writeFileSync } from "node:fs";

import { type Machine, machineTable } from "./machine.ts";
import { lineTable } from "./report.ts";
import { table, whole } from "./table.ts";
import { NIGHT, type Waited } from "./waiting.ts";

export interface WaitingResults extends Waited {
  measuredAt: string;
  machine: Machine;
}

export function askedTable({ listening, keptPlaces, filling, hurrying }: Waited): string {
  const millis = (value: number) => `${whole(value)} ms`;
  const row = (what: string, asked: string, measured: string, kept: boolean) =>
    [what, asked, measured, kept ? "kept" : "**not kept**"];
  const slowest = Math.max(...listening.heardMs);
  return table(["what", "asked for", "measured", ""], [
    row("streams of waiting fans on one node", "100,000, or as many as the system allows a process",
      whole(listening.listeners), true),
    row("memory of the server for each of them, with the place", "≤ 1,024 bytes",
      `${whole(listening.bytesPerListener)} bytes`, listening.bytesPerListener <= 1024),
    row("a push to all of them", "≤ 2,000 ms", listening.heardMs.map(millis).join(", "), slowest <= 2000),
    row("all of them leave and come back, spread over 2,000 ms", "no place lost",
      `${whole(keptPlaces)} places in ${millis(listening.againMs)}`, keptPlaces === listening.listeners),
    row(`of the called 60 % are gone: ${whole(filling.target)} active fans`, "≤ 5,000 ms",
      millis(filling.reachedMs), filling.reachedMs <= 5000 && filling.mostActive <= filling.target),
    row(`${whole(hurrying.fans)} fans let in at 1,000 a second`, "in order exactly",
      `${whole(hurrying.outOfOrder)} out of order, ${millis(hurrying.tookMs)}`, hurrying.outOfOrder === 0),
  ]);
}

function page(results: WaitingResults): string {
  const { measuredAt, machine, listening, filling, hurrying, night, line } = results;
  return `# The waiting room under its crowd

Made by \`make bench BENCH='--only waiting'\` on ${measuredAt}. Server and load have one core each.

## What was asked for

${askedTable(results)}

The streams are \`…/waiting/events\` of fans who stand in the hall, from ${whole(Math.ceil(listening.listeners / 8000))}
addresses of the loopback network; a stream's memory is that of the second half of them, when the tables of fixed size are
warm. A document has ${whole(listening.documentBytes)} bytes; the time is from the moment it is written in the usher's round
until the last of all has it. After everybody has come back each fan asks for the place and has the number from before.

To fill the room ${whole(filling.called)} fans were called; ${(100 * filling.comeShare).toFixed(0)} % of them come, as the
house measured by then. Never were more than ${whole(filling.mostActive)} of ${whole(filling.target)} inside.

Fans called in each second of the log: ${hurrying.perSecond.map(whole).join(", ")}. \`ticketrush verify-line\` of the whole
log: ${hurrying.verified}

## What a line costs

In the process, and in a Redis on the server's core; \`build/line\` runs on the load's. A call of a thousand is counted by its
fans.

${lineTable(line)}

Nearly all of what Redis costs is the way there and back: one round trip a call. Its line is for several nodes; one node does
not need it.

## A whole night

${whole(NIGHT.fans)} fans through the room into ${whole(NIGHT.seats)} seats, over 512 connections, in ${night.seconds.toFixed(1)} s.
\`ticketrush verify-line\` of its log: ${night.verified}

\`\`\`
${night.summary}
\`\`\`

## Machine

${machineTable(machine)}
`;
}

export function writeWaitingReport(results: WaitingResults, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/waiting-room.md`, page(results));
  writeFileSync(`${folder}/waiting-room.json`, `${JSON.stringify(results, null, 2)}\n`);
}
