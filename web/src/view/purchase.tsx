// purchase.tsx — what an order is for: concert, date, seats, sum.
import type { ReservedSeat } from "../model/booking.ts";
import type { Purchase } from "../model/checkout.ts";
import { momentText, nameIn, titleIn, won } from "./format.ts";
import { useLook } from "./look.ts";
import { Poster } from "./poster.tsx";

export function SeatLines({ seats }: { seats: readonly ReservedSeat[] }) {
  const { words, tongue } = useLook();
  return (
    <ul class="seat-lines">
      {seats.map((seat) => (
        <li key={seat.id}>
          <span class="grade-tag">{seat.grade}</span>
          <span>{words.hall.seat(seat.section, seat.row, seat.number)}</span>
          <span class="money">{won(tongue, seat.price)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Order({ purchase }: { purchase: Purchase }) {
  const { words, tongue } = useLook();
  const { reservation, option, concert } = purchase;
  return (
    <section class="panel order" aria-label={words.checkout.order}>
      <div class="order-about">
        {concert && (
          <div class="order-poster">
            <Poster concert={concert} isBare />
          </div>
        )}
        <div>
          <h2>{concert ? titleIn(tongue, concert) : words.checkout.order}</h2>
          {option && (
            <p class="faint">
              {momentText(tongue, option.startsAtMs)}
              <br />
              {nameIn(tongue, option.venue)}
            </p>
          )}
        </div>
      </div>
      <SeatLines seats={reservation.seats} />
      <p class="sum">
        <span>
          {words.common.total} · {words.common.seats(reservation.seats.length)}
        </span>
        <b class="money">{won(tongue, reservation.amount)}</b>
      </p>
    </section>
  );
}
