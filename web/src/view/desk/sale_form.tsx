// sale_form.tsx — when a date is sold, how, and to how many a fan.
import { useState } from "preact/hooks";

import type { DateDeskFlow } from "../../flow/desk/date.ts";
import type { DateDesk } from "../../model/date_desk.ts";
import type { Round } from "../../model/clubs.ts";
import { fieldOfMoment, momentOfField } from "../../model/korean_time.ts";
import { firstTerms, STRATEGIES, type SaleTerms } from "../../model/sale_terms.ts";
import { useLook, useStage } from "../look.ts";
import { Box, DeedNotice, typed } from "./parts.tsx";
import { PolicyFields, PresaleRounds, readPolicy } from "./policy_fields.tsx";
import { useDeskWords } from "./words.ts";

function strategyName({ strategy, lock }: { strategy: string; lock: string | null }): string {
  return lock === null ? strategy : `${strategy} ${lock}`;
}

function readTerms(form: HTMLFormElement, before: SaleTerms, presale: readonly Round[]): SaleTerms {
  const read = typed(form);
  const [strategy = "v5", lock] = read("strategy").split(" ");
  return {
    opensAtMs: momentOfField(read("opensAt")) ?? before.opensAtMs,
    closesAtMs: momentOfField(read("closesAt")) ?? before.closesAtMs,
    strategy,
    lock: lock ?? null,
    holdSeconds: Number(read("holdSeconds")),
    maxPerFan: Number(read("maxPerFan")),
    waitingRoom: read("waitingRoom") === "on",
    ...readPolicy(read),
    presale,
    others: before.others,
  };
}

function Fields({ terms }: { terms: SaleTerms }) {
  const desk = useDeskWords();
  const moment = (name: "opensAt" | "closesAt", label: string, atMs: number) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          name={name}
          type="datetime-local"
          required
          defaultValue={fieldOfMoment(atMs)}
        />
      )}
    </Box>
  );
  const number = (name: "holdSeconds" | "maxPerFan", label: string, max: number) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          name={name}
          type="number"
          required
          min={1}
          max={max}
          defaultValue={String(terms[name])}
        />
      )}
    </Box>
  );
  return (
    <>
      {moment("opensAt", desk.sale.opensAt, terms.opensAtMs)}
      {moment("closesAt", desk.sale.closesAt, terms.closesAtMs)}
      {number("maxPerFan", desk.sale.maxPerFan, 16)}
      {number("holdSeconds", desk.sale.holdSeconds, 3600)}
      <Box label={desk.sale.strategy} hint={desk.sale.strategyHint}>
        {(id) => (
          <select id={id} name="strategy">
            {STRATEGIES.map((one) => (
              <option
                key={strategyName(one)}
                value={strategyName(one)}
                selected={strategyName(one) === strategyName(terms)}
              >
                {strategyName(one)}
              </option>
            ))}
          </select>
        )}
      </Box>
      <label class="check">
        <input type="checkbox" name="waitingRoom" defaultChecked={terms.waitingRoom} />
        {desk.sale.waitingRoom}
      </label>
    </>
  );
}

export function SaleForm({
  desk: value,
  flow,
}: {
  desk: Extract<DateDesk, { step: "open" }>;
  flow: DateDeskFlow;
}) {
  const look = useLook();
  const desk = useDeskWords();
  const deed = useStage(flow.saleDeeds.stage);
  const terms = value.terms ?? firstTerms(value.option.startsAtMs, look.nowMs());
  const [rounds, setRounds] = useState(terms.presale);
  if (value.option.seatCount === 0) return <p class="faint">{desk.sale.needsHall}</p>;
  return (
    <form
      class="desk-form"
      onSubmit={(event) => {
        event.preventDefault();
        flow.putSale(readTerms(event.currentTarget, terms, rounds));
      }}
    >
      <div class="desk-fields">
        <Fields terms={terms} />
        <PolicyFields terms={terms} />
      </div>
      <p class="faint">{desk.sale.refundHint}</p>
      <PresaleRounds
        rounds={rounds}
        groups={value.groups}
        opensAtMs={terms.opensAtMs}
        onChange={setRounds}
      />
      <DeedNotice deeds={flow.saleDeeds} />
      <button class="button button-main" disabled={deed.step === "asking"}>
        {value.terms ? desk.sale.change : desk.sale.setUp}
      </button>
    </form>
  );
}
