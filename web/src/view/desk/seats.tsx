// seats.tsx — seats chosen by section, row and number, to be blocked, sold again or set aside.
import { useState } from "preact/hooks";

import { openSeats, type Seats, type SeatsFlow } from "../../flow/desk/seats.ts";
import { momentOfField } from "../../model/korean_time.ts";
import { seatIdsIn, type SeatRange } from "../../model/seat_range.ts";
import { momentText, nameIn } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Loading } from "../parts.tsx";
import { Box, DeedNotice, Panel, Sure } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

function RangeFields({
  seats,
  range,
  onChange,
}: {
  seats: Seats;
  range: SeatRange;
  onChange: (range: SeatRange) => void;
}) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const section = seats.map.sections.find((one) => one.name === range.section);
  const number = (name: "from" | "to", label: string) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={1}
          value={range[name] || ""}
          onInput={(event) =>
            onChange({ ...range, [name]: event.currentTarget.valueAsNumber || 0 })
          }
        />
      )}
    </Box>
  );
  return (
    <div class="desk-fields">
      <Box label={words.hall.section}>
        {(id) => (
          <select
            id={id}
            value={range.section}
            onChange={(event) =>
              onChange({ section: event.currentTarget.value, row: "", from: 0, to: 0 })
            }
          >
            {seats.map.sections.map((one) => (
              <option key={one.id} value={one.name}>
                {nameIn(tongue, one)}
              </option>
            ))}
          </select>
        )}
      </Box>
      <Box label={words.hall.row}>
        {(id) => (
          <select
            id={id}
            value={range.row}
            onChange={(event) => onChange({ ...range, row: event.currentTarget.value })}
          >
            <option value="">{desk.seats.allRows}</option>
            {section?.rows.map((row) => (
              <option key={row.row} value={row.row}>
                {row.row}
              </option>
            ))}
          </select>
        )}
      </Box>
      {number("from", desk.seats.from)}
      {number("to", desk.seats.to)}
    </div>
  );
}

function AllotForm({
  seats,
  flow,
  seatIds,
}: {
  seats: Seats;
  flow: SeatsFlow;
  seatIds: readonly number[];
}) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const [name, setName] = useState("");
  const [groupId, setGroupId] = useState(0);
  const [until, setUntil] = useState("");
  function allot() {
    const releasesAtMs = momentOfField(until);
    flow.allot({
      name: name.trim(),
      groupId: groupId === 0 ? null : groupId,
      releasesAt: releasesAtMs === null ? null : new Date(releasesAtMs).toISOString(),
      seatIds,
    });
  }
  return (
    <div class="desk-line">
      <Box label={desk.seats.name}>
        {(id) => (
          <input
            id={id}
            maxLength={60}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Box>
      <Box label={desk.seats.forGroup}>
        {(id) => (
          <select
            id={id}
            value={String(groupId)}
            onChange={(event) => setGroupId(Number(event.currentTarget.value))}
          >
            <option value="0">{desk.seats.nobody}</option>
            {seats.groups.map((group) => (
              <option key={group.id} value={String(group.id)}>
                {nameIn(tongue, group)}
              </option>
            ))}
          </select>
        )}
      </Box>
      <Box label={desk.seats.until} hint={desk.seats.untilHint}>
        {(id) => (
          <input
            id={id}
            type="datetime-local"
            value={until}
            onInput={(event) => setUntil(event.currentTarget.value)}
          />
        )}
      </Box>
      <button class="button" disabled={name.trim() === "" || seatIds.length === 0} onClick={allot}>
        {desk.seats.allot}
      </button>
    </div>
  );
}

function Show({ flow, seats }: { flow: SeatsFlow; seats: Seats }) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const first = seats.map.sections[0]?.name ?? "";
  const [range, setRange] = useState<SeatRange>({ section: first, row: "", from: 0, to: 0 });
  const seatIds = seatIdsIn(seats.map, range);
  const groupName = (groupId: number | null) => {
    const group = seats.groups.find((one) => one.id === groupId);
    return group ? nameIn(tongue, group) : desk.seats.nobody;
  };
  return (
    <>
      <RangeFields seats={seats} range={range} onChange={setRange} />
      <div class="row-of-buttons">
        <b role="status">{words.common.seats(seatIds.length)}</b>
        <button
          class="button"
          disabled={seatIds.length === 0}
          onClick={() => flow.block(seatIds, true)}
        >
          {desk.seats.block}
        </button>
        <button
          class="button"
          disabled={seatIds.length === 0}
          onClick={() => flow.block(seatIds, false)}
        >
          {desk.seats.unblock}
        </button>
      </div>
      <AllotForm seats={seats} flow={flow} seatIds={seatIds} />
      <DeedNotice deeds={flow.deeds} />
      <ul class="desk-list">
        {seats.allotments.map((allotment) => (
          <li key={allotment.id} class="desk-row">
            <b>{allotment.name}</b>
            <span>{groupName(allotment.groupId)}</span>
            <span class="faint">{words.common.seats(allotment.seatCount)}</span>
            {allotment.releasesAtMs !== null && (
              <span class="faint">
                {desk.seats.releasesAt(momentText(tongue, allotment.releasesAtMs))}
              </span>
            )}
            <Sure
              label={desk.seats.release}
              kind="button-small"
              question={desk.seats.releaseSure}
              onSure={() => flow.release(allotment.id)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Loader({ flow }: { flow: SeatsFlow }) {
  const loaded = useStage(flow.stage);
  switch (loaded.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={loaded.failure} onAgain={flow.again} />;
    case "shown":
      return <Show flow={flow} seats={loaded.value} />;
  }
}

export function SeatsCard({ doors, office, optionId }: DeskProps & { optionId: number }) {
  const desk = useDeskWords();
  const flow = useFlow(`seats ${optionId}`, () => openSeats(doors, office, optionId));
  return <Panel heading={desk.seats.heading}>{flow && <Loader flow={flow} />}</Panel>;
}
