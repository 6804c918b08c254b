// fan.ts — one fan with a browser of one's own: what a fan sees, reads and presses.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const SCREENSHOTS = resolve(process.env["SCREENSHOTS"] ?? "../../build/screenshots");
const SEEN_MS_MAX = 15_000; // a condition that has not come true by then never will

export interface Fan {
  readonly page: Page;
  readonly email: string;
  sees(what: Locator): Promise<void>;
  shoots(name: string): Promise<void>;
  leaves(): Promise<void>; // and complains about every error the page has shown
}

export function openBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-sync",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
}

interface Habits {
  readonly locale: "ko-KR" | "en-US";
  readonly device: "phone" | "desktop";
  readonly light: "light" | "dark";
}

let fanCount = 0;

export async function createFan(browser: Browser, baseUrl: string, habits: Habits): Promise<Fan> {
  const isPhone = habits.device === "phone";
  const context = await browser.newContext({
    baseURL: baseUrl,
    locale: habits.locale,
    colorScheme: habits.light,
    viewport: isPhone ? { width: 360, height: 740 } : { width: 1280, height: 860 },
    deviceScaleFactor: isPhone ? 2 : 1,
    isMobile: isPhone,
    hasTouch: isPhone,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(SEEN_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const isRefusal = message.text().startsWith("Failed to load resource"); // a 402 is an answer
    if (message.type() === "error" && !isRefusal) complaints.push(message.text());
  });
  return {
    page,
    email: `fan-${Date.now()}-${process.pid}-${++fanCount}@example.com`,
    sees: (what) => what.first().waitFor({ state: "visible" }),
    async shoots(name) {
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    },
    async leaves() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}
