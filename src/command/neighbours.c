/* neighbours.c — from settings to clients, and from clients to ports. */
#include "command/neighbours.h"

#include <assert.h>

#include "cache/cache.h"
#include "command/command.h"
#include "guard/breaker.h"
#include "limits.h"
#include "lock/lock.h"
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
