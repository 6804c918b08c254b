// as_fan.ts — a request in the name of whoever is logged in.
import { TOKEN_RENEW_MS } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import { refusal } from "../model/answer.ts";
import { readTokens } from "../model/read_booking.ts";
import type { BrowserClock } from "./clock.ts";
import { send, type Call, type Read } from "./http.ts";
import type { Session } from "./session.ts";

export type AsFan = <Value>(call: Call, read: Read<Value>) => Promise<Answer<Value>>;

export function post(path: string, body: unknown): Call {
  return { method: "POST", path, body };
}

/* Does something with the fan's token: renewed before it ends, and once more if it is found spent. */
export type WithToken = <Value>(
  use: (token: string) => Promise<Answer<Value>>,
) => Promise<Answer<Value>>;

export function createWithToken(session: Session, clock: BrowserClock): WithToken {
  const refresh = (refreshToken: string) =>
    send(post("/api/auth/refresh", { refreshToken }), readTokens, clock);
  return async (use) => {
    const tokens = session.entry()?.tokens;
    if (!tokens) return refusal("UNAUTHENTICATED", 401);
    if (tokens.expiresAtMs - clock.nowMs() > TOKEN_RENEW_MS) {
      const answer = await use(tokens.accessToken);
      if (answer.kind !== "refused" || answer.problem.status !== 401) return answer;
    }
    const renewed = await session.renew(tokens.accessToken, refresh);
    return renewed.kind === "ok" ? use(renewed.value.accessToken) : renewed;
  };
}

export function createAsFan(withToken: WithToken, clock: BrowserClock): AsFan {
  return (call, read) => withToken((token) => send({ ...call, token }, read, clock));
}
