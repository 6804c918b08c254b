// reservations.ts — a fan's own reservations, newest first, with what each is for.
import type { Reservation } from "../model/booking.ts";
import type { Concert, Option, Page } from "../model/catalog.ts";
import { nextListing, type Listing, type ListingNews } from "../model/listing.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface Booked {
  readonly reservation: Reservation;
  readonly option: Option | null; // null when it could not be read: the reservation still counts
  readonly concert: Concert | null;
}

export interface ReservationsFlow extends Flow {
  readonly stage: Stage<Listing<Booked>, ListingNews<Booked>>;
  more(): void;
  again(): void;
}

export function openReservations(doors: Doors): ReservationsFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Listing<Booked>, ListingNews<Booked>>({ step: "loading" }, nextListing);
  const abouts = new Map<number, Promise<Pick<Booked, "option" | "concert">>>();

  async function about(optionId: number): Promise<Pick<Booked, "option" | "concert">> {
    const option = await house.option(optionId);
    if (option.kind !== "ok") return { option: null, concert: null };
    const concert = await house.concert(option.value.concertId);
    return { option: option.value, concert: concert.kind === "ok" ? concert.value : null };
  }

  function aboutOnce(optionId: number): Promise<Pick<Booked, "option" | "concert">> {
    const known = abouts.get(optionId) ?? about(optionId);
    abouts.set(optionId, known);
    return known;
  }

  async function told(page: Page<Reservation>): Promise<Page<Booked>> {
    const items = await Promise.all(
      page.items.map(async (reservation) => ({
        reservation,
        ...(await aboutOnce(reservation.optionId)),
      })),
    );
    return { items, nextCursor: page.nextCursor };
  }

  async function load(cursor: string | null): Promise<void> {
    const answer = await insist(clock, closed.signal, () => house.reservations(cursor));
    if (answer === null) return;
    if (answer.kind !== "ok") return void stage.tell({ kind: "failed", failure: answer });
    const page = await told(answer.value);
    if (closed.signal.aborted) return;
    stage.tell(cursor === null ? { kind: "arrived", page } : { kind: "arrived-more", page });
  }

  void load(null);
  return {
    stage,
    more() {
      const listing = stage.tell({ kind: "asked-more" });
      if (listing.step === "shown" && listing.more.step === "asking")
        void load(listing.more.cursor);
    },
    again() {
      stage.tell({ kind: "asked" });
      void load(null);
    },
    close: () => closed.abort(),
  };
}
