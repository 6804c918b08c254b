// operate.test.ts — an operator makes a concert from nothing, draws its hall, sells it, and a fan buys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { createFan, openBrowser, type Fan } from "./fan.ts";
import { houseUnderTest, type HouseUnderTest } from "./server.ts";

let house: HouseUnderTest;
let browser: Browser;

before(async () => {
  house = await houseUnderTest();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const DAY_MS = 86_400_000;
const KOREA_MS = 9 * 3_600_000;

/* As a date-and-time field wants it, in Korea's time. */
function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS + KOREA_MS).toISOString().slice(0, 16);
}

async function logIn(fan: Fan, names: Record<"email" | "password" | "send", string>) {
  if (house.operator === null) throw new Error("this story needs a server of its own");
  await fan.page.goto("/login?next=/operator");
  await fan.page.getByLabel(names.email).fill(house.operator.email);
  await fan.page.getByRole("textbox", { name: names.password }).fill(house.operator.password);
  await fan.page.getByRole("button", { name: names.send }).click();
}

async function createArtist(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Agencies" }).click();
  const agency = page.getByRole("region", { name: "New agency" });
  await agency.getByLabel("Name", { exact: true }).fill("Nova Entertainment");
  await agency.getByLabel("Name in Korean").fill("노바엔터테인먼트");
  await agency.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: /^Nova Entertainment/ }).waitFor();

  await page.getByRole("link", { name: "Artists" }).click();
  const artist = page.getByRole("region", { name: "New artist" });
  await artist.getByLabel("Name", { exact: true }).fill("Nova");
  await artist.getByLabel("Name in Korean").fill("노바");
  await artist.getByLabel("Agency").selectOption({ label: "Nova Entertainment" });
  await artist.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: /^Nova/ }).first().waitFor();
}

async function createConcert(fan: Fan): Promise<void> {
  const { page } = fan;
  await page.getByRole("navigation", { name: "Operator's pages" }).getByText("Concerts").click();
  await page.getByRole("link", { name: "New concert" }).click();
  await page.getByLabel("Title", { exact: true }).fill("First Light");
  await page.getByLabel("Title in Korean").fill("첫빛");
  await page.getByLabel("Artists").selectOption({ label: "Nova" });
  await page.getByRole("button", { name: "Create" }).click();

  await fan.sees(page.getByRole("heading", { name: "First Light" }));
  await page.getByLabel("Starts at").fill(inDays(30));
  await page.getByRole("button", { name: "Add a date" }).click();
  await page.getByRole("link", { name: "Hall and sale" }).click();
}

async function drawHall(fan: Fan): Promise<void> {
  const { page } = fan;
  const first = page.getByRole("group", { name: "Section A", exact: true });
  await first.getByLabel("Rows").fill("3");
  await first.getByLabel("Seats a row").fill("8");
  await page.getByRole("button", { name: "Add a section" }).click();
  await page.getByRole("group", { name: "Section B", exact: true }).getByLabel("Grade").fill("S");
  await page
    .getByRole("group", { name: "Section B", exact: true })
    .getByLabel("Price")
    .fill("99000");
  await fan.sees(page.getByText("48 seats ·"));

  const drawn = page.getByRole("group", { name: "Preview" }).getByRole("button", { name: /^B/ });
  await drawn.press("ArrowDown");
  await fan.sees(page.getByRole("button", { name: "Line up in front of the stage" }));
  await fan.sees(page.getByText("48 seats ·"));
  await fan.shoots("operator-1-hall");

  await page.getByRole("group", { name: "Section B", exact: true }).getByLabel("Rows").fill("0");
  await fan.sees(page.getByRole("alert").filter({ hasText: "sections[1].rows" }));
  await page.getByRole("group", { name: "Section B", exact: true }).getByLabel("Rows").fill("2");
  await fan.sees(page.getByText("40 seats ·"));
  await page.getByRole("button", { name: "Use this hall" }).click();
  await fan.sees(page.getByRole("region", { name: "Hall" }).getByText("40 seats"));
}

