// purchase.tsx — what an order is for: concert, date, seats, sum.
import type { ReservedSeat } from "../model/booking.ts";
import type { Option } from "../model/catalog.ts";
import type { Purchase } from "../model/checkout.ts";
import { momentText, nameIn, sectionIn, titleIn, won } from "./format.ts";
import { useLook, type Look } from "./look.ts";
import { Poster } from "./poster.tsx";

/* A seat in words; its section as the date calls it, in the fan's language. */
export function seatIn(
  { words, tongue }: Look,
  { section, row, number }: ReservedSeat,
  option: Option | null,
): string {
  return words.hall.seat(sectionIn(tongue, section, option?.sections ?? []), row, number);
}

export function SeatLines({
  seats,
  option,
}: {
  seats: readonly ReservedSeat[];
  option: Option | null;
}) {
  const look = useLook();
  return (
    <ul class="seat-lines">
      {seats.map((seat) => (
        <li key={seat.id}>
          <span class="grade-tag">{seat.grade}</span>
          <span>{seatIn(look, seat, option)}</span>
          <span class="money">{won(look.tongue, seat.price)}</span>
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
      <SeatLines seats={reservation.seats} option={option} />
      <p class="sum">
        <span>
          {words.common.total} · {words.common.seats(reservation.seats.length)}
        </span>
        <b class="money">{won(tongue, reservation.amount)}</b>
      </p>
    </section>
  );
}
