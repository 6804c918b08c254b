/*
 * booking_inside.h — what the files of the engine share; nobody else includes it.
 *
 *   booking.c        the turn: take, decide, make durable, answer
 *   booking_acts.c   one ask: decide, write, believe
 *   booking_keys.c   the keys of a turn, looked up all at once
 *   booking_marks.c  the same for seats that are blocked or set aside; who is in which group
 *   booking_beside.c reservations that others wrote, and what comes after them
 *   booking_sales.c  what the engine remembers: read it, forget it, publish it
 *
 * Thread   The writer thread owns everything but `asks` and the atomics.
 * Memory   Sales and their reservations; see sale.h.
 */
#ifndef BOOKING_BOOKING_INSIDE_H
#define BOOKING_BOOKING_INSIDE_H

#include <stdatomic.h>

#include "base/mailbox.h"
#include "base/table.h"
#include "booking/booking.h"
#include "booking/follow.h"
#include "booking/keys.h"
#include "booking/numbers.h"
#include "store/store.h"

enum { BOOKING_NO_OTHER = SALES_MAX }; /* an index that no sale has */

struct booking_sale { /* one sale that the engine knows */
    struct sale *sale;
    struct board *board;
    int64_t concert;
    uint32_t next_of_concert; /* another date's sale, or BOOKING_NO_OTHER */
    bool board_unsure;        /* made in the turn under way: if that fails, its layout never was */
    bool seen;                /* while sales are read: the store still has it */
};

struct booking_news { /* for a board, once the turn is committed */
    struct board *board;
    uint32_t seat;
    enum seat_state state;
};

struct booking {
    struct store *store;
    struct boards *boards;
    struct booking_watcher *watcher;
    int64_t (*clock_ms)(void);

    struct mailbox asks;
    struct store_job turn_job;
    _Atomic bool turn_waits;     /* the job is with the store */
    _Atomic bool refresh_wanted; /* sales may have changed */
    _Atomic int64_t next_end_ms; /* of a hold or an allotment */

    /* The turn under way. */
    struct list turn_asks;
    struct booking_turn turn;
    bool keys_known;       /* every key of the turn that is not in memory is new */
    struct keys turn_keys; /* those that have acted in it, in whatever sale */
    int64_t decided_us;

    /* The engine's memory. */
    int64_t now_ms;         /* never goes back */
    bool swept;             /* once, at the start: see booking_store_sweep() */
    bool memory_good;       /* false: read everything anew first */
    bool claimed;           /* it was asked for */
    int64_t era;            /* of our claim to sell; 0: another process does, and we only look */
    atomic_bool sells;      /* era > 0, for other threads */
    struct numbers numbers; /* for new reservations */
    struct booking_sale sales[SALES_MAX];
    size_t sale_count;
    struct table by_option;      /* → index of the sale */
    struct table by_concert;     /* → index of the sale read last */
    struct table by_reservation; /* live ones → index of the sale */
    struct members members;      /* of the groups that sales name */

    /* Of reservations that others wrote: booking_beside.c. */
    struct follow follow;
    struct booking_news *news;
    size_t news_count, news_capacity;
};

/* booking_acts.c: sets the ask's verdict. A status other than OK fails the turn. */
MUST_USE enum status booking_carry_out(struct booking *booking, struct booking_ask *ask,
                                       struct store_connection *connection);

struct booking_sale *booking_find_sale(struct booking *booking, struct option_id option);

/* Others sell it, in transactions of their own: the engine knows none of its seats. */
static inline bool booking_is_beside(const struct booking_sale *place)
{
    return sale_terms(place->sale)->strategy != 5;
}

/* This process decides about its seats. */
static inline bool booking_is_ours(const struct booking *booking, const struct booking_sale *place)
{
    return booking->era > 0 || booking_is_beside(place);
}

/* The answer where it does not. */
static inline void booking_refuse_elsewhere(struct booking_ask *ask)
{
    ask->verdict = BOOKING_FAILED;
    ask->status = STATUS_ELSEWHERE;
}

/* booking_keys.c: where the store is remote, asks once for all keys of the turn. */
MUST_USE enum status booking_look_up_keys(struct booking *booking,
                                          struct store_connection *connection);
/* Has the key acted in this turn, be it in another sale? */
bool booking_turn_key(const struct booking *booking, const struct booking_ask *ask,
                      struct key_act *out_act);
void booking_remember_key(struct booking *booking, struct sale *sale,
                          const struct booking_ask *ask);

/* booking_beside.c: BOOKING_NOT_LIVE where the reservation is none that others wrote. */
MUST_USE enum status booking_carry_out_beside(struct booking *booking, struct booking_ask *ask,
                                              enum reservation_state to,
                                              struct store_connection *connection);
MUST_USE enum status booking_lapse_beside(struct booking *booking,
                                          struct store_connection *connection);
/* Sets the board right by what is committed, and finds out which holds will lapse. */
MUST_USE enum status booking_look_beside(struct booking *booking, const struct booking_sale *place,
                                         struct store_connection *connection);
void booking_publish_beside(struct booking *booking);

/* booking_marks.c: BOOKING_BLOCK, _UNBLOCK, _ALLOT, _RELEASE, as booking_carry_out(). */
MUST_USE enum status booking_mark(struct booking *booking, struct booking_ask *ask,
                                  struct store_connection *connection);

/* Marks the seats of a sale that is clear. */
MUST_USE enum status booking_load_marks(struct store_connection *connection, struct sale *sale);

/* Who has joined the groups that sales name, since the last time. */
MUST_USE enum status booking_read_members(struct booking *booking,
                                          struct store_connection *connection);

/* Ends the allotments whose time has come, ALLOTMENTS_MAX a sale at most. */
MUST_USE enum status booking_release_due(struct booking *booking,
                                         struct store_connection *connection);

/* Ends what is due in every sale, at most BOOKING_LAPSES_MAX. */
MUST_USE enum status booking_lapse_due(struct booking *booking,
                                       struct store_connection *connection);

/* booking_sales.c */
MUST_USE enum status booking_read_anew(struct booking *booking,
                                       struct store_connection *connection);
MUST_USE enum status booking_read_new_sales(struct booking *booking,
                                            struct store_connection *connection);
void booking_publish(struct booking *booking);  /* what has changed, to the boards */
void booking_distrust(struct booking *booking); /* the turn has failed: read everything anew */
void booking_forget(struct booking *booking);

#endif
