/*
 * gateway.h — the port to whoever moves the money.
 *
 * A request is handed over and its answer comes later: a gateway that stalls for half a minute
 * holds neither a worker nor a turn, and thousands may wait at once.
 *
 * Thread   gateway_submit() from any thread but never inside a transaction; it does not block. The
 *          answer comes exactly once, from any thread, possibly from inside gateway_submit().
 * Memory   A request and all it points at belong to the gateway until its on_answer(); the request
 *          may be freed there.
 * Promise  A charge is named by its payment's id and order, a refund by its own id: the same
 *          request twice charges or refunds once.
 * Answers  "Declined" is a verdict. GATEWAY_UNKNOWN means that no answer came: it may have
 *          happened, and GATEWAY_ASK has to find out.
 * Stop     gateway_destroy() answers everything that waits, GATEWAY_UNKNOWN, before it returns.
 */
#ifndef PAYMENT_GATEWAY_H
#define PAYMENT_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ids.h"
#include "base/list.h"
#include "base/must.h"
#include "base/text.h"

struct gateway {
    const struct gateway_ops *ops;
};

enum gateway_act {
    GATEWAY_CHARGE, /* takes the money: CAPTURED, DECLINED or UNKNOWN */
    GATEWAY_ASK,    /* what became of an earlier charge */
    GATEWAY_REFUND, /* gives `amount` back: CAPTURED means that the money is on its way, DECLINED
                       that it never will be */
};

enum gateway_verdict {
    GATEWAY_CAPTURED,
    GATEWAY_DECLINED,
    GATEWAY_NEVER_HEARD, /* no such charge: nothing was taken */
    GATEWAY_UNKNOWN,
};

enum { GATEWAY_REASON_BYTES = 64 };

struct gateway_request {
    struct list letter; /* the gateway's */
    void (*on_answer)(struct gateway_request *request);
    enum gateway_act act;
    struct payment_id payment;
    int64_t amount;          /* won */
    struct refund_id refund; /* GATEWAY_REFUND */
    struct text order_id;    /* our name of the payment there */
    struct text gateway_key; /* the gateway's own; may be empty */
    struct text data;        /* what the fan's client sent along, for the gateway's eyes */
    int64_t kept_until_ms;   /* wall: the seats are kept this long; 0: not known any more */

    /* The answer. */
    enum gateway_verdict verdict;
    bool answers_twice;                /* the same answer comes a second time */
    char reason[GATEWAY_REASON_BYTES]; /* why it was declined, terminated */
};

struct gateway_ops {
    const char *name;         /* as the store and the API spell it */
    const char *page_origins; /* whom its script in the page needs: "https://a https://b"; NULL: it
                                 has none */
    void (*submit)(struct gateway *gateway, struct gateway_request *request);
    void (*destroy)(struct gateway *gateway);
};

static inline void gateway_submit(struct gateway *gateway, struct gateway_request *request)
{
    must(request->on_answer);
    must(request->amount > 0);
    gateway->ops->submit(gateway, request);
}

static inline void gateway_destroy(struct gateway *gateway)
{
    if (gateway)
        gateway->ops->destroy(gateway);
}

#endif
