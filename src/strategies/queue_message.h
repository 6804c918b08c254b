/*
 * queue_message.h — a press of the button as it travels over the bus: one JSON object.
 *
 * Thread   Any.
 * Memory   None of its own.
 * Hostile  What comes from the bus is checked like a body from outside: whoever can write to a
 *          broker must not be able to stop us, nor to book for a fan whose request id they do not
 *          have.
 */
#ifndef STRATEGIES_QUEUE_MESSAGE_H
#define STRATEGIES_QUEUE_MESSAGE_H

#include "base/buffer.h"
#include "booking/sale.h"
#include "strategies/request_id.h"

struct queue_message {
    struct request_id id;
    struct fan_id fan;
    struct option_id option;
    int strategy; /* the endpoint's: 4, or 0 for whatever the sale names */
    int64_t key_hash, request_hash;
    struct sale_wish wish;
};

void queue_message_write(const struct queue_message *message, struct buffer *buffer);

enum { QUEUE_WHY_BYTES = 192 };

/* False: out_why says what is wrong with it. */
bool queue_message_read(struct text bytes, const struct request_secret *secret,
                        struct queue_message *out_message, char out_why[QUEUE_WHY_BYTES]);

#endif
