// dates.tsx — the dates of a concert: each with its hall and sale, and the form for one more.
import type { ConcertDeskFlow } from "../../flow/desk/concert.ts";
import type { ConcertDesk } from "../../model/desk.ts";
import { momentOfField } from "../../model/korean_time.ts";
import { momentText, nameIn } from "../format.ts";
import { useLook } from "../look.ts";
import { Link, SaleBadge } from "../parts.tsx";
import { Box, Panel, Sure, typed } from "./parts.tsx";
import { useDeskWords } from "./words.ts";

function NewDate({ desk: value, flow }: { desk: ConcertDesk; flow: ConcertDeskFlow }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  function add(event: SubmitEvent & { currentTarget: HTMLFormElement }): void {
    event.preventDefault();
    const read = typed(event.currentTarget);
    const startsAtMs = momentOfField(read("startsAt"));
    const venueId = Number(read("venueId"));
    if (startsAtMs !== null && venueId > 0) flow.addDate({ startsAtMs, venueId });
  }
  return (
    <form class="desk-line" onSubmit={add}>
      <Box label={desk.concert.startsAt}>
        {(id) => <input id={id} name="startsAt" type="datetime-local" required />}
      </Box>
      <Box label={desk.concert.venue}>
        {(id) => (
          <select id={id} name="venueId" required>
            {value.venues.map((venue) => (
              <option key={venue.id} value={String(venue.id)}>
                {nameIn(tongue, venue)}
              </option>
            ))}
          </select>
        )}
      </Box>
      <button class="button button-main">{desk.concert.addDate}</button>
    </form>
  );
}

export function Dates({ desk: value, flow }: { desk: ConcertDesk; flow: ConcertDeskFlow }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  return (
    <Panel heading={desk.concert.dates}>
      <ul class="desk-list">
        {value.dates.length === 0 && <li class="faint">{desk.concert.noDates}</li>}
        {value.dates.map((date) => (
          <li key={date.id} class="desk-row">
            <b>{momentText(tongue, date.startsAtMs)}</b>
            <span>{nameIn(tongue, date.venue)}</span>
            <span class="faint">
              {date.seatCount > 0 ? desk.concert.seats(date.seatCount) : desk.concert.noSeats}
            </span>
            <SaleBadge state={date.sale?.state ?? null} />
            <Link to={{ page: "desk", part: "date", id: date.id }} class="button button-small">
              {desk.concert.open}
            </Link>
            {date.sale === null && (
              <Sure
                label={desk.remove}
                kind="button-small button-quiet"
                question={desk.removeSure(momentText(tongue, date.startsAtMs))}
                onSure={() => flow.removeDate(date.id)}
              />
            )}
          </li>
        ))}
      </ul>
      <NewDate desk={value} flow={flow} />
    </Panel>
  );
}
