/* best.c — one walk over the row: every gap, and every place in it. */
#include "booking/best.h"

#include "base/must.h"

/* Twice the distance between the middles of the block and of the row: no fractions. */
static uint32_t off_centre(uint32_t first, uint32_t count, uint32_t seat_count)
{
    int64_t off = (int64_t)2 * first + count - seat_count;
    return (uint32_t)(off < 0 ? -off : off);
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
