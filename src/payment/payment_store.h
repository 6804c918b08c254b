/*
 * payment_store.h — payments and their ledger in the store.
 *
 * A payment walks READY → CAPTURED → REFUNDED, or READY → FAILED. The ledger is double entry and
 * append only: capturing writes GATEWAY +amount and SALES -amount, each refund the reverse of what
 * it gives back, so the
 * entries of a payment always sum to zero and GATEWAY's balance is what we hold.
 *
 * Thread   Writing: the writer thread, inside a transaction. payment_store_find(): any connection.
 * Memory   None of its own.
 */
#ifndef PAYMENT_PAYMENT_STORE_H
#define PAYMENT_PAYMENT_STORE_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "store/store.h"

enum payment_state {
    PAYMENT_READY,
    PAYMENT_AUTHORIZED,
    PAYMENT_CAPTURED,
    PAYMENT_REFUNDED,
    PAYMENT_FAILED,
    PAYMENT_STATE_COUNT, /* not a state: how many there are */
};

/* "READY", "AUTHORIZED", … as the store and the API spell them. */
const char *payment_state_name(enum payment_state state);
bool payment_may_move(enum payment_state from, enum payment_state to);

struct payment {
    struct payment_id id;
    struct reservation_id reservation;
    struct fan_id fan;
    enum payment_state state;
    int64_t amount; /* won */
    int64_t request_hash;
    int64_t created_at_ms, updated_at_ms;
};

/* A new one in state READY; the id is the store's. */
MUST_USE enum status payment_store_insert(struct store_connection *connection,
                                          const struct payment *payment, struct text key,
                                          const char *gateway, struct payment_id *out_id);

/* By the fan's idempotency key; STATUS_MISSING. */
MUST_USE enum status payment_store_find_key(struct store_connection *connection, struct fan_id fan,
                                            struct text key, struct payment *out_payment);
MUST_USE enum status payment_store_find(struct store_connection *connection, struct payment_id id,
                                        struct payment *out_payment);

/*
 * The one place where a payment changes state; the ledger entries come with it. Returns
 * STATUS_CONFLICT when the store thinks that the payment is not in state `from`.
 */
MUST_USE enum status payment_store_move(struct store_connection *connection, struct payment_id id,
                                        enum payment_state from, enum payment_state to,
                                        int64_t amount, const char *failure, int64_t now_ms);

/* A part of a captured payment goes back: the ledger says so, the state stays. */
MUST_USE enum status payment_store_give_back(struct store_connection *connection,
                                             struct payment_id id, int64_t amount, int64_t now_ms);

/* The payments whose outcome is not known, after `after`, at most `most`; oldest first. */
MUST_USE enum status payment_store_open(struct store_connection *connection,
                                        struct payment_id after, struct payment *out_payments,
                                        size_t most, size_t *out_count);

#endif
