/*
 * acks.h — the client's own list: everything the server has acknowledged, and nothing else.
 *
 * Thread   One thread at a time.
 * Memory   120 bytes a reservation, doubling up to RUSH_ACKS_MAX of them.
 * Log      With a path, each acknowledgement is also a line of JSON in that file, written out by
 *          acks_flush(): somebody outside can follow the night.
 */
#ifndef RUSH_ACKS_H
#define RUSH_ACKS_H

#include <stdint.h>
#include <stdio.h>

#include "base/ids.h"
#include "base/status.h"
#include "limits.h"
#include "rush/answer.h"

enum ack_state { ACK_HELD, ACK_PAID, ACK_CANCELLED };

struct ack {
    enum ack_state state;
    int64_t reservation_id, payment_id; /* payment_id: 0 until paid */
    int64_t amount_won;
    struct fan_id fan;
    uint32_t reserve_no, pay_no;
    uint32_t seat_count;
    int64_t seat_ids[RUSH_SEATS_EACH_MAX]; /* in rising order */
};

struct acks {
    struct ack *list;
    uint32_t count, capacity;
    struct option_id option;
    FILE *log; /* NULL: none */
};

/* STATUS_IO: the log cannot be written. */
MUST_USE enum status acks_init(struct acks *acks, struct option_id option, const char *log_path);
void acks_deinit(struct acks *acks); /* a zeroed one is welcome */

/* STATUS_FULL, STATUS_NO_MEMORY: it is not remembered. *out_index names it in the calls below. */
MUST_USE enum status acks_hold(struct acks *acks, struct fan_id fan, uint32_t reserve_no,
                               const struct answer *answer, uint32_t *out_index);
void acks_pay(struct acks *acks, uint32_t index, uint32_t pay_no, const struct answer *answer);
void acks_cancel(struct acks *acks, uint32_t index);

void acks_flush(struct acks *acks);

#endif
