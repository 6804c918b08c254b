/*
 * ids.h — one type for each kind of id, so that a fan cannot be passed for a seat.
 *
 * Thread   Values; any thread.
 * Memory   None.
 * Range    1 … ID_MAX: what a JavaScript number can carry (RFC 8259 §6). 0 means "none".
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h" /* ID_MAX */

struct fan_id {
    int64_t value;
};
struct concert_id {
    int64_t value;
};
struct option_id {
    int64_t value;
};
struct seat_id {
    int64_t value;
};
struct reservation_id {
    int64_t value;
};
struct payment_id {
    int64_t value;
};
struct refund_id {
    int64_t value;
};

static inline bool id_valid(int64_t value)
{
    return value >= 1 && value <= ID_MAX;
}

#endif
