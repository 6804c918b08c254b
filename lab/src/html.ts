// html.ts — one page with the charts, as SVG: no server, no script.
import {
  advice, bounds, byDesign, conclusions, databases, leaders, weaknesses, whole,
} from "./conclusion.ts";
import {
  askedInVain, cpuMicros, type Entry, type Results, type Run, type Scenario, scenarios,
  scenarioWords, soldRange,
} from "./results.ts";

const ROW = 22;
const LABEL = 270;
const BARS = 520;
const colours: Record<string, string> = {
  v1: "#b4463c", v2: "#c98a1b", v3: "#7a5aa6", v4: "#3a7ca5", v5: "#2e8b57",
};

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function inline(words: string): string {
  return escape(words).replaceAll(/\*\*(.+?)\*\*/g, "<b>$1</b>").replaceAll(/`(.+?)`/g, "<code>$1</code>");
}

interface Bar {
  title: string;
  strategy: string;
  value: number;
  words: string;
}

function chart(caption: string, bars: readonly Bar[]): string {
  const most = Math.max(1e-9, ...bars.map((bar) => bar.value));
  const rows = bars.map((bar, at) => {
    const width = Math.max(1, (bar.value / most) * BARS);
    const y = at * ROW;
    return (
      `<text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${escape(bar.title)}</text>` +
      `<rect x="${LABEL}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 6}" rx="2" fill="${colours[bar.strategy] ?? "#666"}"/>` +
      `<text x="${LABEL + width + 6}" y="${y + 15}">${escape(bar.words)}</text>`
    );
  });
  const height = bars.length * ROW;
  return (
    `<figure><figcaption>${escape(caption)}</figcaption>` +
    `<svg viewBox="0 0 ${LABEL + BARS + 150} ${height}" role="img" aria-label="${escape(caption)}">${rows.join("")}</svg></figure>`
  );
}

function bars(results: Results, scenario: Scenario, value: (run: Run) => number, unit: (value: number) => string): Bar[] {
  return results.entries.map(({ title, contestant, medians }) => {
    const run = medians[scenario];
    const twice = run.audit.doubleBookings;
    const warning = twice > 0 ? ` — ${whole(twice)} sold twice` : "";
    const most = askedInVain(run) ? " *" : "";
    return {
      title, strategy: contestant.strategy, value: value(run),
      words: `${unit(value(run))}${most}${warning}`,
    };
  });
}

function scenarioPart(results: Results, scenario: Scenario): string {
  const perSecond = (value: number) => `${whole(value)}/s`;
  const millis = (value: number) => `${value.toFixed(1)} ms`;
  return [
    `<h3>${scenario}</h3><p>${escape(scenarioWords[scenario])}</p>`,
    chart("Presses answered a second", bars(results, scenario, (run) => run.perSecond, perSecond)),
    chart("Seats sold a second", bars(results, scenario, (run) => run.winnersPerSecond, perSecond)),
    chart("p99 until the answer", bars(results, scenario, (run) => run.p99Ms, millis)),
    chart("CPU a press, all servers together", bars(results, scenario, cpuMicros, (value) => `${whole(value)} µs`)),
  ].join("\n");
}

function ceilingPart(entries: readonly Entry[]): string {
  const bar = ({ title, contestant }: Entry, value: number, words: string): Bar => ({
    title, strategy: contestant.strategy, value, words,
  });
  const measured = entries.flatMap((entry) => (entry.ceiling ? [{ entry, ceiling: entry.ceiling }] : []));
  return [
    chart("Seats sold a second, one free seat after the other", measured.map(({ entry, ceiling }) =>
      bar(entry, ceiling.soldPerSecond, `${whole(ceiling.soldPerSecond)}/s (${soldRange(entry).map(whole).join(" – ")}), p99 ${ceiling.p99Ms.toFixed(1)} ms`))),
    chart("Refusals a second, when most seats are gone", measured.filter(({ ceiling }) => ceiling.lostPerSecond > 0).map(({ entry, ceiling }) =>
      bar(entry, ceiling.lostPerSecond, `${whole(ceiling.lostPerSecond)}/s`))),
  ].join("\n");
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${inline(line.replace(/^- /, ""))}</li>`).join("")}</ul>`;
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: "td" | "th") =>
    `<tr>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${line(head, "th")}${rows.map((row) => line(row, "td")).join("")}</table>`;
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1d2329;background:#fff}
svg{width:100%;height:auto;font-size:12px}figure{margin:1rem 0}figcaption{font-weight:600}table{border-collapse:collapse}td,th{text-align:left;padding:.35rem .8rem .35rem 0;vertical-align:top;border-bottom:1px solid #8884}
pre{overflow-x:auto;background:#f3f5f7;padding:.8rem}@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#15191d}svg text{fill:#e6e9ec}pre{background:#22282e}}`;

export function html(results: Results): string {
  const { machine, settings } = results;
  const breaks = results.entries.map((entry) => [entry.title, weaknesses(entry).join("; ")]);
  return [
    "<!doctype html>", '<html lang="en"><meta charset="utf-8">', "<title>Ticket-Rush: every strategy side by side</title>",
    '<meta name="viewport" content="width=device-width">', `<style>${style}</style>`,
    "<h1>Every strategy side by side</h1>",
    `<p>${escape(machine.processor)}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${escape(machine.system)}; size “${escape(settings.size)}”: ${settings.seconds} s a run, ${settings.repeats} of each, ${settings.fans} fans at once; ${escape(results.measuredAt)}</p>`,
    "<h2>What follows from it</h2>", list(conclusions(results)),
    "<p>Who leads, of those that sold nothing twice; whoever is less than a fifth behind is named, too:</p>",
    grid(["", ...databases], leaders(results)),
    "<h3>Which to take when</h3>", list(advice(results)), "<h3>By design</h3>", list(byDesign),
    "<h3>Where each one breaks</h3>", grid(["strategy", "where it breaks"], breaks), `<p>${escape(bounds)}</p>`,
    "<h2>Ceilings</h2>",
    `<p>One core asks as fast as it can: wrk, ${settings.ceilingConnections} connections, ${settings.ceilingRounds} rounds of ${settings.ceilingSeconds} s, in turns; the median, and the slowest and the fastest round. v4 answers before it has decided: its seats are those decided, until nothing waited any more.</p>`,
    ceilingPart(results.entries),
    "<h2>Scenarios</h2>",
    "<p>k6 plays fans who each wait for their answer. * k6 used its whole core: rate and waiting are its own, the server could answer faster.</p>",
    ...scenarios.map((scenario) => scenarioPart(results, scenario)),
    "<h2>Versions and commands</h2>", list(Object.entries(machine.versions).map(([name, words]) => `${name}: ${words}`)),
    `<pre>${escape(results.commands.join("\n"))}</pre>`, "</html>", "",
  ].join("\n");
}
