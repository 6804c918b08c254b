// login.test.ts — stories of coming in and staying in: lost answers, and two tabs at once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, type Answer } from "../model/answer.ts";
import type { Tokens } from "../model/booking.ts";
import { createTestDoors, settled } from "./doors_for_tests.ts";
import { openLogin } from "./login.ts";

const TOKENS: Tokens = { accessToken: "a1", refreshToken: "r1", expiresAtMs: 4e12 };
const ok = <Value>(value: Value): Promise<Answer<Value>> => Promise.resolve({ kind: "ok", value });

test("two renewals at once spend one refresh token", async () => {
  const doors = createTestDoors({});
  doors.session.enter({ tokens: TOKENS, fan: null });
  const spent: string[] = [];
  const refresh = (refreshToken: string) => {
    spent.push(refreshToken);
    return ok({ ...TOKENS, accessToken: "a2", refreshToken: "r2" });
  };
  const both = await Promise.all([
    doors.session.renew("a1", refresh),
    doors.session.renew("a1", refresh),
  ]);
  assert.deepEqual(spent, ["r1"]);
  assert.deepEqual(
    both.map((one) => one.kind === "ok" && one.value.accessToken),
    ["a2", "a2"],
  );
});

test("a sign-up whose first answer was lost logs in instead of calling the e-mail taken", async () => {
  let tryCount = 0;
  const doors = createTestDoors({
    signUp: () =>
      Promise.resolve(++tryCount === 1 ? { kind: "lost" } : refusal("EMAIL_TAKEN", 409)),
    logIn: () => ok(TOKENS),
    me: () => ok({ id: 1, email: "mina@example.kr", nickname: "Mina", role: "FAN" }),
  });
  const flow = openLogin(doors, "/reservations");
  flow.signUp("mina@example.kr", "a long password", "Mina");
  await doors.clock.step();
  await settled();
  assert.deepEqual(doors.went, [{ page: "reservations" }]);
  assert.equal(doors.session.entry()?.fan?.nickname, "Mina");
  flow.close();
});
