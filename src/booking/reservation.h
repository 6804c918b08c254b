/*
 * reservation.h — the states of a reservation and the moves between them.
 *
 *            hold            pay               captured             refunded
 *     (none) ----> HOLD ----------> PAYING ---------------> CONFIRMED -------> REFUNDED
 *                  | ^                | |
 *           cancel | +--- declined ---+ | lapse
 *                  v                    v
 *              CANCELLED   HOLD ----> EXPIRED ----------> CONFIRMED
 *                               lapse      captured after all
 *
 * A reservation in HOLD, PAYING or CONFIRMED is live: its seats are nobody else's.
 *
 * Thread   Values; any thread.
 * Memory   None.
 */
#ifndef BOOKING_RESERVATION_H
#define BOOKING_RESERVATION_H

#include <stdbool.h>

#include "base/text.h"

enum reservation_state {
    RESERVATION_HOLD,
    RESERVATION_PAYING,
    RESERVATION_CONFIRMED,
    RESERVATION_REFUNDED,
    RESERVATION_EXPIRED,
    RESERVATION_CANCELLED,
    RESERVATION_STATE_COUNT, /* not a state: how many there are */
};

/* "HOLD", "PAYING", … as the store and the API spell them. */
const char *reservation_state_name(enum reservation_state state);
bool reservation_state_from_text(struct text text, enum reservation_state *out_state);

bool reservation_may_move(enum reservation_state from, enum reservation_state to);
bool reservation_is_live(enum reservation_state state);

#endif
