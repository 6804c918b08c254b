/*
 * arena.h — memory that is given back all at once, when the answer is sent.
 *
 * Thread   One thread at a time; an arena travels with its request.
 * Memory   Grows in blocks up to the maximum named at creation. Nothing is freed one by one.
 * Failure  NULL when the maximum is reached or memory is short.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/text.h"

struct arena;

/* NULL when memory is short. One malloc: the first block lies behind the arena itself. */
struct arena *arena_create(size_t first_block_bytes, size_t bytes_max);
void arena_destroy(struct arena *arena); /* NULL is welcome */

/* Forgets everything and keeps the first block, for the next request. */
void arena_reset(struct arena *arena);

/* Not cleared; aligned for any object; NULL when the maximum is reached. */
void *arena_take(struct arena *arena, size_t bytes);
void *arena_take_zeroed(struct arena *arena, size_t bytes);

/*
 * What it has from the system now, in blocks: for those who keep arenas under a bound of their own.
 */
size_t arena_bytes(const struct arena *arena);

/* A copy with a '\0' behind it; bytes == NULL when the maximum is reached. */
struct text arena_copy(struct arena *arena, struct text text);

#endif
