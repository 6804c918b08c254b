/*
 * lock_memory.h — the lock port inside one process.
 *
 * It guards nothing against another process: two nodes need lock_redis.h.
 *
 * Thread   As lock.h.
 * Memory   A list of holds, which are the callers'.
 */
#ifndef LOCK_LOCK_MEMORY_H
#define LOCK_LOCK_MEMORY_H

#include "lock/lock.h"

/* NULL when memory is short. */
struct lock *lock_memory_create(const struct lock_settings *settings);

#endif
