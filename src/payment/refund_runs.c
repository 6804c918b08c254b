/*
 * refund_runs.c — one pass after another over the payments' ids.
 *
 * A tick looks at a bounded range of ids, so it takes about a millisecond however many payments
 * other dates have. Passes that find nothing to ask for pause in between.
 */
#include "payment/refund_runs.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "guard/limiter.h"
#include "limits.h"
#include "payment/refund_run_store.h"

enum { RANGE_IDS = 2000, PASS_MS = 250, BATCH = 64, KEY_BYTES = 48 };

struct walk_of_run {
    struct refund_run run;
    int64_t after;        /* the pass has come this far */
    int64_t seen_count;   /* payments of the date that this pass has met */
    int64_t next_pass_ms; /* monotonic */
};

struct asked { /* one refund on its way */
    struct refund_wait wait;
    atomic_bool is_busy;
};

struct refund_runs {
    struct refund_runs_settings settings;
    struct limiter *limiter;
    struct walk_of_run walks[REFUND_RUNS_MAX];
    size_t walk_count;
    atomic_bool woken;
    atomic_bool ending; /* a job that ends a run is on its way */
    struct asked asked[REFUND_RUN_AT_ONCE_MAX];
    struct store_job job;
    int64_t ended_run;
};

struct refund_runs *refund_runs_create(const struct refund_runs_settings *settings)
{
    struct refund_runs *runs = calloc(1, sizeof *runs);
    if (!runs)
        return NULL;
    runs->settings = *settings;
    if (!runs->settings.now_ms)
        runs->settings.now_ms = clock_wall_ms;
    runs->woken = true; /* look what the process before has left */
    runs->limiter = limiter_create(&(struct limiter_settings){.keys_max = 1,
                                                              .per_interval = settings->per_second,
                                                              .interval_ms = 1000,
                                                              .burst = settings->per_second});
    if (runs->limiter)
        return runs;
    free(runs);
    return NULL;
}

void refund_runs_destroy(struct refund_runs *runs)
{
    if (!runs)
        return;
    limiter_destroy(runs->limiter);
    free(runs);
}

void refund_runs_wake(struct refund_runs *runs)
{
    atomic_store(&runs->woken, true);
}

/* --- which run -------------------------------------------------------------------------------- */

static struct walk_of_run *find_walk(struct refund_runs *runs, int64_t run)
{
    for (size_t i = 0; i < runs->walk_count; i++)
        if (runs->walks[i].run.id == run)
            return &runs->walks[i];
    return NULL;
}

/* Runs that go on keep their place. */
static void load(struct refund_runs *runs)
{
    struct refund_run found[REFUND_RUNS_MAX];
    size_t count = 0;
    enum status status = refund_run_list(runs->settings.reader, (struct option_id){0}, found,
                                         REFUND_RUNS_MAX, &count);
    if (status != STATUS_OK) {
        log_warn("runs of refunds cannot be read", log_words("status", status_name(status)));
        atomic_store(&runs->woken, true);
        return;
    }
    struct walk_of_run walks[REFUND_RUNS_MAX];
    for (size_t i = 0; i < count; i++) {
        const struct walk_of_run *earlier = find_walk(runs, found[i].id);
        walks[i] = earlier ? *earlier : (struct walk_of_run){.run = found[i]};
    }
    memcpy(runs->walks, walks, count * sizeof walks[0]);
    runs->walk_count = count;
}

/* --- asking ----------------------------------------------------------------------------------- */

static void on_answered(struct refund_wait *wait)
{
    /* What became of it stands in the store, and the next pass reads it. */
    atomic_store(&container_of(wait, struct asked, wait)->is_busy, false);
}

/* NULL: as many are on their way as may be. */
static struct asked *free_place(struct refund_runs *runs)
{
    for (size_t i = 0; i < REFUND_RUN_AT_ONCE_MAX; i++)
        if (!atomic_load(&runs->asked[i].is_busy))
            return &runs->asked[i];
    return NULL;
}

