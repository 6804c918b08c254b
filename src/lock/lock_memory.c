/*
 * lock_memory.c — a list of holds, and a queue of those who wait.
 *
 * There are as many holds as threads that work, some dozens: looking through all of them takes less
 * time than a table would need to be kept. Whoever has to wait joins the queue; a release, a lapse
 * and an arrival all walk the queue in order and hand each waiter its keys when all of them are
 * free. So a waiter wakes with the lock in its hand, in order of arrival save for those whose other
 * keys are still taken, and nobody wakes in vain.
 *
 * A hold that has lapsed is taken out of the list by whoever wants one of its keys; its owner finds
 * out by lock_held(), or at the release.
 */
#include "lock/lock_memory.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "lock/lock_inside.h"

struct lock_memory {
    struct lock base;
    struct lock_settings settings;
    pthread_mutex_t mutex;
    struct list holds;
    struct list waiters; /* in order of arrival */
    int64_t last_fence;
    struct lock_counts counts;
};

struct waiter { /* on the stack of who waits */
    struct list link;
    struct lock_hold *hold;
    pthread_cond_t granted;
    bool has_it;
};

static struct lock_memory *memory_of(struct lock *lock)
{
    return container_of(lock, struct lock_memory, base);
}

static bool overlap(const struct lock_hold *a, const struct lock_hold *b)
{
    for (size_t i = 0; i < a->key_count; i++)
        for (size_t j = 0; j < b->key_count; j++)
            if (text_equal(lock_key_text(&a->keys[i]), lock_key_text(&b->keys[j])))
                return true;
    return false;
}

/* Whoever has one of these keys; NULL when all are free. What has lapsed is taken away. */
static const struct lock_hold *owner_of(struct lock_memory *memory, const struct lock_hold *wanted,
                                        int64_t now_ms)
{
    struct list *next;
    for (struct list *link = memory->holds.next; link != &memory->holds; link = next) {
        struct lock_hold *hold = container_of(link, struct lock_hold, link);
        next = link->next;
        if (!overlap(hold, wanted))
            continue;
        if (now_ms < hold->lapse_at_ms)
            return hold;
        list_remove(&hold->link);
        memory->counts.holding--;
        memory->counts.lost++;
    }
    return NULL;
}

static void grant(struct lock_memory *memory, struct lock_hold *hold, int64_t now_ms)
{
    int64_t now_us = clock_wall_ms() * 1000;
    memory->last_fence = now_us > memory->last_fence ? now_us : memory->last_fence + 1;
    hold->fence = memory->last_fence;
    hold->lapse_at_ms = now_ms + memory->settings.hold_ms;
    atomic_store(&hold->good_until_ms, hold->lapse_at_ms);
    list_push_back(&memory->holds, &hold->link);
    memory->counts.holding++;
    memory->counts.acquired++;
}

static void grant_waiters(struct lock_memory *memory, int64_t now_ms)
{
    struct list *next;
    for (struct list *link = memory->waiters.next; link != &memory->waiters; link = next) {
        struct waiter *waiter = container_of(link, struct waiter, link);
        next = link->next;
        if (owner_of(memory, waiter->hold, now_ms))
            continue;
        list_remove(&waiter->link);
        grant(memory, waiter->hold, now_ms);
        waiter->has_it = true;
        pthread_cond_signal(&waiter->granted);
    }
}

/* Up to the end of who has it now, or of our patience. */
static void wait_a_while(struct lock_memory *memory, struct waiter *waiter, int64_t give_up_at_ms)
{
    int64_t until_ms = give_up_at_ms;
    const struct lock_hold *owner = owner_of(memory, waiter->hold, clock_monotonic_ms());
    if (owner && owner->lapse_at_ms < until_ms)
        until_ms = owner->lapse_at_ms;
    if (owner)
        lock_cond_wait(&waiter->granted, &memory->mutex, until_ms);
    if (!waiter->has_it)
        grant_waiters(memory, clock_monotonic_ms());
}

