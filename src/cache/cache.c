/*
 * cache.c — what both adapters share: judging an entry, one load at a time, counting, telling.
 *
 * A flight is a key that somebody is loading. Whoever misses the same key sleeps until it lands and
 * looks again; a flight that does not land in CACHE_FLIGHT_MS is given up by those who wait, not by
 * who flies: at worst two load. One condition serves all flights, for there are few of them.
 */
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "cache/cache_inside.h"

void cache_lock(struct cache *cache)
{
    int failed = pthread_mutex_lock(&cache->mutex);
    must(!failed);
}

void cache_unlock(struct cache *cache)
{
    int failed = pthread_mutex_unlock(&cache->mutex);
    must(!failed);
}

void cache_init(struct cache *cache, const struct cache_ops *ops)
{
    pthread_condattr_t attributes;
    cache->ops = ops;
    list_init(&cache->watchers);
    must(pthread_mutex_init(&cache->mutex, NULL) == 0);
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(&cache->landed, &attributes) == 0);
    must(pthread_condattr_destroy(&attributes) == 0);
}

void cache_deinit(struct cache *cache)
{
    pthread_cond_destroy(&cache->landed);
    pthread_mutex_destroy(&cache->mutex);
}

const char *cache_verdict_name(enum cache_verdict verdict)
{
    static const char *const names[CACHE_VERDICT_COUNT] = {
        [CACHE_HIT] = "hit",
        [CACHE_NEGATIVE] = "negative",
        [CACHE_STALE] = "stale",
        [CACHE_MISS] = "miss",
    };
    must(verdict < CACHE_VERDICT_COUNT);
    return names[verdict];
}

enum cache_verdict cache_judge(const struct cache_entry *entry, uint64_t version, int64_t age_ms)
{
    int64_t life_ms = entry->fresh_ms + entry->stale_ms;
    if (age_ms >= life_ms || (version != CACHE_ANY_VERSION && entry->version != version))
        return CACHE_MISS;
    if (entry->negative)
        return version == CACHE_ANY_VERSION ? CACHE_MISS : CACHE_NEGATIVE;
    return age_ms < entry->fresh_ms && version != CACHE_ANY_VERSION ? CACHE_HIT : CACHE_STALE;
}

/* --- flights ---------------------------------------------------------------------------------- */

static struct cache_flight *find_flight(struct cache *cache, struct text key)
{
    for (size_t i = 0; i < CACHE_FLIGHTS; i++) {
        struct cache_flight *flight = &cache->flights[i];
        if (flight->key_size > 0 && text_equal(text_make(flight->key, flight->key_size), key))
            return flight;
    }
    return NULL;
}

/* Without a free place it flies unseen: others may load the same. */
static void take_off(struct cache *cache, struct text key)
{
    for (size_t i = 0; i < CACHE_FLIGHTS; i++) {
        struct cache_flight *flight = &cache->flights[i];
        if (flight->key_size > 0)
            continue;
        memcpy(flight->key, key.bytes, key.size);
        flight->key_size = key.size;
        return;
    }
}

static void land(struct cache *cache, struct text key)
{
    cache_lock(cache);
    struct cache_flight *flight = find_flight(cache, key);
    if (flight)
        flight->key_size = 0;
    pthread_cond_broadcast(&cache->landed);
    cache_unlock(cache);
}

/* True: the caller flies. */
static bool claim(struct cache *cache, struct text key)
{
    cache_lock(cache);
    bool free = !find_flight(cache, key);
    if (free)
        take_off(cache, key);
    cache_unlock(cache);
    return free;
}

/* False: it has not landed in time. */
static bool wait_for_landing(struct cache *cache, struct text key)
{
    int64_t until_ms = clock_monotonic_ms() + CACHE_FLIGHT_MS;
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    bool landed;
    cache_lock(cache);
    cache->counts.flights_shared++;
    while (!(landed = !find_flight(cache, key)) && clock_monotonic_ms() < until_ms) {
        int result = pthread_cond_timedwait(&cache->landed, &cache->mutex, &until);
        must(result == 0 || result == ETIMEDOUT);
    }
    cache_unlock(cache);
    return landed;
}

