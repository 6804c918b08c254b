/*
 * numbers.h — ids for new reservations, taken from the store a block at a time.
 *
 * The engine, the other strategies and other processes write reservations into one database at the
 * same time. Each takes a block of ids and gives them out by itself, so no two give the same one,
 * and nobody asks the database more than once in RESERVATION_NUMBERS_MAX reservations. Ids that
 * were not used when a process ends stay unused.
 *
 * Thread   numbers_refill(): in a job. The rest: under the owner's care.
 * Memory   The owner's.
 * Order    Ids grow with time, roughly: two writers' blocks lie beside each other.
 */
#ifndef BOOKING_NUMBERS_H
#define BOOKING_NUMBERS_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"

struct store_connection;

struct numbers {
    int64_t next, end; /* next … end - 1 can be given out */
};

static inline bool numbers_empty(const struct numbers *numbers)
{
    return numbers->next == numbers->end;
}

/* One that nobody else gets; there must be one. */
struct reservation_id numbers_take(struct numbers *numbers);

/* A new block, good once the transaction is committed: when it is not, the block is nobody's and
   must be thrown away. */
MUST_USE enum status numbers_refill(struct store_connection *connection,
                                    struct numbers *out_numbers);

#endif
