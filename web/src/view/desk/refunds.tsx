// refunds.tsx — a date or a concert that is called off: everything goes back, and one sees how far
// it is.
import { useState } from "preact/hooks";

import {
  concertCalledOff,
  dateCalledOff,
  openRefunds,
  type RefundsFlow,
} from "../../flow/desk/refunds.ts";
import { REFUND_REASON_LETTERS } from "../../limits.ts";
import type { RefundRun } from "../../model/allotments.ts";
import type { Option } from "../../model/catalog.ts";
import { won } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Box, DeedNotice, Panel, Sure } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

function Run({ run }: { run: RefundRun }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const all = run.leftCount + run.requestedCount + run.doneCount + run.failedCount;
  return (
    <li>
      <progress max={Math.max(1, all)} value={run.doneCount + run.failedCount} />
      <span>
        {desk.refunds.progress(run.doneCount, all)} · {won(tongue, run.doneAmount)}
        {run.failedCount > 0 && ` · ${desk.refunds.failed(run.failedCount)}`}
      </span>
    </li>
  );
}

function Show({ flow, question }: { flow: RefundsFlow; question: string }) {
  const desk = useDeskWords();
  const loaded = useStage(flow.stage);
  const [reason, setReason] = useState("");
  const runs = loaded.step === "shown" ? loaded.value : [];
  const isRunning = runs.some((run) => run.state === "RUNNING");
  function start(): void {
    flow.start(reason.trim());
    setReason("");
  }
  return (
    <>
      <ul class="desk-list refund-runs">
        {runs.map((run) => (
          <Run key={run.id} run={run} />
        ))}
      </ul>
      {!isRunning && (
        <div class="desk-line">
          <Box label={desk.refunds.reason}>
            {(id) => (
              <input
                id={id}
                maxLength={REFUND_REASON_LETTERS}
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Box>
          {reason.trim() !== "" && (
            <Sure label={desk.refunds.start} question={question} kind="button-bad" onSure={start} />
          )}
        </div>
      )}
      <DeedNotice deeds={flow.deeds} />
    </>
  );
}

export function RefundsCard({ doors, office, optionId }: DeskProps & { optionId: number }) {
  const desk = useDeskWords();
  const flow = useFlow(`refunds ${optionId}`, () =>
    openRefunds(doors, dateCalledOff(office, optionId)),
  );
  return (
    <Panel heading={desk.refunds.heading}>
      {flow && <Show flow={flow} question={desk.refunds.sure} />}
    </Panel>
  );
}

type ConcertProps = DeskProps & { concertId: number; dates: readonly Option[] };

/* Nothing of it may be for sale any more. */
export function ConcertRefundsCard({ doors, office, concertId, dates }: ConcertProps) {
  const desk = useDeskWords();
  const flow = useFlow(`concert refunds ${concertId}`, () =>
    openRefunds(doors, concertCalledOff(office, concertId)),
  );
  const isClosed = dates.every((date) => date.sale === null || date.sale.state === "CLOSED");
  return (
    <Panel heading={desk.refunds.concertHeading}>
      {!isClosed && <p class="faint">{desk.refunds.closeFirst}</p>}
      {isClosed && flow && <Show flow={flow} question={desk.refunds.concertSure} />}
    </Panel>
  );
}
