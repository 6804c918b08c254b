/*
 * strategies.c — one ask, from the worker to the answer.
 *
 *     look ──▶ no: answered at once, nobody was locked out for it
 *       │
 *       ▼ yes
 *     hold ──▶ lost, or refused by the index: a pause, and look again
 *       │
 *       ▼
 *     told, answered
 *
 * The pause is drawn between nothing and a bound that doubles with every attempt (full jitter): so
 * those who met once do not meet again.
 *
 * When nobody can tell whether a commit was kept, the key is looked for behind the fan's lock: its
 * transaction holds that until it is over. Should the database be away, this is tried for
 * STRATEGY_RESOLVE_MS. A hold of which nobody knows even then is followed all the same: at its end
 * its row is looked at.
 */
#include "strategies/strategies.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "booking/beside.h"
#include "strategies/mechanism.h"

static const struct mechanism *const mechanisms[STRATEGY_MECHANISMS] = {
    &v1_none, &v1_mutex, &v2_optimistic, &v2_pessimistic, &v3_lock};

struct desk { /* what one worker has for itself */
    struct store_session *session;
    struct table avoid;
    struct random chance;
};

struct tally {
    _Atomic uint64_t verdicts[BOOKING_VERDICT_COUNT];
    _Atomic uint64_t retries, refused_by_index, leases_lost, asks, us_total;
};

struct strategies {
    struct strategies_settings settings;
    struct frame_house house;
    struct workers *workers;
    struct number_pool numbers;
    pthread_mutex_t one_at_a_time; /* v1_mutex.c */
    struct desk desks[WORKERS_MAX];
    struct tally tallies[STRATEGY_MECHANISMS];
    _Atomic uint64_t unsorted;
};

/* --- walks ------------------------------------------------------------------------------------ */

struct walk *walk_of(struct store_job *job)
{
    return container_of(job, struct walk, job);
}

enum status walk_run(struct walk *walk, enum status (*work)(struct store_job *job,
                                                            struct store_connection *connection))
{
    walk->job = (struct store_job){.work = work};
    return store_session_run(walk->session, &walk->job);
}

void walk_pause(const struct walk *walk)
{
    if (walk->watcher)
        walk->watcher->on_looked(walk->watcher, walk->frame.ask);
}

enum status walk_lost(struct walk *walk)
{
    walk->lost = true;
    return STATUS_BUSY;
}

/* --- one ask ---------------------------------------------------------------------------------- */

/* Where a sale names no lock: the one that is correct on one node, and the one that never waits. */
static const struct mechanism *mechanism_of(const struct frame *frame)
{
    const char *lock = frame->lock;
    if (frame->lock[0] == '\0')
        lock = frame->strategy == 1 ? "mutex" : frame->strategy == 2 ? "optimistic" : "";
    for (size_t i = 0; i < STRATEGY_MECHANISMS; i++)
        if (mechanisms[i]->strategy == frame->strategy &&
            text_equal(text_of(mechanisms[i]->lock), text_of(lock)))
            return mechanisms[i];
    return NULL;
}

static struct tally *tally_of(struct strategies *strategies, const struct mechanism *mechanism)
{
    for (size_t i = 0; i < STRATEGY_MECHANISMS; i++)
        if (mechanisms[i] == mechanism)
            return &strategies->tallies[i];
    return NULL;
}

static enum status take_number(struct strategies *strategies, struct walk *walk)
{
    if (walk->frame.number.value != 0)
        return STATUS_OK;
    return number_pool_take(&strategies->numbers, walk->session, &walk->frame.number);
}

/* Looks and, if the rules say yes, holds. */
static enum status attempt(struct strategies *strategies, struct walk *walk,
                           const struct mechanism **out_mechanism)
{
    struct frame *frame = &walk->frame;
    walk->lost = false;
    frame->now_ms = strategies->house.now_ms();
    enum status status = frame_look(frame, store_session_reader(walk->session));
    *out_mechanism = status == STATUS_OK ? mechanism_of(frame) : NULL;
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    if (!*out_mechanism) { /* v4: not here */
        frame->ask->verdict = BOOKING_STRATEGY_MISMATCH;
        return STATUS_OK;
    }
    status = take_number(strategies, walk);
    return status == STATUS_OK ? (*out_mechanism)->hold(walk) : status;
}

