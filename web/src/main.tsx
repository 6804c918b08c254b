// main.tsx — opens the real doors and shows the page. The one file that names adapters.
import { render } from "preact";

import { createAsFan, createWithToken } from "./api/as_fan.ts";
import { createBrowserClock } from "./api/clock.ts";
import { createHttpHouse } from "./api/house_http.ts";
import { openTossWindow } from "./api/till_toss.ts";
import { createHttpLine } from "./api/line_http.ts";
import { createBrowserKeep } from "./api/keep.ts";
import { createLocked, createSession } from "./api/session.ts";
import type { Doors } from "./flow/doors.ts";
import { parseRoute, pathOf } from "./model/route.ts";
import { App, type Address } from "./view/app.tsx";
import "./style/base.css";
import "./style/parts.css";
import "./style/screens.css";
import "./style/orders.css";
import "./style/waiting.css";

const clock = createBrowserClock();
const lasting = createBrowserKeep(() => localStorage);
const session = createSession(lasting, createLocked(), (name, tell) =>
  addEventListener("storage", (event) => {
    if (event.key === name || event.key === null) tell();
  }),
);

const moved = new Set<() => void>();
addEventListener("popstate", () => moved.forEach((show) => show()));

const address: Address = {
  route: () => parseRoute(location.pathname, location.search),
  watch(show) {
    moved.add(show);
    return () => moved.delete(show);
  },
};

/* 128 random bits; crypto.randomUUID exists on safe origins only, and a laptop's address is none. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const withToken = createWithToken(session, clock);
const asFan = createAsFan(withToken, clock);
const doors: Doors = {
  house: createHttpHouse(asFan, withToken, clock),
  line: createHttpLine(asFan, withToken, clock),
  openOffice: () =>
    import("./api/office_http.ts").then((door) => door.createHttpOffice(asFan, withToken)),
  session,
  clock,
  keep: createBrowserKeep(() => sessionStorage),
  newKey,
  openTill: openTossWindow,
  goTo(route, how) {
    const path = pathOf(route);
    if (how === "replace") history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    moved.forEach((show) => show());
  },
};

const page = document.getElementById("page");
if (page) render(<App doors={doors} address={address} lasting={lasting} />, page);
