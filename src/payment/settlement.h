/*
 * settlement.h — a gateway's settlement file: what it took and gave back, order by order.
 *
 * One JSON object a line, with at least
 *
 *     {"orderId": "TR-2638-7f1c", "status": "DONE", "amount": 99000}
 *
 * `status` is DONE for money taken, CANCELED or PARTIAL_CANCELED for money given back, whose amount
 * may bear a minus. Other members are passed over, so the lines may be the transactions of Toss
 * Payments' API: `jq -c '.[]'` makes lines of its answer. Empty lines do no harm.
 *
 * Thread   One at a time.
 * Memory   100 bytes an order.
 * Limits   SETTLEMENT_ORDERS_MAX orders, SETTLEMENT_LINE_BYTES_MAX a line.
 */
#ifndef PAYMENT_SETTLEMENT_H
#define PAYMENT_SETTLEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "limits.h"

struct settlement_line {
    char order_id[PAYMENT_ORDER_BYTES_MAX + 1];
    bool is_return;
    int64_t amount; /* won, above zero */
};

enum settlement_verdict { SETTLEMENT_LINE, SETTLEMENT_BLANK, SETTLEMENT_BAD };

enum settlement_verdict settlement_read_line(struct text line, struct settlement_line *out_line);

struct settlement_order {
    char order_id[PAYMENT_ORDER_BYTES_MAX + 1];
    bool is_met;             /* the reconciler has found it here */
    int64_t taken, returned; /* won */
};

struct settlement;

struct settlement *settlement_create(void); /* NULL when memory is short */
void settlement_destroy(struct settlement *settlement);

/* STATUS_FULL, STATUS_NO_MEMORY. */
MUST_USE enum status settlement_add(struct settlement *settlement,
                                    const struct settlement_line *line);

size_t settlement_count(const struct settlement *settlement);
struct settlement_order *settlement_at(struct settlement *settlement, size_t index);
struct settlement_order *settlement_find(struct settlement *settlement, struct text order_id);

#endif
