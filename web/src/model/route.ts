// route.ts — the address bar as a value. Unknown addresses are a page of their own.
import { agreedOf, type Agreed } from "./gateway.ts";

export const DESK_PARTS = [
  "live",
  "concerts",
  "concert",
  "date",
  "agencies",
  "artists",
  "venues",
  "groups",
  "changes",
] as const;
export type DeskPart = (typeof DESK_PARTS)[number];

export type Route =
  | { readonly page: "concerts"; readonly search: string }
  | { readonly page: "dates"; readonly concertId: number }
  | { readonly page: "hall"; readonly optionId: number }
  | { readonly page: "waiting"; readonly optionId: number }
  | { readonly page: "reservations" }
  /* `agreed`: the fan comes back from the gateway's window. */
  | { readonly page: "checkout"; readonly reservationId: number; readonly agreed?: Agreed }
  | { readonly page: "login"; readonly next: string }
  | { readonly page: "signup"; readonly next: string }
  /* The operator's pages: `id` is that of a concert or a date; null for a new concert and lists. */
  | { readonly page: "desk"; readonly part: DeskPart; readonly id: number | null }
  | { readonly page: "nowhere" };

const ID = /^[1-9][0-9]{0,15}$/;

function idOf(word: string | undefined): number | null {
  if (word === undefined || !ID.test(word)) return null;
  const id = Number(word);
  return Number.isSafeInteger(id) ? id : null;
}

/* Where to go after logging in: a path of this page, never another site. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}

const DESK_LISTS: readonly DeskPart[] = [
  "live",
  "concerts",
  "agencies",
  "artists",
  "venues",
  "groups",
  "changes",
];

/* /operator, /operator/artists, /operator/concerts/new, /operator/concerts/7, /operator/dates/7 */
function deskOf(words: readonly string[]): Route {
  const [part = "live", last] = words;
  const id = idOf(last);
  const listed = DESK_LISTS.find((one) => one === part);
  if (last === undefined && listed) return { page: "desk", part: listed, id: null };
  if (words.length === 2 && part === "concerts" && (id !== null || last === "new"))
    return { page: "desk", part: "concert", id };
  if (words.length === 2 && part === "dates" && id !== null)
    return { page: "desk", part: "date", id };
  return { page: "nowhere" };
}

function deskPath(part: DeskPart, id: number | null): string {
  switch (part) {
    case "live":
      return "/operator";
    case "concert":
      return `/operator/concerts/${id ?? "new"}`;
    case "date":
      return `/operator/dates/${id}`;
    case "concerts":
    case "agencies":
    case "artists":
    case "venues":
    case "groups":
    case "changes":
      return `/operator/${part}`;
  }
}

function checkoutOf(reservationId: number, agreed: Agreed | null): Route {
  const route = { page: "checkout", reservationId } as const;
  return agreed === null ? route : { ...route, agreed };
}

export function parseRoute(path: string, query: string): Route {
  const words = path.split("/").filter((word) => word !== "");
  const asked = new URLSearchParams(query);
  const id = idOf(words[1]);

  if (words[0] === "operator") return deskOf(words.slice(1));
  if (words.length === 0) return { page: "concerts", search: asked.get("q") ?? "" };
  if (words.length === 1) {
    switch (words[0]) {
      case "concerts":
        return { page: "concerts", search: asked.get("q") ?? "" };
      case "reservations":
        return { page: "reservations" };
      case "login":
        return { page: "login", next: safeNext(asked.get("next")) };
      case "signup":
        return { page: "signup", next: safeNext(asked.get("next")) };
    }
  }
  if (words.length === 2 && id !== null) {
    switch (words[0]) {
      case "concerts":
        return { page: "dates", concertId: id };
      case "options":
        return { page: "hall", optionId: id };
      case "reservations":
        return checkoutOf(id, agreedOf(asked));
    }
  }
  if (words.length === 3 && words[0] === "options" && words[2] === "waiting" && id !== null)
    return { page: "waiting", optionId: id };
  return { page: "nowhere" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "concerts":
      return route.search === "" ? "/" : `/?q=${encodeURIComponent(route.search)}`;
    case "dates":
      return `/concerts/${route.concertId}`;
    case "hall":
      return `/options/${route.optionId}`;
    case "waiting":
      return `/options/${route.optionId}/waiting`;
    case "reservations":
      return "/reservations";
    case "checkout":
      return `/reservations/${route.reservationId}`;
    case "login":
    case "signup":
      return route.next === "/"
        ? `/${route.page}`
        : `/${route.page}?next=${encodeURIComponent(route.next)}`;
    case "desk":
      return deskPath(route.part, route.id);
    case "nowhere":
      return "/nowhere";
  }
}
