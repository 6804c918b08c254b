/*
 * payments.h — paying for a hold, and looking at a payment (API: Paying).
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_PAYMENTS_H
#define API_PAYMENTS_H

#include "api/api.h"
#include "base/json_out.h"
#include "payment/payment_store.h"

http_handler payments_post; /* POST /api/reservations/{id}/payments */
http_handler payments_get;  /* GET /api/payments/{id} */

/* The members that every answer about a payment has, inside an object. */
void payment_json(struct json_out *out, const struct payment *payment);

#endif
