// changes.tsx — who changed what, newest first.
import { openChanges, type ChangesFlow } from "../../flow/desk/changes.ts";
import type { Change } from "../../model/desk.ts";
import { momentText } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Loading } from "../parts.tsx";
import { Panel } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

function Differences({ change }: { change: Change }) {
  const desk = useDeskWords();
  return (
    <dl class="differences">
      {change.differences.map(({ field, before, after }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            {before !== null && <del>{before}</del>}
            {after !== null && <ins>{after}</ins>}
          </dd>
        </div>
      ))}
      {change.differences.length === 0 && <div class="faint">{desk.none}</div>}
    </dl>
  );
}

function Show({ flow }: { flow: ChangesFlow }) {
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
    <Panel heading={desk.changes}>
      <ul class="desk-list changes">
        {listing.items.length === 0 && <li class="faint">{desk.none}</li>}
        {listing.items.map((change) => (
          <li key={change.id}>
            <details class="change">
              <summary class="desk-row">
                <b>{desk.changeOf(change.entity, change.entityId)}</b>
                <span>{desk.actions[change.action] ?? change.action}</span>
                <time dateTime={new Date(change.atMs).toISOString()}>
                  {momentText(tongue, change.atMs)}
                </time>
                <span class="faint">{desk.by(change.accountId)}</span>
              </summary>
              <Differences change={change} />
            </details>
          </li>
        ))}
      </ul>
      {listing.more.step !== "end" && (
        <button class="button" onClick={flow.more}>
          {words.concerts.more}
        </button>
      )}
    </Panel>
  );
}

export function ChangesScreen({ doors, office }: DeskProps) {
  const flow = useFlow("changes", () => openChanges(doors, office));
  return flow && <Show flow={flow} />;
}
