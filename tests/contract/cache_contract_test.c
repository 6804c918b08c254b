/*
 * cache_contract_test.c — what every cache promises, asked of each adapter. Ages are numbers we
 * pass in.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "cache/cache.h"
#include "cache/cache_memory.h"
#include "cache/cache_redis.h"
#include "limits.h"
#include "redis/redis.h"
#include "support/server_redis.h"

enum { FRESH_MS = 10000, STALE_MS = 5000 };

static bool on_redis;
static struct redis *client;
static struct cache *cache;
static struct arena *arena;
static _Atomic int64_t now_ms = 1000000;

static int64_t read_now(void)
{
    return now_ms;
}

static void open_cache(size_t bytes_max)
{
    cache = NULL;
    if (on_redis)
        assert_int_equal(cache_redis_open(client, read_now, &cache), STATUS_OK);
    else
        cache = cache_memory_create(bytes_max, read_now);
    assert_non_null(cache);
}

static int open_usual(void **state)
{
    (void)state;
    arena_reset(arena);
    open_cache(CACHE_BYTES_MAX);
    return 0;
}

static int close_cache(void **state)
{
    (void)state;
    cache_destroy(cache);
    return 0;
}

static void put(const char *key, uint64_t version, const char *value)
{
    cache_put(cache, &(struct cache_entry){.key = text_of(key),
                                           .version = version,
                                           .value = text_of(value),
                                           .fresh_ms = FRESH_MS,
                                           .stale_ms = STALE_MS});
}

static void put_nothing(const char *key, uint64_t version)
{
    cache_put(cache,
              &(struct cache_entry){
                  .key = text_of(key), .version = version, .negative = true, .fresh_ms = FRESH_MS});
}

/* Looks, and lets nobody wait for us. */
static enum cache_verdict get(const char *key, uint64_t version, const char *expected)
{
    struct cache_find find;
    enum cache_verdict verdict = cache_get(cache, arena, text_of(key), version, &find);
    if (find.load)
        cache_give_up(cache, text_of(key));
    if (verdict == CACHE_HIT || verdict == CACHE_STALE)
        assert_true(text_equal(find.value, text_of(expected)));
    assert_int_equal(verdict == CACHE_MISS, find.load && verdict != CACHE_STALE);
    return verdict;
}

/* --- alone ------------------------------------------------------------------------------------ */

static void what_was_put_is_found_under_its_version_only(void **state)
{
    (void)state;
    assert_int_equal(get("a", 7, NULL), CACHE_MISS);
    put("a", 7, "seven");
    assert_int_equal(get("a", 7, "seven"), CACHE_HIT);
    assert_int_equal(get("a", 8, NULL), CACHE_MISS); /* known to have changed */
    assert_int_equal(get("a", 6, NULL), CACHE_MISS); /* of another life of the store */
    put("a", 8, "eight");
    assert_int_equal(get("a", 8, "eight"), CACHE_HIT);
    put("a", 7, "a slow loader's");
    assert_int_equal(get("a", 8, "eight"), CACHE_HIT);
    cache_drop(cache, text_of("a"));
    assert_int_equal(get("a", 8, NULL), CACHE_MISS);
    cache_drop(cache, text_of("a")); /* again is harmless */
}

static void any_bytes_are_kept_as_they_are(void **state)
{
    (void)state;
    struct cache_find find;
    struct text bytes = text_make("1 0 2\n\0\xff 3\n", 11);
    cache_put(cache, &(struct cache_entry){
                         .key = text_of("b"), .version = 1, .value = bytes, .fresh_ms = FRESH_MS});
    assert_int_equal(cache_get(cache, arena, text_of("b"), 1, &find), CACHE_HIT);
    assert_true(text_equal(find.value, bytes));
    put("empty", 1, "");
    assert_int_equal(get("empty", 1, ""), CACHE_HIT);
}

static void what_is_not_there_is_remembered_too(void **state)
{
    (void)state;
    put_nothing("c", 3);
    assert_int_equal(get("c", 3, NULL), CACHE_NEGATIVE);
    assert_int_equal(get("c", 4, NULL), CACHE_MISS);
    now_ms += FRESH_MS;
    assert_int_equal(get("c", 3, NULL), CACHE_MISS);
}

