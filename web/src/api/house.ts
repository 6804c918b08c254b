// house.ts — the door to the server: what can be asked, in the words of the model.
//
// Promise   Every call ends in exactly one Answer and never throws. "lost" means unknown: repeat the
//           call with the same key, and the server acts once.
// Adapters  house_http.ts for real, a scripted one in the tests.
import type { Answer } from "../model/answer.ts";
import type { Fan, Reservation, Ticket, Tokens, Wish } from "../model/booking.ts";
import type { Concert, Named, Option, Page } from "../model/catalog.ts";
import type { Membership } from "../model/clubs.ts";
import type { Gateway, Way } from "../model/gateway.ts";
import type { Payment } from "../model/payment.ts";
import type { RequestState, Reserved } from "../model/request.ts";
import type { SeatMap } from "../model/seatmap.ts";
import type { StatesNews } from "../model/states.ts";

export interface House {
  concerts(search: string, cursor: string | null): Promise<Answer<Page<Concert>>>;
  concert(concertId: number): Promise<Answer<Concert>>;
  options(concertId: number): Promise<Answer<Page<Option>>>;
  option(optionId: number): Promise<Answer<Option>>;
  seatMap(optionId: number): Promise<Answer<SeatMap>>;
  seatStates(optionId: number, sinceVersion: number | null): Promise<Answer<StatesNews>>;

  signUp(email: string, password: string, nickname: string): Promise<Answer<Fan>>;
  logIn(email: string, password: string): Promise<Answer<Tokens>>;
  logOut(refreshToken: string): Promise<Answer<null>>;
  me(): Promise<Answer<Fan>>;

  reserve(
    optionId: number,
    wish: Wish,
    key: string,
    entry: string | null, // the token of a sale with a waiting room
  ): Promise<Answer<Reserved>>;
  request(requestId: string): Promise<Answer<RequestState>>;
  /* ok: the value ends it. null is heard once, when the stream ends by itself. */
  listenToRequest(
    requestId: string,
    hear: (request: RequestState | null) => void,
  ): Promise<Answer<() => void>>;
  reservations(cursor: string | null): Promise<Answer<Page<Reservation>>>;
  reservation(reservationId: number): Promise<Answer<Reservation>>;
  cancel(reservationId: number): Promise<Answer<Reservation>>;
  gateway(): Promise<Answer<Gateway>>;
  pay(reservationId: number, way: Way, key: string): Promise<Answer<null>>;
  payment(paymentId: number): Promise<Answer<Payment>>;
  refund(paymentId: number, reason: string, key: string): Promise<Answer<null>>;
  group(groupId: number): Promise<Answer<Named>>;
  memberships(): Promise<Answer<readonly Membership[]>>;
  joinGroup(code: string): Promise<Answer<Membership>>;
  ticket(reservationId: number): Promise<Answer<Ticket>>;
}
