/*
 * leavers.h — which places were given up, for whoever checks entry tokens.
 *
 * An entry token is good until its end and is checked without asking anybody. A fan who leaves is
 * outside all the same, and the room counts on it: so each line has a bit a place, set by the usher
 * before the fan hears of it, and read by every loop in passing.
 *
 * Thread   Setting and forgetting: one at a time, the usher's. Asking: any; nobody ever waits.
 * Memory   An eighth of a byte a place, taken 4,096 places at a time and kept for the next line
 *          until the end: 128 kB a line at most, and 34 MB for all there can be.
 * Limits   WAITING_ROOMS_MAX lines. Where memory is short the bit is not set and the token is good
 *          until its end; it is logged.
 */
#ifndef WAITING_LEAVERS_H
#define WAITING_LEAVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"

struct leavers;

struct leavers *leavers_create(void);          /* NULL when memory is short */
void leavers_destroy(struct leavers *leavers); /* NULL is welcome */

void leavers_add(struct leavers *leavers, struct option_id option, uint32_t sequence);
bool leavers_have(const struct leavers *leavers, struct option_id option, uint32_t sequence);

/* The line is closed. */
void leavers_forget(struct leavers *leavers, struct option_id option);

#endif
