/*
 * sale.h — who has which seat of one sale: the rules, and nothing but the rules.
 *
 * No file, socket, thread or clock: time comes in as an argument. Deciding and applying are two
 * steps, so that a decision can be written down before it is believed:
 *
 *     sale_choose() says which seats the fan would get, and changes nothing;
 *     sale_hold() makes it so.
 *
 * Thread   One thread at a time: the engine's.
 * Memory   Some 14 bytes a seat at creation; 130 bytes a live reservation, growing with them.
 * Time     Wall milliseconds, given by the caller, never going back.
 * Answers  "No" is a verdict, not an error.
 */
#ifndef BOOKING_SALE_H
#define BOOKING_SALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/status.h"
#include "booking/board.h"
#include "booking/board_write.h"
#include "booking/keys.h"
#include "booking/marks.h"
#include "booking/members.h"
#include "booking/plan.h"
#include "booking/reservation.h"
#include "limits.h"

enum sale_verdict {
    SALE_YES,
    SALE_NOT_OPEN_YET,
    SALE_IS_PRESALE, /* open to members of a group that the fan is not in */
    SALE_IS_PAUSED,
    SALE_IS_CLOSED,
    /* Asked for the best: nothing is free, and nothing is held that could come back. */
    SALE_IS_SOLD_OUT,
    SALE_NO_SUCH_SEAT, /* a seat of another option, or none at all */
    SALE_NO_SUCH_SECTION,
    SALE_SEAT_TAKEN,     /* which ones: see the choice */
    SALE_LIMIT_EXCEEDED, /* the fan would have more seats than the sale allows */
};

struct sale_round { /* of the presale: members of the group can buy from opening to closing */
    int64_t group;
    int64_t opens_at_ms, closes_at_ms;
};

struct sale_terms { /* what an operator may change while the sale runs */
    int64_t opens_at_ms, closes_at_ms;
    int64_t hold_ms;
    int64_t max_per_fan;
    int64_t max_per_concert; /* seats of all dates together; 0: no such limit */
    enum sale_status status;
    int strategy; /* 1 … 5 */
    bool waiting_room;
    size_t round_count;
    struct sale_round rounds[PRESALE_ROUNDS_MAX];
};

struct sale_asker { /* the fan, and what the sale cannot know of one */
    struct fan_id fan;
    int64_t seats_elsewhere; /* live ones, in the other dates of the concert */
    const struct members *members;
};

/* What a fan asks for: seats by name, or the best `best_count` neighbours. */
struct sale_wish {
    uint32_t best_count;  /* 0: the seats are named */
    int64_t best_section; /* section index, or -1 for any */
    size_t seat_count;
    struct seat_id seats[SEATS_PER_RESERVATION_MAX];
};

struct sale_choice {
    size_t seat_count;
    uint32_t
        seat_indexes[SEATS_PER_RESERVATION_MAX]; /* the seats; on SALE_SEAT_TAKEN the taken ones */
    int64_t amount;                              /* won, all of them */
};

struct sale_reservation { /* one live reservation, as the sale knows it */
    struct reservation_id id;
    struct fan_id fan;
    enum reservation_state state;
    int64_t amount;
    int64_t hold_ends_at_ms; /* as promised to the fan */
    int64_t lapses_at_ms;    /* HOLD and PAYING only */
};

struct sale;

/* The plan is borrowed. NULL when memory is short. */
struct sale *sale_create(const struct plan *plan, const struct sale_terms *terms);
void sale_destroy(struct sale *sale); /* NULL is welcome */

/* Every seat is free and for everybody again, and no reservation is known. */
void sale_clear(struct sale *sale);

const struct plan *sale_plan(const struct sale *sale);
const struct sale_terms *sale_terms(const struct sale *sale);
void sale_set_terms(struct sale *sale, const struct sale_terms *terms);
struct keys *sale_keys(struct sale *sale);

enum sale_verdict sale_choose(const struct sale *sale, const struct sale_asker *asker,
                              const struct sale_wish *wish, int64_t now_ms,
                              struct sale_choice *out_choice);

/* The choice must be one that sale_choose() has just said yes to (or, while loading, what the store
   says: STATUS_INVALID when a seat is not free). STATUS_NO_MEMORY: nothing has changed. */
MUST_USE enum status sale_hold(struct sale *sale, const struct sale_reservation *reservation,
                               const struct sale_choice *choice);

/* Are these seats all free, and may this fan have them too? Whether the sale is open does not
   matter: it is for seats that were the fan's before. */
bool sale_may_hold_again(const struct sale *sale, const struct sale_asker *asker,
                         const struct sale_choice *choice);

/* --- seats that are not for everybody ------------------------------------------------------- */

const struct marks *sale_marks(const struct sale *sale);

/* Whether somebody has the seat. */
bool sale_seat_owned(const struct sale *sale, uint32_t seat_index);

/* The seat must have no owner and no mark; an allotment is added before its seats. */
void sale_block(struct sale *sale, uint32_t seat_index);
MUST_USE enum status sale_add_allotment(struct sale *sale, const struct allotment *allotment);
void sale_allot(struct sale *sale, uint32_t seat_index, int64_t allotment);
/* For everybody again; whoever has it keeps it. */
void sale_unmark(struct sale *sale, uint32_t seat_index);
void sale_end_allotment(struct sale *sale, int64_t allotment); /* when no seat of it is left */

/* --- reservations --------------------------------------------------------------------------- */

/* False when no live reservation has this id. */
bool sale_find(const struct sale *sale, struct reservation_id id,
               struct sale_reservation *out_reservation);

/* The seats of a live reservation, in the order they were held; returns how many. */
size_t sale_seats_of(const struct sale *sale, struct reservation_id id,
                     uint32_t out_seat_indexes[SEATS_PER_RESERVATION_MAX]);

/* The one place where a live reservation changes state. Ending it frees its seats. `lapses_at_ms`
   counts for HOLD and PAYING only. */
void sale_move(struct sale *sale, struct reservation_id id, enum reservation_state to,
               int64_t lapses_at_ms);

/* The live reservation that lapses next, if it does so by now_ms. */
bool sale_next_lapse(const struct sale *sale, int64_t now_ms,
                     struct sale_reservation *out_reservation);

/* When the next one lapses; INT64_MAX when nothing is held. */
int64_t sale_next_lapse_ms(const struct sale *sale);

/* All live reservations, at 0 … count - 1; only right after loading, before any has ended. */
uint32_t sale_live_count(const struct sale *sale);
struct reservation_id sale_live_at(const struct sale *sale, uint32_t at);

enum seat_state sale_seat_state(const struct sale *sale, uint32_t seat_index);
uint32_t sale_live_seats_of(const struct sale *sale, struct fan_id fan);

/* The seats that changed since the last call, each once; returns the array and its length. */
const uint32_t *sale_take_changes(struct sale *sale, size_t *out_count);

#endif
