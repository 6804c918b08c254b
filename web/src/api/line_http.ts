// line_http.ts — the waiting room over HTTP and Server-Sent Events.
import { PROOF_SLICE_TRIES } from "../limits.ts";
import { readChallenge, readPlace, readServing } from "../model/waiting.ts";
import type { StreamEvent } from "../model/event_stream.ts";
import { post, type AsFan, type WithToken } from "./as_fan.ts";
import type { BrowserClock } from "./clock.ts";
import { openStream } from "./event_stream.ts";
import { send } from "./http.ts";
import type { Line, LineNews } from "./line.ts";

const under = (optionId: number) => `/api/options/${optionId}/waiting`;

/* null: an event that this page does not know. */
function newsOf({ event, data }: StreamEvent): LineNews | null {
  if (event === "serving") return { kind: "serving", serving: readServing(JSON.parse(data)) };
  return event === "admitted" ? { kind: "called" } : null;
}

export function createHttpLine(asFan: AsFan, withToken: WithToken, clock: BrowserClock): Line {
  return {
    join: (id, proof) => asFan(post(under(id), proof ?? {}), readPlace),
    place: (id) => asFan({ method: "GET", path: `${under(id)}/me` }, readPlace),
    leave: (id) => asFan({ method: "DELETE", path: `${under(id)}/me` }, readPlace),
    serving: (id) => send({ method: "GET", path: `${under(id)}/serving` }, readServing, clock),
    challenge: (id) => asFan({ method: "GET", path: `${under(id)}/challenge` }, readChallenge),
    async solve({ challenge, bits }, stopped) {
      const { trySolve } = await import("../model/proof_of_work.ts");
      for (let first = 0; !stopped.aborted; first += PROOF_SLICE_TRIES) {
        const solution = trySolve(challenge, bits, first, PROOF_SLICE_TRIES);
        if (solution !== null) return { challenge, solution };
        await new Promise((done) => setTimeout(done)); // the page goes on living
      }
      return null;
    },
    listen: (id, lastId, hear) =>
      withToken((token) =>
        openStream(`${under(id)}/events`, token, lastId, {
          onEvent(event) {
            const news = newsOf(event);
            if (news !== null) hear(news);
          },
          onEnd: (retryMs) => hear({ kind: "ended", retryMs }),
        }),
      ),
  };
}
