/*
 * queue_store.h — what became of v4's requests, in the store: the truth about each.
 *
 * A row comes into being with the decision, in its transaction. Its id is unique: whoever decides
 * first has decided, and who comes later — the same message once more, another consumer, somebody
 * who has waited too long — finds the row.
 *
 * Thread   Whoever uses the connection.
 * Memory   None of its own.
 */
#ifndef STRATEGIES_QUEUE_STORE_H
#define STRATEGIES_QUEUE_STORE_H

#include "store/store.h"
#include "strategies/request_states.h"

/* STATUS_MISSING: not decided yet. */
MUST_USE enum status queue_store_find(struct store_connection *connection,
                                      const struct request_id *id, struct request_state *out_state);

/* False in *out_new: there is a row already, and nothing was written. */
MUST_USE enum status queue_store_insert(struct store_connection *connection,
                                        const struct request_state *state, struct option_id option,
                                        int64_t now_ms, bool *out_new);

/* Forgets outcomes older than QUEUE_ROWS_KEPT_MS, at most QUEUE_ROWS_SWEPT_MAX. */
MUST_USE enum status queue_store_sweep(struct store_connection *connection, int64_t now_ms);

/* The secret that seals request ids of this database; made by the first who asks. */
MUST_USE enum status queue_store_secret(struct store_connection *connection,
                                        struct request_secret *out_secret);

#endif
