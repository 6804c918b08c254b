/*
 * beside.h — for those who write reservations beside the engine: the strategies v1 to v4.
 *
 * The engine sells a sale of v5 from memory, alone. A sale of another strategy it does not sell:
 * whoever does writes the same rows in transactions of their own, and tells the engine after the
 * commit. From then on the engine treats the reservation as any other — pays, confirms, cancels,
 * refunds it and lets it lapse — by conditional updates of its row (booking_beside.c).
 *
 * Thread   beside_keep_terms(), beside_stop_sale(), beside_insert(): in a job. booking_follow():
 *          any thread.
 * Memory   None of its own.
 */
#ifndef BOOKING_BESIDE_H
#define BOOKING_BESIDE_H

#include "booking/booking.h"

/*
 * Until the transaction ends: the sale keeps its strategy and its layout, and no other transaction
 * that says this books for this fan. Nothing is done where transactions come one after the other
 * anyway.
 */
MUST_USE enum status beside_keep_terms(struct store_connection *connection, struct option_id option,
                                       struct fan_id fan);

/* The other side of it: waits until nobody books this sale beside the engine, and lets nobody
   begin. For whoever changes its strategy or its layout. */
MUST_USE enum status beside_stop_sale(struct store_connection *connection, struct option_id option);

struct beside_record { /* one new reservation, a hold */
    struct reservation_id id;
    bool unguarded; /* its seats stay out of the unique index of live ones: the lab's v1 alone */
    int64_t created_at_ms, expires_at_ms;
};

/*
 * Fan, keys, seats and amount are those of the ask. False in *out_new: this fan's key is there
 * already, and nothing was written. STATUS_CONFLICT, here or at the commit: a seat is live.
 */
MUST_USE enum status beside_insert(struct store_connection *connection,
                                   const struct booking_ask *ask,
                                   const struct beside_record *record, bool *out_new);

/* What the key has done: STATUS_MISSING when nothing. */
MUST_USE enum status beside_find_key(struct store_connection *connection, struct fan_id fan,
                                     int64_t key_hash, struct key_act *out_act);

/* After the commit of a hold, before anybody is told: the board shows it, and it will lapse. */
void booking_follow(struct booking *booking, struct board *board, const struct booking_ask *ask);

/* Nobody could find out whether the hold was committed. If it was, it lapses in its time, and the
   board shows it after the next look at the store. */
void booking_follow_unsure(struct booking *booking, struct reservation_id id, int64_t lapses_at_ms);

#endif