static enum status wait_for(struct lock_memory *memory, struct lock_hold *hold, int64_t wait_ms)
{
    if (memory->counts.waiting == LOCK_WAITERS_MAX)
        return STATUS_FULL;
    int64_t started_us = clock_monotonic_us();
    int64_t give_up_at_ms = clock_monotonic_ms() + wait_ms;
    struct waiter waiter = {.hold = hold};
    lock_cond_init(&waiter.granted);
    list_push_back(&memory->waiters, &waiter.link);
    memory->counts.waiting++;
    memory->counts.waited++;
    while (!waiter.has_it && clock_monotonic_ms() < give_up_at_ms)
        wait_a_while(memory, &waiter, give_up_at_ms);
    memory->counts.waiting--;
    memory->counts.wait_us += (uint64_t)(clock_monotonic_us() - started_us);
    list_remove(&waiter.link);
    pthread_cond_destroy(&waiter.granted);
    return waiter.has_it ? STATUS_OK : STATUS_BUSY;
}

static enum status memory_acquire(struct lock *lock, struct lock_hold *hold, int64_t wait_ms)
{
    struct lock_memory *memory = memory_of(lock);
    int64_t now_ms = clock_monotonic_ms();
    enum status status = STATUS_OK;
    lock_mutex_take(&memory->mutex);
    if (memory->counts.holding >= LOCK_HOLDS_MAX)
        status = STATUS_FULL;
    else if (!owner_of(memory, hold, now_ms))
        grant(memory, hold, now_ms);
    else if (wait_ms > 0)
        status = wait_for(memory, hold, wait_ms);
    else
        status = STATUS_BUSY;
    memory->counts.timed_out += status == STATUS_BUSY;
    lock_mutex_give(&memory->mutex);
    return status;
}

static enum status memory_release(struct lock *lock, struct lock_hold *hold)
{
    struct lock_memory *memory = memory_of(lock);
    int64_t now_ms = clock_monotonic_ms();
    lock_mutex_take(&memory->mutex);
    bool had_it = !list_empty(&hold->link);
    atomic_store(&hold->good_until_ms, 0);
    if (had_it) {
        list_remove(&hold->link);
        memory->counts.holding--;
        grant_waiters(memory, now_ms);
    }
    lock_mutex_give(&memory->mutex);
    return had_it ? STATUS_OK : STATUS_MISSING;
}

static enum status memory_raise(struct lock *lock, int64_t fence)
{
    struct lock_memory *memory = memory_of(lock);
    lock_mutex_take(&memory->mutex);
    if (memory->last_fence < fence)
        memory->last_fence = fence;
    lock_mutex_give(&memory->mutex);
    return STATUS_OK;
}

static struct lock_counts memory_counts(struct lock *lock)
{
    struct lock_memory *memory = memory_of(lock);
    lock_mutex_take(&memory->mutex);
    struct lock_counts counts = memory->counts;
    lock_mutex_give(&memory->mutex);
    return counts;
}

static void memory_destroy(struct lock *lock)
{
    struct lock_memory *memory = memory_of(lock);
    must(list_empty(&memory->waiters));
    must(list_empty(&memory->holds));
    pthread_mutex_destroy(&memory->mutex);
    free(memory);
}

static const struct lock_ops memory_ops = {.name = "memory",
                                           .acquire = memory_acquire,
                                           .release = memory_release,
                                           .raise = memory_raise,
                                           .counts = memory_counts,
                                           .destroy = memory_destroy};

struct lock *lock_memory_create(const struct lock_settings *settings)
{
    struct lock_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->base.ops = &memory_ops;
    memory->settings = lock_settings_filled(settings);
    list_init(&memory->holds);
    list_init(&memory->waiters);
    must(pthread_mutex_init(&memory->mutex, NULL) == 0);
    return &memory->base;
}
