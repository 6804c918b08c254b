// reservations.tsx — everything this fan holds, has bought, or has let go.
import type { Booked } from "../flow/reservations.ts";
import type { Listing } from "../model/listing.ts";
import { momentText, nameIn, titleIn, won } from "./format.ts";
import { useLook } from "./look.ts";
import { Countdown, Empty, Failed, Link, Loading, Title } from "./parts.tsx";
import { Poster } from "./poster.tsx";
import { seatIn } from "./purchase.tsx";

function Item({ booked }: { booked: Booked }) {
  const look = useLook();
  const { words, tongue } = look;
  const { reservation, option, concert } = booked;
  const { state, expiresAtMs } = reservation;
  const press =
    state === "HOLD" ? words.mine.payNow : state === "CONFIRMED" ? words.mine.open : words.mine.see;
  const isLive = state === "HOLD" || state === "PAYING" || state === "CONFIRMED";
  return (
    <li class={isLive ? "booked" : "booked is-gone"}>
      <div class="booked-poster">{concert && <Poster concert={concert} isBare />}</div>
      <div class="booked-body">
        <p>
          <span class={`badge badge-${state.toLowerCase()}`}>{words.reservationStates[state]}</span>
          {state === "HOLD" && expiresAtMs !== null && (
            <>
              {" "}
              <Countdown untilMs={expiresAtMs} />
            </>
          )}
        </p>
        <h2>{concert ? titleIn(tongue, concert) : words.ticket.number(reservation.id)}</h2>
        {option && (
          <p class="faint">
            {momentText(tongue, option.startsAtMs)} · {nameIn(tongue, option.venue)}
          </p>
        )}
        <p class="faint">
          {reservation.seats.map((seat) => seatIn(look, seat, option)).join(" / ")}
        </p>
      </div>
      <div class="booked-end">
        <b class="money">{won(tongue, reservation.amount)}</b>
        <Link
          to={{ page: "checkout", reservationId: reservation.id }}
          class={state === "HOLD" ? "button button-main" : "button"}
        >
          {press}
        </Link>
      </div>
    </li>
  );
}

interface Props {
  readonly listing: Listing<Booked>;
  onMore(): void;
  onAgain(): void;
}

function List({ listing, onMore, onAgain }: Props) {
  const { words } = useLook();
  switch (listing.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={listing.failure} onAgain={onAgain} />;
    case "shown":
      break;
  }
  const { items, more } = listing;
  if (items.length === 0)
    return (
      <Empty title={words.mine.none} text={words.mine.noneText}>
        <Link to={{ page: "concerts", search: "" }} class="button button-main">
          {words.mine.browse}
        </Link>
      </Empty>
    );
  return (
    <>
      <ul class="booked-list">
        {items.map((booked) => (
          <Item booked={booked} key={booked.reservation.id} />
        ))}
      </ul>
      {more.step === "failed" && <Failed failure={more.failure} />}
      {more.step !== "end" && (
        <button class="button more" disabled={more.step === "asking"} onClick={onMore}>
          {more.step === "asking" ? words.common.loading : words.mine.more}
        </button>
      )}
    </>
  );
}

export function Reservations(props: Props) {
  const { words } = useLook();
  return (
    <div class="middle">
      <Title>{words.mine.heading}</Title>
      <List {...props} />
    </div>
  );
}
