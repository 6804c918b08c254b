/*
 * queue_inside.h — what the files of the queue share.
 *
 * Thread   `struct queue` is read-only after its opening, but for its counts.
 * Memory   The queue's.
 */
#ifndef STRATEGIES_QUEUE_INSIDE_H
#define STRATEGIES_QUEUE_INSIDE_H

#include <stdatomic.h>

#include "strategies/queue.h"

struct queue_consumer;

struct queue {
    struct queue_settings settings;
    struct request_secret secret;
    atomic_bool stopping;
    struct queue_consumer *consumers[QUEUE_CONSUMERS_MAX];
    _Atomic uint64_t accepted_count, refused_count, success_count, failed_count, repeated_count,
        expired_count, buried_count, batch_count;
};

/* queue_consumer.c: a thread that decides until `stopping`. */
MUST_USE enum status queue_consumer_start(struct queue *queue,
                                          struct queue_consumer **out_consumer);
void queue_consumer_join(struct queue_consumer *consumer); /* NULL is welcome */

/* queue_verdict.c: how an answer of the rules is told to somebody who asks later. */
void queue_verdict_tell(const struct booking_ask *ask, struct request_state *out_state);

#define QUEUE_CODE_EXPIRED "REQUEST_EXPIRED"
#define QUEUE_CODE_GIVEN_UP "BUSY"

void queue_fail(struct request_state *state, const char *code);

#endif
