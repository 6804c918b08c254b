// session.ts — who is logged in, the same in every tab.
//
// A refresh token works once; two tabs spending the same one would end the whole family and log the
// fan out. So a renewal happens under a lock that all tabs share, and whoever gets the lock first
// looks whether another tab has renewed already.
import type { Answer } from "../model/answer.ts";
import { refusal } from "../model/answer.ts";
import type { Fan, Tokens } from "../model/booking.ts";
import { readFan, readTokens } from "../model/read_booking.ts";
import { record } from "../model/read.ts";
import type { Keep } from "./keep.ts";

export interface Entry {
  readonly tokens: Tokens;
  readonly fan: Fan | null; // null for the moment between logging in and knowing the name
}

export type Locked = <Value>(work: () => Promise<Value>) => Promise<Value>;
export type Refresh = (refreshToken: string) => Promise<Answer<Tokens>>;

export interface Session {
  entry(): Entry | null;
  enter(entry: Entry): void;
  leave(): void;
  renew(spentAccessToken: string, refresh: Refresh): Promise<Answer<Tokens>>;
  watch(show: () => void): () => void;
}

const NAME = "ticketrush-session";

function parse(kept: string | null): Entry | null {
  if (kept === null) return null;
  try {
    const json = record(JSON.parse(kept));
    const tokens = record(json["tokens"]);
    const expiresAt = new Date(Number(tokens["expiresAtMs"])).toISOString();
    const fan = json["fan"] === null ? null : readFan(json["fan"]);
    return { tokens: readTokens({ ...tokens, expiresAt }), fan };
  } catch {
    return null; // written by another version of this page: log in again
  }
}

/* Tells this tab at once and, through `onOtherTab`, the others. */
export function createSession(
  keep: Keep,
  locked: Locked,
  onOtherTab: (name: string, tell: () => void) => void,
): Session {
  const watchers = new Set<() => void>();
  const tell = () => watchers.forEach((show) => show());
  onOtherTab(NAME, tell);

  const session: Session = {
    entry: () => parse(keep.get(NAME)),
    enter(entry) {
      keep.set(NAME, JSON.stringify(entry));
      tell();
    },
    leave() {
      keep.set(NAME, null);
      tell();
    },
    renew: (spentAccessToken, refresh) =>
      locked(async () => {
        const entry = session.entry();
        if (entry === null) return refusal("UNAUTHENTICATED", 401);
        if (entry.tokens.accessToken !== spentAccessToken)
          return { kind: "ok", value: entry.tokens }; // another tab was first
        const answer = await refresh(entry.tokens.refreshToken);
        if (answer.kind === "ok") session.enter({ ...entry, tokens: answer.value });
        if (answer.kind === "refused") session.leave();
        return answer;
      }),
    watch(show) {
      watchers.add(show);
      return () => watchers.delete(show);
    },
  };
  return session;
}

/* Where the browser offers no locks (plain http away from localhost), one tab still takes turns. */
export function createLocked(): Locked {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    if (typeof navigator !== "undefined" && "locks" in navigator)
      return navigator.locks.request(NAME, work) as ReturnType<typeof work>;
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
