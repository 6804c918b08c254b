/*
 * frame.h — what v1 to v4 share: the rules of a press, read from the store and written to it.
 *
 * The engine knows its sales by heart. Every other strategy has to look at the rows, and differs
 * from its neighbours only in what keeps two of them from selling one seat twice. So each mechanism
 * is a few lines around the same steps:
 *
 *     frame_enter()           inside the transaction: from here on the sale keeps its strategy,
 *                             and nobody else books for this fan
 *     frame_choose()          the seats: those that are named, or the best ones the board shows
 *     frame_look_at_terms()   the sale, the key, the fan's seats
 *     frame_look_at_seats()   whether the chosen ones can be had
 *     frame_write()           one reservation and its seats
 *     frame_tell()            after the commit: the board, and when the hold lapses
 *
 * The three in the middle together are frame_look(). Each sets the verdict; the next one follows a
 * BOOKING_DONE only.
 *
 * The rules are those of the engine (booking/sale.c), and the answers stand in the same
 * booking_ask: open or presale, seats of this date, marks, limits, all seats or none, one act a
 * key.
 *
 * Thread   A frame belongs to one worker; frame_enter(), frame_look() and frame_write() to whoever
 *          uses the connection.
 * Memory   A frame is a plain struct of the caller's. The ask and what it points at outlive it.
 * Time     Wall milliseconds.
 * Promise  BOOKING_DONE in ask->verdict after frame_look() is a yes of the rules, after
 *          frame_write() a reservation in the transaction, and after its commit one that survives a
 *          crash. Any other verdict: nothing was written.
 * Errors   A status other than OK is the world's, and undoes the transaction. After STATUS_BUSY the
 *          frame may be tried again from the start.
 */
#ifndef STRATEGIES_FRAME_H
#define STRATEGIES_FRAME_H

#include "base/table.h"
#include "booking/booking.h"
#include "store/store.h"

enum { FRAME_LOCK_BYTES = 16 };

struct frame_house { /* what all frames of a process share */
    struct booking *booking;
    struct boards *boards;
    bool lab;                /* sales without a guard are allowed */
    int64_t (*now_ms)(void); /* the wall clock */
};

struct frame_seat { /* one seat as the store has it */
    int64_t version;
    bool taken;  /* somebody has it */
    bool closed; /* blocked, or set aside for others than this fan */
};

struct frame {
    const struct frame_house *house;
    struct booking_ask *ask;
    struct reservation_id number; /* for the reservation, if there will be one: number_pool.h */
    struct table *avoid;          /* seats found taken: best-available passes over them */

    struct board *board;
    const struct plan *plan;
    int64_t now_ms;

    /* What frame_look() has found. */
    int strategy;
    char lock[FRAME_LOCK_BYTES];
    struct sale_terms terms;
    int64_t layout_version;
    int64_t fan_seats, concert_seats; /* live ones; the latter only where there is such a limit */
    bool in_presale, presale_runs;
    struct key_act act; /* what the key has done; reservation 0: nothing */
    struct frame_seat seats[SEATS_PER_RESERVATION_MAX];
};

/* `avoid` holds hash_id() of seat indexes and may serve many frames. */
void frame_init(struct frame *frame, const struct frame_house *house, struct booking_ask *ask,
                struct table *avoid);

MUST_USE enum status frame_enter(struct frame *frame, struct store_connection *connection);
MUST_USE enum status frame_look_at_terms(struct frame *frame, struct store_connection *connection);

/* Fills ask->choice, seats in ascending order. */
void frame_choose(struct frame *frame);

MUST_USE enum status frame_look_at_seats(struct frame *frame, struct store_connection *connection);
MUST_USE enum status frame_look(struct frame *frame, struct store_connection *connection);
MUST_USE enum status frame_write(struct frame *frame, struct store_connection *connection);

/* Best-available was refused these seats: true when another look will choose others. */
bool frame_passes_over(struct frame *frame);

/* All of it, from frame_enter() to frame_write(), for a mechanism that keeps everybody else from
   booking this sale at the same time. */
MUST_USE enum status frame_book(struct frame *frame, struct store_connection *connection);

void frame_tell(const struct frame *frame);

#endif
