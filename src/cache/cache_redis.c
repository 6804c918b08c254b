/*
 * cache_redis.c — an entry is a key of Redis with a life span; news go over a channel.
 *
 * The bytes of an entry begin with a line of numbers, which is parsed with care, for anybody may
 * write into a Redis:
 *
 *     version negative put_at_ms fresh_ms stale_ms \n value
 *
 * The put compares versions and writes in one script: a node that loaded something slowly does not
 * put an old thing over a new one. News carry the version and nothing else. Whoever announced hears
 * it too, through Redis, and not at all when Redis is away; nodes find changes by looking, too.
 */
#include "cache/cache_redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/must.h"
#include "cache/cache_inside.h"
#include "redis/redis.h"

enum {
    HEAD_BYTES = 128,
    NUMBERS = 5,
    ARENA_BLOCK_BYTES = 1024,
    NUMBER_BYTES = 24,
};

static const char channel[] = "cache-news";

struct cache_redis {
    struct cache base;
    struct redis *redis;
    struct redis_listener listener;
    int64_t (*now_ms)(void);
};

static struct cache_redis *redis_of(struct cache *cache)
{
    return container_of(cache, struct cache_redis, base);
}

/* KEYS: the entry. ARGV: its version, its bytes, its life. */
static const struct redis_script put = {
    "local head = redis.call('GETRANGE', KEYS[1], 0, 20)\n"
    "local there = tonumber(string.match(head, '^(%d+) ')) or 0\n"
    "if there > tonumber(ARGV[1]) then return 0 end\n"
    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])\n"
    "return 1\n"};

/* --- entries as bytes ------------------------------------------------------------------------- */

static struct text write_entry(struct arena *arena, const struct cache_entry *entry, int64_t now_ms)
{
    char head[HEAD_BYTES];
    int size = snprintf(head, sizeof head, "%" PRIu64 " %d %" PRId64 " %" PRId64 " %" PRId64 "\n",
                        entry->version, entry->negative, now_ms, entry->fresh_ms, entry->stale_ms);
    must(size > 0 && size < HEAD_BYTES);
    char *bytes = arena_take(arena, (size_t)size + entry->value.size);
    if (!bytes)
        return text_make(NULL, 0);
    memcpy(bytes, head, (size_t)size);
    if (entry->value.size > 0)
        memcpy(bytes + size, entry->value.bytes, entry->value.size);
    return text_make(bytes, (size_t)size + entry->value.size);
}

/* False when it is none of ours. */
static bool read_entry(struct text bytes, struct cache_entry *out_entry, int64_t *out_put_at_ms)
{
    const char *end = memchr(bytes.bytes, '\n', bytes.size < HEAD_BYTES ? bytes.size : HEAD_BYTES);
    int64_t numbers[NUMBERS];
    if (!end)
        return false;
    struct text rest = text_make(bytes.bytes, (size_t)(end - bytes.bytes));
    for (int i = 0; i < NUMBERS; i++)
        if (!text_to_int64(text_cut(rest, ' ', &rest), &numbers[i]) || numbers[i] < 0 ||
            numbers[i] > ID_MAX)
            return false;
    if (numbers[1] > 1 || rest.size > 0)
        return false;
    *out_entry = (struct cache_entry){
        .version = (uint64_t)numbers[0],
        .negative = numbers[1] == 1,
        .value = text_make(end + 1, bytes.size - (size_t)(end + 1 - bytes.bytes)),
        .fresh_ms = numbers[3],
        .stale_ms = numbers[4]};
    *out_put_at_ms = numbers[2];
    return true;
}

/* --- the port --------------------------------------------------------------------------------- */

static enum cache_verdict redis_get(struct cache *cache, struct arena *arena, struct text key,
                                    uint64_t version, struct text *out_value)
{
    struct cache_redis *redis = redis_of(cache);
    struct redis_reply reply;
    struct text words[] = {text_of("GET"), redis_key(redis->redis, arena, "cache:", key)};
    if (!words[1].bytes)
        return CACHE_MISS;
    if (redis_ask(redis->redis, arena, words, 2, &reply) != STATUS_OK) {
        cache_count_failure(cache);
        return CACHE_MISS;
    }
    struct cache_entry entry;
    int64_t put_at_ms;
    if (reply.kind != REDIS_TEXT || !read_entry(reply.text, &entry, &put_at_ms))
        return CACHE_MISS;
    int64_t age_ms = redis->now_ms() - put_at_ms;
    enum cache_verdict verdict = cache_judge(&entry, version, age_ms < 0 ? 0 : age_ms);
    if (verdict == CACHE_HIT || verdict == CACHE_STALE)
        *out_value = entry.value;
    return verdict;
}

