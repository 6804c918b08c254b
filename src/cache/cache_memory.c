/*
 * cache_memory.c — a table of entries and a list by use, under one lock.
 *
 * An entry and its value are one piece of memory: what is counted is what malloc() was asked for.
 * Values are copied under the lock: half a megabyte takes 50 µs, and it is asked for once
 * a loop and change, not once a request.
 */
#include "cache/cache_memory.h"

#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "cache/cache_inside.h"

enum { BUCKETS = 4096 };

struct entry {
    struct list by_use;      /* most recently used last */
    struct entry *next;      /* of the same bucket */
    struct cache_entry what; /* its texts lie behind */
    int64_t put_at_ms;
    size_t bytes;
    char data[];
};

struct cache_memory {
    struct cache base;
    pthread_mutex_t mutex;
    int64_t (*now_ms)(void);
    size_t bytes_max, bytes, entry_count;
    uint64_t eviction_count;
    struct list by_use;
    struct entry *buckets[BUCKETS];
};

static struct cache_memory *memory_of(struct cache *cache)
{
    return container_of(cache, struct cache_memory, base);
}

static void take(struct cache_memory *memory)
{
    int failed = pthread_mutex_lock(&memory->mutex);
    must(!failed);
}

static void give(struct cache_memory *memory)
{
    int failed = pthread_mutex_unlock(&memory->mutex);
    must(!failed);
}

/* Where the pointer to this key's entry is, or would be. */
static struct entry **place_of(struct cache_memory *memory, struct text key)
{
    struct entry **place = &memory->buckets[hash_text(key).low % BUCKETS];
    while (*place && !text_equal((*place)->what.key, key))
        place = &(*place)->next;
    return place;
}

static void remove_at(struct cache_memory *memory, struct entry **place)
{
    struct entry *entry = *place;
    must(entry);
    *place = entry->next;
    list_remove(&entry->by_use);
    memory->bytes -= entry->bytes;
    memory->entry_count--;
    free(entry);
}

static enum cache_verdict memory_get(struct cache *cache, struct arena *arena, struct text key,
                                     uint64_t version, struct text *out_value)
{
    struct cache_memory *memory = memory_of(cache);
    enum cache_verdict verdict = CACHE_MISS;
    int64_t now_ms = memory->now_ms();
    take(memory);
    struct entry *entry = *place_of(memory, key);
    if (entry)
        verdict = cache_judge(&entry->what, version, now_ms - entry->put_at_ms);
    if (verdict == CACHE_HIT || verdict == CACHE_STALE) {
        *out_value = arena_copy(arena, entry->what.value);
        if (!out_value->bytes)
            verdict = CACHE_MISS;
    }
    if (verdict != CACHE_MISS) {
        list_remove(&entry->by_use);
        list_push_back(&memory->by_use, &entry->by_use);
    }
    give(memory);
    return verdict;
}

static struct entry *make_entry(const struct cache_entry *what, int64_t now_ms)
{
    size_t bytes = sizeof(struct entry) + what->key.size + what->value.size;
    struct entry *entry = malloc(bytes);
    if (!entry)
        return NULL;
    *entry = (struct entry){.what = *what, .put_at_ms = now_ms, .bytes = bytes};
    memcpy(entry->data, what->key.bytes, what->key.size);
    if (what->value.size > 0)
        memcpy(entry->data + what->key.size, what->value.bytes, what->value.size);
    entry->what.key.bytes = entry->data;
    entry->what.value.bytes = entry->data + what->key.size;
    return entry;
}

static void make_room(struct cache_memory *memory, size_t bytes)
{
    while (memory->bytes + bytes > memory->bytes_max || memory->entry_count >= CACHE_ENTRIES_MAX) {
        struct list *oldest = list_first(&memory->by_use);
        must(oldest);
        remove_at(memory, place_of(memory, container_of(oldest, struct entry, by_use)->what.key));
        memory->eviction_count++;
    }
}

static bool memory_put(struct cache *cache, const struct cache_entry *what)
{
    struct cache_memory *memory = memory_of(cache);
    struct entry *entry = make_entry(what, memory->now_ms());
    if (!entry || entry->bytes > memory->bytes_max) {
        free(entry);
        return false;
    }
    take(memory);
    struct entry **place = place_of(memory, what->key);
    bool younger = *place && (*place)->what.version > what->version;
    if (younger) {
        free(entry);
    } else {
        if (*place)
            remove_at(memory, place);
        make_room(memory, entry->bytes);
        place = place_of(memory, what->key); /* what made room may have been its neighbour */
        entry->next = *place;
        *place = entry;
        list_push_back(&memory->by_use, &entry->by_use);
        memory->bytes += entry->bytes;
        memory->entry_count++;
    }
    give(memory);
    return !younger;
}

static void memory_drop(struct cache *cache, struct text key)
{
    struct cache_memory *memory = memory_of(cache);
    take(memory);
    struct entry **place = place_of(memory, key);
    if (*place)
        remove_at(memory, place);
    give(memory);
}

static void memory_measure(struct cache *cache, struct cache_counts *counts)
{
    struct cache_memory *memory = memory_of(cache);
    take(memory);
    counts->bytes = memory->bytes;
    counts->entries = memory->entry_count;
    counts->evictions = memory->eviction_count;
    give(memory);
}

static void memory_destroy(struct cache *cache)
{
    struct cache_memory *memory = memory_of(cache);
    for (struct list *link; (link = list_first(&memory->by_use));)
        remove_at(memory, place_of(memory, container_of(link, struct entry, by_use)->what.key));
    pthread_mutex_destroy(&memory->mutex);
    cache_deinit(cache);
    free(memory);
}

static const struct cache_ops memory_ops = {.name = "memory",
                                            .get = memory_get,
                                            .put = memory_put,
                                            .drop = memory_drop,
                                            .announce = cache_tell_news,
                                            .measure = memory_measure,
                                            .destroy = memory_destroy};

struct cache *cache_memory_create(size_t bytes_max, int64_t (*now_ms)(void))
{
    struct cache_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    cache_init(&memory->base, &memory_ops);
    must(pthread_mutex_init(&memory->mutex, NULL) == 0);
    memory->bytes_max = bytes_max;
    memory->now_ms = now_ms;
    list_init(&memory->by_use);
    return &memory->base;
}
