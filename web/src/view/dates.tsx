// dates.tsx — one concert: its poster, its story, and a stub for every date.
import { gradesOf, isOnSale, isPresale, type Option } from "../model/catalog.ts";
import type { Dates } from "../flow/dates.ts";
import type { Doors } from "../flow/doors.ts";
import type { Loaded } from "../model/loaded.ts";
import { ClubsPart } from "./clubs.tsx";
import {
  dayNumber,
  momentText,
  monthText,
  nameIn,
  timeText,
  titleIn,
  weekday,
  won,
} from "./format.ts";
import { useLook, useNowMs } from "./look.ts";
import {
  Countdown,
  Empty,
  Failed,
  Link,
  Loading,
  PresaleBadge,
  SaleBadge,
  Title,
} from "./parts.tsx";
import { Poster } from "./poster.tsx";

function Grades({ option }: { option: Option }) {
  const { words, tongue } = useLook();
  return (
    <ul class="grades">
      {gradesOf(option.sections).map((grade, place) => (
        <li key={grade.grade} class={grade.seatsLeft === 0 ? "is-gone" : ""}>
          <span class={`swatch swatch-${place % 6}`} aria-hidden="true" />
          <b>{grade.grade}</b>
          <span class="grade-price">{won(tongue, grade.priceFrom)}</span>
          <span class="grade-left">
            {grade.seatsLeft === 0 ? words.dates.gone : words.dates.left(grade.seatsLeft)}
          </span>
          <meter
            min={0}
            max={Math.max(1, grade.seatCount)}
            value={grade.seatsLeft}
            aria-hidden="true"
          />
        </li>
      ))}
    </ul>
  );
}

function SaleLine({ option }: { option: Option }) {
  const { words, tongue } = useLook();
  const nowMs = useNowMs(option.sale?.state === "SCHEDULED");
  const { sale } = option;
  if (sale?.state !== "SCHEDULED") return null;
  return (
    <p class="sale-line">
      <span>{words.dates.opensAt(momentText(tongue, sale.opensAtMs))}</span>
      {sale.opensAtMs > nowMs ? (
        <span>
          {words.dates.opensIn} <Countdown untilMs={sale.opensAtMs} />
        </span>
      ) : (
        <span>{words.dates.opening}</span>
      )}
    </p>
  );
}

function DateStub({ option, doors }: { option: Option; doors: Doors }) {
  const { words, tongue, nowMs } = useLook();
  const { startsAtMs, venue, sale } = option;
  const isOpen = isOnSale(sale, nowMs()) && !sale?.waitingRoom; // else the line comes first
  const day = momentText(tongue, startsAtMs);
  const hasHall = option.seatCount > 0;
  function seats(): string {
    if (!hasHall) return words.dates.noHall;
    return option.seatsLeft > 0 ? words.dates.left(option.seatsLeft) : words.dates.gone;
  }
  return (
    <li class="stub">
      <time class="stub-day" dateTime={new Date(startsAtMs).toISOString()}>
        <span>{monthText(tongue, startsAtMs)}</span>
        <b>{dayNumber(startsAtMs)}</b>
        <span>{weekday(tongue, startsAtMs)}</span>
      </time>
      <div class="stub-body">
        <div class="stub-head">
          <div>
            <h3>
              {timeText(tongue, startsAtMs)} · {nameIn(tongue, venue)}
            </h3>
            <p class="faint">
              {seats()}
              {sale && ` · ${words.dates.limit(sale.maxPerFan)}`}
            </p>
          </div>
          {isPresale(sale, nowMs()) ? <PresaleBadge /> : <SaleBadge state={sale?.state ?? null} />}
        </div>
        <SaleLine option={option} />
        {sale && sale.presale.length > 0 && (
          <ClubsPart doors={doors} rounds={sale.presale} here={`/concerts/${option.concertId}`} />
        )}
        <Grades option={option} />
        {sale?.waitingRoom && sale.state !== "CLOSED" && (
          <Link
            to={{ page: "waiting", optionId: option.id }}
            class="button button-main"
            label={`${words.waiting.join}: ${day}`}
          >
            {words.waiting.join}
          </Link>
        )}
        {hasHall && (
          <Link
            to={{ page: "hall", optionId: option.id }}
            class={isOpen ? "button button-main" : "button"}
            label={`${isOpen ? words.dates.choose : words.dates.look}: ${day}`}
          >
            {isOpen ? words.dates.choose : words.dates.look}
          </Link>
        )}
      </div>
    </li>
  );
}

interface Props {
  readonly doors: Doors; // for the clubs of a presale, which have a flow of their own
  readonly loaded: Loaded<Dates>;
  onAgain(): void;
}

export function DatesView({ doors, loaded, onAgain }: Props) {
  const { words, tongue } = useLook();
  switch (loaded.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={loaded.failure} onAgain={onAgain} />;
    case "shown":
      break;
  }
  const { concert, options } = loaded.value;
  const description = tongue === "ko" ? concert.descriptionKo : concert.description;
  const holdMinutes = Math.round((options.find((one) => one.sale)?.sale?.holdSeconds ?? 0) / 60);
  return (
    <div class="wide concert">
      <div class="concert-poster">
        <Poster concert={concert} />
      </div>
      <div>
        <p class="concert-artists">
          {concert.artists.map((artist) => nameIn(tongue, artist)).join(" · ")}
        </p>
        <Title class="concert-title">{titleIn(tongue, concert)}</Title>
        {description !== "" && <p class="concert-text">{description}</p>}
        <div class="heading-line">
          <h2>{words.dates.heading}</h2>
          {holdMinutes > 0 && <span class="faint">{words.dates.holdFor(holdMinutes)}</span>}
        </div>
        {options.length === 0 ? (
          <Empty title={words.dates.none} text={words.dates.noneText} />
        ) : (
          <ul class="stubs">
            {options.map((option) => (
              <DateStub option={option} doors={doors} key={option.id} />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
