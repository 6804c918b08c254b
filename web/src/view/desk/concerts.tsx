// concerts.tsx — the concerts an operator may open, and the way to a new one.
import { useState } from "preact/hooks";

import { openConcerts, type ConcertsFlow } from "../../flow/concerts.ts";
import type { Doors } from "../../flow/doors.ts";
import { nameIn, rangeText, titleIn } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Link, Loading, SaleBadge } from "../parts.tsx";
import { Panel } from "./parts.tsx";
import { useDeskWords } from "./words.ts";

function List({ flow }: { flow: ConcertsFlow }) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const listing = useStage(flow.stage);
  switch (listing.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={listing.failure} onAgain={flow.again} />;
    case "shown":
      break;
  }
  return (
    <>
      <ul class="desk-list">
        {listing.items.length === 0 && <li class="faint">{desk.none}</li>}
        {listing.items.map((concert) => (
          <li key={concert.id}>
            <Link to={{ page: "desk", part: "concert", id: concert.id }} class="desk-row">
              <b>{titleIn(tongue, concert)}</b>
              <span class="faint">
                {concert.artists.map((artist) => nameIn(tongue, artist)).join(" · ")}
              </span>
              <span class="faint">
                {rangeText(tongue, concert.firstStartsAtMs, concert.lastStartsAtMs)}
              </span>
              <SaleBadge state={concert.saleState} />
            </Link>
          </li>
        ))}
      </ul>
      {listing.more.step !== "end" && (
        <button class="button" onClick={flow.more}>
          {words.concerts.more}
        </button>
      )}
    </>
  );
}

function Show({ flow }: { flow: ConcertsFlow }) {
  const desk = useDeskWords();
  const [search, setSearch] = useState("");
  return (
    <Panel
      heading={desk.concerts}
      end={
        <Link to={{ page: "desk", part: "concert", id: null }} class="button button-main">
          {desk.concert.create}
        </Link>
      }
    >
      <input
        class="desk-search"
        type="search"
        placeholder={desk.search}
        aria-label={desk.search}
        value={search}
        onInput={(event) => {
          setSearch(event.currentTarget.value);
          flow.search(event.currentTarget.value);
        }}
      />
      <List flow={flow} />
    </Panel>
  );
}

export function ConcertListScreen({ doors }: { doors: Doors }) {
  const flow = useFlow("desk concerts", () => openConcerts(doors, ""));
  return flow && <Show flow={flow} />;
}
