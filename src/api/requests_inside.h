/*
 * requests_inside.h — what the files of requests.h share.
 *
 * Thread   Any.
 * Memory   None of its own.
 */
#ifndef API_REQUESTS_INSIDE_H
#define API_REQUESTS_INSIDE_H

#include "api/requests.h"
#include "base/json_out.h"
#include "booking/reservation_read.h"
#include "strategies/queue.h"

/* {requestId, state, …}; `view` may be NULL: then a success names its reservation's id only. */
void requests_json(struct json_out *out, const struct request_state *state,
                   const struct reservation_view *view);

/* It will be settled at its time if somebody still listens then. */
void request_news_watch(struct request_news *news, const struct request_state *state);

#endif
