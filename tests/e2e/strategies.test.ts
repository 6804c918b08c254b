// strategies.test.ts — the page sells a sale of any strategy; one that decides later keeps the fan in line.
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

import { createFan, openBrowser, type Fan } from "./fan.ts";
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

async function signUp({ page, email, sees }: Fan): Promise<void> {
  await page.goto("/signup");
  await page.getByLabel("이메일").fill(email);
  await page.getByLabel("닉네임").fill("Mina");
  await page
    .getByRole("textbox", { name: "비밀번호" })
    .fill("correct horse battery");
  await page.getByRole("button", { name: "가입하기" }).click();
  await sees(page.getByRole("button", { name: "로그아웃" }));
}

async function chooseSeat(
  { page, sees }: Fan,
  optionId: number,
): Promise<void> {
  await page.goto(`/options/${optionId}`);
  await page.getByRole("application").press("ArrowRight");
  await page.getByRole("application").press("Enter");
  await sees(
    page.getByRole("region", { name: "선택한 좌석" }).getByRole("listitem"),
  );
}

test("어떤 방식으로 파는 회차든 화면에서 예매할 수 있다", async () => {
  const office = await openOffice(house);
  const fan = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "desktop",
    light: "light",
  });
  await signUp(fan);
  for (const terms of [
    { strategy: "v1", lock: "mutex" },
    { strategy: "v2", lock: "optimistic" },
    { strategy: "v3" },
    { strategy: "v4" },
  ]) {
    const optionId = await office.sell(`Sold by ${terms.strategy}`, terms);
    await chooseSeat(fan, optionId);
    await fan.page.getByRole("button", { name: "1석 선점하기" }).click();
    await fan.sees(
      fan.page.getByRole("heading", { name: "결제", exact: true }),
    );
    await fan.sees(fan.page.getByRole("timer"));
  }
  await fan.page.getByRole("button", { name: /결제하기$/ }).click();
  await fan.sees(fan.page.getByRole("heading", { name: "예매 완료!" }));
  await fan.leaves();
});

test("줄을 선 요청은 접수되었다고 보여 주고, 이벤트가 끊겨도 결과를 따라간다", async () => {
  const office = await openOffice(house);
  const optionId = await office.sell("In Line For A Seat", { strategy: "v4" });
  const fan = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "phone",
    light: "dark",
  });
  const { page } = fan;
  await signUp(fan);
  let isDecided = false;
  await page.route(/\/requests\/[0-9a-f]+\/events$/, (route) => route.abort());
  await page.route(/\/requests\/[0-9a-f]+$/, (route) =>
    isDecided
      ? route.continue()
      : route.fulfill({ json: { state: "PENDING" } }),
  );
  await chooseSeat(fan, optionId);
  await page.getByRole("button", { name: "1석 선점하기" }).click();
  await fan.sees(
    page.getByRole("button", { name: "접수됨 · 순서대로 처리 중…" }),
  );
  await fan.shoots("queued-1-in-line");
  isDecided = true;
  await fan.sees(page.getByRole("timer"));
  await fan.leaves();
});
