/* arena.c — blocks in a chain; the newest one serves. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/must.h"

struct block {
    struct block *next;
    size_t size;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest;
    struct block *first;
    size_t used_bytes;  /* of the newest block */
    size_t taken_bytes; /* from malloc, all blocks together */
    size_t bytes_max;
};

enum { ALIGNMENT = alignof(max_align_t) };

static size_t round_up(size_t bytes)
{
    return (bytes + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

struct arena *arena_create(size_t first_block_bytes, size_t bytes_max)
{
    must(first_block_bytes > 0);
    must(first_block_bytes <= bytes_max);

    size_t head = round_up(sizeof(struct arena));
    struct arena *arena = malloc(head + sizeof(struct block) + first_block_bytes);
    if (!arena)
        return NULL;
    struct block *block = (struct block *)(void *)((char *)arena + head);
    block->next = NULL;
    block->size = first_block_bytes;
    *arena = (struct arena){
        .newest = block, .first = block, .taken_bytes = first_block_bytes, .bytes_max = bytes_max};
    return arena;
}

void arena_reset(struct arena *arena)
{
    while (arena->newest != arena->first) {
        struct block *block = arena->newest;
        arena->newest = block->next;
        free(block);
    }
    arena->used_bytes = 0;
    arena->taken_bytes = arena->first->size;
}

void arena_destroy(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena);
}

static void *take_from_new_block(struct arena *arena, size_t bytes)
{
    size_t size = arena->newest->size * 2;
    if (size < bytes)
        size = bytes;
    if (size > arena->bytes_max - arena->taken_bytes)
        size = bytes;
    if (size > arena->bytes_max - arena->taken_bytes)
        return NULL;

    struct block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->next = arena->newest;
    block->size = size;
    arena->newest = block;
    arena->taken_bytes += size;
    arena->used_bytes = bytes;
    return block->bytes;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    if (bytes > arena->bytes_max)
        return NULL;
    bytes = round_up(bytes);
    if (bytes > arena->newest->size - arena->used_bytes)
        return take_from_new_block(arena, bytes);
    void *memory = arena->newest->bytes + arena->used_bytes;
    arena->used_bytes += bytes;
    return memory;
}

void *arena_take_zeroed(struct arena *arena, size_t bytes)
{
    void *memory = arena_take(arena, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

size_t arena_bytes(const struct arena *arena)
{
    return sizeof *arena + arena->taken_bytes;
}

struct text arena_copy(struct arena *arena, struct text text)
{
    char *copy = arena_take(arena, text.size + 1);
    if (!copy)
        return (struct text){NULL, 0};
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    copy[text.size] = '\0';
    return text_make(copy, text.size);
}
