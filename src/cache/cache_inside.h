/*
 * cache_inside.h — what an adapter of the cache port is made of.
 *
 * Thread   Operations come from any thread, several at once; destroy() alone.
 * Memory   The port's struct is the adapter's first member; cache_init() and cache_deinit() are for
 *          what is shared.
 */
#ifndef CACHE_CACHE_INSIDE_H
#define CACHE_CACHE_INSIDE_H

#include <pthread.h>

#include "cache/cache.h"
#include "limits.h"

enum { CACHE_FLIGHTS = 256 }; /* loads at once; there are fewer threads that load */

struct cache_flight {
    char key[CACHE_KEY_BYTES_MAX];
    size_t key_size; /* 0: a free place */
};

struct cache {
    const struct cache_ops *ops;
    pthread_mutex_t mutex;
    pthread_cond_t landed;
    struct cache_flight flights[CACHE_FLIGHTS];
    struct list watchers;
    struct cache_counts counts; /* all but bytes and entries */
};

struct cache_ops {
    const char *name;
    /* HIT, NEGATIVE, STALE with its value, or MISS; version as asked. */
    enum cache_verdict (*get)(struct cache *cache, struct arena *arena, struct text key,
                              uint64_t version, struct text *out_value);
    bool (*put)(struct cache *cache, const struct cache_entry *entry); /* false: not kept */
    void (*drop)(struct cache *cache, struct text key);
    void (*announce)(struct cache *cache, uint64_t version);
    void (*measure)(struct cache *cache, struct cache_counts *counts);
    void (*destroy)(struct cache *cache);
};

void cache_init(struct cache *cache, const struct cache_ops *ops);
void cache_deinit(struct cache *cache);

void cache_lock(struct cache *cache);
void cache_unlock(struct cache *cache);
void cache_count_failure(struct cache *cache);

/* For adapters: every watcher is told. */
void cache_tell_news(struct cache *cache, uint64_t version);
void cache_tell_gap(struct cache *cache);

/* What an entry of this age and version is to who asks for `version`. */
enum cache_verdict cache_judge(const struct cache_entry *entry, uint64_t version, int64_t age_ms);

#endif
