// parts.tsx — what the operator's forms are made of: a labelled box, what came of saving, are you sure.
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";

import type { Deeds } from "../../flow/desk/deeds.ts";
import type { Failure } from "../../model/answer.ts";
import { useStage } from "../look.ts";
import { failureText, InsistingNotice, Notice } from "../parts.tsx";
import { useLook } from "../look.ts";
import { useDeskWords } from "./words.ts";

const SLIPS_SHOWN = 12;

export function Box({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: (id: string) => JSX.Element;
}) {
  const id = useId();
  return (
    <div class="box">
      <label for={id}>{label}</label>
      {children(id)}
      {hint && <p class="faint">{hint}</p>}
    </div>
  );
}

/* What is wrong, field by field, in the server's words: they name what only the server can know. */
function Slips({ failure }: { failure: Extract<Failure, { kind: "refused" }> }) {
  const desk = useDeskWords();
  const { slips, slipCount } = failure.problem;
  const shown = slips.slice(0, SLIPS_SHOWN);
  return (
    <>
      {desk.wrong(slipCount)}
      <ul class="slips">
        {shown.map(({ field, detail }) => (
          <li key={`${field} ${detail}`}>
            <code>{field}</code> <span lang="en">{detail}</span>
          </li>
        ))}
      </ul>
      {slipCount > shown.length && desk.wrongMore(slipCount - shown.length)}
    </>
  );
}

export function Refused({ failure }: { failure: Failure }) {
  const { words } = useLook();
  const desk = useDeskWords();
  if (failure.kind !== "refused") return <Notice kind="bad">{failureText(words, failure)}</Notice>;
  const { code, slips } = failure.problem;
  if (code === "PRECONDITION_FAILED") return <Notice kind="warn">{desk.changedMeanwhile}</Notice>;
  if (code === "IN_USE") return <Notice kind="warn">{desk.inUse}</Notice>;
  return (
    <Notice kind="bad">
      {slips.length > 0 ? <Slips failure={failure} /> : failureText(words, failure)}
    </Notice>
  );
}

export function DeedNotice({ deeds }: { deeds: Deeds }) {
  const desk = useDeskWords();
  const deed = useStage(deeds.stage);
  switch (deed.step) {
    case "rest":
      return null;
    case "asking":
      return <InsistingNotice insisting={deed.insisting} />;
    case "refused":
      return <Refused failure={deed.failure} />;
    case "done":
      return <Notice kind="info">{desk.saved}</Notice>;
  }
}

/* A press that cannot be taken back is asked about first. */
export function Sure({
  label,
  question,
  kind,
  onSure,
}: {
  label: string;
  question: string;
  kind?: string;
  onSure: () => void;
}) {
  const desk = useDeskWords();
  const [isAsked, setIsAsked] = useState(false);
  if (!isAsked)
    return (
      <button type="button" class={`button ${kind ?? ""}`} onClick={() => setIsAsked(true)}>
        {label}
      </button>
    );
  return (
    <span class="desk-sure" role="group" aria-label={question}>
      <span>{question}</span>
      <button
        type="button"
        class="button button-bad"
        onClick={() => {
          setIsAsked(false);
          onSure();
        }}
      >
        {label}
      </button>
      <button type="button" class="button button-quiet" onClick={() => setIsAsked(false)}>
        {desk.cancel}
      </button>
    </span>
  );
}

export function Panel({
  heading,
  children,
  end,
}: {
  heading: string;
  children: ComponentChildren;
  end?: ComponentChildren;
}) {
  return (
    <section class="panel desk-panel" aria-label={heading}>
      <div class="heading-line">
        <h2>{heading}</h2>
        {end}
      </div>
      {children}
    </section>
  );
}

/* The words of a form, by the names of its fields. */
export function typed(form: HTMLFormElement): (name: string) => string {
  const data = new FormData(form);
  return (name) => String(data.get(name) ?? "").trim();
}
