/*
 * refund_store.h — refunds in the store.
 *
 * A refund walks REQUESTED → DONE, or REQUESTED → FAILED. It is written down as REQUESTED before
 * the gateway hears of it, so that whatever happens then, it is known by its id and never asked for
 * under another. DONE comes with its ledger entries in the same transaction.
 *
 * Thread   Writing: the writer thread, inside a transaction. Finding: any connection.
 * Memory   None of its own.
 */
#ifndef PAYMENT_REFUND_STORE_H
#define PAYMENT_REFUND_STORE_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "store/store.h"

enum refund_state {
    REFUND_REQUESTED,
    REFUND_DONE,
    REFUND_FAILED,
    REFUND_STATE_COUNT, /* not a state: how many there are */
};

/* "REQUESTED", … as the store and the API spell them. */
const char *refund_state_name(enum refund_state state);
bool refund_may_move(enum refund_state from, enum refund_state to);

struct refund {
    struct refund_id id;
    struct payment_id payment;
    struct fan_id asked_by; /* a fan or an operator; 0: the house, for money that came too late */
    enum refund_state state;
    int64_t amount;  /* won that go back */
    int64_t fee_won; /* won that are kept for good; 0 unless it ends the payment */
    bool ends;       /* all that was left: the payment ends with it, and so does the reservation */
    int64_t run;     /* the refund of a whole date it belongs to; 0: of none */
    int64_t request_hash;
    int64_t created_at_ms, updated_at_ms;
};

/* A new one in state REQUESTED; the id is the store's. */
MUST_USE enum status refund_store_insert(struct store_connection *connection,
                                         const struct refund *refund, struct text key,
                                         struct text reason, struct refund_id *out_id);

/* STATUS_MISSING. */
MUST_USE enum status refund_store_find(struct store_connection *connection, struct refund_id id,
                                       struct refund *out_refund);
MUST_USE enum status refund_store_find_key(struct store_connection *connection,
                                           struct fan_id asked_by, struct text key,
                                           struct refund *out_refund);
/* The house's own refund of a payment. */
MUST_USE enum status refund_store_find_late(struct store_connection *connection,
                                            struct payment_id payment, struct refund *out_refund);

/* What has left a payment, given back or kept, and how much of it is on its way. */
MUST_USE enum status refund_store_sums(struct store_connection *connection,
                                       struct payment_id payment, int64_t *out_done_won,
                                       int64_t *out_requested_won);

/* The one place where a refund changes state. STATUS_CONFLICT when it is not REQUESTED any more. */
MUST_USE enum status refund_store_move(struct store_connection *connection, struct refund_id id,
                                       enum refund_state to, const char *failure, int64_t now_ms);

/* Those in state REQUESTED, after `after`, at most `most`; oldest first. */
MUST_USE enum status refund_store_open(struct store_connection *connection, struct refund_id after,
                                       struct refund *out_refunds, size_t most, size_t *out_count);

/* Money that came too late is given back: REQUESTED by the house, all of it. */
MUST_USE enum status refund_store_insert_late(struct store_connection *connection,
                                              struct payment_id payment, int64_t amount,
                                              int64_t now_ms, struct refund *out_refund);

#endif
