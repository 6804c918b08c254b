/*
 * reservation_json.h — a reservation as JSON, the same shape wherever it appears.
 *
 * Thread   Any.
 * Memory   The buffer's.
 */
#ifndef API_RESERVATION_JSON_H
#define API_RESERVATION_JSON_H

#include "base/json_out.h"
#include "booking/booking.h"
#include "booking/reservation_read.h"

/* {id, state, optionId, seats, amount, currency, createdAt, expiresAt, payment?} */
void reservation_json(struct json_out *out, const struct reservation_view *view);

/* {id, section, row, number, grade, price} */
void reservation_seat_json(struct json_out *out, const struct reservation_seat *seat);

/* What the engine has just done, as a view; its texts are the plan's. */
void reservation_view_of_ask(const struct booking_ask *ask, struct reservation_view *out_view);

#endif
