// line_link.ts — keeps hearing of the line: by a stream, and by polling while there is none.
//
// A stream that ends is opened again after the server's own jittered time. Until it is open, and
// whenever the server is short of streams, the shared document is polled: a CDN may answer that.
import { LINE_POLL_MS } from "../limits.ts";
import type { LineNews } from "../api/line.ts";
import { jitter } from "../model/patience.ts";
import type { Link, Serving } from "../model/waiting.ts";
import type { Doors } from "./doors.ts";

export interface LinkNews {
  onServing(serving: Serving): void;
  onCalled(): void;
  onLink(link: Link): void;
  onPoll(): void; // nothing else tells the house that this fan is still here
}

const REOPEN_MS = 3_000; // when a stream ends without saying when to come back
const JITTER = 0.4;

/* Answers what ends it. */
export function linkLine(doors: Doors, optionId: number, news: LinkNews): () => void {
  const { line, clock } = doors;
  let isClosed = false;
  let lastId: string | null = null;
  let endStream: (() => void) | null = null;
  let endReopen = () => {};
  let endPoll = () => {};

  function reopenAfter(waitMs: number): void {
    endReopen();
    endReopen = clock.later(jitter(waitMs, JITTER, clock.chance()), () => void open());
  }

  function hear(said: LineNews): void {
    switch (said.kind) {
      case "serving":
        lastId = String(said.serving.number);
        return news.onServing(said.serving);
      case "called":
        return news.onCalled();
      case "ended":
        endStream = null;
        news.onLink("polling");
        poll();
        return reopenAfter(said.retryMs ?? REOPEN_MS);
    }
  }

  async function open(): Promise<void> {
    const answer = await line.listen(optionId, lastId, hear);
    if (isClosed) return answer.kind === "ok" ? answer.value() : undefined;
    if (answer.kind === "ok") {
      endStream = answer.value;
      endPoll();
      return news.onLink("stream");
    }
    if (answer.kind === "lost") news.onLink("lost");
    reopenAfter(answer.kind === "busy" ? Math.max(REOPEN_MS, answer.retryAfterMs) : REOPEN_MS);
  }

  async function look(): Promise<void> {
    const answer = await line.serving(optionId);
    if (isClosed || endStream !== null) return;
    if (answer.kind === "ok") {
      news.onLink("polling");
      news.onServing(answer.value);
    } else if (answer.kind === "lost") news.onLink("lost");
    news.onPoll();
    poll();
  }

  function poll(): void {
    endPoll();
    if (isClosed) return;
    endPoll = clock.later(jitter(LINE_POLL_MS, JITTER, clock.chance()), () => void look());
  }

  void open();
  poll();
  return () => {
    isClosed = true;
    endStream?.();
    endReopen();
    endPoll();
  };
}