/* --- the port --------------------------------------------------------------------------------- */

static enum cache_verdict look(struct cache *cache, struct arena *arena, struct text key,
                               uint64_t version, struct cache_find *find)
{
    enum cache_verdict verdict = cache->ops->get(cache, arena, key, version, &find->value);
    if (version == CACHE_ANY_VERSION)
        find->load = false;
    else if (verdict == CACHE_STALE || verdict == CACHE_MISS)
        find->load = claim(cache, key);
    return verdict;
}

enum cache_verdict cache_get(struct cache *cache, struct arena *arena, struct text key,
                             uint64_t version, struct cache_find *out_find)
{
    must(key.size > 0);
    must(key.size <= CACHE_KEY_BYTES_MAX);
    must(version <= (uint64_t)ID_MAX);
    struct cache_find find = {0};
    enum cache_verdict verdict = look(cache, arena, key, version, &find);
    while (verdict == CACHE_MISS && !find.load && version != CACHE_ANY_VERSION) {
        bool landed = wait_for_landing(cache, key);
        verdict = look(cache, arena, key, version, &find);
        if (!landed && verdict == CACHE_MISS)
            find.load = true;
    }
    cache_lock(cache);
    cache->counts.verdicts[verdict]++;
    cache_unlock(cache);
    *out_find = find;
    return verdict;
}

void cache_put(struct cache *cache, const struct cache_entry *entry)
{
    must(entry->key.size > 0);
    must(entry->key.size <= CACHE_KEY_BYTES_MAX);
    must(entry->version > CACHE_ANY_VERSION && entry->version <= (uint64_t)ID_MAX);
    must(entry->fresh_ms > 0);
    must(entry->stale_ms >= 0);
    must(!entry->negative || (entry->stale_ms == 0 && entry->value.size == 0));
    bool kept = entry->value.size <= CACHE_VALUE_BYTES_MAX && cache->ops->put(cache, entry);
    cache_lock(cache);
    cache->counts.puts += kept;
    cache->counts.refused += !kept;
    cache_unlock(cache);
    land(cache, entry->key);
}

void cache_give_up(struct cache *cache, struct text key)
{
    land(cache, key);
}

void cache_drop(struct cache *cache, struct text key)
{
    cache->ops->drop(cache, key);
}

/* --- news ------------------------------------------------------------------------------------- */

void cache_watch(struct cache *cache, struct cache_watcher *watcher)
{
    must(watcher->on_news);
    must(watcher->on_gap);
    cache_lock(cache);
    list_push_back(&cache->watchers, &watcher->link);
    cache_unlock(cache);
}

void cache_announce(struct cache *cache, uint64_t version)
{
    must(version <= (uint64_t)ID_MAX);
    cache->ops->announce(cache, version);
}

void cache_tell_news(struct cache *cache, uint64_t version)
{
    cache_lock(cache);
    for (struct list *link = cache->watchers.next; link != &cache->watchers; link = link->next) {
        struct cache_watcher *watcher = container_of(link, struct cache_watcher, link);
        watcher->on_news(watcher, version);
    }
    cache_unlock(cache);
}

void cache_tell_gap(struct cache *cache)
{
    cache_lock(cache);
    for (struct list *link = cache->watchers.next; link != &cache->watchers; link = link->next) {
        struct cache_watcher *watcher = container_of(link, struct cache_watcher, link);
        watcher->on_gap(watcher);
    }
    cache_unlock(cache);
}

/* --- for the metrics -------------------------------------------------------------------------- */

void cache_count_failure(struct cache *cache)
{
    cache_lock(cache);
    cache->counts.failures++;
    cache_unlock(cache);
}

struct cache_counts cache_counts(struct cache *cache)
{
    cache_lock(cache);
    struct cache_counts counts = cache->counts;
    cache_unlock(cache);
    cache->ops->measure(cache, &counts);
    return counts;
}

const char *cache_name(const struct cache *cache)
{
    return cache->ops->name;
}

void cache_destroy(struct cache *cache)
{
    if (cache)
        cache->ops->destroy(cache);
}
