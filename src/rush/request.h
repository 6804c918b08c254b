/*
 * request.h — a fan's step as the bytes of an HTTP request.
 *
 * Thread   Pure functions; any thread.
 * Memory   Writes into the caller's RUSH_REQUEST_BYTES_MAX bytes.
 * Promise  The same step of the same fan gives the same bytes however often it is written: a
 *          request whose answer got lost is sent again, not a new one.
 */
#ifndef RUSH_REQUEST_H
#define RUSH_REQUEST_H

#include <stddef.h>

#include "base/ids.h"
#include "base/text.h"
#include "rush/fan.h"

struct request_place { /* the same for all requests of a night */
    struct text host;  /* "127.0.0.1:8080" */
    struct option_id option;
    int64_t first_seat_id;
};

enum { REQUEST_KEY_BYTES = 48 };

/* The idempotency keys of a fan: unique in the store, as each night has an option of its own. */
void request_reserve_key(struct option_id option, struct fan_id fan, uint32_t reserve_no,
                         char out_key[REQUEST_KEY_BYTES]);
void request_pay_key(struct option_id option, struct fan_id fan, uint32_t pay_no,
                     char out_key[REQUEST_KEY_BYTES]);

/* Returns the size. The fan is in a step that asks something. */
size_t request_write(const struct request_place *place, struct fan_id id, struct text token,
                     const struct fan *fan, char out[RUSH_REQUEST_BYTES_MAX]);

/* The player's own readings: "/api/options/3", "/api/options/3/seat-states". */
size_t request_write_read(const struct request_place *place, const char *below_option,
                          char out[RUSH_REQUEST_BYTES_MAX]);

#endif
