// ticket.tsx — the ticket itself, as one would frame it, and as one prints it.
import type { Ticket } from "../model/booking.ts";
import type { Pay, Purchase } from "../model/checkout.ts";
import type { Failure } from "../model/answer.ts";
import { dayText, nameIn, timeText, titleIn } from "./format.ts";
import { useLook } from "./look.ts";
import { Failed, Link, Loading, Title } from "./parts.tsx";
import { Poster } from "./poster.tsx";
import { seatIn } from "./purchase.tsx";
import { GiveTicketBack, Receipt } from "./receipt.tsx";

function Stub({ ticket, purchase }: { ticket: Ticket; purchase: Purchase }) {
  const look = useLook();
  const { words, tongue } = look;
  const qr = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(ticket.qrSvg)}`;
  return (
    <article class="ticket">
      {purchase.concert && (
        <div class="ticket-poster">
          <Poster concert={purchase.concert} />
        </div>
      )}
      <div class="ticket-body">
        <p class="eyebrow">{words.ticket.number(ticket.reservationId)}</p>
        <h2>{titleIn(tongue, ticket)}</h2>
        <dl>
          <div>
            <dt>{words.ticket.when}</dt>
            <dd>
              {dayText(tongue, ticket.startsAtMs)}
              <br />
              {timeText(tongue, ticket.startsAtMs)}
            </dd>
          </div>
          <div>
            <dt>{words.ticket.where}</dt>
            <dd>{nameIn(tongue, ticket.venue)}</dd>
          </div>
          <div class="ticket-seats">
            <dt>{words.ticket.seats}</dt>
            {ticket.seats.map((seat) => (
              <dd key={seat.id}>
                <span class="grade-tag">{seat.grade}</span> {seatIn(look, seat, purchase.option)}
              </dd>
            ))}
          </div>
        </dl>
      </div>
      <div class="ticket-code">
        <img src={qr} alt={words.ticket.qr} width="200" height="200" />
        <code>{ticket.ticket.slice(0, 28)}…</code>
      </div>
    </article>
  );
}

export function TicketView({
  purchase,
  ticket,
  failure,
  pay,
  onAgain,
  onRefund,
}: {
  purchase: Purchase;
  ticket: Ticket | null;
  failure: Failure | null;
  pay: Pay;
  onAgain: () => void;
  onRefund: (reason: string) => void;
}) {
  const { words } = useLook();
  return (
    <div class="middle">
      <header class="ticket-head">
        <Title>{words.ticket.done}</Title>
        <p class="faint">{words.ticket.doneText}</p>
      </header>
      {ticket && <Stub ticket={ticket} purchase={purchase} />}
      {!ticket && failure && <Failed failure={failure} onAgain={onAgain} />}
      {!ticket && !failure && <Loading text={words.ticket.loading} />}
      <div class="row-of-buttons">
        {ticket && (
          <button class="button button-main" onClick={() => print()}>
            {words.ticket.print}
          </button>
        )}
        <Link to={{ page: "reservations" }} class="button">
          {words.ticket.mine}
        </Link>
      </div>
      {purchase.payment && (
        <>
          <Receipt payment={purchase.payment} />
          <GiveTicketBack payment={purchase.payment} pay={pay} onRefund={onRefund} />
        </>
      )}
    </div>
  );
}
