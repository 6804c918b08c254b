/*
 * gateway_toss.h — the adapter that moves real money, through the API of Toss Payments.
 *
 * A request is tried GATEWAY_TRIES_MAX times at most, with the same idempotency key and a pause
 * with jitter, as long as the answer is none or passes by itself; toss.h decides which. Every try
 * goes through a circuit breaker. A charge that cannot have reached the gateway is
 * GATEWAY_NEVER_HEARD: the fan hears "declined" at once and keeps the hold, instead of waiting for
 * a gateway that is down.
 *
 * Thread   As gateway.h says; answers come from the thread of http_calls.h.
 * Memory   One errand a request, about 5 kB while it lasts.
 * Secrets  The secret key goes into the header of Basic authorisation and nowhere else.
 */
#ifndef PAYMENT_GATEWAY_TOSS_H
#define PAYMENT_GATEWAY_TOSS_H

#include "base/status.h"
#include "payment/gateway.h"

struct breakers;

struct gateway_toss_settings {
    const char *url; /* "https://api.tosspayments.com", without a slash at the end; copied */
    const char *secret_key;
    int64_t connect_timeout_ms, total_timeout_ms; /* of one try */
    struct breakers *breakers;                    /* borrowed for its life */
};

MUST_USE enum status gateway_toss_open(const struct gateway_toss_settings *settings,
                                       char out_why[256], struct gateway **out_gateway);

#endif
