// route.ts — the address bar as a value. Unknown addresses are a page of their own.

export type Route =
  | { readonly page: "concerts"; readonly search: string }
  | { readonly page: "dates"; readonly concertId: number }
  | { readonly page: "hall"; readonly optionId: number }
  | { readonly page: "reservations" }
  | { readonly page: "checkout"; readonly reservationId: number }
  | { readonly page: "login"; readonly next: string }
  | { readonly page: "signup"; readonly next: string }
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

export function parseRoute(path: string, query: string): Route {
  const words = path.split("/").filter((word) => word !== "");
  const asked = new URLSearchParams(query);
  const id = idOf(words[1]);

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
        return { page: "checkout", reservationId: id };
    }
  }
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
    case "reservations":
      return "/reservations";
    case "checkout":
      return `/reservations/${route.reservationId}`;
    case "login":
    case "signup":
      return route.next === "/"
        ? `/${route.page}`
        : `/${route.page}?next=${encodeURIComponent(route.next)}`;
    case "nowhere":
      return "/nowhere";
  }
}
