/*
 * gateway_builtin.h — the adapter that needs nobody: for first runs, drills and load tests.
 *
 * A charge meets the mood that its request's data names (gateway_moods.h), or the one that chance
 * draws for its payment. Of refunds, chance loses the first answer; asked again they are done.
 *
 * Thread   As gateway.h says. It answers from inside gateway_submit(), but for payments that are
 *          to be overtaken: those its own thread answers, GATEWAY_OVERTAKEN_MS later at most.
 * Memory   Two books of GATEWAY_BOOK_MAX places; a place that owes an answer is not given away.
 */
#ifndef PAYMENT_GATEWAY_BUILTIN_H
#define PAYMENT_GATEWAY_BUILTIN_H

#include "payment/gateway.h"
#include "payment/gateway_moods.h"

/* NULL when memory or threads are short. */
struct gateway *gateway_builtin_create(const struct gateway_chance *chance);

#endif
