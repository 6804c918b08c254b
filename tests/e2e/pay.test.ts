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
