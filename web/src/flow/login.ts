// login.ts — logging in, signing up (which logs in as well), logging out.
import type { Answer } from "../model/answer.ts";
import type { Fan, Tokens } from "../model/booking.ts";
import { nextLogin, type Login, type LoginNews } from "../model/login.ts";
import { parseRoute } from "../model/route.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface LoginFlow extends Flow {
  readonly stage: Stage<Login, LoginNews>;
  logIn(email: string, password: string): void;
  signUp(email: string, password: string, nickname: string): void;
}

export function openLogin(doors: Doors, next: string): LoginFlow {
  const { house, session, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Login, LoginNews>({ step: "rest" }, nextLogin);
  const failed = (answer: Answer<unknown> | null) => {
    if (answer && answer.kind !== "ok") stage.tell({ kind: "failed", failure: answer });
  };

  async function enter(email: string, password: string, known: Fan | null): Promise<void> {
    const answer = await insist<Tokens>(
      clock,
      closed.signal,
      () => house.logIn(email, password),
      (insisting) => stage.tell({ kind: "asked", insisting }),
    );
    if (answer?.kind !== "ok") return failed(answer);
    session.enter({ tokens: answer.value, fan: known });
    const me = known ? null : await house.me();
    if (me?.kind === "ok") session.enter({ tokens: answer.value, fan: me.value });
    stage.tell({ kind: "entered" });
    const [path = "/", query = ""] = next.split("?");
    doors.goTo(parseRoute(path, query), "replace");
  }

  /*
   * A sign-up whose answer was lost may have happened: the second try then hears EMAIL_TAKEN, and
   * logging in with the same password tells the fan's own account from somebody else's.
   */
  async function signUp(email: string, password: string, nickname: string): Promise<void> {
    let wasLost = false;
    const answer = await insist<Fan>(
      clock,
      closed.signal,
      () => house.signUp(email, password, nickname),
      (insisting) => {
        wasLost ||= insisting.why === "lost";
        stage.tell({ kind: "asked", insisting });
      },
    );
    if (answer?.kind === "ok") return enter(email, password, answer.value);
    const isTaken = answer?.kind === "refused" && answer.problem.code === "EMAIL_TAKEN";
    return isTaken && wasLost ? enter(email, password, null) : failed(answer);
  }

  return {
    stage,
    logIn: (email, password) => void enter(email, password, null),
    signUp: (email, password, nickname) => void signUp(email, password, nickname),
    close: () => closed.abort(),
  };
}

/* This browser forgets at once; the server is told, and forgets by itself if it cannot be. */
export function logOut(doors: Doors): void {
  const entry = doors.session.entry();
  doors.session.leave();
  if (entry) void doors.house.logOut(entry.tokens.refreshToken);
  doors.goTo({ page: "concerts", search: "" });
}
