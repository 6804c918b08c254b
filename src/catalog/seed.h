/*
 * seed.h — the initial data into the store.
 *
 * Thread   The caller's; it waits for the store's writer. Never from a loop.
 * Memory   Two layouts at a time, given back before it returns.
 * Promise  Running it again changes nothing; running it after a crash goes on where it stopped.
 *          Transactions are short (CATALOG_JOB_ROWS_MAX) and leave the writer to others in between.
 *          A date gets its sale in the same transaction as its last seat, so that nobody sees half
 *          a sale.
 *
 * What is there already is known by its own name: an agency and a venue by theirs, an artist by any
 * alias, a concert by its title. What an operator has deleted stays deleted.
 */
#ifndef CATALOG_SEED_H
#define CATALOG_SEED_H

#include <stdint.h>

#include "base/status.h"

struct store;

enum seed_size {
    SEED_SMALL, /* 6 concerts, 10 dates, some 43,000 seats: under two seconds */
    SEED_FULL,  /* 33 concerts, 65 dates, some 870,000 seats, one date of 50,000 */
};

struct seed_report { /* what was added; all zero when everything was there */
    int64_t agency_count, artist_count, venue_count, concert_count;
    int64_t sale_count, seat_count; /* dates completed, and their seats */
};

MUST_USE enum status seed_run(struct store *store, enum seed_size size, int64_t now_ms,
                              struct seed_report *out_report);

#endif
