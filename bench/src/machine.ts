// machine.ts — on what, and with which programs, was measured. Numbers without it mean nothing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

import { table } from "./table.ts";

export interface Machine {
  processor: string;
  cores: number;
  memoryGigabytes: number;
  system: string;
  kernel: string;
  dataFileSystem: string;
  versions: Record<string, string>;
}

/** The first line a program prints about itself, on whichever stream it prints it. */
export function firstLine(command: string, ...args: string[]): string {
  try {
    const said = execFileSync("sh", ["-c", '"$0" "$@" 2>&1 || true', command, ...args]);
    return said.toString().split("\n")[0]?.trim() ?? "";
  } catch {
    return "";
  }
}

function systemName(): string {
  const line = readFileSync("/etc/os-release", "utf8").match(/^PRETTY_NAME="(.*)"$/m);
  return line?.[1] ?? "";
}

export function describeMachine(binary: string, dataFolder: string): Machine {
  return {
    processor: cpus()[0]?.model ?? "",
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    kernel: release(),
    dataFileSystem: firstLine("stat", "-f", "-c", "%T", dataFolder),
    versions: {
      ticketrush: firstLine(binary, "version"),
      commit: firstLine("git", "rev-parse", "--short", "HEAD"),
      nginx: firstLine("nginx", "-v"),
      wrk: firstLine("wrk", "-v"),
      sqlite: firstLine("sqlite3", "--version").split(" ").slice(0, 2).join(" "),
      gcc: firstLine("gcc", "--version"),
      node: process.version,
    },
  };
}

export function machineTable(machine: Machine): string {
  return table(["", ""], [
    ["processor", `${machine.processor}, ${machine.cores} cores`],
    ["memory", `${machine.memoryGigabytes} GB`],
    ["system", `${machine.system}, kernel ${machine.kernel}`],
    ["file system of the data", machine.dataFileSystem],
    ...Object.entries(machine.versions),
  ]);
}
