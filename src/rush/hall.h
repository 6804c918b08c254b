/*
 * hall.h — the seats as the fans' pages show them: a copy that gets old between two readings.
 *
 * All fans of the player share one copy, as if their pages had read at the same moment. It is never
 * corrected by what a fan hears, so seats that look free are often gone: that is the rush.
 *
 * Thread   One thread at a time.
 * Memory   Taken whole by hall_init(): about 5 bytes a seat.
 */
#ifndef RUSH_HALL_H
#define RUSH_HALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "base/status.h"
#include "booking/board.h"

struct hall {
    int64_t first_seat_id;
    uint32_t seat_count;
    uint32_t count[4];     /* of each seat state */
    uint32_t *free_seats;  /* indexes of what looks free, front to back */
    unsigned char *states; /* two bits a seat, as the server sends them */
};

MUST_USE enum status hall_init(struct hall *hall, int64_t first_seat_id, uint32_t seat_count);
void hall_deinit(struct hall *hall); /* a zeroed one is welcome */

/* Bytes that `states` holds; the caller reads into them, then calls hall_refresh(). */
uint32_t hall_state_bytes(const struct hall *hall);
void hall_refresh(struct hall *hall);

uint32_t hall_free_count(const struct hall *hall);
bool hall_sold_out(const struct hall *hall); /* everything is sold, not just held */

/*
 * Picks up to `wanted` seats that look free and lie next to each other among the free ones; fewer
 * when fewer are left. `hot`: from the front tenth of them. Returns how many.
 */
uint32_t hall_pick(const struct hall *hall, struct random *random, uint32_t wanted, bool hot,
                   uint32_t *out_seats);

#endif
