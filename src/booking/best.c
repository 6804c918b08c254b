/* best.c — one walk over the row: every gap, and every place in it. */
#include "booking/best.h"

#include <assert.h>

#include "base/must.h"
#include "limits.h"

static_assert(SEATS_PER_RESERVATION_MAX <= 16, "struct best_blocks has a bit for each count");

/* Twice the distance between the middles of the block and of the row: no fractions. */
static uint32_t off_centre(uint32_t first, uint32_t count, uint32_t seat_count)
{
    int64_t off = (int64_t)2 * first + count - seat_count;
    return (uint32_t)(off < 0 ? -off : off);
}

/* A gap of `size` seats has a block of every count up to it; only one seat less than all of them
   leaves a single one whatever is done. */
static struct best_blocks blocks_in_gap(uint32_t size)
{
    struct best_blocks blocks = {0};
    for (uint32_t count = 1; count <= SEATS_PER_RESERVATION_MAX && count <= size; count++) {
        uint16_t bit = (uint16_t)(1u << (count - 1));
        blocks.any |= bit;
        if (size - count != 1)
            blocks.clean |= bit;
    }
    return blocks;
}

struct best_blocks best_blocks_in_row(const bool *free_seats, uint32_t seat_count)
{
    struct best_blocks row = {0};
    uint32_t gap_size = 0;
    for (uint32_t i = 0; i <= seat_count; i++) {
        if (i < seat_count && free_seats[i]) {
            gap_size++;
            continue;
        }
        struct best_blocks gap = blocks_in_gap(gap_size);
        row.any |= gap.any;
        row.clean |= gap.clean;
        gap_size = 0;
    }
    return row;
}

bool best_in_row(const bool *free_seats, uint32_t seat_count, uint32_t count, bool orphans,
                 uint32_t *out_first)
{
    must(count > 0);
    bool found = false;
    uint32_t best_off = 0;
    for (uint32_t gap = 0; gap < seat_count;) {
        if (!free_seats[gap]) {
            gap++;
            continue;
        }
        uint32_t end = gap;
        while (end < seat_count && free_seats[end])
            end++;
        for (uint32_t first = gap; first + count <= end; first++) {
            bool lonely = first - gap == 1 || end - (first + count) == 1;
            uint32_t off = off_centre(first, count, seat_count);
            if ((lonely && !orphans) || (found && off >= best_off))
                continue;
            found = true;
            best_off = off;
            *out_first = first;
        }
        gap = end;
    }
    return found;
}