static void an_old_entry_is_stale_for_all_and_loaded_by_one(void **state)
{
    (void)state;
    struct cache_find first, second;
    put("d", 1, "old");
    now_ms += FRESH_MS - 1;
    assert_int_equal(get("d", 1, "old"), CACHE_HIT);
    now_ms += 1;
    assert_int_equal(cache_get(cache, arena, text_of("d"), 1, &first), CACHE_STALE);
    assert_int_equal(cache_get(cache, arena, text_of("d"), 1, &second), CACHE_STALE);
    assert_true(first.load);
    assert_false(second.load);
    put("d", 1, "new");
    assert_int_equal(get("d", 1, "new"), CACHE_HIT);
    now_ms += FRESH_MS + STALE_MS;
    assert_int_equal(get("d", 1, NULL), CACHE_MISS);
}

static void who_cannot_ask_for_the_version_gets_what_there_is_as_stale(void **state)
{
    (void)state;
    struct cache_find find;
    put("e", 5, "five");
    assert_int_equal(cache_get(cache, arena, text_of("e"), CACHE_ANY_VERSION, &find), CACHE_STALE);
    assert_true(text_equal(find.value, text_of("five")));
    assert_false(find.load);
    put_nothing("f", 5);
    assert_int_equal(cache_get(cache, arena, text_of("f"), CACHE_ANY_VERSION, &find), CACHE_MISS);
    assert_false(find.load);
}

static void what_is_too_large_is_not_kept_and_nobody_waits_for_it(void **state)
{
    (void)state;
    struct cache_find find;
    char *large = calloc(1, CACHE_VALUE_BYTES_MAX + 1);
    assert_non_null(large);
    assert_int_equal(cache_get(cache, arena, text_of("g"), 1, &find), CACHE_MISS);
    cache_put(cache, &(struct cache_entry){.key = text_of("g"),
                                           .version = 1,
                                           .value = text_make(large, CACHE_VALUE_BYTES_MAX + 1),
                                           .fresh_ms = FRESH_MS});
    assert_int_equal(get("g", 1, NULL), CACHE_MISS);
    assert_int_equal(cache_counts(cache).refused, 1);
    free(large);
}

static void everything_is_counted(void **state)
{
    (void)state;
    get("h", 1, NULL);
    put("h", 1, "x");
    get("h", 1, "x");
    now_ms += FRESH_MS;
    get("h", 1, "x");
    put_nothing("h", 2);
    get("h", 2, NULL);
    struct cache_counts counts = cache_counts(cache);
    assert_int_equal(counts.verdicts[CACHE_MISS], 1);
    assert_int_equal(counts.verdicts[CACHE_HIT], 1);
    assert_int_equal(counts.verdicts[CACHE_STALE], 1);
    assert_int_equal(counts.verdicts[CACHE_NEGATIVE], 1);
    assert_int_equal(counts.puts, 2);
    assert_int_equal(counts.failures, 0);
}

static void memory_never_passes_its_bound_and_the_unused_goes_first(void **state)
{
    (void)state;
    enum { BOUND = 16 * 1024, ENTRIES = 200, VALUE_BYTES = 500 };
    if (on_redis)
        return; /* bounded by the server's own setting */
    cache_destroy(cache);
    open_cache(BOUND);
    char key[16], value[VALUE_BYTES + 1];
    memset(value, 'v', VALUE_BYTES);
    value[VALUE_BYTES] = '\0';
    put("loved", 1, "v");
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "k%d", i);
        put(key, 1, value);
        assert_true(cache_counts(cache).bytes <= BOUND);
        assert_int_equal(get("loved", 1, "v"), CACHE_HIT);
    }
    assert_int_equal(get("k0", 1, NULL), CACHE_MISS);
    assert_int_equal(get(key, 1, value), CACHE_HIT);
    assert_true(cache_counts(cache).evictions > 0);
    assert_int_equal(cache_counts(cache).evictions + cache_counts(cache).entries, ENTRIES + 1);
}

/* --- together --------------------------------------------------------------------------------- */

