/*
 * payments_inside.h — one attempt at paying, as a walk through threads; what the files of
 * payments.h share.
 *
 *     payments_pay ─▶ on_begun ─▶ call_gateway ─▶ on_heard ─▶ settle ─▶ on_settled ─▶ answered
 *      any thread      writer        writer         gateway                writer
 *                                      ▲              │ no answer            │ commit failed
 *                                      │ due          ▼                      │
 *                                      └── waits ◀─ note_unknown             │
 *                                             ▲     writer                   │
 *                                             └──────────────────────────────┘
 *
 * payments.c takes orders and lets time pass, attempt_begin.c is the first turn, attempt.c talks
 * with the gateway, attempt_settle.c is the last turn.
 *
 * Thread   An attempt belongs to one step at a time; each says on which thread it runs.
 * Memory   An attempt is in `all` from attempt_create() to attempt_destroy().
 */
#ifndef PAYMENT_PAYMENTS_INSIDE_H
#define PAYMENT_PAYMENTS_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "limits.h"
#include "payment/payments.h"
#include "payment/waits.h"

struct payments {
    struct store *store;
    struct booking *booking;
    struct gateway *gateway;
    struct refunds *refunds;
    int64_t (*now_ms)(void);
    struct list in_doubt; /* attempts; the writer thread's */

    struct waits waits; /* attempts between two steps */

    pthread_mutex_t lock; /* of what follows */
    struct list all;      /* attempts */
    size_t under_way;
};

struct attempt {
    struct wait between; /* in `waits` */
    struct list place;   /* in `all` */
    struct list doubt;   /* in `in_doubt` */
    struct payments *payments;
    struct payment_wait *wait; /* NULL: nobody waits (any more) */
    struct payment payment;
    _Atomic int64_t unknown_since_ms; /* of the payment, for whoever counts */
    struct booking_ask ask;
    struct store_job store_job;
    struct gateway_request request;
    enum gateway_verdict verdict;
    bool asks_only; /* it may have been charged already: ask, do not charge */
    bool heard;     /* `verdict` is the gateway's word */
    bool key_seen;
    bool came_late; /* the hold had ended, and the house gives the money back */
    struct refund late;
    bool written; /* the first turn has written the payment; whether it was kept is another thing */
    bool in_doubt;     /* nobody knows yet */
    bool key_in_doubt; /* another attempt with this key is */
    size_t key_bytes;
    char key[IDEMPOTENCY_KEY_BYTES_MAX];
    char data[PAYMENT_DATA_BYTES_MAX];
};

/* --- payments.c ------------------------------------------------------------------------------- */

/* The end; nobody waits any more. */
void attempt_destroy(struct attempt *attempt);

/* --- attempt.c -------------------------------------------------------------------------------- */

/* Whoever waits is told, once; the attempt may go on. */
void attempt_answer(struct attempt *attempt, enum payment_verdict verdict, enum status status);
void attempt_finish(struct attempt *attempt, enum payment_verdict verdict, enum status status);

/* Until the next tick. The second tells whoever waits that it is pending. */
void attempt_keep_for_later(struct attempt *attempt);
void attempt_try_again_later(struct attempt *attempt);

/* What the payment's state means for a fan. */
enum payment_verdict attempt_verdict(const struct attempt *attempt);

/* Was the hold over, so that the house gives the money back? Fills `came_late` and `late`. */
MUST_USE enum status attempt_look_whether_late(struct attempt *attempt,
                                               struct store_connection *connection);

/* Continues in attempt_settle() once the gateway has answered. */
void attempt_call_gateway(struct attempt *attempt);

/* The gateway gave no answer: that is written, and it is asked again when it is due. */
void attempt_note_unknown(struct attempt *attempt);
void attempt_wait_for_answer(struct attempt *attempt);

/* --- attempt_begin.c -------------------------------------------------------------------------- */

/* Fills the attempt's ask; booking_submit() makes it the first turn. */
void attempt_prepare(struct attempt *attempt);

/* --- attempt_settle.c ------------------------------------------------------------------------- */

/* Writes down what the gateway has said; never charges again. */
void attempt_settle(struct attempt *attempt);

#endif
