// parts.tsx — the small pieces every screen is made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { codeOf, reasonOf, type Failure } from "../model/answer.ts";
import type { SaleState } from "../model/catalog.ts";
import { clockText, leftUntil, spokenSeconds } from "../model/countdown.ts";
import type { Insisting } from "../model/patience.ts";
import { pathOf, type Route } from "../model/route.ts";
import type { Words } from "../words/en.ts";
import { useLook, useNowMs } from "./look.ts";

interface LinkProps {
  readonly to: Route;
  readonly class?: string;
  readonly label?: string;
  readonly isHere?: boolean;
  readonly children: ComponentChildren;
}

/* A real link: a plain click stays in the page, every other click does what the browser does. */
export function Link({ to, class: kind, label, isHere, children }: LinkProps) {
  const look = useLook();
  function go(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    look.goTo(to);
  }
  return (
    <a
      href={pathOf(to)}
      class={kind}
      aria-label={label}
      onClick={go}
      aria-current={isHere ? "page" : undefined}
    >
      {children}
    </a>
  );
}

/* The heading of a screen; it takes the focus when the screen comes, so that it is read out. */
export function Title({ children, class: kind }: { children: ComponentChildren; class?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" }); // a screen may change below its top
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} class={kind}>
      {children}
    </h1>
  );
}

export function Loading({ text }: { text?: string }) {
  const { words } = useLook();
  return (
    <div class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {text ?? words.common.loading}
    </div>
  );
}

export function failureText(words: Words, failure: Failure): string {
  const reason = reasonOf(failure);
  const isKnown = (name: string): name is keyof Words["errors"] => name in words.errors;
  return isKnown(reason) ? words.errors[reason] : words.errors.other;
}

interface FailedProps {
  readonly failure: Failure;
  readonly onAgain?: () => void;
}

export function Failed({ failure, onAgain }: FailedProps) {
  const { words } = useLook();
  const requestId = failure.kind === "refused" ? failure.problem.requestId : null;
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{failureText(words, failure)}</p>
      {requestId && (
        <p class="faint">
          <code>{requestId}</code>
        </p>
      )}
      {codeOf(failure) === "NOT_FOUND" ? (
        <Link to={{ page: "concerts", search: "" }} class="button">
          {words.nowhere.home}
        </Link>
      ) : (
        onAgain && (
          <button class="button" onClick={onAgain}>
            {words.common.again}
          </button>
        )
      )}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

export function Empty({ title, text, children }: EmptyProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p class="faint">{text}</p>
      {children}
    </div>
  );
}

export function PresaleBadge() {
  const { words } = useLook();
  return <span class="badge badge-open">{words.clubs.running}</span>;
}

export function SaleBadge({ state }: { state: SaleState | null }) {
  const { words } = useLook();
  const kind = state === null ? "none" : state.toLowerCase();
  return (
    <span class={`badge badge-${kind}`}>
      {state === null ? words.noSale : words.saleStates[state]}
    </span>
  );
}

export function Notice({
  kind,
  children,
}: {
  kind: "info" | "warn" | "bad";
  children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "info" ? "status" : "alert"}>
      {children}
    </div>
  );
}

export function InsistingNotice({ insisting }: { insisting: Insisting }) {
  const { words } = useLook();
  switch (insisting.why) {
    case "asking":
      return null;
    case "queued":
      return <Notice kind="info">{words.insisting.queued}</Notice>;
    case "busy":
      return <Notice kind="info">{words.insisting.busy(insisting.tryCount)}</Notice>;
    case "lost":
      return <Notice kind="warn">{words.insisting.lost(insisting.tryCount)}</Notice>;
  }
}

/* Ticking digits for the eyes; the ears hear `spoken` at sensible steps only. */
export function Countdown({
  untilMs,
  spoken,
  onOver,
}: {
  untilMs: number;
  spoken?: (seconds: number) => string;
  onOver?: () => void;
}) {
  const nowMs = useNowMs(true);
  const { words } = useLook();
  const left = leftUntil(untilMs, nowMs);
  const isOver = nowMs >= untilMs;
  const moment = spokenSeconds(untilMs, nowMs);
  useEffect(() => {
    if (isOver) onOver?.();
  }, [isOver]);
  return (
    <>
      <span class="digits" role="timer" aria-live="off">
        {left.days > 0 && `${words.common.days(left.days)} `}
        {clockText(left)}
      </span>
      {spoken && moment !== null && (
        <span class="unseen" role="status">
          {spoken(moment)}
        </span>
      )}
    </>
  );
}
