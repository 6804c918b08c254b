/*
 * lock_redis.h — the lock port on a Redis server, shared by all nodes.
 *
 * Thread   As lock.h; a watchdog thread of its own renews the leases.
 * Memory   A list of holds, which are the callers'.
 * Limits   One Redis server: a hold of several keys is one script, which a cluster would refuse.
 */
#ifndef LOCK_LOCK_REDIS_H
#define LOCK_LOCK_REDIS_H

#include "lock/lock.h"

struct redis;

/* The client is borrowed and lives longer. STATUS_FULL, STATUS_NO_MEMORY. */
MUST_USE enum status lock_redis_open(struct redis *redis, const struct lock_settings *settings,
                                     struct lock **out_lock);

#endif
