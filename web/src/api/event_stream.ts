// event_stream.ts — listens to a stream of events by fetch, which, unlike EventSource, carries a token.
import { STREAM_SILENCE_MS_MAX } from "../limits.ts";
import type { Answer } from "../model/answer.ts";
import { hear as hearPiece, NO_TEXT, type StreamEvent } from "../model/event_stream.ts";
import { readProblem } from "../model/read_booking.ts";
import { retryAfterMs } from "./http.ts";

export interface Listener {
  onEvent(event: StreamEvent): void;
  onEnd(retryMs: number | null): void; // once; not after the listener has stopped listening itself
}

/* An event that breaks the contract is told to the developer and left out; the stream goes on. */
function tell(listener: Listener, event: StreamEvent): void {
  try {
    listener.onEvent(event);
  } catch (why) {
    console.error("an event that breaks the contract:", why);
  }
}

async function readAll(
  response: Response,
  listener: Listener,
  ended: AbortController,
): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = NO_TEXT;
  let silence = 0;
  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(() => ended.abort(), STREAM_SILENCE_MS_MAX) as unknown as number;
  };
  try {
    for (;;) {
      watch();
      const piece = await reader?.read();
      if (piece === undefined || piece.done) break;
      const heard = hearPiece(text, piece.value);
      text = heard.text;
      heard.events.forEach((event) => tell(listener, event));
    }
  } catch {
    // cut, silent for too long, or ended by us: all the same to the listener
  }
  clearTimeout(silence);
  listener.onEnd(text.retryMs);
}

/* ok: the stream is open, and the value ends it. */
export async function openStream(
  path: string,
  token: string,
  lastId: string | null,
  listener: Listener,
): Promise<Answer<() => void>> {
  const ended = new AbortController();
  let isStopped = false;
  const headers = new Headers({
    Accept: "text/event-stream",
    Authorization: `Bearer ${token}`,
  });
  if (lastId !== null) headers.set("Last-Event-ID", lastId);
  try {
    const response = await fetch(path, { headers, signal: ended.signal, cache: "no-store" });
    if (!response.ok) {
      const problem = readProblem(await response.json().catch(() => null), response.status);
      if (response.status === 503 || response.status === 429)
        return { kind: "busy", code: problem.code, retryAfterMs: retryAfterMs(response) };
      return response.status >= 500 ? { kind: "lost" } : { kind: "refused", problem };
    }
    void readAll(
      response,
      {
        onEvent: (event) => isStopped || listener.onEvent(event),
        onEnd: (retryMs) => isStopped || listener.onEnd(retryMs),
      },
      ended,
    );
    const stop = () => {
      isStopped = true;
      ended.abort();
    };
    return { kind: "ok", value: stop };
  } catch {
    return { kind: "lost" };
  }
}
