// concert.tsx — one concert's words, its bill and its dates.
import { useState } from "preact/hooks";

import { openConcertDesk, type ConcertDeskFlow } from "../../flow/desk/concert.ts";
import {
  fieldsOfConcert,
  type ConcertDesk,
  type ConcertFields,
  type Entry,
} from "../../model/desk.ts";
import { nameIn, titleIn } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Link, Loading } from "../parts.tsx";
import { Box, DeedNotice, Panel, Sure, typed } from "./parts.tsx";
import { Dates } from "./dates.tsx";
import { ConcertRefundsCard } from "./refunds.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

const NEW: ConcertFields = {
  title: "",
  titleKo: "",
  artistIds: [],
  description: "",
  descriptionKo: "",
  posterHue: 285,
};

/* The bill: artists in order, one more from the list, each with a way out. */
function Bill({
  ids,
  artists,
  onChange,
}: {
  ids: readonly number[];
  artists: readonly Entry[];
  onChange: (ids: readonly number[]) => void;
}) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const nameOf = (id: number) => {
    const artist = artists.find((one) => one.id === id);
    return artist ? nameIn(tongue, artist) : String(id);
  };
  return (
    <Box label={desk.concert.artists} hint={desk.concert.artistsHint}>
      {(id) => (
        <div class="bill">
          {ids.map((one) => (
            <button
              key={one}
              type="button"
              class="chip"
              aria-label={words.hall.remove(nameOf(one))}
              onClick={() => onChange(ids.filter((other) => other !== one))}
            >
              {nameOf(one)} <span aria-hidden="true">×</span>
            </button>
          ))}
          <select
            id={id}
            value=""
            onChange={(event) => {
              const chosen = Number(event.currentTarget.value);
              if (chosen > 0) onChange([...ids, chosen]);
            }}
          >
            <option value="">{desk.concert.addArtist}</option>
            {artists
              .filter((artist) => !ids.includes(artist.id))
              .map((artist) => (
                <option key={artist.id} value={String(artist.id)}>
                  {nameIn(tongue, artist)}
                </option>
              ))}
          </select>
        </div>
      )}
    </Box>
  );
}

function Words({ first }: { first: ConcertFields }) {
  const desk = useDeskWords();
  const line = (name: "title" | "titleKo", label: string) => (
    <Box label={label}>
      {(id) => <input id={id} name={name} required maxLength={200} defaultValue={first[name]} />}
    </Box>
  );
  const story = (name: "description" | "descriptionKo", label: string) => (
    <Box label={label}>
      {(id) => (
        <textarea id={id} name={name} rows={4} maxLength={8000} defaultValue={first[name]} />
      )}
    </Box>
  );
  return (
    <>
      {line("title", desk.concert.title)}
      {line("titleKo", desk.concert.titleKo)}
      {story("description", desk.concert.description)}
      {story("descriptionKo", desk.concert.descriptionKo)}
    </>
  );
}

function ConcertForm({ desk: value, flow }: { desk: ConcertDesk; flow: ConcertDeskFlow }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const deed = useStage(flow.deeds.stage);
  const first = value.concert ? fieldsOfConcert(value.concert.value) : NEW;
  const [artistIds, setArtistIds] = useState(first.artistIds);
  const [hue, setHue] = useState(first.posterHue);
  function save(event: SubmitEvent & { currentTarget: HTMLFormElement }): void {
    event.preventDefault();
    const read = typed(event.currentTarget);
    flow.save({
      title: read("title"),
      titleKo: read("titleKo"),
      description: read("description"),
      descriptionKo: read("descriptionKo"),
      artistIds,
      posterHue: hue,
    });
  }
  return (
    <form class="desk-form" onSubmit={save}>
      <Words first={first} />
      <Bill ids={artistIds} artists={value.artists} onChange={setArtistIds} />
      <Box label={desk.concert.hue}>
        {(id) => (
          <div class="hue">
            <input
              id={id}
              type="range"
              min={0}
              max={359}
              value={hue}
              onInput={(event) => setHue(Number(event.currentTarget.value))}
            />
            <span style={{ background: `hsl(${hue} 60% 45%)` }} aria-hidden="true" />
          </div>
        )}
      </Box>
      <DeedNotice deeds={flow.deeds} />
      <div class="row-of-buttons">
        <button class="button button-main" disabled={deed.step === "asking"}>
          {value.concert ? desk.save : desk.create}
        </button>
        {value.concert && (
          <Sure
            label={desk.remove}
            question={desk.removeSure(titleIn(tongue, value.concert.value))}
            onSure={flow.remove}
          />
        )}
      </div>
    </form>
  );
}

function Show({ flow, ...props }: DeskProps & { flow: ConcertDeskFlow }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const loaded = useStage(flow.stage);
  switch (loaded.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={loaded.failure} onAgain={flow.again} />;
    case "shown":
      break;
  }
  const { concert, dates } = loaded.value;
  return (
    <div class={concert ? "desk-two" : ""}>
      <Panel
        heading={concert ? titleIn(tongue, concert.value) : desk.concert.create}
        end={
          concert && (
            <Link to={{ page: "dates", concertId: concert.value.id }}>{desk.concert.fansPage}</Link>
          )
        }
      >
        <ConcertForm key={concert?.tag ?? "new"} desk={loaded.value} flow={flow} />
      </Panel>
      {concert && (
        <div class="desk-column">
          <Dates desk={loaded.value} flow={flow} />
          {dates.some((date) => date.sale !== null) && (
            <ConcertRefundsCard {...props} concertId={concert.value.id} dates={dates} />
          )}
        </div>
      )}
    </div>
  );
}

export function ConcertDeskScreen({
  doors,
  office,
  concertId,
}: DeskProps & { concertId: number | null }) {
  const flow = useFlow(`desk concert ${concertId}`, () =>
    openConcertDesk(doors, office, concertId),
  );
  return flow && <Show doors={doors} office={office} flow={flow} />;
}
