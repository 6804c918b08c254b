/* neighbours.c — from settings to clients, and from clients to ports. */
#include "command/neighbours.h"

#include <assert.h>

#include "cache/cache.h"
#include "command/command.h"
#include "guard/breaker.h"
#include "limits.h"
#include "lock/lock.h"
#include "metrics/metrics.h"
#include "redis/redis.h"

static_assert((int)WHY_BYTES == (int)REDIS_WHY_BYTES, "one size of reasons");

static bool open_redis(struct neighbours *neighbours, const struct command *command,
                       struct breakers *breakers)
{
    char why[WHY_BYTES];
    const char *url = config_text(command->config, SETTING_REDIS);
    if (url[0] == '\0')
        return true;
    struct breaker_settings guard = breaker_usual("redis", REDIS_SLOW_MS);
    struct redis_settings settings = {.url = text_of(url),
                                      .breaker = breakers_add(breakers, &guard)};
    enum status status = redis_open(&settings, why, &neighbours->redis);
    if (status == STATUS_OK)
        return true;
    neighbours->redis = NULL;
    command_fail(command, "TICKETRUSH_REDIS cannot be used: %s.", why);
    return false;
}

bool neighbours_open(struct neighbours *neighbours, const struct command *command,
                     struct breakers *breakers)
{
    if (!open_redis(neighbours, command, breakers))
        return false;
    neighbours->lock = command->adapters->create_lock(neighbours->redis);
    neighbours->cache = command->adapters->create_cache(neighbours->redis);
    if (neighbours->lock && neighbours->cache)
        return true;
    command_fail(command, "memory or threads are short.");
    return false;
}

void neighbours_close(struct neighbours *neighbours)
{
    cache_destroy(neighbours->cache);
    lock_destroy(neighbours->lock);
    redis_close(neighbours->redis);
}

/* --- what is counted -------------------------------------------------------------------------- */

static void read_cache(struct cache *cache, struct metrics_cache *out)
{
    static_assert((int)CACHE_VERDICT_COUNT < (int)METRICS_CACHE_VERDICTS, "NULL behind the last");
    struct cache_counts now = cache_counts(cache);
    *out = (struct metrics_cache){.puts = now.puts,
                                  .refused = now.refused,
                                  .evictions = now.evictions,
                                  .shared = now.flights_shared,
                                  .failures = now.failures,
                                  .bytes = now.bytes,
                                  .entries = now.entries};
    for (int verdict = 0; verdict < CACHE_VERDICT_COUNT; verdict++) {
        out->verdicts[verdict] = cache_verdict_name((enum cache_verdict)verdict);
        out->lookups[verdict] = now.verdicts[verdict];
    }
}

static void read_lock(struct lock *lock, struct metrics_lock *out)
{
    struct lock_counts now = lock_counts(lock);
    *out = (struct metrics_lock){.acquired = now.acquired,
                                 .waited = now.waited,
                                 .timed_out = now.timed_out,
                                 .lost = now.lost,
                                 .failed = now.failed,
                                 .wait_us = now.wait_us,
                                 .waiting = now.waiting,
                                 .holding = now.holding};
}

static void read_redis(struct redis *redis, struct metrics_redis *out)
{
    struct redis_counts now = redis_counts(redis);
    *out = (struct metrics_redis){.exists = true,
                                  .commands = now.commands,
                                  .failures = now.failures,
                                  .connections = now.connections_open,
                                  .connections_made = now.connections_made,
                                  .messages = now.messages,
                                  .subscriptions = now.subscriptions,
                                  .listening = now.listening};
}

void neighbours_read(const struct neighbours *neighbours, struct metrics_readings *readings)
{
    read_cache(neighbours->cache, &readings->cache);
    read_lock(neighbours->lock, &readings->lock);
    if (neighbours->redis)
        read_redis(neighbours->redis, &readings->redis);
}
