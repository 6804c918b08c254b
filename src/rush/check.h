/*
 * check.h — is everything that was acknowledged really in the database?
 *
 * Thread   The reader's; blocks on the disk.
 * Memory   One bit of work a seat while it runs.
 * Promise  Reads one moment of the database, so a running server does not confuse it.
 */
#ifndef RUSH_CHECK_H
#define RUSH_CHECK_H

#include <stdint.h>

#include "base/status.h"
#include "rush/acks.h"
#include "rush/faults.h"

struct store_connection;

struct check_hall { /* the seats on sale */
    struct option_id option;
    int64_t first_seat_id;
    uint32_t seat_count;
};

struct check_counts {
    uint32_t holds, payments, cancels; /* looked for */
    uint32_t lost;                     /* acknowledgements that are not as they were told */
    int64_t confirmed_seats;           /* in the database, acknowledged or not */
};

/* Each loss is told in `faults`. A status other than OK: the database could not be read. */
MUST_USE enum status check_acks(struct store_connection *reader, const struct acks *acks,
                                const struct check_hall *hall, struct faults *faults,
                                struct check_counts *out_counts);

#endif
