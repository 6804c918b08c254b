// en.ts — every word the page says in English. Its shape is what the other tongues must fill.
import type { ReservationState } from "../model/booking.ts";
import type { SaleState } from "../model/catalog.ts";
import { enErrors } from "./en_errors.ts";

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;
const thousands = (count: number) => count.toLocaleString("en-US");

const saleStates: Record<SaleState, string> = {
  SCHEDULED: "Opens soon", OPEN: "On sale", PAUSED: "Paused", SOLD_OUT: "Sold out", CLOSED: "Ended",
};
const reservationStates: Record<ReservationState, string> = {
  HOLD: "Held for you", PAYING: "Paying", CONFIRMED: "Ticket", EXPIRED: "Lapsed",
  CANCELLED: "Cancelled", REFUNDED: "Refunded",
};

export const en = {
  tongue: "English",
  skip: "Skip to the content",
  nav: {
    main: "Main", concerts: "Concerts", mine: "My tickets", logIn: "Log in", logOut: "Log out",
    signUp: "Sign up", language: "Language", toDark: "Use dark colours", toLight: "Use light colours",
    footer: "First come, first served. One seat, one fan.",
  },
  common: {
    loading: "Loading …", again: "Try again", back: "Back", seats: (n: number) => many(n, "seat", "seats"),
    close: "Close", total: "Total", optional: "optional",
  },
  saleStates, reservationStates,
  noSale: "Sale not announced",
  concerts: {
    title: "Be in the room.", lead: "Every K-POP night, every seat, in the order you press.",
    search: "Search concerts and artists", searchHint: "Artist or concert", clear: "Clear the search",
    heading: "Concerts", found: (n: number) => many(n, "concert", "concerts"),
    none: "Nothing here yet", noneText: "No concerts are announced. Come back soon.",
    noMatch: (words: string) => `Nothing found for “${words}”`,
    noMatchText: "Try the artist's name, in Korean or in English.",
    more: "Show more", from: (price: string) => `from ${price}`, opens: (when: string) => `Opens ${when}`,
  },
  dates: {
    heading: "Dates", none: "No dates yet", noneText: "The dates have not been announced.",
    choose: "Choose seats", look: "See the hall", left: (n: number) => `${thousands(n)} left`,
    gone: "Sold out", opensAt: (when: string) => `Sale opens ${when}`, opensIn: "Opens in",
    opening: "Opening now …", about: "About this concert",
    limit: (n: number) => `Up to ${many(n, "seat", "seats")} a fan`,
    holdFor: (n: number) => `Seats are held for ${many(n, "minute", "minutes")} while you pay`,
  },
  hall: {
    map: "Map", best: "Best available", list: "Seat list", stage: "STAGE", legend: "Legend",
    mapLabel: "Seat map",
    mapHelp: "Arrow keys go from seat to seat, Enter chooses, plus and minus zoom, 0 shows the whole "
      + "hall, Shift with the arrows moves the map. The tabs “Best available” and “Seat list” do the same without a map.",
    zoomIn: "Zoom in", zoomOut: "Zoom out", whole: "Whole hall",
    states: {
      available: "Available", held: "Held by somebody", sold: "Sold", blocked: "Not for sale",
      chosen: "Chosen by you", accessible: "Accessible", lost: "Taken by somebody else",
    },
    section: "Section", row: "Row", number: "Seat",
    seat: (section: string, row: string, number: string) => `${section}, row ${row}, seat ${number}`,
    chosen: "Your seats", noneChosen: "No seats chosen yet",
    noneChosenText: "Tap a section to come closer, then tap your seats.",
    remove: (seat: string) => `Remove ${seat}`,
    hold: (n: number) => `Hold ${many(n, "seat", "seats")}`, holdNone: "Choose your seats",
    holding: "Holding …", count: "How many together", fewer: "One fewer", more: "One more",
    anySection: "Anywhere, the best there is", holdBest: (n: number) => `Hold the best ${many(n, "seat", "seats")}`,
    bestText: "We pick adjacent seats as close to the stage as possible, and hold them at once.",
    full: (n: number) => `Up to ${many(n, "seat", "seats")} a fan. Remove one to choose another.`,
    freeIn: (n: number) => `${thousands(n)} free`, chooseSection: "Choose a section",
    noneFree: "Nothing free in this section right now.",
    stale: "Connection lost. What you see may be old; looking again …",
    notOpen: "The sale is not open yet. You may look around.",
    taken: (n: number) => `${many(n, "seat was", "seats were")} taken by somebody else. The others are still chosen.`,
    touchHelp: "Pinch to zoom, drag to move", mouseHelp: "Scroll to zoom, drag to move",
  },
  insisting: {
    asking: "Asking …",
    busy: (n: number) => `The house is very busy. We keep asking for you (try ${n}).`,
    lost: (n: number) => `No answer came. We ask again with the same request number, so nothing happens twice (try ${n}).`,
  },
  checkout: {
    heading: "Pay", held: "Held for you", timeLeft: "Time left to pay",
    spoken: (seconds: number) => seconds === 0 ? "The hold has ended."
      : seconds < 60 ? `${seconds} seconds left to pay.` : `${many(seconds / 60, "minute", "minutes")} left to pay.`,
    order: "Your order", demo: "Demo payment", demoText: "This is the built-in test gateway. No money moves. Choose what it should answer.",
    approve: "Approve", approveText: "The payment goes through", decline: "Decline", declineText: "The card is refused",
    pay: (amount: string) => `Pay ${amount}`, paying: "Paying …", cancel: "Give the seats back",
    cancelling: "Giving back …", cancelSure: "Really give these seats back? Anybody may take them at once.",
    keep: "Keep them", declined: "Payment declined",
    declinedText: "No money was taken and your seats are still held. Try again, or another way.",
    retry: (amount: string) => `Try again: ${amount}`,
    payingTitle: "Your payment is being confirmed",
    payingText: "The gateway is thinking. You may close this page: the outcome will be under My tickets.",
    over: {
      EXPIRED: "The hold has lapsed", CANCELLED: "The seats were given back", REFUNDED: "This order was refunded",
    },
    overText: {
      EXPIRED: "The time to pay ran out, and the seats are free again. Nothing was charged.",
      CANCELLED: "Nothing was charged.", REFUNDED: "The ticket is no longer valid. The money is on its way back.",
    },
    chooseAgain: "Choose seats again",
  },
  ticket: {
    heading: "Your ticket", done: "You're going!", doneText: "It is yours. Show this code at the gate.",
    print: "Print", qr: "QR code of the ticket", seats: "Seats", when: "When", where: "Where",
    number: (id: number) => `Order ${id}`, mine: "All my tickets", loading: "Fetching your ticket …",
  },
  mine: {
    heading: "My tickets", none: "No tickets yet", noneText: "What you hold or buy appears here.",
    browse: "Browse concerts", more: "Show more", payNow: "Pay now", open: "Open the ticket", see: "Details",
  },
  login: {
    heading: "Log in", signUpHeading: "Sign up", email: "E-mail", password: "Password", nickname: "Nickname",
    logIn: "Log in", signUp: "Create the account", asking: "One moment …", noAccount: "New here?",
    haveAccount: "Been here before?", passwordHint: "At least 8 characters", show: "Show", hide: "Hide",
    nicknameHint: "Shown to other fans", needed: "Log in to hold your seats. What you chose is kept.",
    missing: "Please fill this in.", badEmail: "That does not look like an e-mail address.",
  },
  nowhere: { title: "There is nothing here", text: "The address may be old or mistyped.", home: "To the concerts" },
  offline: "You seem to be offline.",
  errors: enErrors,
};

export type Words = typeof en;
