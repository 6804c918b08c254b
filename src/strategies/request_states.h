/*
 * request_states.h — the port through which asynchronous requests are known while they are young:
 * which key began which request, and what has become of it.
 *
 *     begin      (fan, key) → PENDING, or the request that this key has begun before; one that
 *                FAILED has spent no key, and gives way
 *     settle     PENDING → SUCCESS | FAILED, and everybody who watches hears of it
 *     forget     the request was not sent after all: the key may begin another one
 *
 * What stands here is a convenience with a life span (REQUEST_STATE_MS): a state that is lost is
 * found again in the store, where the outcome stands, and a key that is lost meets the unique index
 * of reservations. So every failure here is borne, and none is waited for.
 *
 * Thread   Any that may block. Watchers are called on the thread that settles, or on one of the
 *          adapter's.
 * Memory   In this process REQUEST_STATES_MAX are known: beyond them the oldest are forgotten.
 * Promise  Of all who begin with one key at the same time, one hears that it is new, as long as
 *          nothing is lost. What is settled stays as it was settled first.
 */
#ifndef STRATEGIES_REQUEST_STATES_H
#define STRATEGIES_REQUEST_STATES_H

#include "base/list.h"
#include "base/status.h"
#include "limits.h"
#include "strategies/request_id.h"

enum request_progress { REQUEST_PENDING, REQUEST_SUCCESS, REQUEST_FAILED };

/* "PENDING", "SUCCESS", "FAILED", as the store and the API spell them. */
const char *request_progress_name(enum request_progress progress);
bool request_progress_from_text(struct text text, enum request_progress *out_progress);

enum { REQUEST_CODE_BYTES = 32, REQUEST_EXTRA_BYTES = 512 };

struct request_state {
    struct request_id id;
    struct fan_id fan;
    int64_t key_hash, request_hash;
    enum request_progress progress;
    struct reservation_id reservation; /* SUCCESS */
    char code[REQUEST_CODE_BYTES];     /* FAILED: "SEAT_TAKEN" */
    char extra[REQUEST_EXTRA_BYTES];   /* FAILED: more members, already JSON; may be "" */
};

struct request_watcher {
    struct list link; /* the port's */
    /* Short, and never back into the states. */
    void (*on_settled)(struct request_watcher *watcher, const struct request_state *state);
};

struct request_states {
    const struct request_states_ops *ops;
    struct list watchers; /* all of them are there before the first request */
};

/* `fresh` is PENDING. *out_new: it is the one; else *out_known is what the key began before. A
   status other than OK: nobody knows. */
MUST_USE enum status request_states_begin(struct request_states *states,
                                          const struct request_state *fresh, bool *out_new,
                                          struct request_state *out_known);

void request_states_forget(struct request_states *states, const struct request_state *state);

void request_states_settle(struct request_states *states,
                           const struct request_state *const settled[], size_t count);

/* STATUS_MISSING: it is not known here (any more). */
MUST_USE enum status request_states_find(struct request_states *states, const struct request_id *id,
                                         struct request_state *out_state);

/* Until request_states_destroy(). */
void request_states_watch(struct request_states *states, struct request_watcher *watcher);

void request_states_destroy(struct request_states *states); /* NULL is welcome */

/* --- the adapters' side ----------------------------------------------------------------------- */

struct request_states_ops {
    const char *name;
    enum status (*begin)(struct request_states *states, const struct request_state *fresh,
                         bool *out_new, struct request_state *out_known);
    void (*forget)(struct request_states *states, const struct request_state *state);
    void (*settle)(struct request_states *states, const struct request_state *const settled[],
                   size_t count);
    enum status (*find)(struct request_states *states, const struct request_id *id,
                        struct request_state *out_state);
    void (*destroy)(struct request_states *states);
};

/* Tells all watchers. */
void request_states_tell(struct request_states *states, const struct request_state *state);

#endif
