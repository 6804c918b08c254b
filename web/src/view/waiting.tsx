// waiting.tsx — the waiting page: the place, the people ahead, how long, and what happens next.
import { useState } from "preact/hooks";

import { estimate, progress, type InLine, type Waiting } from "../model/waiting.ts";
import { momentText, nameIn, titleIn } from "./format.ts";
import { useLook, useNowMs } from "./look.ts";
import { Countdown, Failed, Link, Loading, Notice, Title } from "./parts.tsx";

export interface WaitingGestures {
  onLeave(): void;
  onAgain(): void;
}

const SPOKEN_STEPS = [1000, 500, 100, 50, 20, 10, 5, 3, 2, 1, 0];

/* A screen reader hears of the line when it has become much shorter, not every second. */
function spokenAhead(ahead: number): number {
  return SPOKEN_STEPS.find((step) => ahead >= step) ?? 0;
}

function Wait({ line }: { line: InLine }) {
  const { words } = useLook();
  const { serving, ahead } = line;
  const guess = serving && estimate(ahead, serving);
  if (serving?.state === "PAUSED") return <p class="line-eta">{words.waiting.paused}</p>;
  if (ahead === 0) return <p class="line-eta">{words.waiting.next}</p>;
  if (guess === null) return <p class="line-eta">{words.waiting.noEstimate}</p>;
  const { leastSeconds, mostSeconds } = guess;
  return (
    <p class="line-eta">
      {mostSeconds === null
        ? words.waiting.atLeast(words.waiting.span(leastSeconds))
        : leastSeconds === mostSeconds
          ? words.waiting.about(words.waiting.span(guess.seconds))
          : words.waiting.between(
              words.waiting.span(leastSeconds),
              words.waiting.span(mostSeconds),
            )}
    </p>
  );
}

function InTheLine({ line }: { line: InLine }) {
  const { words, tongue } = useLook();
  const count = (n: number) => n.toLocaleString(tongue === "ko" ? "ko-KR" : "en-US");
  const done = Math.round(progress(line) * 100);
  return (
    <>
      <p class="line-ahead">
        <b>{count(line.ahead)}</b>
        <span>{words.waiting.ahead(line.ahead)}</span>
      </p>
      <p class="unseen" role="status">
        {words.waiting.spoken(spokenAhead(line.ahead))}
      </p>
      <div
        class="line-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={done}
        aria-label={words.waiting.progress}
      >
        <span style={{ width: `${Math.max(2, done)}%` }} />
      </div>
      <Wait line={line} />
    </>
  );
}

/* Before the opening: a hall, in which nobody is first. */
function InTheHall({ line }: { line: InLine }) {
  const { words, tongue } = useLook();
  const opensAtMs = line.serving?.opensAtMs ?? line.about.option.sale?.opensAtMs ?? null;
  const nowMs = useNowMs(true);
  const people = line.serving?.hall ?? 0;
  return (
    <>
      <p class="line-ahead">
        {opensAtMs !== null && opensAtMs > nowMs ? (
          <b>
            <Countdown untilMs={opensAtMs} />
          </b>
        ) : (
          <b>…</b>
        )}
        <span>{opensAtMs !== null && words.dates.opensAt(momentText(tongue, opensAtMs))}</span>
      </p>
      <p>{words.waiting.hallText}</p>
      {people > 0 && <p class="faint">{words.waiting.inHall(people)}</p>}
    </>
  );
}

function Leave({ onLeave }: { onLeave: () => void }) {
  const { words } = useLook();
  const [isSure, setIsSure] = useState(false);
  if (!isSure)
    return (
      <button class="button button-quiet" onClick={() => setIsSure(true)}>
        {words.waiting.leave}
      </button>
    );
  return (
    <div class="sure" role="group" aria-label={words.waiting.leave}>
      <p>{words.waiting.leaveSure}</p>
      <button class="button" onClick={() => setIsSure(false)}>
        {words.waiting.stay}
      </button>
      <button class="button button-bad" onClick={onLeave}>
        {words.waiting.leave}
      </button>
    </div>
  );
}

function Receipt({ line }: { line: InLine }) {
  const { words } = useLook();
  const { sequence, receipt } = line.place;
  return (
    <details class="line-receipt">
      <summary>{words.waiting.number(sequence)}</summary>
      <p class="faint">{words.waiting.receiptText}</p>
      <code>{receipt}</code>
    </details>
  );
}

function LinkNotice({ line }: { line: InLine }) {
  const { words } = useLook();
  switch (line.link) {
    case "stream":
      return null;
    case "polling":
      return <p class="faint line-link">{words.waiting.polling}</p>;
    case "lost":
      return <Notice kind="warn">{words.waiting.lost}</Notice>;
  }
}

function isGone({ serving }: InLine): boolean {
  return serving?.state === "SOLD_OUT" || serving?.state === "CLOSED";
}

function Place({ line }: { line: InLine }) {
  const { words } = useLook();
  if (isGone(line))
    return (
      <div role="alert">
        <p class="line-gone">
          {line.serving?.state === "CLOSED" ? words.waiting.closed : words.waiting.soldOut}
        </p>
        <p class="faint">{line.serving?.state === "CLOSED" ? "" : words.waiting.soldOutText}</p>
      </div>
    );
  return line.place.turn === null ? <InTheHall line={line} /> : <InTheLine line={line} />;
}

function InLineView({ line, onLeave }: { line: InLine; onLeave: () => void }) {
  const { words, tongue } = useLook();
  const { option, concert } = line.about;
  return (
    <div class="narrow">
      <section class="panel line">
        <p class="eyebrow">{words.waiting.heading}</p>
        <Title>{titleIn(tongue, concert)}</Title>
        <p class="faint">
          {momentText(tongue, option.startsAtMs)} · {nameIn(tongue, option.venue)}
        </p>
        <Place line={line} />
        <LinkNotice line={line} />
        {!isGone(line) && (
          <ol class="line-steps">
            <li>{words.waiting.stepKeep}</li>
            <li>{words.waiting.stepEnter}</li>
            <li>{words.waiting.stepTabs}</li>
          </ol>
        )}
        <Receipt line={line} />
        <div class="row-of-buttons">
          <Link to={{ page: "hall", optionId: option.id }} class="button">
            {words.dates.look}
          </Link>
          <Leave onLeave={onLeave} />
        </div>
      </section>
    </div>
  );
}

function Over({ why, onAgain }: { why: "LEFT" | "EXPIRED"; onAgain: () => void }) {
  const { words } = useLook();
  return (
    <div class="empty">
      <Title>{words.waiting.over[why]}</Title>
      <p class="faint">{words.waiting.overText[why]}</p>
      <button class="button button-main" onClick={onAgain}>
        {words.waiting.joinAgain}
      </button>
    </div>
  );
}

export function WaitingView({ waiting, onLeave, onAgain }: WaitingGestures & { waiting: Waiting }) {
  const { words } = useLook();
  switch (waiting.step) {
    case "loading":
      return <Loading text={words.waiting.joining} />;
    case "proving":
      return <Loading text={words.waiting.proving} />;
    case "failed":
      return <Failed failure={waiting.failure} onAgain={onAgain} />;
    case "waiting":
      return <InLineView line={waiting} onLeave={onLeave} />;
    case "inside":
      return <Loading text={words.waiting.entering} />;
    case "over":
      return <Over why={waiting.why} onAgain={onAgain} />;
  }
}
