// entries.tsx — agencies, artists and venues: a list on one side, the form of one on the other.
import { useState } from "preact/hooks";

import { openEntries, type Entries, type EntriesFlow } from "../../flow/desk/entries.ts";
import {
  ENTRY_FIELDS,
  type Entry,
  type EntryField,
  type EntryFields,
  type EntryKind,
} from "../../model/desk.ts";
import { nameIn, type Tongue } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Loading } from "../parts.tsx";
import { Codes } from "./codes.tsx";
import { Box, DeedNotice, Panel, Sure, typed } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

function readFields(kind: EntryKind, form: HTMLFormElement): EntryFields {
  const read = typed(form);
  const value = (field: EntryField) => {
    if (field === "agencyId" || field === "artistId")
      return read(field) === "" ? null : Number(read(field));
    return field === "capacity" ? Number(read(field)) : read(field);
  };
  return Object.fromEntries(ENTRY_FIELDS[kind].map((field) => [field, value(field)]));
}

function Field({
  field,
  entry,
  parents,
}: {
  field: EntryField;
  entry: Entry | null;
  parents: readonly Entry[];
}) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const first = entry?.[field] ?? "";
  return (
    <Box label={desk.fields[field]}>
      {(id) => {
        if (field === "agencyId" || field === "artistId")
          return (
            <select id={id} name={field}>
              <option value="">{desk.none}</option>
              {parents.map((parent) => (
                <option key={parent.id} value={String(parent.id)} selected={parent.id === first}>
                  {nameIn(tongue, parent)}
                </option>
              ))}
            </select>
          );
        if (field === "capacity")
          return (
            <input
              id={id}
              name={field}
              type="number"
              min={0}
              max={1_000_000}
              defaultValue={String(first || 0)}
            />
          );
        return (
          <input
            id={id}
            name={field}
            maxLength={200}
            required={field !== "cityKo"}
            defaultValue={String(first)}
          />
        );
      }}
    </Box>
  );
}

function EntryForm({
  kind,
  entries,
  flow,
  ...props
}: DeskProps & {
  kind: EntryKind;
  entries: Entries;
  flow: EntriesFlow;
}) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const entry = entries.opened?.value ?? null;
  const deed = useStage(flow.deeds.stage);
  const heading = entry ? desk.edit(nameIn(tongue, entry)) : desk.newOf[kind];
  return (
    <Panel heading={heading}>
      <form
        key={`${kind} ${entries.opened?.tag ?? entries.doneCount}`}
        class="desk-form"
        onSubmit={(event) => {
          event.preventDefault();
          flow.save(readFields(kind, event.currentTarget));
        }}
      >
        {ENTRY_FIELDS[kind].map((field) => (
          <Field key={field} field={field} entry={entry} parents={entries.parents} />
        ))}
        <DeedNotice deeds={flow.deeds} />
        <div class="row-of-buttons">
          <button class="button button-main" disabled={deed.step === "asking"}>
            {entry ? desk.save : desk.create}
          </button>
          {entry && (
            <>
              <button type="button" class="button" onClick={() => flow.open(null)}>
                {desk.cancel}
              </button>
              <Sure
                label={desk.remove}
                question={desk.removeSure(nameIn(tongue, entry))}
                onSure={() => flow.remove(entry.id)}
              />
            </>
          )}
        </div>
      </form>
      {kind === "groups" && entry && <Codes {...props} key={entry.id} groupId={entry.id} />}
    </Panel>
  );
}

function aboutOf(tongue: Tongue, entry: Entry): string {
  const people = entry.capacity > 0 ? entry.capacity.toLocaleString() : "";
  const agency = nameIn(tongue, { name: entry.agencyName, nameKo: entry.agencyNameKo });
  const city = nameIn(tongue, { name: entry.city, nameKo: entry.cityKo || entry.city });
  return [agency, city, people].filter((part) => part !== "").join(" · ");
}

function Show({ flow, kind, ...props }: DeskProps & { flow: EntriesFlow; kind: EntryKind }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const loaded = useStage(flow.stage);
  const [search, setSearch] = useState("");
  switch (loaded.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={loaded.failure} onAgain={flow.again} />;
    case "shown":
      break;
  }
  const { items, opened } = loaded.value;
  return (
    <div class="desk-two">
      <Panel heading={desk.kinds[kind]} end={<span class="faint">{desk.found(items.length)}</span>}>
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
        <ul class="desk-list">
          {items.length === 0 && <li class="faint">{desk.none}</li>}
          {items.map((entry) => (
            <li key={entry.id}>
              <button
                class="desk-row"
                aria-pressed={opened?.value.id === entry.id}
                onClick={() => flow.open(entry.id)}
              >
                <b>{nameIn(tongue, entry)}</b>
                <span class="faint">{aboutOf(tongue, entry)}</span>
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      <EntryForm {...props} kind={kind} entries={loaded.value} flow={flow} />
    </div>
  );
}

export function EntriesScreen({ doors, office, kind }: DeskProps & { kind: EntryKind }) {
  const flow = useFlow(`desk ${kind}`, () => openEntries(doors, office, kind));
  return flow && <Show key={kind} doors={doors} office={office} flow={flow} kind={kind} />;
}
