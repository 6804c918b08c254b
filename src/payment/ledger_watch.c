/* ledger_watch.c — two sums a minute; a million payments take a worker a third of a second. */
#include "payment/ledger_watch.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/log.h"
#include "base/workers.h"
#include "limits.h"
#include "store/store.h"

struct ledger_watch {
    struct workers *workers;
    struct store_connection **readers;
    struct worker_job job;
    int64_t next_look_ms; /* monotonic */
    atomic_bool looking;
    _Atomic int64_t imbalance_won, unmatched_webhook_count;
};

struct ledger_watch *ledger_watch_create(struct workers *workers, struct store_connection **readers)
{
    struct ledger_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->workers = workers;
    watch->readers = readers;
    return watch;
}

void ledger_watch_destroy(struct ledger_watch *watch)
{
    free(watch);
}

static void look(struct worker_job *job, size_t worker)
{
    static const struct sql sum = {"SELECT coalesce(sum(amount), 0) FROM ledger_entry"};
    static const struct sql lost = {"SELECT count(*) FROM webhook WHERE payment_id IS NULL"};
    struct ledger_watch *watch = container_of(job, struct ledger_watch, job);
    int64_t imbalance_won = 0, lost_count = 0;
    enum status status = store_query_int(watch->readers[worker], &sum, NULL, 0, &imbalance_won);
    if (status == STATUS_OK)
        status = store_query_int(watch->readers[worker], &lost, NULL, 0, &lost_count);
    if (status == STATUS_OK) {
        atomic_store(&watch->imbalance_won, imbalance_won);
        atomic_store(&watch->unmatched_webhook_count, lost_count);
    }
    if (imbalance_won != 0)
        log_error("the ledger does not add up", log_int("won", imbalance_won));
    atomic_store(&watch->looking, false);
}

void ledger_watch_tick(struct ledger_watch *watch, int64_t monotonic_ms)
{
    if (monotonic_ms < watch->next_look_ms || atomic_exchange(&watch->looking, true))
        return;
    watch->next_look_ms = monotonic_ms + LEDGER_LOOK_MS;
    watch->job.work = look;
    if (workers_submit(watch->workers, &watch->job) != STATUS_OK)
        atomic_store(&watch->looking, false);
}

struct ledger_reading ledger_watch_read(const struct ledger_watch *watch)
{
    return (struct ledger_reading){.imbalance_won = atomic_load(&watch->imbalance_won),
                                   .unmatched_webhook_count =
                                       atomic_load(&watch->unmatched_webhook_count)};
}
