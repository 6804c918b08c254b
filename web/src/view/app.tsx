// app.tsx — the page as a whole: which screen, in which tongue, in which light, for which fan.
import { useEffect, useMemo, useState } from "preact/hooks";

import type { Keep } from "../api/keep.ts";
import type { Doors } from "../flow/doors.ts";
import { logOut } from "../flow/login.ts";
import { pathOf, type Route } from "../model/route.ts";
import { en } from "../words/en.ts";
import { ko } from "../words/ko.ts";
import type { Tongue } from "./format.ts";
import { LookContext, type Look } from "./look.ts";
import { Screen } from "./screens.tsx";
import { Shell } from "./shell.tsx";

export interface Address {
  route(): Route;
  watch(show: () => void): () => void;
}

const WORDS = { ko, en };

function firstTongue(keep: Keep): Tongue {
  const kept = keep.get("tongue");
  if (kept === "ko" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
}

function useTongue(keep: Keep): [Tongue, (tongue: Tongue) => void] {
  const [tongue, setTongue] = useState(() => firstTongue(keep));
  useEffect(() => {
    document.documentElement.lang = tongue;
  }, [tongue]);
  return [
    tongue,
    (next) => {
      keep.set("tongue", next);
      setTongue(next);
    },
  ];
}

/* The fan's own choice of light, else the system's, also when it changes in the evening. */
function useDark(keep: Keep): [boolean, () => void] {
  const system = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []);
  const wish = () => (keep.get("theme") === null ? system.matches : keep.get("theme") === "dark");
  const [isDark, setIsDark] = useState(wish);
  useEffect(() => {
    const look = () => setIsDark(wish());
    system.addEventListener("change", look);
    return () => system.removeEventListener("change", look);
  }, []);
  useEffect(() => {
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  }, [isDark]);
  return [
    isDark,
    () => {
      keep.set("theme", isDark ? "light" : "dark");
      setIsDark(!isDark);
    },
  ];
}

function useOnline(): boolean {
  const [isOnline, setIsOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setIsOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return isOnline;
}

function useWatched<Value>(read: () => Value, watch: (show: () => void) => () => void): Value {
  const [, setTick] = useState(0);
  useEffect(() => {
    const show = () => setTick((tick) => tick + 1);
    const end = watch(show);
    show(); // a screen inside may have changed it before we watched
    return end;
  }, []);
  return read();
}

function titleOf(route: Route, words: typeof en): string {
  switch (route.page) {
    case "concerts":
      return words.concerts.heading;
    case "dates":
      return words.dates.heading;
    case "hall":
      return words.hall.map;
    case "waiting":
      return words.waiting.heading;
    case "reservations":
      return words.mine.heading;
    case "checkout":
      return words.checkout.heading;
    case "login":
      return words.login.heading;
    case "signup":
      return words.login.signUpHeading;
    case "desk":
      return words.nav.desk;
    case "nowhere":
      return words.nowhere.title;
  }
}

export function App({
  doors,
  address,
  lasting,
}: {
  doors: Doors;
  address: Address;
  lasting: Keep; // remembered by the browser, not by the tab
}) {
  const [tongue, setTongue] = useTongue(lasting);
  const [isDark, onTheme] = useDark(lasting);
  const isOnline = useOnline();
  const route = useWatched(address.route, address.watch);
  const entry = useWatched(doors.session.entry, doors.session.watch);
  const words = WORDS[tongue];
  const look: Look = { words, tongue, nowMs: doors.clock.nowMs, goTo: doors.goTo };
  const page = route.page === "concerts" ? "concerts" : pathOf(route); // a search is the same screen

  useEffect(() => {
    document.title = `${titleOf(route, words)} · Ticket-Rush`;
  }, [page, tongue]);
  useEffect(() => scrollTo(0, 0), [page]);

  return (
    <LookContext.Provider value={look}>
      <Shell
        route={route}
        nickname={entry ? (entry.fan?.nickname ?? "") : null}
        isOperator={(entry?.fan?.role ?? "FAN") !== "FAN"}
        isDark={isDark}
        isOnline={isOnline}
        onTongue={setTongue}
        onTheme={onTheme}
        onLogOut={() => logOut(doors)}
      >
        <Screen key={page} doors={doors} route={route} isFan={entry !== null} />
      </Shell>
    </LookContext.Provider>
  );
}
