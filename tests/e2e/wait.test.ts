// wait.test.ts — two fans in a waiting room at once, each in a browser of one's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

import { createFan, openBrowser, type Fan } from "./fan.ts";
import { openOffice, type Office } from "./office.ts";
import { houseUnderTest, type HouseUnderTest } from "./server.ts";

let house: HouseUnderTest;
let browser: Browser;
let office: Office;

before(async () => {
  house = await houseUnderTest();
  browser = await openBrowser();
  office = await openOffice(house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const DOOR = { mode: "FIXED", fansPerSecond: 50, activeMax: 1, entrySeconds: 300 };

async function signUpFor(path: string, habits: Parameters<typeof createFan>[2]): Promise<Fan> {
  const fan = await createFan(browser, house.baseUrl, habits);
  const { page } = fan;
  const isKorean = habits.locale === "ko-KR";
  await page.goto(`/signup?next=${path}`);
  await page.getByLabel(isKorean ? "이메일" : "E-mail").fill(fan.email);
  await page.getByLabel(isKorean ? "닉네임" : "Nickname").fill("Mina");
  await page
    .getByRole("textbox", { name: isKorean ? "비밀번호" : "Password" })
    .fill("correct horse battery");
  await page.getByRole("button", { name: isKorean ? "가입하기" : "Create the account" }).click();
  return fan;
}

async function buyBest(fan: Fan): Promise<void> {
  const { page } = fan;
  await page.getByRole("tab", { name: "Best available" }).click();
  await page.getByRole("button", { name: /^Hold the best/ }).click();
  await fan.sees(page.getByRole("timer"));
  await page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(page.getByRole("heading", { name: "You're going!" }));
}

test("one fan is inside, the next one waits through a reload, and goes in when there is room", async () => {
  const optionId = await office.sell("The Line", { waitingRoom: true });
  await office.put(`/api/options/${optionId}/admission`, DOOR);
  const path = `/options/${optionId}/waiting`;

  const first = await signUpFor(path, { locale: "en-US", device: "desktop", light: "light" });
  await first.sees(first.page.getByText("You are in.")); // the turn comes by itself
  const second = await signUpFor(path, { locale: "ko-KR", device: "phone", light: "dark" });
  await second.sees(second.page.getByText("다음 차례입니다. 자리가 나는 대로 입장합니다."));
  const number = await second.page.getByText(/^내 번호/).textContent();
  await second.shoots("wait-1-next-ko");
  await second.page.reload();
  await second.sees(second.page.getByText("다음 차례입니다. 자리가 나는 대로 입장합니다."));
  assert.equal(await second.page.getByText(/^내 번호/).textContent(), number);

  await first.shoots("wait-2-inside");
  await buyBest(first);
  await second.sees(second.page.getByText("입장했습니다."));
  await second.page.getByRole("tab", { name: "자동 선택" }).click();
  await second.page.getByRole("button", { name: /선점하기$/ }).click();
  await second.sees(second.page.getByRole("timer"));
  await first.leaves();
  await second.leaves();
});

test("whoever waits is told plainly that the tickets are gone", async () => {
  const optionId = await office.sell("Gone", { waitingRoom: true, maxPerFan: 12 });
  await office.put(`/api/options/${optionId}/admission`, DOOR);
  const path = `/options/${optionId}/waiting`;
  const first = await signUpFor(path, { locale: "en-US", device: "desktop", light: "light" });
  await first.sees(first.page.getByText("You are in."));
  const second = await signUpFor(path, { locale: "en-US", device: "phone", light: "light" });
  await second.sees(second.page.getByText("You are next"));

  await first.page.getByRole("tab", { name: "Best available" }).click();
  for (let count = 2; count < 12; count++)
    await first.page.getByRole("button", { name: "One more" }).click();
  await first.page.getByRole("button", { name: "Hold the best 12 seats" }).click();
  await first.sees(first.page.getByRole("timer"));
  await first.page.getByRole("button", { name: /^Pay/ }).click();
  await first.sees(first.page.getByRole("heading", { name: "You're going!" }));
  await second.sees(second.page.getByText("All tickets are gone."));
  await second.shoots("wait-3-gone");
  await second.page.getByRole("button", { name: "Leave the line" }).click();
  await second.page
    .getByRole("group", { name: "Leave the line" })
    .getByRole("button", { name: "Leave the line" })
    .click();
  await second.sees(second.page.getByRole("heading", { name: "You have left the line" }));
  await first.leaves();
  await second.leaves();
});

test("before the opening everybody waits in the hall, and the opening draws the turns", async () => {
  const optionId = await office.sell("The Hall", {
    waitingRoom: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const fan = await signUpFor(`/options/${optionId}/waiting`, {
    locale: "en-US",
    device: "phone",
    light: "dark",
  });
  await fan.sees(fan.page.getByText("You are in the hall."));
  await fan.shoots("wait-4-hall");
  await office.resell(optionId, { waitingRoom: true }); // open since yesterday
  await fan.sees(fan.page.getByText("You are in. Choose")); // after the draw, by itself
  await fan.leaves();
});
