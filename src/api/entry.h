/*
 * entry.h — the entry token of a sale with a waiting room: every endpoint that reserves asks here.
 *
 * Thread   The request's loop.
 * Memory   None.
 */
#ifndef API_ENTRY_H
#define API_ENTRY_H

#include "api/api.h"
#include "base/ids.h"
#include "booking/board.h"

enum entry_verdict {
    ENTRY_OPEN,    /* the token is good, or the sale has no waiting room */
    ENTRY_MISSING, /* no token */
    ENTRY_INVALID, /* not ours, not this fan's, not this sale's */
    ENTRY_EXPIRED, /* it was good: the fan has been inside, and has left or the time is over */
};

/* May this fan reserve seats of this date? `board` is the date's, NULL where there is none. Nothing
   is answered and nothing looked up. */
enum entry_verdict entry_check(struct http_app *app, struct http_request *request,
                               struct fan_id fan, struct option_id option,
                               const struct board *board);

/* 403 ENTRY_TOKEN_REQUIRED or ENTRY_TOKEN_INVALID; not for ENTRY_OPEN. */
void entry_refuse(struct http_request *request, enum entry_verdict verdict);

/* The fan holds seats now: keeps the room inside until then. Harmless without a waiting room. */
void entry_tell_held(struct http_app *app, struct fan_id fan, struct option_id option,
                     const struct board *board, int64_t until_ms);

#endif