static void pause_before(struct desk *desk, int tries)
{
    uint64_t bound_ms = UINT64_C(1) << tries;
    if (bound_ms > STRATEGY_PAUSE_MS_MAX)
        bound_ms = STRATEGY_PAUSE_MS_MAX;
    poll(NULL, 0, (int)random_below(&desk->chance, bound_ms + 1));
}

/* The fan's lock is only to be had when the transaction in question is over, whatever became of it:
   after that the key is there, or never will be. */
static enum status look_for_key(struct store_job *job, struct store_connection *connection)
{
    struct frame *frame = &walk_of(job)->frame;
    struct booking_ask *ask = frame->ask;
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = beside_find_key(connection, ask->fan, ask->key_hash, &frame->act);
    return status;
}

/* STATUS_OK: it was kept. STATUS_IO: it was not. */
static enum status find_out(const struct strategies *strategies, struct walk *walk)
{
    struct booking_ask *ask = walk->frame.ask;
    int64_t until_ms = clock_monotonic_ms() + STRATEGY_RESOLVE_MS;
    do {
        enum status status = walk_run(walk, look_for_key);
        bool kept =
            status == STATUS_OK && walk->frame.act.reservation.value == walk->frame.number.value;
        if (kept) {
            ask->reservation = walk->frame.act.reservation;
            ask->state = RESERVATION_HOLD;
            ask->verdict = BOOKING_DONE;
            return STATUS_OK;
        }
        if (status == STATUS_OK || status == STATUS_MISSING)
            return STATUS_IO;
        poll(NULL, 0, STRATEGY_RESOLVE_LOOK_MS);
    } while (clock_monotonic_ms() < until_ms);
    booking_follow_unsure(strategies->settings.booking, walk->frame.number, ask->expires_at_ms);
    return STATUS_UNKNOWN;
}

/* Whether another attempt makes sense, and a note of why. */
static bool is_worth_another(struct walk *walk, enum status status, struct tally *tally)
{
    if (status == STATUS_OK)
        return frame_passes_over(&walk->frame);
    if (status == STATUS_CONFLICT && tally)
        atomic_fetch_add_explicit(&tally->refused_by_index, 1, memory_order_relaxed);
    if (walk->lost && tally)
        atomic_fetch_add_explicit(&tally->retries, 1, memory_order_relaxed);
    return status == STATUS_CONFLICT || walk->lost;
}

static enum status carry_out(struct strategies *strategies, struct desk *desk, struct walk *walk,
                             const struct mechanism **out_mechanism)
{
    enum status status = STATUS_BUSY;
    for (int tries = 0; tries < STRATEGY_ATTEMPTS_MAX; tries++) {
        status = attempt(strategies, walk, out_mechanism);
        struct tally *tally = tally_of(strategies, *out_mechanism);
        if (walk->lease_lost && tally)
            atomic_fetch_add_explicit(&tally->leases_lost, 1, memory_order_relaxed);
        walk->lease_lost = false;
        if (status == STATUS_UNKNOWN)
            return find_out(strategies, walk);
        if (!is_worth_another(walk, status, tally))
            return status;
        if (status != STATUS_OK)
            pause_before(desk, tries);
    }
    return STATUS_BUSY; /* somebody was faster every time */
}

static void note(struct strategies *strategies, const struct mechanism *mechanism,
                 const struct booking_ask *ask, int64_t taken_us)
{
    struct tally *tally = tally_of(strategies, mechanism);
    if (!tally) {
        atomic_fetch_add_explicit(&strategies->unsorted, 1, memory_order_relaxed);
        return;
    }
    atomic_fetch_add_explicit(&tally->verdicts[ask->verdict], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&tally->asks, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&tally->us_total, (uint64_t)taken_us, memory_order_relaxed);
}

static enum status sit_down(struct strategies *strategies, struct desk *desk)
{
    if (desk->session)
        return STATUS_OK;
    return store_session_open(strategies->settings.store, &desk->session);
}

