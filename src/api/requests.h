/*
 * requests.h — v4's asynchronous reservations: taken now, decided later, asked about meanwhile.
 *
 * POST   /api/v4/reservations                        → 202 {requestId, statusUrl, expiresAt}
 * GET    /api/reservations/requests/{requestId}      → {state, reservation? | code?}
 * GET    /api/reservations/requests/{requestId}/events   the same by SSE, until it is decided
 *
 * Thread   Handlers on the request's loop. request_news_tick() on the main thread.
 * Memory   What listens is bounded by the hub (push/push.h); what is watched for its expiry by
 *          REQUESTS_WATCHED_MAX.
 */
#ifndef API_REQUESTS_H
#define API_REQUESTS_H

#include "api/api.h"
#include "booking/booking.h"

/* Hands a press over to the queue, and answers the request. */
void requests_press(struct http_app *app, struct http_request *request,
                    const struct booking_ask *ask);

http_handler requests_get;
http_handler requests_events;

/* --- telling those who listen ----------------------------------------------------------------- */

struct request_news;
struct request_states;

/* NULL when memory is short. Before the first request; destroyed after the states. */
struct request_news *request_news_create(struct http_app *app, struct request_states *states);
void request_news_destroy(struct request_news *news); /* NULL is welcome */

/* Requests that somebody listens to and whose time is over are settled. Every 50 ms or so. */
void request_news_tick(struct request_news *news, int64_t now_wall_ms);

#endif
