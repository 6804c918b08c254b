/*
 * plan.h — where the seats of one option are and what they cost: what never changes while it is
 * sold.
 *
 * Thread   Built on one thread; from then on read-only, for any.
 * Memory   One plan an option, some 11 bytes a seat. Texts live as long as the plan.
 * Order    Seats, rows and sections are numbered 0, 1, … in seat-map order; a row's seats are
 *          neighbours.
 */
#ifndef BOOKING_PLAN_H
#define BOOKING_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"

struct plan_section {
    int64_t id;
    struct text name, name_ko, grade;
    int64_t price; /* won */
    uint32_t first_row, row_count;
};

struct plan_row {
    struct text name;
    uint32_t section, first_seat, seat_count;
};

struct plan {
    struct option_id option;
    int64_t first_seat_id;
    int64_t layout_version;
    uint32_t seat_count, row_count, section_count;
    struct plan_section *sections;
    struct plan_row *rows;
    uint32_t *row_of_seat;
    uint32_t *number_of_seat; /* offset of the seat's number in `words` */
    char *words;              /* terminated texts, one behind the other */
};

struct store_connection;

/* STATUS_MISSING when the option has no layout, STATUS_INVALID when its rows contradict each
   other. */
MUST_USE enum status plan_load(struct store_connection *connection, struct option_id option,
                               struct plan **out_plan);
void plan_destroy(struct plan *plan); /* NULL is welcome */

/* False when the id is of another option. */
static inline bool plan_seat_index(const struct plan *plan, struct seat_id seat,
                                   uint32_t *out_seat_index)
{
    if (seat.value < plan->first_seat_id || seat.value - plan->first_seat_id >= plan->seat_count)
        return false;
    *out_seat_index = (uint32_t)(seat.value - plan->first_seat_id);
    return true;
}

static inline struct seat_id plan_seat_id(const struct plan *plan, uint32_t seat_index)
{
    return (struct seat_id){plan->first_seat_id + seat_index};
}

static inline const struct plan_row *plan_row_of(const struct plan *plan, uint32_t seat_index)
{
    return &plan->rows[plan->row_of_seat[seat_index]];
}

static inline const struct plan_section *plan_section_of(const struct plan *plan,
                                                         uint32_t seat_index)
{
    return &plan->sections[plan_row_of(plan, seat_index)->section];
}

static inline struct text plan_number_of(const struct plan *plan, uint32_t seat_index)
{
    return text_of(plan->words + plan->number_of_seat[seat_index]);
}

#endif
