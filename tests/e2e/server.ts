// server.ts — the house under test: one that runs already (BASE_URL), or one that we start ourselves
// (TICKETRUSH_BINARY) on a free port and an empty data folder, and end by its own process.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HouseUnderTest {
  readonly baseUrl: string;
  readonly operator: { readonly email: string; readonly password: string } | null; // ours only
  stop(): Promise<void>;
}

const READY_MS_MAX = 30_000;
const READY_LOOK_MS = 100;
const STOP_MS_MAX = 10_000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/* The condition is /readyz; the pause between two looks only keeps the processor free. */
async function untilReady(baseUrl: string, hasEnded: () => boolean): Promise<void> {
  const lastMs = Date.now() + READY_MS_MAX;
  while (Date.now() < lastMs) {
    if (hasEnded()) throw new Error("the server ended before it was ready");
    const answer = await fetch(`${baseUrl}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((look) => setTimeout(look, READY_LOOK_MS));
  }
  throw new Error(`no answer from ${baseUrl}/readyz`);
}

type Settings = Readonly<Record<string, string>>;

async function startServer(binary: string, settings: Settings): Promise<HouseUnderTest> {
  const data = mkdtempSync(join(tmpdir(), "ticketrush-e2e-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const env = {
    ...process.env,
    TICKETRUSH_BINARY: undefined, // no setting of the server's: it would refuse to start
    TICKETRUSH_LISTEN: listen,
    TICKETRUSH_DATA: data,
    ...settings,
    TICKETRUSH_DRAIN_MS: "1000", // a payment without an answer is nothing to wait for at the end
  };
  const seeded = spawnSync(binary, ["seed", "--size", "small"], { env, stdio: "inherit" });
  if (seeded.status !== 0) throw new Error(`seed ended with ${seeded.status}`);

  const operator = { email: "operator@example.com", password: randomBytes(12).toString("hex") };
  const added = spawnSync(
    binary,
    ["user", "add", operator.email, "--role", "operator", "--password-stdin"],
    { env, input: operator.password, stdio: ["pipe", "ignore", "inherit"] },
  );
  if (added.status !== 0) throw new Error(`user add ended with ${added.status}`);

  const server = spawn(binary, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(server, "exit");
  await untilReady(`http://${listen}`, () => server.exitCode !== null);
  return {
    baseUrl: `http://${listen}`,
    operator,
    async stop() {
      const impatience = setTimeout(() => server.kill("SIGKILL"), STOP_MS_MAX);
      server.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/* `settings` are of a server of our own. */
export async function houseUnderTest(settings: Settings = {}): Promise<HouseUnderTest> {
  const { BASE_URL, TICKETRUSH_BINARY } = process.env;
  if (BASE_URL)
    return { baseUrl: BASE_URL.replace(/\/$/, ""), operator: null, stop: async () => undefined };
  if (TICKETRUSH_BINARY) return startServer(TICKETRUSH_BINARY, settings);
  throw new Error("set BASE_URL to a running server, or TICKETRUSH_BINARY to start one");
}
