/*
 * ticket_use.h — a ticket opens the gate once.
 *
 * Thread   The writer thread, inside a transaction.
 * Memory   None of its own.
 */
#ifndef PAYMENT_TICKET_USE_H
#define PAYMENT_TICKET_USE_H

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "store/store.h"

enum ticket_verdict {
    TICKET_VALID, /* used now, or by this very request before */
    TICKET_USED,  /* by another request */
    TICKET_VOID,  /* not confirmed any more, or about to be refunded */
};

struct ticket_check {
    struct reservation_id reservation;
    struct fan_id checked_by;
    struct text key; /* may be empty */
    int64_t now_ms;
};

/* *out_used_at_ms is written for VALID and USED. */
MUST_USE enum status ticket_use(struct store_connection *connection,
                                const struct ticket_check *check, enum ticket_verdict *out_verdict,
                                int64_t *out_used_at_ms);

#endif
