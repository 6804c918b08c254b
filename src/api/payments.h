/*
 * payments.h — paying for a hold, and looking at a payment (API: Paying).
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_PAYMENTS_H
#define API_PAYMENTS_H

#include "api/api.h"

http_handler payments_post; /* POST /api/reservations/{id}/payments */
http_handler payments_get;  /* GET /api/payments/{id} */

#endif
