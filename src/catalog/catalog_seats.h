/*
 * catalog_seats.h — the seats of one date: the map, the list, and what the store knows of their
 * states.
 *
 * Thread   The reader's.
 * Memory   Results live in the arena; STATUS_NO_MEMORY when it is full.
 * Answers  STATUS_MISSING when there is no such date, or it has no seats yet.
 */
#ifndef CATALOG_CATALOG_SEATS_H
#define CATALOG_CATALOG_SEATS_H

#include "catalog/catalog.h"

/* --- the map ---------------------------------------------------------------------------------- */

/* Places are kept as the decimal words the store has: they are only ever written out again. */
struct catalog_map_row {
    struct text name;
    int64_t section_id, first_seat_id, seat_count;
    struct text x, y, dx, dy;
    const int64_t *accessible; /* seat ids, rising */
    size_t accessible_count;
};

struct catalog_map_section {
    int64_t id;
    struct text name, name_ko, grade;
    int64_t price; /* won */
    struct text label_x, label_y;
    const struct catalog_map_row *rows;
    size_t row_count;
};

struct catalog_map {
    int64_t option_id, first_seat_id, seat_count;
    struct text width, height, stage_x, stage_y, stage_width, stage_height;
    struct catalog_map_section *sections;
    size_t section_count;
};

MUST_USE enum status catalog_map(struct store_connection *reader, struct arena *arena,
                                 int64_t option_id, struct catalog_map *out_map);

/* --- the list --------------------------------------------------------------------------------- */

struct catalog_range { /* seat ids first … end - 1 */
    int64_t first, end;
};

/* All seats of the date; those of one section when `section` (a name, else an id) is not empty: an
   empty range when there is no such section. */
MUST_USE enum status catalog_seat_range(struct store_connection *reader, int64_t option_id,
                                        struct text section, struct catalog_range *out_all,
                                        struct catalog_range *out_asked);

struct catalog_seat {
    int64_t id;
    struct text section, row, number, grade;
    int64_t price; /* won */
    bool accessible;
    enum seat_state state; /* by the store */
};

/* Appends seats of the range, in order, to an array with room for `most`; *count grows. */
MUST_USE enum status catalog_seats(struct store_connection *reader, struct arena *arena,
                                   struct catalog_range range, struct catalog_seat *seats,
                                   size_t most, size_t *count);

/* --- states, where no board knows them -------------------------------------------------------- */

struct catalog_states {
    int64_t option_id, first_seat_id, seat_count;
    unsigned char *bytes; /* two bits a seat, as board_copy() has them; NULL when a board knows */
};

MUST_USE enum status catalog_states(struct store_connection *reader, struct arena *arena,
                                    struct boards *boards, int64_t option_id,
                                    struct catalog_states *out_states);

#endif