static void on_worker(struct worker_job *job, size_t worker)
{
    struct strategies_errand *errand = container_of(job, struct strategies_errand, job);
    struct strategies *strategies = errand->strategies;
    struct booking_ask *ask = errand->ask;
    struct desk *desk = &strategies->desks[worker];
    const struct mechanism *mechanism = NULL;
    int64_t began_us = clock_monotonic_us();

    enum status status = sit_down(strategies, desk);
    if (status == STATUS_OK) {
        struct walk walk = {.session = desk->session,
                            .lock = strategies->settings.lock,
                            .one_at_a_time = &strategies->one_at_a_time,
                            .watcher = strategies->settings.watcher};
        table_clear(&desk->avoid);
        frame_init(&walk.frame, &strategies->house, ask, &desk->avoid);
        status = carry_out(strategies, desk, &walk, &mechanism);
        if (status == STATUS_OK)
            frame_tell(&walk.frame);
    }
    if (status != STATUS_OK) {
        ask->verdict = BOOKING_FAILED;
        ask->status = status;
    }
    note(strategies, mechanism, ask, clock_monotonic_us() - began_us);
    ask->on_answer(ask);
}

/* --- from outside ----------------------------------------------------------------------------- */

struct strategies *strategies_create(const struct strategies_settings *settings)
{
    must(settings->worker_count <= WORKERS_MAX);

    struct strategies *strategies = calloc(1, sizeof *strategies);
    if (!strategies)
        return NULL;
    strategies->settings = *settings;
    strategies->house =
        (struct frame_house){.booking = settings->booking,
                             .boards = settings->boards,
                             .lab = settings->lab,
                             .now_ms = settings->now_ms ? settings->now_ms : clock_wall_ms};
    number_pool_init(&strategies->numbers);
    int failed = pthread_mutex_init(&strategies->one_at_a_time, NULL);
    must(!failed);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        table_init(&strategies->desks[i].avoid, STRATEGY_AVOIDED_MAX);
        random_init(&strategies->desks[i].chance, (uint64_t)clock_monotonic_us() + i);
    }
    strategies->workers = workers_create(settings->worker_count, STRATEGY_ASKS_MAX);
    if (!strategies->workers) {
        strategies_destroy(strategies);
        return NULL;
    }
    return strategies;
}

void strategies_destroy(struct strategies *strategies)
{
    if (!strategies)
        return;
    workers_destroy(strategies->workers);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        store_session_close(strategies->desks[i].session);
        table_deinit(&strategies->desks[i].avoid);
    }
    number_pool_deinit(&strategies->numbers);
    pthread_mutex_destroy(&strategies->one_at_a_time);
    free(strategies);
}

enum status strategies_submit(struct strategies *strategies, struct strategies_errand *errand,
                              struct booking_ask *ask)
{
    must(ask->kind == BOOKING_HOLD && ask->on_answer);
    *errand = (struct strategies_errand){
        .job = {.work = on_worker}, .strategies = strategies, .ask = ask};
    return workers_submit(strategies->workers, &errand->job); /* continues in on_worker */
}

static uint64_t read_count(const _Atomic uint64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

void strategies_counts(struct strategies *strategies, struct strategies_counts *out_counts)
{
    static const char *const versions[] = {"", "v1", "v2", "v3"};
    *out_counts = (struct strategies_counts){.unsorted = read_count(&strategies->unsorted)};
    for (size_t i = 0; i < STRATEGY_MECHANISMS; i++) {
        const struct tally *tally = &strategies->tallies[i];
        struct strategy_counts *counts = &out_counts->of[i];
        *counts = (struct strategy_counts){.strategy = versions[mechanisms[i]->strategy],
                                           .lock = mechanisms[i]->lock,
                                           .retries = read_count(&tally->retries),
                                           .refused_by_index = read_count(&tally->refused_by_index),
                                           .leases_lost = read_count(&tally->leases_lost),
                                           .asks = read_count(&tally->asks),
                                           .us_total = read_count(&tally->us_total)};
        for (int v = 0; v < BOOKING_VERDICT_COUNT; v++)
            counts->verdicts[v] = read_count(&tally->verdicts[v]);
    }
}
