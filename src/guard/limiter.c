/*
 * limiter.c — a bucket is the moment at which it will be full again.
 *
 * GCRA: every act pushes that moment back by one step (interval / per_interval). An act is allowed
 * as long as the moment then lies at most `burst` steps ahead. There is no timer and nothing to
 * refill: a moment in the past is a full bucket, and so is a bucket that nobody knows.
 *
 * The table is an array of sets of WAYS buckets; the low bits of a key choose the set. A set
 * belongs to one lock, so one ask touches one lock and two cache lines.
 *
 * Keys are hashes made by the caller. Where strangers choose what is hashed, they must not be able
 * to aim at a set: use hash_text() (keyed), not a plain one.
 */
#include "guard/limiter.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/must.h"

enum { WAYS = 8, LOCKS = 16, CACHE_LINE_BYTES = 64 };

static const int64_t ns_per_ms = 1000000;

struct bucket {
    uint64_t key;
    int64_t full_at_ns;
};

struct set {
    alignas(CACHE_LINE_BYTES) struct bucket bucket[WAYS];
};

struct lock {
    alignas(CACHE_LINE_BYTES) pthread_mutex_t mutex;
};

struct limiter {
    struct lock lock[LOCKS];
    int64_t step_ns;
    int64_t reach_ns; /* how far ahead the moment may lie: burst steps */
    size_t set_count; /* a power of two */
    struct set set[];
};

static size_t sets_for(size_t keys_max)
{
    size_t count = 1;
    while (count * WAYS < keys_max)
        count *= 2;
    return count;
}

struct limiter *limiter_create(const struct limiter_settings *settings)
{
    must(settings->keys_max > 0 && settings->keys_max <= SIZE_MAX / 4 / sizeof(struct bucket));
    must(settings->per_interval > 0 && settings->interval_ms > 0 && settings->burst > 0);

    int64_t interval_ns, reach_ns;
    must(!__builtin_mul_overflow(settings->interval_ms, ns_per_ms, &interval_ns));
    int64_t step_ns = interval_ns / settings->per_interval;
    must(step_ns > 0);
    must(!__builtin_mul_overflow(step_ns, settings->burst, &reach_ns));

    size_t set_count = sets_for(settings->keys_max);
    size_t bytes = sizeof(struct limiter) + set_count * sizeof(struct set);
    struct limiter *limiter = aligned_alloc(CACHE_LINE_BYTES, bytes);
    if (!limiter)
        return NULL;
    *limiter = (struct limiter){.step_ns = step_ns, .reach_ns = reach_ns, .set_count = set_count};
    for (size_t i = 0; i < LOCKS; i++) {
        int failed = pthread_mutex_init(&limiter->lock[i].mutex, NULL);
        must(!failed);
    }
    for (size_t i = 0; i < set_count; i++)
        limiter->set[i] = (struct set){0};
    return limiter;
}

void limiter_destroy(struct limiter *limiter)
{
    if (!limiter)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&limiter->lock[i].mutex);
    free(limiter);
}

/* The key's own bucket, or the fullest one of the set, which then is the key's. */
static struct bucket *bucket_of(struct set *set, uint64_t key)
{
    struct bucket *fullest = &set->bucket[0];
    for (size_t i = 0; i < WAYS; i++) {
        struct bucket *bucket = &set->bucket[i];
        if (bucket->key == key)
            return bucket;
        if (bucket->full_at_ns < fullest->full_at_ns)
            fullest = bucket;
    }
    *fullest = (struct bucket){.key = key};
    return fullest;
}

/* 0, and the act is counted; or how long to wait. */
static int64_t ask_bucket(const struct limiter *limiter, struct bucket *bucket, int64_t now_ns)
{
    int64_t full_at_ns = bucket->full_at_ns > now_ns ? bucket->full_at_ns : now_ns;
    int64_t over_ns = full_at_ns + limiter->step_ns - now_ns - limiter->reach_ns;
    if (over_ns > 0)
        return over_ns;
    bucket->full_at_ns = full_at_ns + limiter->step_ns;
    return 0;
}

int64_t limiter_ask(struct limiter *limiter, uint64_t key, int64_t now_ms)
{
    must(now_ms >= 0);

    size_t set = key & (limiter->set_count - 1);
    pthread_mutex_t *mutex = &limiter->lock[set % LOCKS].mutex;
    int failed = pthread_mutex_lock(mutex);
    must(!failed);
    struct bucket *bucket = bucket_of(&limiter->set[set], key);
    int64_t wait_ns = ask_bucket(limiter, bucket, now_ms * ns_per_ms);
    failed = pthread_mutex_unlock(mutex);
    must(!failed);
    return (wait_ns + ns_per_ms - 1) / ns_per_ms;
}