static struct text number_text(struct arena *arena, uint64_t number)
{
    char words[NUMBER_BYTES];
    snprintf(words, sizeof words, "%" PRIu64, number);
    return arena_copy(arena, text_of(words));
}

static bool redis_put(struct cache *cache, const struct cache_entry *entry)
{
    struct cache_redis *redis = redis_of(cache);
    struct arena *arena =
        arena_create(ARENA_BLOCK_BYTES, 2 * (CACHE_VALUE_BYTES_MAX + ARENA_BLOCK_BYTES));
    if (!arena)
        return false;
    struct text key = redis_key(redis->redis, arena, "cache:", entry->key);
    struct text arguments[] = {number_text(arena, entry->version),
                               write_entry(arena, entry, redis->now_ms()),
                               number_text(arena, (uint64_t)(entry->fresh_ms + entry->stale_ms))};
    struct redis_reply reply;
    int64_t kept = 0;
    enum status status = STATUS_NO_MEMORY;
    if (key.bytes && arguments[0].bytes && arguments[1].bytes && arguments[2].bytes)
        status = redis_ask_script(redis->redis, arena, &put, &key, 1, arguments, 3, &reply);
    if (status != STATUS_OK)
        cache_count_failure(cache);
    bool known = status == STATUS_OK && redis_reply_int(&reply, &kept);
    arena_destroy(arena);
    return known && kept == 1;
}

static void redis_drop(struct cache *cache, struct text key)
{
    struct cache_redis *redis = redis_of(cache);
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BLOCK_BYTES * 4);
    struct text words[] = {text_of("DEL"),
                           arena ? redis_key(redis->redis, arena, "cache:", key) : key};
    struct redis_reply reply;
    if (!arena || !words[1].bytes || redis_ask(redis->redis, arena, words, 2, &reply) != STATUS_OK)
        cache_count_failure(cache);
    arena_destroy(arena);
}

static void redis_announce(struct cache *cache, uint64_t version)
{
    char words[NUMBER_BYTES];
    snprintf(words, sizeof words, "%" PRIu64, version);
    if (redis_publish(redis_of(cache)->redis, channel, text_of(words)) == STATUS_OK)
        return;
    cache_count_failure(cache);
    cache_tell_news(cache, version); /* this node at least */
}

static void on_message(struct redis_listener *listener, struct text message)
{
    struct cache_redis *redis = container_of(listener, struct cache_redis, listener);
    int64_t version;
    if (text_to_int64(message, &version) && version >= 0 && version <= ID_MAX)
        cache_tell_news(&redis->base, (uint64_t)version);
    else
        cache_tell_gap(&redis->base);
}

static void on_gap(struct redis_listener *listener)
{
    cache_tell_gap(&container_of(listener, struct cache_redis, listener)->base);
}

static void redis_measure(struct cache *cache, struct cache_counts *counts)
{
    (void)cache, (void)counts; /* what lies in Redis is counted there */
}

static void redis_destroy(struct cache *cache)
{
    struct cache_redis *redis = redis_of(cache);
    redis_ignore(redis->redis, &redis->listener);
    cache_deinit(cache);
    free(redis);
}

static const struct cache_ops redis_ops = {.name = "redis",
                                           .get = redis_get,
                                           .put = redis_put,
                                           .drop = redis_drop,
                                           .announce = redis_announce,
                                           .measure = redis_measure,
                                           .destroy = redis_destroy};

enum status cache_redis_open(struct redis *client, int64_t (*now_ms)(void),
                             struct cache **out_cache)
{
    struct cache_redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        return STATUS_NO_MEMORY;
    cache_init(&redis->base, &redis_ops);
    redis->redis = client;
    redis->now_ms = now_ms;
    redis->listener = (struct redis_listener){
        .channel = text_of(channel), .on_message = on_message, .on_gap = on_gap};
    enum status status = redis_listen(client, &redis->listener);
    if (status != STATUS_OK) {
        cache_deinit(&redis->base);
        free(redis);
        return status;
    }
    *out_cache = &redis->base;
    return STATUS_OK;
}
