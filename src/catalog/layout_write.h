/*
 * layout_write.h — a layout into the store, in pieces that leave the writer to others in between.
 *
 *     1. layout_reserve()          the range of seat ids, noted on the option: nobody else gets
 *        them
 *     2. layout_write_sections()   sections and rows, in one piece
 *     3. layout_write_seats()      as often as it takes
 *     4. layout_finish()           the option now has a layout: readers see it
 *
 * Each step may be repeated: what is there already stays as it is. So whoever was interrupted
 * starts again.
 *
 * Thread   The writer's, inside a store_job.
 * Memory   None.
 */
#ifndef CATALOG_LAYOUT_WRITE_H
#define CATALOG_LAYOUT_WRITE_H

#include "base/ids.h"
#include "base/status.h"
#include "catalog/layout.h"

struct store_connection;

/* The first id of a range that no option has, however long. */
MUST_USE enum status layout_reserve(struct store_connection *connection,
                                    int64_t *out_first_seat_id);

MUST_USE enum status layout_write_sections(struct store_connection *connection,
                                           const struct layout *layout, struct option_id option,
                                           int64_t first_seat_id,
                                           const int64_t price_won[GRADE_COUNT]);

/* Seats first … first + count - 1. The sections must be there. */
MUST_USE enum status layout_write_seats(struct store_connection *connection,
                                        const struct layout *layout, struct option_id option,
                                        int64_t first_seat_id, uint32_t first, uint32_t count);

MUST_USE enum status layout_finish(struct store_connection *connection, const struct layout *layout,
                                   struct option_id option);

/* The next free id of a table, for the one writer: `SELECT coalesce(max(id), 0) + 1 FROM …`. */
struct sql;
MUST_USE enum status layout_next_id(struct store_connection *connection, const struct sql *next,
                                    int64_t *out_id);

#endif
