/*
 * booking.h — the engine: one writer decides who gets which seat, in the order of arrival.
 *
 * A turn takes everything that waits (at most BOOKING_TURN_MAX asks), decides in memory, writes the
 * winners in one transaction and answers everybody after its commit. No timer batches anything:
 * while one turn commits, the next one gathers. Where another process sells (store_claim()), turns
 * without asks only look, and wait for nobody who writes.
 *
 * Thread   booking_submit(), booking_tick() and booking_refresh() from any thread. Turns, and with
 *          them on_answer(), run on the store's writer thread.
 * Memory   An ask belongs to the engine from submit until its on_answer(), together with all it
 *          points at.
 * Time     Wall milliseconds; if the clock goes back, the engine's time stands still.
 * Promise  Nothing is answered before it is durable. A turn whose commit failed, or whose outcome
 *          is unknown, is answered with BOOKING_FAILED, and the engine forgets all it knew and
 *          reads it back from the store before it decides again: one way to undo, to resolve the
 *          unknown, and to start.
 * Limits   BOOKING_ASKS_MAX wait: one more is STATUS_FULL.
 */
#ifndef BOOKING_BOOKING_H
#define BOOKING_BOOKING_H

#include "base/ids.h"
#include "base/list.h"
#include "base/status.h"
#include "booking/board.h"
#include "booking/sale.h"

struct booking;
struct store;
struct store_connection;

enum booking_kind {
    BOOKING_HOLD,    /* (none)  → HOLD */
    BOOKING_CANCEL,  /* HOLD    → CANCELLED */
    BOOKING_PAY,     /* HOLD    → PAYING */
    BOOKING_CONFIRM, /* PAYING  → CONFIRMED */
    BOOKING_UNPAY,   /* PAYING  → HOLD: the payment was declined, the hold keeps its time */
    BOOKING_REFUND,  /* CONFIRMED → REFUNDED: the seats are for sale again */
    BOOKING_REVIVE,  /* EXPIRED → CONFIRMED: paid after all, and its seats are all free still */
    BOOKING_BLOCK,   /* seats that nobody has are off the sale; `marking` says which */
    BOOKING_UNBLOCK, /* and on it again */
    BOOKING_ALLOT,   /* seats that nobody has are set aside, for a group or for nobody */
    BOOKING_RELEASE, /* an allotment ends: its seats are for everybody, or whoever has them */
    BOOKING_LOOK,    /* nothing is asked: after the answer, the engine sells by what was committed
                        before the ask, and the boards say so; by booking_submit() only */
};

enum booking_verdict {
    BOOKING_DONE,
    BOOKING_REPEATED, /* this key has acted before: `reservation` says on what; nothing was done */
    BOOKING_KEY_REUSED, /* this key came with another body before */
    BOOKING_NO_SALE,    /* the engine knows no sale of this option */
    BOOKING_STRATEGY_MISMATCH,
    BOOKING_LAB_ONLY,     /* sold without a guard, which is for experiments */
    BOOKING_NOT_OPEN_YET, /* `opens_at_ms` says when */
    BOOKING_PRESALE_ONLY, /* open to groups that the fan is not in; `opens_at_ms` is for all */
    BOOKING_PAUSED,
    BOOKING_CLOSED,
    BOOKING_SOLD_OUT,
    BOOKING_NO_SUCH_SEAT,
    BOOKING_NO_SUCH_SECTION,
    BOOKING_NO_SUCH_GROUP,
    BOOKING_NO_SUCH_ALLOTMENT,
    BOOKING_TOO_MANY_ALLOTMENTS,
    BOOKING_SEAT_TAKEN, /* `choice` says which; where seats are marked, `marking` does */
    BOOKING_LIMIT_EXCEEDED,
    BOOKING_NOT_LIVE,      /* no live reservation of this fan: the store knows what became of it */
    BOOKING_WRONG_STATE,   /* live, but `state` does not allow it */
    BOOKING_FAILED,        /* the world failed: `status` says how */
    BOOKING_VERDICT_COUNT, /* not a verdict: how many there are */
};

/* "done", "seat_taken", …: for metrics and logs. */
const char *booking_verdict_name(enum booking_verdict verdict);

struct booking_marking {         /* of seats that are not to be for everybody, or are to be again */
    const struct seat_id *seats; /* each once; MARKED_SEATS_MAX at most; not for BOOKING_RELEASE */
    size_t seat_count;
    struct text name;       /* BOOKING_ALLOT */
    int64_t group;          /* the same; 0: nobody can hold the seats */
    int64_t releases_at_ms; /* the same; 0: BOOKING_RELEASE ends it */
    int64_t allotment;      /* BOOKING_ALLOT: out; BOOKING_RELEASE: in */

