// clock.ts — the door to time, chance and attention, so that everything behind it can be replayed.

export interface Clock {
  nowMs(): number; // the server's time, as well as we know it
  chance(): number; // from 0 up to 1
  later(waitMs: number, then: () => void): () => void; // the answer ends the wait
  watched(): boolean; // is anybody looking at this tab?
  onWatched(then: () => void): () => void; // somebody looks again, or the network is back
}

/* A Date header is cut to whole seconds: smaller differences than this are not differences. */
const SKEW_MS_MIN = 1_500;

export interface BrowserClock extends Clock {
  heard(serverMs: number): void;
}

export function createBrowserClock(): BrowserClock {
  let skewMs = 0;
  return {
    nowMs: () => Date.now() + skewMs,
    chance: () => Math.random(),
    later(waitMs, then) {
      const timer = setTimeout(then, waitMs);
      return () => clearTimeout(timer);
    },
    watched: () => document.visibilityState === "visible",
    onWatched(then) {
      const look = () => document.visibilityState === "visible" && then();
      document.addEventListener("visibilitychange", look);
      addEventListener("online", look);
      return () => {
        document.removeEventListener("visibilitychange", look);
        removeEventListener("online", look);
      };
    },
    heard(serverMs) {
      const seenMs = serverMs + 500 - Date.now();
      if (Math.abs(seenMs - skewMs) > SKEW_MS_MIN)
        skewMs = Math.abs(seenMs) > SKEW_MS_MIN ? seenMs : 0;
    },
  };
}