static bool is_idle(struct refund_runs *runs)
{
    for (size_t i = 0; i < REFUND_RUN_AT_ONCE_MAX; i++)
        if (atomic_load(&runs->asked[i].is_busy))
            return false;
    return true;
}

static bool ask(struct refund_runs *runs, const struct refund_run *run, struct payment_id payment,
                int64_t monotonic_ms)
{
    struct asked *asked = free_place(runs);
    if (!asked || limiter_ask(runs->limiter, 1, monotonic_ms) != 0)
        return false;
    char key[KEY_BYTES];
    int size = snprintf(key, sizeof key, " run %lld payment %lld", (long long)run->id,
                        (long long)payment.value);
    struct refund_order order = {.asked_by = run->asked_by,
                                 .by_operator = true,
                                 .payment = payment,
                                 .run = run->id,
                                 .key = text_make(key, (size_t)size),
                                 .reason = text_of(run->reason)};
    asked->wait.on_answer = on_answered;
    atomic_store(&asked->is_busy, true);
    if (refunds_ask(runs->settings.refunds, &order, &asked->wait) == STATUS_OK)
        return true;
    atomic_store(&asked->is_busy, false);
    return false;
}

/* --- passing ---------------------------------------------------------------------------------- */

static enum status write_end(struct store_job *job, struct store_connection *connection)
{
    struct refund_runs *runs = container_of(job, struct refund_runs, job);
    return refund_run_end(connection, runs->ended_run, runs->settings.now_ms());
}

static void on_end_written(struct store_job *job, enum status status)
{
    struct refund_runs *runs = container_of(job, struct refund_runs, job);
    if (status == STATUS_OK)
        log_info("all of a date is given back", log_int("run", runs->ended_run));
    atomic_store(&runs->ending, false);
    atomic_store(&runs->woken, true);
}

static void end_run(struct refund_runs *runs, const struct walk_of_run *walk)
{
    bool has_holds = true;
    if (atomic_load(&runs->ending) || !is_idle(runs) ||
        refund_run_has_holds(runs->settings.reader, walk->run.option, &has_holds) != STATUS_OK ||
        has_holds)
        return;
    runs->ended_run = walk->run.id;
    runs->job.work = write_end;
    runs->job.on_done = on_end_written;
    atomic_store(&runs->ending, true);
    if (store_submit(runs->settings.store, &runs->job) != STATUS_OK)
        atomic_store(&runs->ending, false); /* the next pass ends it */
}

static void end_pass(struct refund_runs *runs, struct walk_of_run *walk, int64_t monotonic_ms)
{
    if (walk->seen_count == 0)
        end_run(runs, walk);
    walk->after = 0;
    walk->seen_count = 0;
    walk->next_pass_ms = monotonic_ms + PASS_MS;
}

static void go_on(struct refund_runs *runs, struct walk_of_run *walk, int64_t monotonic_ms)
{
    struct refund_run_payment found[BATCH];
    int64_t last, until = walk->after + RANGE_IDS;
    size_t count = 0;
    struct store_connection *reader = runs->settings.reader;
    if (refund_run_horizon(reader, &last) != STATUS_OK ||
        refund_run_look(reader, &walk->run, walk->after, until, found, BATCH, &count) != STATUS_OK)
        return; /* the next tick looks again */
    for (size_t i = 0; i < count; i++) {
        if (found[i].is_ready && !ask(runs, &walk->run, found[i].id, monotonic_ms))
            return; /* from here on, later */
        walk->after = found[i].id.value;
        walk->seen_count++;
    }
    if (count < BATCH)
        walk->after = until;
    if (walk->after >= last)
        end_pass(runs, walk, monotonic_ms);
}

void refund_runs_tick(struct refund_runs *runs, int64_t monotonic_ms)
{
    if (atomic_exchange(&runs->woken, false))
        load(runs);
    for (size_t i = 0; i < runs->walk_count; i++)
        if (monotonic_ms >= runs->walks[i].next_pass_ms)
            go_on(runs, &runs->walks[i], monotonic_ms);
}
