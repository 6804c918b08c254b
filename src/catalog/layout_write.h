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
#include "store/store.h"

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

/* --- single entries, for those who know their ids --------------------------------------------- */

struct section_entry {
    int64_t id;
    struct option_id option;
    uint32_t position; /* 0, 1, … in seat-map order */
    struct text name, name_ko, grade;
    int64_t price; /* won */
    double label_x, label_y;
};
MUST_USE enum status layout_insert_section(struct store_connection *connection,
                                           const struct section_entry *section);

struct row_entry {
    int64_t id, section_id;
    struct option_id option;
    uint32_t position; /* in its section */
    struct text name;
    int64_t first_seat_id;
};
MUST_USE enum status layout_insert_row(struct store_connection *connection,
                                       const struct row_entry *entry,
                                       const struct layout_row *row); /* where it is */

struct seat_entry {
    int64_t id;
    struct option_id option;
    int64_t section_id, row_id;
    uint32_t place;     /* in its row */
    struct text number; /* empty: by its place, from 1 on */
    bool accessible, blocked;
};
MUST_USE enum status layout_insert_seat(struct store_connection *connection,
                                        const struct seat_entry *seat);

/* Reals travel as words: a thousandth of a seat pitch is exact enough and short on the wire. */
enum { LAYOUT_REAL_BYTES = 32 };
struct sql_value layout_real(double number, char words[LAYOUT_REAL_BYTES]);

/* The next free id of a table, for the one writer: `SELECT coalesce(max(id), 0) + 1 FROM …`. */
MUST_USE enum status layout_next_id(struct store_connection *connection, const struct sql *next,
                                    int64_t *out_id);

#endif
