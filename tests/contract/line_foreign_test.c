/*
 * line_foreign_test.c — a line in Redis whose keys somebody else has written: the line is given up,
 * the server is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/must.h"
#include "redis/redis.h"
#include "support/server_redis.h"
#include "waiting/line_redis.h"

static struct line_maker *maker;
static int64_t option; /* each story has lines of its own */
static const struct fan_id fan = {7};
static const struct line_time now = {.wall_ms = 1000000, .steady_ms = 1000000};

static struct line *open_line(void)
{
    struct line *line = NULL;
    option++;
    assert_int_equal(maker->make(maker, (struct option_id){option}, &line), STATUS_OK);
    assert_int_equal(line_begin(line, 0), STATUS_OK);
    assert_int_equal(line_complete(line), STATUS_OK);
    return line;
}

static void put(struct redis *redis, const char *command, const char *key, const char *field,
                const char *words)
{
    char tag[32];
    struct arena *arena = arena_create(4096, 65536);
    struct redis_reply reply;
    assert_non_null(arena);
    snprintf(tag, sizeof tag, "{line:%lld}", (long long)option);
    struct text all[4] = {text_of(command), redis_key(redis, arena, tag, text_of(key))};
    size_t count = 2;
    if (field)
        all[count++] = text_of(field);
    all[count++] = text_of(words);
    assert_int_equal(redis_ask(redis, arena, all, count, &reply), STATUS_OK);
    arena_destroy(arena);
}

static void events_that_no_line_could_have_had_are_not_believed(void **state)
{
    static const char *const journals[] = {
        "1|L|0|1|7|0|0|1000000|1", /* of no place */
        "1|O|3|0|0|0|0|1000000|0", /* a door that opens is no place's */
        "1|?|1|1|7|0|0|1000000|1", /* no kind of event */
        "1|J|1|1|0|0|0|1000000|0", /* nobody */
        "1|A|1|1|7|0|9223372036854775807|1000000|1",
        "1|A|1|1|7|0|0|9223372036854775807|1",
        "0|L|1|1|7|0|0|1000000|1",
        "1|L|1|1|7|0|0|1000000|99",
        "",
    };
    struct redis *redis = *state;
    struct line_event events[4];
    size_t count;
    for (size_t i = 0; i < sizeof journals / sizeof journals[0]; i++) {
        struct line *line = open_line();
        put(redis, "RPUSH", ":journal", NULL, "7|L|1|1|7|0|0|1000000|1");
        assert_int_equal(line_journal(line, events, 4, &count), STATUS_OK);
        put(redis, "RPUSH", ":journal", NULL, journals[i]);
        put(redis, "RPUSH", ":journal", NULL, "");
        assert_int_equal(line_journal(line, events, 4, &count), STATUS_INVALID);
        line_destroy(line);
    }
}

static void places_that_no_line_could_have_are_not_believed(void **state)
{
    static const char *const places[] = {
        "7|2|0|1|9223372036854775807|0|0|0",
        "7|5|0|1|0|9223372036854775807|0|0",
        "7|3|0|1|0|0|9223372036854775807|0",
        "7|77|0|1|0|0|0|0",
        "0|1|0|1|0|0|0|0",
    };
    struct redis *redis = *state;
    struct place place;
    uint32_t ahead;
    bool is_new;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct line *line = open_line();
        assert_int_equal(line_join(line, fan, 0, now, &place, &is_new), STATUS_OK);
        put(redis, "HSET", ":places", "1", places[i]);
        assert_int_equal(line_find(line, fan, now, &place, &ahead), STATUS_INVALID);
        line_destroy(line);
    }
}

int main(void)
{
    char why[REDIS_WHY_BYTES];
    struct redis *client;
    log_set_level(LOG_OFF);
    const char *url = redis_url_or_skip();
    if (!url)
        return SERVER_EXIT_WITHOUT;
    must(redis_open(&(struct redis_settings){.url = text_of(url)}, why, &client) == STATUS_OK);
    maker = line_redis_open(client);
    must(maker);
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_prestate(events_that_no_line_could_have_had_are_not_believed, client),
        cmocka_unit_test_prestate(places_that_no_line_could_have_are_not_believed, client),
    };
    int failed = cmocka_run_group_tests(stories, NULL, NULL);
    line_redis_close(maker);
    redis_close(client);
    return failed;
}
