/*
 * number_pool.h — ids for the reservations of one process's strategies.
 *
 * Thread   Any that may block: now and then a call takes a new block from the store.
 * Memory   The owner's.
 * Promise  No id is given twice, also not by other processes (booking/numbers.h). One that is not
 *          used stays unused.
 */
#ifndef STRATEGIES_NUMBER_POOL_H
#define STRATEGIES_NUMBER_POOL_H

#include <pthread.h>

#include "booking/numbers.h"
#include "store/store.h"

struct number_pool {
    pthread_mutex_t lock;
    struct numbers numbers;
};

void number_pool_init(struct number_pool *pool);
void number_pool_deinit(struct number_pool *pool);

/* Before the session's transaction, never inside of it. */
MUST_USE enum status number_pool_take(struct number_pool *pool, struct store_session *session,
                                      struct reservation_id *out_id);

#endif
