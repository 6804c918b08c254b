// doors_for_tests.ts — a house that answers from a script, a clock that only moves when told.
import type { Clock } from "../api/clock.ts";
import type { House } from "../api/house.ts";
import type { Line } from "../api/line.ts";
import { createMemoryKeep } from "../api/keep.ts";
import { createLocked, createSession } from "../api/session.ts";
import type { Answer } from "../model/answer.ts";
import type { Route } from "../model/route.ts";
import type { Doors } from "./doors.ts";

export interface TestClock extends Clock {
  /* Lets the next wait be over, after everything that is ready has happened; answers its length. */
  step(): Promise<number>;
  waitCount(): number;
}

/* Promises settle in microtasks; a turn of the event loop comes after all of them. */
export function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

export function createTestClock(): TestClock {
  let nowMs = 0;
  let waits: { atMs: number; then: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    chance: () => 0.5,
    later(waitMs, then) {
      const wait = { atMs: nowMs + waitMs, then };
      waits.push(wait);
      return () => {
        waits = waits.filter((other) => other !== wait);
      };
    },
    watched: () => true,
    onWatched: () => () => undefined,
    waitCount: () => waits.length,
    async step() {
      await settled();
      const [next] = waits.sort((one, other) => one.atMs - other.atMs);
      if (!next) throw new Error("nothing waits: the story is stuck");
      waits = waits.filter((other) => other !== next);
      const waitedMs = next.atMs - nowMs;
      nowMs = next.atMs;
      next.then();
      await settled();
      return waitedMs;
    },
  };
}

const lost = (): Promise<Answer<never>> => Promise.resolve({ kind: "lost" });

/* Everything is lost, except what a test scripts. */
export function createTestHouse(scripted: Partial<House>): House {
  return {
    concerts: lost,
    concert: lost,
    options: lost,
    option: lost,
    seatMap: lost,
    seatStates: lost,
    signUp: lost,
    logIn: lost,
    logOut: lost,
    me: lost,
    reserve: lost,
    request: lost,
    listenToRequest: lost,
    reservations: lost,
    reservation: lost,
    cancel: lost,
    gateway: lost,
    pay: lost,
    payment: lost,
    refund: lost,
    group: lost,
    memberships: lost,
    joinGroup: lost,
    ticket: lost,
    ...scripted,
  };
}

export function createTestLine(scripted: Partial<Line>): Line {
  return {
    join: lost,
    place: lost,
    leave: lost,
    serving: lost,
    challenge: lost,
    solve: () => Promise.resolve(null),
    listen: lost,
    ...scripted,
  };
}

export interface TestDoors extends Doors {
  readonly clock: TestClock;
  readonly went: Route[];
}

export function createTestDoors(scripted: Partial<House>, line: Partial<Line> = {}): TestDoors {
  const went: Route[] = [];
  let keyCount = 0;
  return {
    house: createTestHouse(scripted),
    line: createTestLine(line),
    openOffice: () => Promise.reject(new Error("no operator in this story")),
    session: createSession(createMemoryKeep(), createLocked(), () => undefined),
    clock: createTestClock(),
    keep: createMemoryKeep(),
    newKey: () => `key-${++keyCount}`,
    openTill: () => Promise.resolve("unreachable"),
    goTo: (route) => void went.push(route),
    went,
  };
}
