// hall.tsx — the seat map's screen: the map on one side, three ways to choose on the other.
import { useId, useState } from "preact/hooks";

import { gradesOf, isOnSale, isPresale, type Grade, type SaleState } from "../../model/catalog.ts";
import { seatsMax, wanted, type OpenHall } from "../../model/hall.ts";
import type { Words } from "../../words/en.ts";
import { momentText, nameIn, titleIn } from "../format.ts";
import { useLook } from "../look.ts";
import {
  Countdown,
  failureText,
  InsistingNotice,
  Link,
  Notice,
  PresaleBadge,
  SaleBadge,
  Title,
} from "../parts.tsx";
import { Best } from "./best.tsx";
import { Chosen } from "./chosen.tsx";
import { Legend } from "./legend.tsx";
import { MapPane } from "./map_pane.tsx";
import { SeatList } from "./seat_list.tsx";

export interface HallProps {
  readonly hall: OpenHall;
  readonly grades: readonly Grade[];
  onToggle(index: number): void;
  onHold(): void;
  onHoldBest(count: number, section: string | null): void;
}

function Head({ hall }: { hall: OpenHall }) {
  const { words, tongue, nowMs } = useLook();
  const { concert, option } = hall;
  return (
    <header class="hall-head">
      <Link
        to={{ page: "dates", concertId: concert.id }}
        class="hall-back"
        label={words.common.back}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="m14 6-6 6 6 6" />
        </svg>
      </Link>
      <div>
        <Title>{titleIn(tongue, concert)}</Title>
        <p class="faint">
          {momentText(tongue, option.startsAtMs)} · {nameIn(tongue, option.venue)}
        </p>
      </div>
      {isPresale(option.sale, nowMs()) ? (
        <PresaleBadge />
      ) : (
        <SaleBadge state={option.sale?.state ?? null} />
      )}
    </header>
  );
}

/* A sale with a waiting room: inside, with the time that is left, or still to stand in line. */
function EntryNotice({ hall }: { hall: OpenHall }) {
  const { words, goTo, nowMs } = useLook();
  const to = { page: "waiting", optionId: hall.option.id } as const;
  if (hall.entry === null || hall.entry.expiresAtMs <= nowMs())
    return (
      <Notice kind="info">
        {words.waiting.needed} <Link to={to}>{words.waiting.join}</Link>
      </Notice>
    );
  return (
    <Notice kind="info">
      {words.waiting.inside}{" "}
      <Countdown untilMs={hall.entry.expiresAtMs} onOver={() => goTo(to, "replace")} />
    </Notice>
  );
}

function notOnSale(words: Words, state: SaleState): string {
  switch (state) {
    case "PAUSED":
      return words.errors.SALE_PAUSED;
    case "CLOSED":
      return words.errors.SALE_CLOSED;
    case "SOLD_OUT":
      return words.errors.SOLD_OUT;
    case "SCHEDULED":
    case "OPEN":
      return words.saleStates[state];
  }
}

function SaleNotice({ hall }: { hall: OpenHall }) {
  const { words, tongue, nowMs } = useLook();
  const { sale } = hall.option;
  if (sale?.waitingRoom && sale.state !== "CLOSED") return <EntryNotice hall={hall} />;
  if (isPresale(sale, nowMs())) return <Notice kind="info">{words.errors.PRESALE_ONLY}</Notice>;
  if (sale === null || isOnSale(sale, nowMs())) return null;
  if (sale.state !== "SCHEDULED")
    return <Notice kind="warn">{notOnSale(words, sale.state)}</Notice>;
  return (
    <Notice kind="info">
      {words.hall.notOpen} {words.dates.opensAt(momentText(tongue, sale.opensAtMs))}
      {sale.opensAtMs > nowMs() && (
        <>
          {" "}
          · <Countdown untilMs={sale.opensAtMs} />
        </>
      )}
    </Notice>
  );
}

/* Everything that went wrong or takes long, in one place beside the button that was pressed. */
function AskNotice({ hall }: { hall: OpenHall }) {
  const { words } = useLook();
  const { ask } = hall;
  const lostCount = hall.chosen.filter((seat) => seat.lost).length;
  return (
    <>
      {hall.stale && <Notice kind="warn">{words.hall.stale}</Notice>}
      {hall.full && <Notice kind="info">{words.hall.full(seatsMax(hall.option))}</Notice>}
      {lostCount > 0 && ask.step !== "refused" && (
        <Notice kind="warn">{words.hall.taken(lostCount)}</Notice>
      )}
      {ask.step === "asking" && <InsistingNotice insisting={ask.insisting} />}
      {ask.step === "refused" && <Notice kind="bad">{failureText(words, ask.failure)}</Notice>}
    </>
  );
}

const WAYS = ["map", "best", "list"] as const;
type Way = (typeof WAYS)[number];

function Tabs({ way, onWay, panelId }: { way: Way; onWay: (way: Way) => void; panelId: string }) {
  const { words } = useLook();
  function onKey(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? WAYS.length - 1 : 0;
    const next = WAYS[(WAYS.indexOf(way) + step) % WAYS.length];
    if (step === 0 || !next) return;
    onWay(next);
    document.getElementById(`${panelId}-${next}`)?.focus();
  }
  return (
    <div class="tabs" role="tablist" onKeyDown={onKey}>
      {WAYS.map((one) => (
        <button
          key={one}
          id={`${panelId}-${one}`}
          role="tab"
          aria-selected={way === one}
          aria-controls={panelId}
          tabIndex={way === one ? 0 : -1}
          onClick={() => onWay(one)}
        >
          {words.hall[one]}
        </button>
      ))}
    </div>
  );
}

export function HallShow(given: Omit<HallProps, "grades">) {
  const [way, setWay] = useState<Way>(given.hall.best === null ? "map" : "best");
  const panelId = useId();
  const props = { ...given, grades: gradesOf(given.hall.option.sections) };
  return (
    <div class="hall">
      <Head hall={props.hall} />
      <MapPane {...props} />
      <div class="hall-side">
        <SaleNotice hall={props.hall} />
        <Tabs way={way} onWay={setWay} panelId={panelId} />
        <div id={panelId} role="tabpanel" class="hall-way" aria-labelledby={`${panelId}-${way}`}>
          {way === "map" && (
            <Legend grades={props.grades} map={props.hall.map} states={props.hall.states.of} />
          )}
          {way === "best" && <Best {...props} />}
          {way === "list" && <SeatList {...props} />}
        </div>
        {way !== "best" || wanted(props.hall).length > 0 ? (
          <Chosen {...props}>
            <AskNotice hall={props.hall} />
          </Chosen>
        ) : (
          <AskNotice hall={props.hall} />
        )}
      </div>
    </div>
  );
}
