/*
 * best.h — the best neighbouring seats: which block of a row to take.
 *
 * Thread   Pure; any thread.
 * Memory   None.
 *
 * Within one row the block nearest to the middle wins, among those that leave no single seat alone
 * at either end of the gap they are taken from: a lonely seat is hard to sell and sad to sit in.
 */
#ifndef BOOKING_BEST_H
#define BOOKING_BEST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * free_seats[i] says whether seat i of the row can be had. True when there is a block of `count`
 * neighbours; *out_first is its first seat. With `orphans` false a block that leaves a single seat
 * is no block.
 */
bool best_in_row(const bool *free_seats, uint32_t seat_count, uint32_t count, bool orphans,
                 uint32_t *out_first);

/*
 * For which counts a row has a block at all: bit c - 1 for c neighbours, 1 …
 * SEATS_PER_RESERVATION_MAX. `clean` without leaving a single seat, `any` either way. Kept by row,
 * it spares looking at rows in vain.
 */
struct best_blocks {
    uint16_t clean, any;
};
struct best_blocks best_blocks_in_row(const bool *free_seats, uint32_t seat_count);

#endif
