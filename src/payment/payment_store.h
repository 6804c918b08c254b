/*
 * payment_store.h — payments and their ledger in the store.
 *
 *     READY ──▶ CAPTURED ──▶ REFUNDED          UNKNOWN: the gateway was asked to take the money and
 *       │  ╲      ▲                            no answer came. It leaves that state by the
 *       │   ▼     │                            gateway's word alone.
 *       │  UNKNOWN┤
 *       ▼         ▼
 *     FAILED ◀────┘
 *
 * The ledger is double entry and append only. Capturing writes GATEWAY +amount and SALES -amount; a
 * refund writes GATEWAY -amount, SALES +(amount + fee), FEES -fee. So the entries of a payment
 * always sum to zero, GATEWAY's balance is what we hold, and FEES' what of it is ours for good.
 *
 * Every step writes its news (news.h) with it.
 *
 * Thread   Writing: the writer thread, inside a transaction. Finding: any connection.
 * Memory   None of its own.
 */
#ifndef PAYMENT_PAYMENT_STORE_H
#define PAYMENT_PAYMENT_STORE_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"
#include "store/store.h"

enum payment_state {
    PAYMENT_READY,
    PAYMENT_UNKNOWN,
    PAYMENT_AUTHORIZED,
    PAYMENT_CAPTURED,
    PAYMENT_REFUNDED,
    PAYMENT_FAILED,
    PAYMENT_STATE_COUNT, /* not a state: how many there are */
};

/* "READY", "UNKNOWN", … as the store and the API spell them. */
const char *payment_state_name(enum payment_state state);
bool payment_may_move(enum payment_state from, enum payment_state to);

/* Its outcome is still to come. */
bool payment_is_open(enum payment_state state);

struct payment {
    struct payment_id id;
    struct reservation_id reservation;
    struct fan_id fan;
    enum payment_state state;
    int64_t amount; /* won */
    int64_t request_hash;
    int64_t unknown_since_ms; /* 0: it is not UNKNOWN */
    int64_t created_at_ms, updated_at_ms;
    char gateway[GATEWAY_NAME_BYTES_MAX + 1];
    char order_id[PAYMENT_ORDER_BYTES_MAX + 1];  /* our name of it at the gateway */
    char gateway_key[GATEWAY_KEY_BYTES_MAX + 1]; /* the gateway's own name of it; may be empty */
};

/* Who moves its money, and what it is called there: `order_id`, or when that is empty, a name of
   our own that is the same for the same `key`. */
void payment_name(struct payment *payment, const char *gateway, struct text order_id,
                  struct text key);

/* A new one in state READY; the id is the store's. */
MUST_USE enum status payment_store_insert(struct store_connection *connection,
                                          const struct payment *payment, struct text key,
                                          struct payment_id *out_id);

/* By the fan's idempotency key; STATUS_MISSING. */
MUST_USE enum status payment_store_find_key(struct store_connection *connection, struct fan_id fan,
                                            struct text key, struct payment *out_payment);
MUST_USE enum status payment_store_find(struct store_connection *connection, struct payment_id id,
                                        struct payment *out_payment);
/* The latest with this order of this gateway. */
MUST_USE enum status payment_store_find_order(struct store_connection *connection,
                                              struct text gateway, struct text order_id,
                                              struct payment *out_payment);

/*
 * The one place where a payment changes state; ledger entries and news come with it. `payment` is
 * as it was read in this transaction. REFUNDED is payment_store_give_back()'s. Returns
 * STATUS_CONFLICT when the store thinks that the payment is in another state.
 */
MUST_USE enum status payment_store_move(struct store_connection *connection,
                                        const struct payment *payment, enum payment_state to,
                                        const char *failure, int64_t now_ms);

/* `amount` goes back and `fee` is kept; when the payment ends with it, it is REFUNDED. */
struct payment_return {
    int64_t amount, fee_won; /* won */
    bool ends;
    int64_t now_ms;
};
MUST_USE enum status payment_store_give_back(struct store_connection *connection,
                                             struct payment_id id,
                                             const struct payment_return *back);

/* The payments whose outcome is not known, after `after`, at most `most`; oldest first. */
MUST_USE enum status payment_store_open(struct store_connection *connection,
                                        struct payment_id after, struct payment *out_payments,
                                        size_t most, size_t *out_count);

#endif
