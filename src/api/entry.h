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

/*
 * May this fan reserve seats of this date? True where the sale has no waiting room. False: the
 * request has been answered with 403 ENTRY_TOKEN_REQUIRED or ENTRY_TOKEN_INVALID.
 */
bool entry_allows(struct http_app *app, struct http_request *request, struct fan_id fan,
                  struct option_id option);

/* The fan holds seats now: keeps the room inside until then. Harmless without a waiting room. */
void entry_tell_held(struct http_app *app, struct fan_id fan, struct option_id option,
                     int64_t until_ms);

#endif
