/*
 * seed_rows.h — the rows of the initial data, each added where its natural key is not known.
 *
 * Thread   The writer's, inside a store_job.
 * Memory   The arena's.
 */
#ifndef CATALOG_SEED_ROWS_H
#define CATALOG_SEED_ROWS_H

#include "base/arena.h"
#include "catalog/seed.h"
#include "catalog/seed_data.h"

struct store_connection;

/* All agencies, artists and aliases, venues. Counts what it adds. */
MUST_USE enum status seed_people(struct store_connection *connection, struct arena *arena,
                                 struct seed_report *report);
MUST_USE enum status seed_venue(struct store_connection *connection, const struct seed_venue *venue,
                                uint32_t capacity, struct seed_report *report);

/* The concert, its bill and its dates; `seat_counts` and `starts_at_ms` of each date. */
MUST_USE enum status seed_concert(struct store_connection *connection, struct arena *arena,
                                  const struct seed_concert *concert, const uint32_t *seat_counts,
                                  const int64_t *starts_at_ms, struct seed_report *report);

#endif
