/*
 * toss.h — what the API of Toss Payments answers, and what follows from it: rules without a wire.
 *
 * Of the public documentation (docs.tosspayments.com, API version 1) this uses: POST
 * /v1/payments/confirm, GET /v1/payments/{paymentKey} and /orders/{orderId}, POST
 * /v1/payments/{paymentKey}/cancel, their Payment and error objects, and the header
 * Idempotency-Key, under which the gateway gives the same answer again for 15 days.
 *
 * Thread   Any; pure.
 * Memory   None lasting.
 * Promise  No bytes whatever make it say CAPTURED unless they are a payment of this order and this
 *          amount.
 */
#ifndef PAYMENT_TOSS_H
#define PAYMENT_TOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "payment/gateway.h"

enum toss_status {
    TOSS_READY,
    TOSS_IN_PROGRESS, /* the fan has agreed; nobody has confirmed */
    TOSS_WAITING_FOR_DEPOSIT,
    TOSS_DONE,
    TOSS_CANCELED,
    TOSS_PARTIAL_CANCELED,
    TOSS_ABORTED,
    TOSS_EXPIRED,
    TOSS_STATUS_COUNT,
};

/* What is asked of the gateway. */
enum toss_step { TOSS_CONFIRM, TOSS_QUERY, TOSS_CANCEL, TOSS_QUERY_CANCEL };

struct toss_order { /* what we know of the payment */
    struct text order_id;
    int64_t amount;            /* of the payment, or of the refund */
    struct text cancel_reason; /* TOSS_CANCEL, TOSS_QUERY_CANCEL: names the refund */
    bool may_be_heard;         /* an earlier try of this step may have arrived */
    bool is_kept;              /* the seats still are: it makes sense to confirm again */
};

enum toss_next {
    TOSS_NEXT_CAPTURED, /* of a refund: the money is on its way back */
    TOSS_NEXT_DECLINED,
    TOSS_NEXT_NEVER_HEARD,
    TOSS_NEXT_UNKNOWN,
    TOSS_NEXT_AGAIN, /* the same step with the same key */
    TOSS_NEXT_QUERY, /* the gateway says it has been done: look what exactly */
    TOSS_NEXT_CONFIRM,
};

/* An answer of HTTP. `reason` gets the gateway's code, where it gives one. */
enum toss_next toss_decide(enum toss_step step, const struct toss_order *order, int status,
                           struct text body, char reason[GATEWAY_REASON_BYTES]);

/* Whether such an answer means that the gateway itself is ill. */
bool toss_is_ill(enum toss_next next);

#endif
