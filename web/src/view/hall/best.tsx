// best.tsx — "give me the best there is": no map, no race for single seats.
import { useState } from "preact/hooks";

import { isOnSale } from "../../model/catalog.ts";
import { isInLine, seatsMax } from "../../model/hall.ts";
import { countFree } from "../../model/states.ts";
import { nameIn, won } from "../format.ts";
import { useLook } from "../look.ts";
import type { HallProps } from "./hall.tsx";

export function Best({ hall, onHoldBest }: HallProps) {
  const { words, tongue, nowMs } = useLook();
  const [wish, setWish] = useState(hall.best?.count ?? 2);
  const [section, setSection] = useState(hall.best?.section ?? "");
  const most = seatsMax(hall.option);
  const count = Math.min(wish, most);
  const isAsking = hall.ask.step === "asking" || hall.ask.step === "held";
  const isOpen = isOnSale(hall.option.sale, nowMs());

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    onHoldBest(count, section === "" ? null : section);
  }

  return (
    <form class="best" onSubmit={submit}>
      <p class="faint">{words.hall.bestText}</p>
      <div class="stepper" role="group" aria-label={words.hall.count}>
        <span>{words.hall.count}</span>
        <button
          type="button"
          aria-label={words.hall.fewer}
          disabled={count <= 1}
          onClick={() => setWish(count - 1)}
        >
          −
        </button>
        <output aria-live="polite">{count}</output>
        <button
          type="button"
          aria-label={words.hall.more}
          disabled={count >= most}
          onClick={() => setWish(count + 1)}
        >
          +
        </button>
      </div>
      <label class="select">
        <span>{words.hall.section}</span>
        <select value={section} onChange={(event) => setSection(event.currentTarget.value)}>
          <option value="">{words.hall.anySection}</option>
          {hall.map.sections.map((one) => {
            const free = countFree(hall.states.of, one.firstIndex, one.seatCount);
            return (
              <option key={one.id} value={one.name} disabled={free < count}>
                {one.grade} · {nameIn(tongue, one)} · {won(tongue, one.price)} (
                {words.hall.freeIn(free)})
              </option>
            );
          })}
        </select>
      </label>
      <button class="button button-main button-wide" disabled={isAsking || !isOpen}>
        {isAsking ? words.hall.holding(isInLine(hall)) : words.hall.holdBest(count)}
      </button>
    </form>
  );
}
