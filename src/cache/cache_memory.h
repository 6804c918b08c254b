/*
 * cache_memory.h — the cache port inside one process.
 *
 * Thread   As cache.h.
 * Memory   At most bytes_max, all of an entry counted, and CACHE_ENTRIES_MAX entries; what was not
 *          asked for longest goes first.
 */
#ifndef CACHE_CACHE_MEMORY_H
#define CACHE_CACHE_MEMORY_H

#include "cache/cache.h"

/* NULL when memory is short. `now_ms` is monotonic; tests give their own. */
struct cache *cache_memory_create(size_t bytes_max, int64_t (*now_ms)(void));

#endif
