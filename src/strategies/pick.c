/*
 * pick.c — prices from the dearest down, rows from the front, the middle of each first.
 *
 * As in the engine, a block that leaves a single seat alone is taken only when there is no other.
 */
#include "strategies/pick.h"

#include "base/hash.h"
#include "base/must.h"
#include "booking/best.h"

enum { WINDOW_SEATS = 512 }; /* a longer row is looked at in windows of this many seats */

struct picking {
    const struct board *board;
    const struct plan *plan;
    const struct table *avoid;
    uint32_t count;
    int64_t section;
    bool orphans;
};

static bool is_free(const struct picking *picking, uint32_t seat)
{
    uint32_t unused;
    return board_seat(picking->board, seat) == SEAT_AVAILABLE &&
           !table_get(picking->avoid, hash_id(seat), &unused);
}

static bool pick_in_row(const struct picking *picking, const struct plan_row *row,
                        uint32_t *out_first)
{
    bool free_seats[WINDOW_SEATS];
    for (uint32_t from = 0; from < row->seat_count; from += WINDOW_SEATS) {
        uint32_t left = row->seat_count - from;
        uint32_t size = left < WINDOW_SEATS ? left : WINDOW_SEATS;
        for (uint32_t i = 0; i < size; i++)
            free_seats[i] = is_free(picking, row->first_seat + from + i);
        uint32_t first;
        if (best_in_row(free_seats, size, picking->count, picking->orphans, &first)) {
            *out_first = row->first_seat + from + first;
            return true;
        }
    }
    return false;
}

static bool pick_at_price(const struct picking *picking, int64_t price, uint32_t *out_first)
{
    const struct plan *plan = picking->plan;
    for (uint32_t r = 0; r < plan->row_count; r++) {
        const struct plan_row *row = &plan->rows[r];
        bool asked_for = picking->section < 0 || row->section == picking->section;
        if (asked_for && plan->sections[row->section].price == price &&
            pick_in_row(picking, row, out_first))
            return true;
    }
    return false;
}

/* The highest price below this one; -1 when there is none. */
static int64_t price_below(const struct plan *plan, int64_t limit)
{
    int64_t price = -1;
    for (uint32_t s = 0; s < plan->section_count; s++)
        if (plan->sections[s].price < limit && plan->sections[s].price > price)
            price = plan->sections[s].price;
    return price;
}

bool pick_best(const struct board *board, const struct table *avoid, uint32_t count,
               int64_t section, struct sale_choice *out_choice)
{
    must(count > 0 && count <= SEATS_PER_RESERVATION_MAX);

    struct picking picking = {.board = board,
                              .plan = board_plan(board),
                              .avoid = avoid,
                              .count = count,
                              .section = section};
    for (int orphans = 0; orphans <= 1; orphans++) {
        picking.orphans = orphans == 1;
        for (int64_t price = price_below(picking.plan, INT64_MAX); price >= 0;
             price = price_below(picking.plan, price)) {
            uint32_t first;
            if (!pick_at_price(&picking, price, &first))
                continue;
            *out_choice = (struct sale_choice){.seat_count = count, .amount = count * price};
            for (uint32_t i = 0; i < count; i++)
                out_choice->seat_indexes[i] = first + i;
            return true;
        }
    }
    return false;
}
