/*
 * reservation_read.h — reservations as people see them: with the names of their seats, from the
 * store.
 *
 * Thread   Any, with a connection of its own.
 * Memory   Texts are copied into the arena given.
 */
#ifndef BOOKING_RESERVATION_READ_H
#define BOOKING_RESERVATION_READ_H

#include "base/arena.h"
#include "base/ids.h"
#include "booking/reservation.h"
#include "limits.h"
#include "store/store.h"

struct reservation_seat {
    struct seat_id seat;
    struct text section, row, number, grade;
    int64_t price; /* won */
};

struct reservation_view {
    struct reservation_id id;
    struct option_id option;
    struct fan_id fan;
    enum reservation_state state;
    int64_t amount; /* won */
    int64_t created_at_ms, expires_at_ms;
    struct payment_id payment; /* the latest one; 0: none */
    struct text payment_state;
    size_t seat_count;
    struct reservation_seat seats[SEATS_PER_RESERVATION_MAX];
};

/* One of this fan's own. STATUS_MISSING: there is none such, or it is another's. */
MUST_USE enum status reservation_read(struct store_connection *connection, struct fan_id fan,
                                      struct reservation_id id, struct arena *arena,
                                      struct reservation_view *out_view);

/* The fan's own with ids below `before`, newest first, at most `most`. */
MUST_USE enum status reservation_read_page(struct store_connection *connection, struct fan_id fan,
                                           struct reservation_id before, struct arena *arena,
                                           struct reservation_view *out_views, size_t most,
                                           size_t *out_count);

#endif
