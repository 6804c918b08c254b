// policy_fields.tsx — the finer terms of a sale: limits over all dates, presale rounds, refunds.
import { useState } from "preact/hooks";

import type { Round } from "../../model/clubs.ts";
import type { Entry } from "../../model/desk.ts";
import { fieldOfMoment, momentOfField } from "../../model/korean_time.ts";
import type { SaleTerms } from "../../model/sale_terms.ts";
import { nameIn } from "../format.ts";
import { useLook } from "../look.ts";
import { Box } from "./parts.tsx";
import { useDeskWords } from "./words.ts";

/* The names that readPolicy() reads again. */
export function PolicyFields({ terms }: { terms: SaleTerms }) {
  const desk = useDeskWords();
  const { refundPolicy } = terms;
  const number = (
    name: string,
    label: string,
    first: number | null,
    least: number,
    most: number,
  ) => (
    <Box label={label}>
      {(id) => (
        <input
          id={id}
          name={name}
          type="number"
          min={least}
          max={most}
          defaultValue={first === null ? "" : String(first)}
        />
      )}
    </Box>
  );
  return (
    <>
      {number("maxPerConcert", desk.sale.maxPerConcert, terms.maxPerConcert, 1, 160)}
      {number("freeDays", desk.sale.freeDays, refundPolicy?.freeDays ?? null, 0, 365)}
      {number("feePercent", desk.sale.feePercent, refundPolicy?.feePercent ?? null, 0, 100)}
      {number("feePerSeat", desk.sale.feePerSeat, refundPolicy?.feePerSeat ?? null, 0, 1_000_000)}
    </>
  );
}

export function readPolicy(
  read: (name: string) => string,
): Pick<SaleTerms, "maxPerConcert" | "refundPolicy"> {
  const numbers = ["freeDays", "feePercent", "feePerSeat"].map(read);
  const [freeDays = 0, feePercent = 0, feePerSeat = 0] = numbers.map(Number);
  return {
    maxPerConcert: read("maxPerConcert") === "" ? null : Number(read("maxPerConcert")),
    refundPolicy: numbers.every((word) => word === "")
      ? null
      : { freeDays, feePercent, feePerSeat },
  };
}

export function PresaleRounds({
  rounds,
  groups,
  opensAtMs,
  onChange,
}: {
  rounds: readonly Round[];
  groups: readonly Entry[];
  opensAtMs: number; // of the sale: a round ends then at the latest
  onChange: (rounds: readonly Round[]) => void;
}) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const [groupId, setGroupId] = useState(groups[0]?.id ?? 0);
  const dayMs = 86_400_000;
  const nameOf = (id: number) => {
    const group = groups.find((one) => one.id === id);
    return group ? nameIn(tongue, group) : String(id);
  };
  const replace = (place: number, round: Round) =>
    onChange(rounds.map((one, index) => (index === place ? round : one)));
  if (groups.length === 0 && rounds.length === 0) return null;
  return (
    <fieldset class="section-draft presale">
      <legend>{words.clubs.heading}</legend>
      {rounds.map((round, place) => (
        <Box key={place} label={desk.sale.roundOpens(nameOf(round.groupId))}>
          {(id) => (
            <div class="bill">
              <input
                id={id}
                type="datetime-local"
                value={fieldOfMoment(round.opensAtMs)}
                onChange={(event) => {
                  const atMs = momentOfField(event.currentTarget.value);
                  if (atMs !== null) replace(place, { ...round, opensAtMs: atMs });
                }}
              />
              <button
                type="button"
                class="button button-small button-quiet"
                onClick={() => onChange(rounds.filter((_, index) => index !== place))}
              >
                {desk.remove}
              </button>
            </div>
          )}
        </Box>
      ))}
      {groups.length > 0 && (
        <Box label={desk.sale.addRound}>
          {(id) => (
            <div class="bill">
              <select
                id={id}
                value={String(groupId)}
                onChange={(event) => setGroupId(Number(event.currentTarget.value))}
              >
                {groups.map((group) => (
                  <option key={group.id} value={String(group.id)}>
                    {nameIn(tongue, group)}
                  </option>
                ))}
              </select>
              <button
                type="button"
                class="button button-small"
                onClick={() =>
                  onChange([
                    ...rounds,
                    { groupId, opensAtMs: opensAtMs - dayMs, closesAtMs: opensAtMs },
                  ])
                }
              >
                {desk.sale.addRound}
              </button>
            </div>
          )}
        </Box>
      )}
    </fieldset>
  );
}