enum { READERS = 8 };

struct load {
    atomic_int load_count, wrong_count;
};

static void *read_through(void *argument)
{
    struct load *load = argument;
    struct arena *own = arena_create(1024, 1 << 20);
    struct cache_find find;
    enum cache_verdict verdict = cache_get(cache, own, text_of("flight"), 1, &find);
    if (verdict == CACHE_MISS) {
        atomic_fetch_add(&load->load_count, 1);
        while (cache_counts(cache).flights_shared < READERS - 1)
            server_pause(); /* loading takes until everybody waits */
        put("flight", 1, "loaded");
    } else if (verdict != CACHE_HIT || !text_equal(find.value, text_of("loaded"))) {
        atomic_fetch_add(&load->wrong_count, 1);
    }
    arena_destroy(own);
    return NULL;
}

static void of_all_that_miss_one_loads_and_the_others_wait_for_it(void **state)
{
    (void)state;
    struct load load = {0};
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++)
        must(pthread_create(&threads[i], NULL, read_through, &load) == 0);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(load.load_count, 1);
    assert_int_equal(load.wrong_count, 0);
}

static void a_load_that_fails_is_tried_by_the_next(void **state)
{
    (void)state;
    struct cache_find find;
    assert_int_equal(cache_get(cache, arena, text_of("fail"), 1, &find), CACHE_MISS);
    assert_true(find.load);
    cache_give_up(cache, text_of("fail"));
    assert_int_equal(cache_get(cache, arena, text_of("fail"), 1, &find), CACHE_MISS);
    assert_true(find.load);
    put("fail", 1, "at last");
    assert_int_equal(get("fail", 1, "at last"), CACHE_HIT);
}

/* --- news ------------------------------------------------------------------------------------- */

struct watching {
    struct cache_watcher watcher;
    _Atomic uint64_t version;
    atomic_int gap_count;
};

static void on_news(struct cache_watcher *watcher, uint64_t version)
{
    atomic_store(&container_of(watcher, struct watching, watcher)->version, version);
}

static void on_gap(struct cache_watcher *watcher)
{
    atomic_fetch_add(&container_of(watcher, struct watching, watcher)->gap_count, 1);
}

static void news_reach_every_watcher(void **state)
{
    (void)state;
    struct watching watching = {.watcher = {.on_news = on_news, .on_gap = on_gap}};
    struct watching also = watching;
    cache_watch(cache, &watching.watcher);
    cache_watch(cache, &also.watcher);
    while (on_redis && !redis_counts(client).listening)
        server_pause();
    cache_announce(cache, 42);
    while (watching.version != 42 || also.version != 42)
        server_pause();
    cache_destroy(cache);
    open_cache(CACHE_BYTES_MAX);
}

/* --- the program ------------------------------------------------------------------------------ */

#define story(name) cmocka_unit_test_setup_teardown(name, open_usual, close_cache)

static int run(const char *name)
{
    const struct CMUnitTest tests[] = {
        story(what_was_put_is_found_under_its_version_only),
        story(any_bytes_are_kept_as_they_are),
        story(what_is_not_there_is_remembered_too),
        story(an_old_entry_is_stale_for_all_and_loaded_by_one),
        story(who_cannot_ask_for_the_version_gets_what_there_is_as_stale),
        story(what_is_too_large_is_not_kept_and_nobody_waits_for_it),
        story(everything_is_counted),
        story(memory_never_passes_its_bound_and_the_unused_goes_first),
        story(of_all_that_miss_one_loads_and_the_others_wait_for_it),
        story(a_load_that_fails_is_tried_by_the_next),
        story(news_reach_every_watcher),
    };
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    arena = arena_create(4096, 16 << 20);
    int failed = run("in this process");
    const char *url = redis_url_or_skip();
    if (!url)
        return failed ? failed : SERVER_EXIT_WITHOUT;
    char why[REDIS_WHY_BYTES];
    must(redis_open(&(struct redis_settings){.url = text_of(url)}, why, &client) == STATUS_OK);
    on_redis = true;
    failed += run("on Redis");
    redis_close(client);
    arena_destroy(arena);
    return failed;
}
