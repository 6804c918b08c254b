/*
 * lock_memory.h — the lock port inside one process.
 *
 * It guards nothing against another process: two nodes need lock_redis.h.
 *
 * Thread   As lock.h.
 * Memory   LOCK_HOLDS_MAX places, taken at creation.
 */
#ifndef LOCK_LOCK_MEMORY_H
#define LOCK_LOCK_MEMORY_H

#include "lock/lock.h"

/* NULL when memory is short. */
struct lock *lock_memory_create(const struct lock_settings *settings);

#endif
