// presale.test.ts — a fan club buys first: its code is entered on the concert's page.
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

import { createFan, openBrowser } from "./fan.ts";
import { openOffice } from "./office.ts";
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
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

test("팬클럽 회원은 코드를 등록하고 먼저 예매한다", async () => {
  const office = await openOffice(house);
  const group = await office.post("/api/groups", {
    name: "UAENA",
    nameKo: "유애나",
    artistId: 1,
  });
  const made = await office.post(`/api/groups/${group["id"]}/codes`, { count: 1 });
  const [code] = made["codes"] as string[];
  await office.sell("First For The Club", {
    opensAt: inDays(3),
    presale: [{ groupId: group["id"], opensAt: inDays(-1), closesAt: inDays(2) }],
  });

  const fan = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "phone",
    light: "light",
  });
  const { page } = fan;
  await page.goto("/signup");
  await page.getByLabel("이메일").fill(fan.email);
  await page.getByLabel("닉네임").fill("Mina");
  await page.getByRole("textbox", { name: "비밀번호" }).fill("correct horse battery");
  await page.getByRole("button", { name: "가입하기" }).click();
  await page.getByRole("searchbox").fill("First For The Club");
  await page.getByRole("link").filter({ hasText: "First For The Club" }).click();
  const presale = page.getByRole("complementary", { name: "선예매" });
  await fan.sees(presale.getByText("유애나"));
  await presale.getByLabel("팬클럽 코드").fill("WRONG-CODE-0000");
  await presale.getByRole("button", { name: "등록" }).click();
  await fan.sees(presale.getByText("없는 코드이거나 이미 사용된 코드입니다."));
  await presale.getByLabel("팬클럽 코드").fill((code ?? "").toLowerCase());
  await presale.getByRole("button", { name: "등록" }).click();
  await fan.sees(presale.getByText("회원입니다"));
  await fan.shoots("presale-1-member");

  await page.getByRole("link", { name: /^좌석/ }).first().click();
  await page.getByRole("tab", { name: "자동 선택" }).click();
  await page.getByRole("button", { name: /선점하기$/ }).click();
  await fan.sees(page.getByRole("timer"));
  await fan.leaves();
});