    uint32_t *taken; /* room for seat_count indexes; out on BOOKING_SEAT_TAKEN */
    size_t taken_count;
    size_t changed_count; /* out */
};

struct booking_ask {
    struct list letter;
    enum booking_kind kind;
    struct fan_id fan;

    /* Comes exactly once, on the writer thread; may hand the ask to another thread. */
    void (*on_answer)(struct booking_ask *ask);

    /* BOOKING_HOLD */
    struct option_id option;
    int strategy; /* 1 … 5: the endpoint's; 0: whatever the sale names */
    struct sale_wish wish;
    int64_t key_hash; /* hash_lasting() of the idempotency key */
    int64_t request_hash;

    struct booking_marking *marking; /* BOOKING_BLOCK, _UNBLOCK, _ALLOT, _RELEASE, on `option` */

    /* The others: in. BOOKING_HOLD and BOOKING_REPEATED: out. */
    struct reservation_id reservation;

    /*
     * What else belongs into the same transaction; both may be NULL. `first` may look whether the
     * ask has been carried out before (*out_repeated: nothing more is done). `also` writes once the
     * engine has said yes. A status other than OK fails the whole turn, so both keep it for
     * failures of the world.
     */
    enum status (*first)(struct booking_ask *ask, struct store_connection *connection,
                         bool *out_repeated);
    enum status (*also)(struct booking_ask *ask, struct store_connection *connection);

    /* The answer. */
    enum booking_verdict verdict;
    enum status status;
    enum reservation_state state;
    const struct plan *plan; /* names for the seats of `choice`; lives as long as the boards */
    struct sale_choice choice;
    int64_t created_at_ms, expires_at_ms, opens_at_ms;
    int64_t now_ms; /* the turn's time, for `first` and `also` */
};

struct booking_turn { /* what a watcher hears of each turn */
    size_t ask_count, lapse_count;
    size_t release_count; /* allotments that ended by their time */
    size_t verdicts[BOOKING_VERDICT_COUNT];
    int64_t decide_us; /* deciding and writing, before the commit */
    int64_t commit_us; /* from the last decision to the answer: the commit and its company */
    bool failed;
};

struct booking_watcher { /* each may be NULL */
    void (*on_turn)(struct booking_watcher *watcher, const struct booking_turn *turn);
    /* An ask has been carried out and is durable; called before its on_answer(). */
    void (*on_done)(struct booking_watcher *watcher, const struct booking_ask *ask);
};

struct booking_settings {
    struct store *store;
    struct boards *boards;
    struct booking_watcher *watcher; /* may be NULL */
    int64_t (*now_ms)(void);         /* NULL: the machine's wall clock */
};

/*
 * Reads every sale that can still be pressed, and returns when the engine is ready. Works with or
 * without the store's writer thread. *out_why gets words on failure.
 */
MUST_USE enum status booking_open(const struct booking_settings *settings, char out_why[256],
                                  struct booking **out_booking);

/* After the store's writer has stopped. What still waits is answered here and now: BOOKING_FAILED,
   STATUS_BUSY. NULL is welcome. */
void booking_close(struct booking *booking);

/* STATUS_FULL: the ask still belongs to the caller. */
MUST_USE enum status booking_submit(struct booking *booking, struct booking_ask *ask);

/*
 * Several at once, for one lock and one wake-up: takes as many as there is room for from the front
 * of `asks`. Those that are left belong to the caller.
 */
void booking_submit_all(struct booking *booking, struct list *asks);

/* Any thread: has this process the database's claim to sell? Of several that share a database, at
   most one has: what must be done by one of them is done by that one. */
bool booking_sells(const struct booking *booking);

/* In a store_job only: does this process decide about the seats of this option? Of sales that the
   engine does not sell, or does not know any more, every process does. */
bool booking_decides(struct booking *booking, struct option_id option);

/* For the later steps of what has been let in already (BOOKING_CONFIRM, BOOKING_UNPAY,
   BOOKING_REFUND, BOOKING_REVIVE): never refused, since the first steps are bounded. */
void booking_submit_followup(struct booking *booking, struct booking_ask *ask);

/* Call it every now and then (50 ms): lets holds lapse and allotments end on time when nobody
   presses. Cheap. */
void booking_tick(struct booking *booking);

/*
 * Sales may have been added or changed: look in the next turn. Who changes a sale calls it inside
 * the store_job that does so: then no turn decides by the old terms or the old layout any more.
 */
void booking_refresh(struct booking *booking);

size_t booking_waiting(struct booking *booking);

#endif
