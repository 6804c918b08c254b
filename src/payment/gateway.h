/*
 * gateway.h — the port to whoever moves the money.
 *
 * Thread   Calls come from a worker, never from a loop, a turn or inside a transaction; they may
 *          block.
 * Memory   A request and all it points at belong to the caller.
 * Promise  A charge is named by its payment's id, a refund by its own: the same request twice
 *          charges or refunds once.
 * Answers  "Declined" is a verdict. GATEWAY_UNKNOWN means that no answer came: it may have
 *          happened, and gateway_ask() has to find out.
 */
#ifndef PAYMENT_GATEWAY_H
#define PAYMENT_GATEWAY_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/text.h"

struct gateway {
    const struct gateway_ops *ops;
};

enum gateway_verdict {
    GATEWAY_CAPTURED,
    GATEWAY_DECLINED,
    GATEWAY_NEVER_HEARD, /* no such charge: nothing was taken */
    GATEWAY_UNKNOWN,
};

struct gateway_request {
    struct payment_id payment;
    int64_t amount;          /* won */
    struct refund_id refund; /* of refund() only */
    struct text data;        /* what the fan's client sent along, for the gateway's eyes */
    int64_t kept_until_ms;   /* the seats are kept this long; 0: not known any more */
    bool answers_twice;      /* out: the same answer comes a second time */
    char reason[64];         /* out: why it was declined, terminated */
};

struct gateway_ops {
    const char *name; /* as the store and the API spell it */
    enum gateway_verdict (*charge)(struct gateway *gateway, struct gateway_request *request);
    enum gateway_verdict (*ask)(struct gateway *gateway, struct gateway_request *request);
    enum gateway_verdict (*refund)(struct gateway *gateway, struct gateway_request *request);
    void (*destroy)(struct gateway *gateway);
};

/* Takes the money: CAPTURED, DECLINED or UNKNOWN. */
static inline enum gateway_verdict gateway_charge(struct gateway *gateway,
                                                  struct gateway_request *request)
{
    return gateway->ops->charge(gateway, request);
}

/* What became of an earlier charge. */
static inline enum gateway_verdict gateway_ask(struct gateway *gateway,
                                               struct gateway_request *request)
{
    return gateway->ops->ask(gateway, request);
}

/* Gives `amount` of it back: CAPTURED means that the money is on its way, DECLINED that it never
   will be. */
static inline enum gateway_verdict gateway_refund(struct gateway *gateway,
                                                  struct gateway_request *request)
{
    return gateway->ops->refund(gateway, request);
}

static inline void gateway_destroy(struct gateway *gateway)
{
    if (gateway)
        gateway->ops->destroy(gateway);
}

/* --- the adapter that needs nobody: for first runs, load tests and simulations ---------------- */

/*
 * Does what the request's data says; NULL when memory is short.
 *
 *     "approve", ""     takes the money
 *     "decline"         does not
 *     "stall"           takes it, and says so after GATEWAY_STALL_ASKS questions
 *     "lose-answer"     takes it; the answer is lost, and the first question finds it out
 *     "answer-twice"    takes it, and says so twice
 *     "late"            takes it when the seats are not kept any more
 */
struct gateway *gateway_builtin_create(void);

#endif
