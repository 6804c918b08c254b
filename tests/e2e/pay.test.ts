// pay.test.ts — what can become of a payment, as a fan sees it in a browser.
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

/* A fan with an account, at the checkout of the best seat of a date. */
async function atCheckout(optionId: number): Promise<Fan> {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "phone",
    light: "light",
  });
  const { page } = fan;
  await page.goto(`/signup?next=/options/${optionId}`);
  await page.getByLabel("E-mail").fill(fan.email);
  await page.getByLabel("Nickname").fill("Mina");
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("tab", { name: "Best available" }).click();
  await page.getByRole("button", { name: /^Hold the best/ }).click();
  await fan.sees(page.getByRole("timer"));
  return fan;
}

/* An operator who has logged in, at the concerts. */
async function openDesk(): Promise<Fan> {
  if (house.operator === null) throw new Error("this story needs a server of its own");
  const operator = await createFan(browser, house.baseUrl, {
    locale: "en-US",
    device: "desktop",
    light: "dark",
  });
  const { page } = operator;
  await page.goto("/login?next=/operator");
  await page.getByLabel("E-mail").fill(house.operator.email);
  await page.getByRole("textbox", { name: "Password" }).fill(house.operator.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("navigation", { name: "Operator's pages" }).getByText("Concerts").click();
  return operator;
}

test("a ticket is paid, its receipt is there, and it is given back for what the sale's terms say", async () => {
  const fan = await atCheckout(
    await office.sell("Way Back", {
      refundPolicy: { freeDays: 60, feePercent: 10, feePerSeat: 0 }, // the concert is in 30 days
    }),
  );
  const { page } = fan;
  await page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(page.getByRole("heading", { name: "You're going!" }));
  await fan.sees(page.getByRole("region", { name: "Receipt" }).getByText("₩198,000"));
  await page.getByRole("button", { name: "Give the ticket back" }).click();
  await fan.sees(page.getByText("You get back ₩178,200; ₩19,800 is kept as a fee."));
  await fan.shoots("pay-1-give-back");
  await page
    .getByRole("group", { name: "Give the ticket back" })
    .getByRole("button", { name: "Give the ticket back" })
    .click();
  await fan.sees(page.getByRole("heading", { name: "This order was refunded" }));
  await fan.sees(page.getByRole("region", { name: "Receipt" }).getByText("−₩178,200"));
  await fan.shoots("pay-2-refunded");
  await fan.leaves();
});

test("an answer that is lost is waited for, and the ticket comes", async () => {
  const fan = await atCheckout(await office.sell("Lost Answer"));
  const { page } = fan;
  await page.getByRole("radio", { name: /^Lose the answer/ }).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(page.getByRole("heading", { name: "You're going!" }));
  await fan.sees(page.getByRole("region", { name: "Receipt" }));
  await fan.leaves();
});

test("a payment without an answer is not called failed, not even after a reload", async () => {
  const fan = await atCheckout(await office.sell("Long Silence"));
  const { page } = fan;
  await page.getByRole("radio", { name: /^Answer late/ }).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
  const unknown = page.getByRole("heading", { name: "Nobody knows yet" });
  await fan.sees(unknown);
  await fan.sees(page.getByText("you are never charged twice"));
  await fan.shoots("pay-4-unknown");
  await page.reload();
  await fan.sees(unknown);
  await fan.leaves();
});

test("a concert that is called off is given back with one call, and the fan sees why", async () => {
  const fan = await atCheckout(await office.sell("Called Off"));
  await fan.page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(fan.page.getByRole("heading", { name: "You're going!" }));

  const operator = await openDesk();
  const { page } = operator;
  await page.getByRole("link").filter({ hasText: "Called Off" }).click();
  await operator.sees(page.getByText("end the sale of every date first"));
  await page.getByRole("link", { name: "Hall and sale" }).click();
  await page.getByRole("button", { name: "End the sale" }).click();
  await page.getByRole("group").getByRole("button", { name: "End the sale" }).click();
  await page.goBack();
  const card = page.getByRole("region", {
    name: "The whole concert called off",
  });
  await card.getByLabel("Reason, as the fans will read it").fill("The singer is ill");
  await card.getByRole("button", { name: "Give everything back" }).click();
  await operator.shoots("pay-5-call-off");
  await card.getByRole("group").getByRole("button", { name: "Give everything back" }).click();
  await operator.sees(card.getByText("1 of 1 given back · ₩198,000"));
  await operator.shoots("pay-6-called-off");
  await operator.leaves();

  await fan.page.reload();
  await fan.sees(fan.page.getByRole("heading", { name: "This order was refunded" }));
  await fan.sees(fan.page.getByRole("region", { name: "Receipt" }).getByText("The singer is ill"));
  await fan.shoots("pay-7-called-off-fan");
  await fan.leaves();
});

test("a payment that is declined can be tried again until the time runs out", async () => {
  const fan = await atCheckout(await office.sell("Short Hold", { holdSeconds: 4 }));
  const { page } = fan;
  await page.getByRole("radio", { name: /^Decline/ }).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await fan.sees(
    page
      .getByRole("alert")
      .filter({ hasText: "Payment declined" })
      .or(page.getByRole("heading", { name: "The hold has lapsed" })),
  );
  await fan.sees(page.getByRole("heading", { name: "The hold has lapsed" }));
  await fan.shoots("pay-3-lapsed");
  await page.getByRole("link", { name: "Choose seats again" }).click();
  await fan.sees(page.getByRole("application"));
  await fan.leaves();
});
