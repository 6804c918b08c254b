/* number_pool.c — who finds the pool empty fills it; the others wait for that one transaction. */
#include "strategies/number_pool.h"

#include "base/container.h"
#include "base/must.h"

struct refill {
    struct store_job job;
    struct numbers numbers;
};

static enum status refill_work(struct store_job *job, struct store_connection *connection)
{
    struct refill *refill = container_of(job, struct refill, job);
    return numbers_refill(connection, &refill->numbers);
}

void number_pool_init(struct number_pool *pool)
{
    *pool = (struct number_pool){0};
    int failed = pthread_mutex_init(&pool->lock, NULL);
    must(!failed);
}

void number_pool_deinit(struct number_pool *pool)
{
    pthread_mutex_destroy(&pool->lock);
}

enum status number_pool_take(struct number_pool *pool, struct store_session *session,
                             struct reservation_id *out_id)
{
    pthread_mutex_lock(&pool->lock);
    enum status status = STATUS_OK;
    if (numbers_empty(&pool->numbers)) {
        struct refill refill = {.job = {.work = refill_work}};
        status = store_session_run(session, &refill.job);
        if (status == STATUS_OK)
            pool->numbers = refill.numbers;
    }
    if (status == STATUS_OK)
        *out_id = numbers_take(&pool->numbers);
    pthread_mutex_unlock(&pool->lock);
    return status;
}
