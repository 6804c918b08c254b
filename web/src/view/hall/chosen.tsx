// chosen.tsx — the seats a fan has picked, what they cost, and the button that holds them.
import type { ComponentChildren } from "preact";

import { isOnSale } from "../../model/catalog.ts";
import { isInLine, wanted, wantedPrice } from "../../model/hall.ts";
import { seatAt, type Seat } from "../../model/seatmap.ts";
import { nameIn, won } from "../format.ts";
import { useLook } from "../look.ts";
import type { HallProps } from "./hall.tsx";

function Line({
  seat,
  isLost,
  isFixed,
  onRemove,
}: {
  seat: Seat;
  isLost: boolean;
  isFixed: boolean;
  onRemove: () => void;
}) {
  const { words, tongue } = useLook();
  const name = words.hall.seat(nameIn(tongue, seat.section), seat.row.row, String(seat.number));
  return (
    <li class={isLost ? "is-lost" : ""}>
      <span class="grade-tag">{seat.section.grade}</span>
      <span>
        {isLost ? <s>{name}</s> : name}
        {isLost && <small>{words.hall.states.lost}</small>}
      </span>
      <span class="money">{won(tongue, seat.section.price)}</span>
      <button
        class="remove"
        aria-label={words.hall.remove(name)}
        disabled={isFixed}
        onClick={onRemove}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="m7 7 10 10M17 7 7 17" />
        </svg>
      </button>
    </li>
  );
}

function Lines({
  hall,
  isFixed,
  onToggle,
}: Pick<HallProps, "hall" | "onToggle"> & { isFixed: boolean }) {
  return (
    <ul class="chosen-list">
      {hall.chosen.map(({ index, lost }) => {
        const seat = seatAt(hall.map, index);
        return (
          seat && (
            <Line
              key={index}
              seat={seat}
              isLost={lost}
              isFixed={isFixed}
              onRemove={() => onToggle(index)}
            />
          )
        );
      })}
    </ul>
  );
}

export function Chosen({
  hall,
  onToggle,
  onHold,
  children,
}: HallProps & {
  children: ComponentChildren;
}) {
  const { words, tongue, nowMs } = useLook();
  const count = wanted(hall).length;
  const isAsking = hall.ask.step === "asking" || hall.ask.step === "held";
  const isOpen = isOnSale(hall.option.sale, nowMs());
  return (
    <section class="chosen" aria-label={words.hall.chosen}>
      {hall.chosen.length === 0 ? (
        <p class="chosen-none">
          <b>{words.hall.noneChosen}</b>
          <br />
          {words.hall.noneChosenText}
        </p>
      ) : (
        <Lines hall={hall} isFixed={isAsking} onToggle={onToggle} />
      )}
      {children}
      <div class={count > 0 ? "chosen-end is-fixed" : "chosen-end"}>
        {count > 0 && (
          <p class="sum">
            <span>
              {words.common.total} · {words.common.seats(count)}
            </span>
            <b class="money">{won(tongue, wantedPrice(hall))}</b>
          </p>
        )}
        <button
          class="button button-main button-wide"
          disabled={count === 0 || isAsking || !isOpen}
          onClick={onHold}
        >
          {isAsking
            ? words.hall.holding(isInLine(hall))
            : count === 0
              ? words.hall.holdNone
              : words.hall.hold(count)}
        </button>
      </div>
    </section>
  );
}