async function openSale(fan: Fan): Promise<void> {
  const { page } = fan;
  await page.getByLabel("Opens at").fill(inDays(-1));
  await page.getByLabel("Seats a fan", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Set up the sale" }).click();
  await fan.sees(page.getByText("On sale").first());
  await fan.shoots("operator-2-sale");
}

test("an operator makes a concert, draws its hall and sells it; a fan holds seats at once", async () => {
  const operator = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "desktop",
    light: "light",
  });
  await logIn(operator, { email: "E-mail", password: "Password", send: "Log in" });
  await createArtist(operator.page);
  await createConcert(operator);
  await drawHall(operator);
  await openSale(operator);

  const fan = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "desktop",
    light: "dark",
  });
  await fan.page.goto("/signup");
  await fan.page.getByLabel("E-mail").fill(fan.email);
  await fan.page.getByLabel("Nickname").fill("Mina");
  await fan.page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await fan.page.getByRole("button", { name: "Create the account" }).click();
  await fan.sees(fan.page.getByRole("button", { name: "Log out" }));
  await fan.page.getByRole("searchbox").fill("First Light");
  await fan.page.getByRole("link").filter({ hasText: "First Light" }).click();
  await fan.page.getByRole("link", { name: /^Choose seats/ }).click();
  await fan.page.getByRole("tab", { name: "Best available" }).click();
  await fan.page.getByRole("button", { name: "Hold the best 2 seats" }).click();
  await fan.sees(fan.page.getByRole("timer"));
  assert.equal(await fan.page.getByRole("link", { name: "Operator" }).count(), 0);
  await fan.page.goto("/operator");
  await fan.sees(fan.page.getByText("This page is for operators"));
  await fan.leaves();

  const { page } = operator;
  await page.getByRole("link", { name: "Live" }).click();
  const card = page.getByRole("listitem").filter({ hasText: "First Light" });
  await operator.sees(card.getByText("2", { exact: true }));
  await card.getByRole("button", { name: "Pause" }).click();
  await card.getByRole("group").getByRole("button", { name: "Pause" }).click();
  await operator.sees(card.getByText("Paused"));
  await operator.shoots("operator-3-live");
  await operator.leaves();
});

test("운영자가 한국어 휴대폰 화면에서 표로 된 좌석 배치를 가져온다", async () => {
  const operator = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "phone",
    light: "dark",
  });
  const { page } = operator;
  await logIn(operator, { email: "이메일", password: "비밀번호", send: "로그인" });
  await operator.sees(page.getByRole("heading", { name: "판매 현황" }));
  await operator.shoots("operator-4-live-ko");
  await page
    .getByRole("navigation", { name: "운영 메뉴" })
    .getByText("공연", { exact: true })
    .click();
  await page
    .getByRole("link", { name: /라일락/ })
    .first()
    .click();
  await page.getByLabel("시작(한국 시간)").fill(inDays(60));
  await page.getByRole("button", { name: "날짜 추가" }).click();
  await page.getByRole("listitem").filter({ hasText: "좌석 미정" }).getByRole("link").click();
  const asFansSeeIt = await page.context().newPage();
  await asFansSeeIt.goto("/concerts/1");
  const unannounced = asFansSeeIt.getByRole("listitem").filter({ hasText: "좌석 배치 미정" });
  await operator.sees(unannounced);
  assert.equal(await unannounced.getByText("매진").count(), 0);
  assert.equal(await unannounced.getByRole("link").count(), 0);
  await asFansSeeIt.close();
  const document = {
    sections: [
      {
        name: "S",
        nameKo: "스탠딩",
        grade: "VIP",
        price: 150_000,
        rows: [{ row: "1", seats: 30 }],
      },
    ],
  };
  await page.getByLabel("파일 가져오기").setInputFiles({
    name: "hall.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(document)),
  });
  await operator.sees(page.getByText("30석 · 전석 판매 시 4,500,000원"));
  await operator.shoots("operator-5-hall-ko");
  await page.getByRole("button", { name: "이 배치로 정하기" }).click();
  await operator.sees(page.getByRole("button", { name: "판매 준비" }));
  await page.getByRole("link", { name: "변경 내역" }).click();
  const change = page.getByRole("listitem").filter({ hasText: "좌석 배치" }).first();
  await change.getByText("설정").click();
  await operator.sees(change.getByText("30", { exact: true }));
  await operator.shoots("operator-6-changes-ko");
  await operator.leaves();
});
