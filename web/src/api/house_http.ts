// house_http.ts — the house over HTTP: every question, its address, its body and its reader.
import { PAGE_ITEMS } from "../limits.ts";
import type { Wish } from "../model/booking.ts";
import { readMembership, readNamed } from "../model/clubs.ts";
import { readGateway, type Way } from "../model/gateway.ts";
import { list, record } from "../model/read.ts";
import { readPayment } from "../model/payment.ts";
import { readFan, readReservation, readTicket, readTokens } from "../model/read_booking.ts";
import {
  readConcert,
  readOption,
  readPage,
  readSeatMap,
  readStates,
} from "../model/read_catalog.ts";
import { readRequest, readReserved } from "../model/request.ts";
import type { BrowserClock } from "./clock.ts";
import type { House } from "./house.ts";
import { post, type AsFan, type WithToken } from "./as_fan.ts";
import { openStream } from "./event_stream.ts";
import { send, type Read } from "./http.ts";

function after(cursor: string | null): string {
  return `limit=${PAGE_ITEMS}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
}

function bodyOf(wish: Wish) {
  if (wish.kind === "seats") return { seatIds: wish.seatIds };
  const { count, section } = wish;
  return { best: section === null ? { count } : { count, section } };
}

function bodyOfWay(way: Way) {
  if (way.method === "test") return { method: "test", gatewayData: { outcome: way.outcome } };
  const { paymentKey, orderId } = way;
  return { method: way.method, gatewayData: { paymentKey, orderId } };
}

export function createHttpHouse(asFan: AsFan, withToken: WithToken, clock: BrowserClock): House {
  const get = <Value>(path: string, read: Read<Value>) =>
    send({ method: "GET", path }, read, clock);

  return {
    concerts: (search, cursor) =>
      get(
        `/api/concerts?${search === "" ? "" : `q=${encodeURIComponent(search)}&`}${after(cursor)}`,
        (json) => readPage(json, readConcert),
      ),
    concert: (id) => get(`/api/concerts/${id}`, readConcert),
    options: (id) => get(`/api/concerts/${id}/options`, (json) => readPage(json, readOption)),
    option: (id) => get(`/api/options/${id}`, readOption),
    seatMap: (id) => get(`/api/options/${id}/seat-map`, readSeatMap),
    seatStates: (id, since) =>
      get(`/api/options/${id}/seat-states${since === null ? "" : `?since=${since}`}`, readStates),

    signUp: (email, password, nickname) =>
      send(post("/api/users", { email, password, nickname }), readFan, clock),
    logIn: (email, password) =>
      send(post("/api/auth/login", { email, password }), readTokens, clock),
    logOut: (refreshToken) => send(post("/api/auth/logout", { refreshToken }), () => null, clock),
    me: () => asFan({ method: "GET", path: "/api/users/me" }, readFan),

    reserve: (optionId, wish, key, entry) =>
      asFan(
        {
          ...post("/api/reservations", { optionId, ...bodyOf(wish) }),
          key,
          ...(entry === null ? {} : { entry }),
        },
        readReserved,
      ),
    request: (id) =>
      asFan({ method: "GET", path: `/api/reservations/requests/${id}` }, readRequest),
    listenToRequest: (id, hear) =>
      withToken((token) =>
        openStream(`/api/reservations/requests/${id}/events`, token, null, {
          onEvent: ({ event, data }) => event === "state" && hear(readRequest(JSON.parse(data))),
          onEnd: () => hear(null),
        }),
      ),
    reservations: (cursor) =>
      asFan({ method: "GET", path: `/api/reservations?${after(cursor)}` }, (json) =>
        readPage(json, readReservation),
      ),
    reservation: (id) => asFan({ method: "GET", path: `/api/reservations/${id}` }, readReservation),
    cancel: (id) => asFan({ method: "DELETE", path: `/api/reservations/${id}` }, readReservation),
    gateway: () => get("/api/payment-methods", readGateway),
    pay: (id, way, key) =>
      asFan({ ...post(`/api/reservations/${id}/payments`, bodyOfWay(way)), key }, () => null),
    payment: (id) => asFan({ method: "GET", path: `/api/payments/${id}` }, readPayment),
    refund: (id, reason, key) =>
      asFan({ ...post(`/api/payments/${id}/refunds`, { reason }), key }, () => null),
    group: (id) => get(`/api/groups/${id}`, readNamed),
    memberships: () =>
      asFan({ method: "GET", path: "/api/users/me/groups" }, (json) =>
        list(record(json)["items"], readMembership),
      ),
    joinGroup: (code) => asFan(post("/api/users/me/groups", { code }), readMembership),
    ticket: (id) => asFan({ method: "GET", path: `/api/reservations/${id}/ticket` }, readTicket),
  };
}
