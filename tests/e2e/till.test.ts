// till.test.ts — paying at Toss Payments: its window and its API are played, the page and the server are
// not.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { createFan, openBrowser, type Fan } from "./fan.ts";
import { openOffice, type Office } from "./office.ts";
import { houseUnderTest, type HouseUnderTest } from "./server.ts";

let toss: Server;
let house: HouseUnderTest;
let browser: Browser;
let office: Office;

/* Confirms whatever it is asked to. */
function playToss(): Server {
  return createServer(async (request, answer) => {
    let body = "";
    for await (const piece of request) body += String(piece);
    const { orderId, amount, paymentKey } = JSON.parse(body) as Record<string, unknown>;
    answer.setHeader("Content-Type", "application/json");
    answer.end(JSON.stringify({ orderId, paymentKey, status: "DONE", totalAmount: amount }));
  }).listen(0, "127.0.0.1");
}

before(async () => {
  toss = playToss();
  await once(toss, "listening");
  const address = toss.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  house = await houseUnderTest({
    TICKETRUSH_GATEWAY: "toss",
    TICKETRUSH_GATEWAY_URL: `http://127.0.0.1:${address.port}`,
    TICKETRUSH_GATEWAY_SECRET: "test_sk",
    TICKETRUSH_GATEWAY_CLIENT_KEY: "test_ck",
  });
  browser = await openBrowser();
  office = await openOffice(house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  toss?.close();
});

/* The script of the gateway: its window says yes, or is closed by the fan. */
async function playWindow(page: Page, saysYes: boolean): Promise<void> {
  const leave = `location.href = order.successUrl + "?paymentType=NORMAL&paymentKey=stub-1&orderId="
      + order.orderId + "&amount=" + order.amount.value;`;
  const requestPayment = `async (order) => { ${saysYes ? leave : "throw new Error('closed');"} }`;
  await page.route("https://js.tosspayments.com/**", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `window.TossPayments = () => ({ payment: () => ({ requestPayment: ${requestPayment} }) });
             window.TossPayments.ANONYMOUS = "ANONYMOUS";`,
    }),
  );
}

async function atCheckout(optionId: number): Promise<Fan> {
  const fan = await createFan(browser, house.baseUrl, {
    locale: "ko-KR",
    device: "phone",
    light: "dark",
  });
  const { page } = fan;
  await page.goto(`/signup?next=/options/${optionId}`);
  await page.getByLabel("이메일").fill(fan.email);
  await page.getByLabel("닉네임").fill("민아");
  await page.getByRole("textbox", { name: "비밀번호" }).fill("correct horse battery");
  await page.getByRole("button", { name: "가입하기" }).click();
  await page.getByRole("tab", { name: "자동 선택" }).click();
  await page.getByRole("button", { name: /선점하기$/ }).click();
  await fan.sees(page.getByRole("timer"));
  return fan;
}

test("결제창을 닫으면 좌석은 그대로이고, 다시 열어 결제하면 티켓이 나온다", async () => {
  const fan = await atCheckout(await office.sell("Till"));
  const { page } = fan;
  await playWindow(page, false);
  await fan.sees(page.getByText("토스페이먼츠 결제창에 입력합니다"));
  await fan.shoots("till-1-checkout");
  await page.getByRole("button", { name: /결제하기/ }).click();
  await fan.sees(page.getByRole("timer"));

  await page.reload();
  await page.unrouteAll();
  await playWindow(page, true);
  await page.getByRole("button", { name: /결제하기/ }).click();
  await fan.sees(page.getByRole("region", { name: "영수증" }).getByText("토스페이먼츠"));
  await fan.shoots("till-2-ticket");
  await fan.leaves();
});
