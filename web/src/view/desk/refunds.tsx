// refunds.tsx — a date that is called off: everything goes back, and one sees how far it is.
import { useState } from "preact/hooks";

import { openRefunds, type RefundsFlow } from "../../flow/desk/refunds.ts";
import type { RefundRun } from "../../model/allotments.ts";
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

function Show({ flow }: { flow: RefundsFlow }) {
  const desk = useDeskWords();
  const loaded = useStage(flow.stage);
  const [reason, setReason] = useState("");
  const runs = loaded.step === "shown" ? loaded.value : [];
  const isRunning = runs.some((run) => run.state === "RUNNING");
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
                maxLength={120}
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Box>
          {reason.trim() !== "" && (
            <Sure
              label={desk.refunds.start}
              question={desk.refunds.sure}
              kind="button-bad"
              onSure={() => flow.start(reason.trim())}
            />
          )}
        </div>
      )}
      <DeedNotice deeds={flow.deeds} />
    </>
  );
}

export function RefundsCard({ doors, office, optionId }: DeskProps & { optionId: number }) {
  const desk = useDeskWords();
  const flow = useFlow(`refunds ${optionId}`, () => openRefunds(doors, office, optionId));
  return <Panel heading={desk.refunds.heading}>{flow && <Show flow={flow} />}</Panel>;
}
