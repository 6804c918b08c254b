// doors.ts — everything a flow may touch. main.tsx opens the real ones, the tests their own.
import type { Clock } from "../api/clock.ts";
import type { House } from "../api/house.ts";
import type { Keep } from "../api/keep.ts";
import type { Line } from "../api/line.ts";
import type { Office } from "../api/office.ts";
import type { Session } from "../api/session.ts";
import type { Till } from "../api/till.ts";
import type { Route } from "../model/route.ts";

export interface Doors {
  readonly house: House;
  readonly line: Line;
  readonly openOffice: () => Promise<Office>; // the operator's door, fetched when it is needed
  readonly session: Session;
  readonly clock: Clock;
  readonly keep: Keep; // this tab's memory: chosen seats, keys of unfinished requests
  readonly newKey: () => string;
  readonly openTill: Till; // the gateway's own window
  goTo(route: Route, how?: "replace"): void;
}

/* A flow lives as long as its screen; close() ends its waits and makes late answers harmless. */
export interface Flow {
  close(): void;
}
