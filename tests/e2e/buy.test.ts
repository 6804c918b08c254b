// buy.test.ts — a ticket is bought in a real browser, in both languages, by map and by list.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

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

const PASSWORD = "correct horse battery";

/* From the list of concerts to the seat map of the first date that is on sale. */
async function goToHall(fan: Fan, onSale: string, choose: RegExp): Promise<void> {
  await fan.page.goto("/");
  await fan.page.locator("main").getByRole("link").filter({ hasText: onSale }).first().click();
  await fan.page.getByRole("link", { name: choose }).first().click();
  await fan.sees(fan.page.getByRole("application"));
}

async function fillSignUp(
  fan: Fan,
  names: Record<"email" | "nickname" | "password" | "send", string>,
) {
  await fan.page.getByLabel(names.email).fill(fan.email);
  await fan.page.getByLabel(names.nickname).fill("Mina");
  await fan.page.getByRole("textbox", { name: names.password }).fill(PASSWORD);
  await fan.page.getByRole("button", { name: names.send }).click();
}

test("한국어로 지도에서 좌석을 골라 예매한다", async () => {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "phone",
    light: "light",
  });
  const { page } = fan;
  await page.goto("/");
  await fan.sees(page.getByRole("heading", { name: "그 무대, 그 자리에." }));
  await fan.sees(page.locator("main").getByRole("link").filter({ hasText: "예매 중" }));
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  assert.equal(await page.getByRole("link", { name: "운영" }).count(), 0); // who has not logged in
  await fan.shoots("ko-1-concerts");

  await page.locator("main").getByRole("link").filter({ hasText: "예매 중" }).first().click();
  await fan.sees(page.getByRole("link", { name: /^좌석 선택/ }));
  const cameFrom = page.url();
  await page.getByRole("link", { name: "로그인" }).click();
  await page.getByRole("link", { name: "회원가입" }).click();
  await fillSignUp(fan, {
    email: "이메일",
    nickname: "닉네임",
    password: "비밀번호",
    send: "가입하기",
  });
  await fan.sees(page.getByRole("link", { name: /^좌석 선택/ }));
  assert.equal(page.url(), cameFrom);
  await fan.sees(page.getByRole("button", { name: "로그아웃" }));

  await goToHall(fan, "예매 중", /^좌석 선택/);
  await fan.shoots("ko-2-hall");
  await page.getByRole("application").press("ArrowRight");
  await fan.sees(page.getByRole("status").filter({ hasText: "선택 가능" }));
  await page.getByRole("application").press("Enter");
  await fan.sees(page.getByRole("region", { name: "선택한 좌석" }).getByRole("listitem"));
  await fan.shoots("ko-3-chosen");
  await page.getByRole("button", { name: "1석 선점하기" }).click();

  await fan.sees(page.getByRole("heading", { name: "결제", exact: true }));
  await fan.sees(page.getByRole("timer"));
  await page.getByRole("radio", { name: /^거절/ }).check();
  await page.getByRole("button", { name: /결제하기$/ }).click();
  await fan.sees(page.getByRole("alert").filter({ hasText: "결제가 거절되었습니다" }));
  await fan.shoots("ko-4-declined");
  await page.getByRole("radio", { name: /^승인/ }).check();
  await page.getByRole("button", { name: /다시 결제하기$/ }).click();

  await fan.sees(page.getByRole("heading", { name: "예매 완료!" }));
  await fan.sees(page.getByRole("img", { name: "티켓 QR 코드" }));
  await fan.shoots("ko-5-ticket");
  await page.getByRole("link", { name: "내 티켓 모두 보기" }).click();
  await fan.sees(page.getByRole("listitem").filter({ hasText: "예매 완료" }));
  await fan.leaves();
});

test("in English a fan chooses seats from the list, signs up on the way, and buys them", async () => {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "desktop",
    light: "dark",
  });
  const { page } = fan;
  await goToHall(fan, "On sale", /^Choose seats/);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");

  await page.getByRole("tab", { name: "Seat list" }).click();
  const free = page
    .getByRole("combobox")
    .locator("option")
    .filter({ hasText: /[1-9]\d* free/ });
  await page.getByRole("combobox").selectOption(await free.nth(0).getAttribute("value"));
  await page.getByRole("tabpanel").getByRole("button", { pressed: false }).nth(0).click();
  await page.getByRole("tabpanel").getByRole("button", { pressed: false }).nth(0).click();
  await fan.shoots("en-1-seat-list");
  await page.getByRole("button", { name: "Hold 2 seats" }).click();

  await fan.sees(page.getByText("What you chose is kept."));
  await page.getByRole("link", { name: "Sign up" }).click();
  await fillSignUp(fan, {
    email: "E-mail",
    nickname: "Nickname",
    password: "Password",
    send: "Create the account",
  });
  await page.getByRole("button", { name: "Hold 2 seats" }).click(); // still chosen

  await fan.sees(page.getByRole("timer"));
  await page.getByRole("radio", { name: /^Decline/ }).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(page.getByRole("alert").filter({ hasText: "Payment declined" }));
  await page.getByRole("radio", { name: /^Approve/ }).check();
  await fan.shoots("en-2-pay");
  await page.getByRole("button", { name: /^Try again/ }).click();

  await fan.sees(page.getByRole("heading", { name: "You're going!" }));
  await fan.sees(page.getByRole("img", { name: "QR code of the ticket" }));
  await fan.shoots("en-3-ticket");
  await page.reload();
  await fan.sees(page.getByRole("img", { name: "QR code of the ticket" }));
  await fan.leaves();
});

test("the best available seats are held at once and given back, and the language stays switched", async () => {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "desktop",
    light: "light",
  });
  const { page } = fan;
  await page.goto("/signup");
  await fillSignUp(fan, {
    email: "E-mail",
    nickname: "Nickname",
    password: "Password",
    send: "Create the account",
  });
  await fan.sees(page.getByRole("button", { name: "Log out" }));
  await fan.shoots("en-4-concerts");

  await goToHall(fan, "On sale", /^Choose seats/);
  await fan.shoots("en-5-hall");
  await page.getByRole("tab", { name: "Best available" }).click();
  await page.getByRole("button", { name: "Hold the best 2 seats" }).click();
  await fan.sees(page.getByRole("timer"));

  await page.getByRole("button", { name: "한국어" }).click();
  await page.reload();
  await page.getByRole("button", { name: "좌석 반납하기" }).click();
  await page
    .getByRole("group", { name: "좌석 반납하기" })
    .getByRole("button", { name: "좌석 반납하기" })
    .click();
  await fan.sees(page.getByRole("heading", { name: "좌석을 반납했습니다" }));
  await fan.leaves();
});

test("an address that leads nowhere says so, and a wrong password is refused in words", async () => {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "phone",
    light: "dark",
  });
  const { page } = fan;
  await page.goto("/no/such/page");
  await fan.sees(page.getByRole("heading", { name: "There is nothing here" }));
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(fan.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await fan.sees(page.getByRole("alert").filter({ hasText: "E-mail and password do not match." }));
  await page.goto("/reservations");
  await fan.sees(page.getByRole("heading", { name: "Log in" })); // one's own things need a log-in
  await fan.leaves();
});
