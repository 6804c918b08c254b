// look.ts — what every part of the page needs to draw: the words, the tongue, the time, the way.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import type { Flow } from "../flow/doors.ts";
import type { Stage } from "../flow/stage.ts";
import type { Route } from "../model/route.ts";
import type { Words } from "../words/en.ts";
import type { Tongue } from "./format.ts";

export interface Look {
  readonly words: Words;
  readonly tongue: Tongue;
  nowMs(): number;
  goTo(route: Route, how?: "replace"): void;
}

export const LookContext = createContext<Look | null>(null);

export function useLook(): Look {
  const look = useContext(LookContext);
  if (look === null) throw new Error("a view outside of the page");
  return look;
}

/* The time, again every second; it stands still when nobody needs it. */
export function useNowMs(isNeeded: boolean): number {
  const look = useLook();
  const [nowMs, setNowMs] = useState(look.nowMs());
  useEffect(() => {
    if (!isNeeded) return;
    setNowMs(look.nowMs());
    const timer = setInterval(() => setNowMs(look.nowMs()), 1000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return nowMs;
}

/* A flow that opens with its screen, or anew with another `name`, and closes with it. */
export function useFlow<Opened extends Flow>(name: string, open: () => Opened): Opened | null {
  const [flow, setFlow] = useState<{ name: string; opened: Opened } | null>(null);
  useEffect(() => {
    const opened = open();
    setFlow({ name, opened });
    return () => opened.close();
  }, [name]);
  return flow?.name === name ? flow.opened : null;
}

export function useStage<State, News>(stage: Stage<State, News>): State {
  const [state, setState] = useState(stage.state());
  useEffect(() => {
    const show = () => setState(stage.state());
    show();
    return stage.watch(show);
  }, [stage]);
  return state;
}
