// event_stream.ts — Server-Sent Events out of the text they arrive in, in whatever pieces.
//
// The format is the HTML standard's (9.2.6): lines end with CR, LF or both, a blank line ends an event.

export interface StreamEvent {
  readonly event: string; // "message" when the server names none
  readonly data: string;
  readonly id: string; // the last one that was said
}

export interface StreamText {
  readonly rest: string; // the beginning of a line that has not ended
  readonly event: string;
  readonly data: readonly string[];
  readonly id: string;
  readonly retryMs: number | null;
}

export const NO_TEXT: StreamText = { rest: "", event: "", data: [], id: "", retryMs: null };

const REST_MAX = 1_000_000; // a line longer than this is no event of ours

function heardLine(text: StreamText, line: string): StreamText {
  const colon = line.indexOf(":");
  if (colon === 0) return text; // a comment: a sign of life
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  switch (name) {
    case "event":
      return { ...text, event: value };
    case "data":
      return { ...text, data: [...text.data, value] };
    case "id":
      return value.includes("\0") ? text : { ...text, id: value };
    case "retry":
      return /^\d+$/.test(value) ? { ...text, retryMs: Number(value) } : text;
    default:
      return text;
  }
}

export function hear(
  before: StreamText,
  piece: string,
): { readonly text: StreamText; readonly events: readonly StreamEvent[] } {
  const whole = before.rest + piece;
  const held = whole.endsWith("\r") ? "\r" : ""; // its LF may be in the next piece
  const lines = whole.slice(0, whole.length - held.length).split(/\r\n|\n|\r/);
  const events: StreamEvent[] = [];
  let text: StreamText = { ...before, rest: (lines.pop() ?? "").slice(0, REST_MAX) + held };
  for (const line of lines) {
    if (line !== "") {
      text = heardLine(text, line);
      continue;
    }
    if (text.data.length > 0)
      events.push({ event: text.event || "message", data: text.data.join("\n"), id: text.id });
    text = { ...text, event: "", data: [] };
  }
  return { text, events };
}
