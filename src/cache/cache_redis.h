/*
 * cache_redis.h — the cache port on a Redis server that all nodes share.
 *
 * Thread   As cache.h.
 * Memory   None in this process; in Redis each entry lives as long as it may be answered, and
 *          `maxmemory` with `allkeys-lru` or `volatile-ttl` bounds them all.
 * Failure  Without the server everything is a MISS, at once while its breaker is open.
 */
#ifndef CACHE_CACHE_REDIS_H
#define CACHE_CACHE_REDIS_H

#include "base/status.h"
#include "cache/cache.h"

struct redis;

/* The client is borrowed and lives longer. `now_ms` is the wall clock, which nodes share as well
   as they can; tests give their own. STATUS_FULL, STATUS_NO_MEMORY. */
MUST_USE enum status cache_redis_open(struct redis *redis, int64_t (*now_ms)(void),
                                      struct cache **out_cache);

#endif
