/*
 * refunds.h — giving money back, step by step, so that no crash between two steps gives it back
 * twice or not at all.
 *
 *     writer    refund REQUESTED                                          one commit
 *     gateway   gives the money back
 *     turn      all of it:  CONFIRMED → REFUNDED, payment REFUNDED,
 *                           refund DONE, ledger; the seats are for sale   one commit
 *     writer    a part:     refund DONE, ledger; the seats stay           one commit
 *
 * The decision comes first: from REQUESTED on, the ticket of a whole refund is void and no second
 * refund of the payment begins. The gateway knows a refund by its id, so asking it again — after no
 * answer, after a commit that failed, after a restart — gives nothing back twice.
 *
 * Thread   refunds_ask(), refunds_carry_out() and refunds_tick(): any. on_answer(): any but a loop.
 * Memory   A refund under way belongs to refunds until it is settled; the waiting side (struct
 *          refund_wait) is the caller's until its on_answer(), which comes exactly once.
 * Limits   REFUNDS_UNDER_WAY_MAX at once; one more is STATUS_FULL.
 */
#ifndef PAYMENT_REFUNDS_H
#define PAYMENT_REFUNDS_H

#include "booking/booking.h"
#include "payment/gateway.h"
#include "payment/payment_store.h"
#include "payment/refund_store.h"

struct refunds;

enum refund_verdict {
    REFUND_VERDICT_DONE,
    REFUND_VERDICT_PENDING,          /* decided; the gateway has not answered yet */
    REFUND_VERDICT_REFUSED,          /* the gateway said no: nothing was given back */
    REFUND_VERDICT_KEY_REUSED,       /* this key came with another body before */
    REFUND_VERDICT_NO_PAYMENT,       /* there is none such, or it is another fan's */
    REFUND_VERDICT_NOT_CAPTURED,     /* nothing was taken (yet) */
    REFUND_VERDICT_ALREADY_REFUNDED, /* nothing is left */
    REFUND_VERDICT_IN_PROGRESS,      /* another refund of this payment is under way */
    REFUND_VERDICT_TOO_MUCH,         /* `left` says how much may be given back */
    REFUND_VERDICT_TOO_LATE,         /* a fan, when nothing would come back any more */
    REFUND_VERDICT_TICKET_USED,      /* a fan, who is inside */
    REFUND_VERDICT_BUSY,             /* nothing was done, or nobody knows: `status` says why */
};

struct refund_wait {
    void (*on_answer)(struct refund_wait *wait);
    enum refund_verdict verdict;
    enum status status;
    struct refund refund; /* DONE, PENDING and REFUSED */
    int64_t left;         /* won; TOO_MUCH */
};

struct refund_order { /* what somebody asks for; texts are copied */
    struct fan_id asked_by;
    bool by_operator;
    struct payment_id payment;
    int64_t amount; /* won; 0: all that is left, and the seats with it; operators only */
    int64_t run;    /* of which it is a part; 0: of none */
    struct text key;
    struct text reason; /* at most REFUND_REASON_BYTES_MAX */
    int64_t request_hash;
};

/* For payments_create(), whose settings say what each is. Borrows all of them for its life. NULL
   when memory is short. */
struct refunds *refunds_create(struct store *store, struct booking *booking,
                               struct gateway *gateway, int64_t (*now_ms)(void), uint64_t seed);

/* After the gateway and the store's writer have stopped. NULL is welcome. */
void refunds_destroy(struct refunds *refunds);

/* Goes on with every refund that an earlier process left open; adds to *count how many. */
MUST_USE enum status refunds_take_up(struct refunds *refunds, struct store_connection *reader,
                                     size_t *count);

/* STATUS_FULL, STATUS_NO_MEMORY: nothing was done, and on_answer() will not come. */
MUST_USE enum status refunds_ask(struct refunds *refunds, const struct refund_order *order,
                                 struct refund_wait *wait);

/* Goes on with one that is REQUESTED and durable. Nobody waits; beyond the limit or without memory
   the next start does it. */
void refunds_carry_out(struct refunds *refunds, const struct refund *refund,
                       const struct payment *payment);

/* Tries again what got no answer or could not be written down; call it every now and then. */
void refunds_tick(struct refunds *refunds);

/* Any thread. */
size_t refunds_under_way(const struct refunds *refunds);

/* What a fan would get back of this payment now; false: nothing, or not any more. Any thread. */
struct refund_quote;
MUST_USE enum status refunds_quote(struct store_connection *connection,
                                   const struct payment *payment, int64_t now_ms,
                                   struct refund_quote *out_quote, bool *out_possible);

#endif
