/*
 * request_id.h — names for requests that are answered later.
 *
 * An id says when it was given and is sealed for its fan: so it is known to be ours, and whose it
 * is, when nothing else is known about it (any more). 44 hexadecimal digits:
 *
 *     6 bytes    wall milliseconds
 *     8 bytes    random: the number by which channels know the request
 *     8 bytes    BLAKE2b of the secret, the fan and the bytes before
 *
 * Thread   Any.
 * Memory   Values.
 */
#ifndef STRATEGIES_REQUEST_ID_H
#define STRATEGIES_REQUEST_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/text.h"

enum { REQUEST_ID_DIGITS = 44, REQUEST_SECRET_BYTES = 32 };

struct request_id {
    char digits[REQUEST_ID_DIGITS + 1]; /* terminated */
};

struct request_secret { /* the same for all who share a database */
    unsigned char bytes[REQUEST_SECRET_BYTES];
};

void request_id_make(const struct request_secret *secret, struct fan_id fan, int64_t now_ms,
                     struct request_id *out_id);

/* False when it is none, or none that was given to this fan. */
bool request_id_read(const struct request_secret *secret, struct fan_id fan, struct text text,
                     struct request_id *out_id);

/* Of an id that was made or read. */
int64_t request_id_time_ms(const struct request_id *id);
uint64_t request_id_number(const struct request_id *id);

static inline struct text request_id_text(const struct request_id *id)
{
    return text_make(id->digits, REQUEST_ID_DIGITS);
}

#endif
