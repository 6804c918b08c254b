/* redis_url_test.c — which addresses are understood, and that no password is ever repeated. */
#include "redis/redis_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_part_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host, *user, *password, *prefix;
        uint16_t port;
        int64_t database;
    } rows[] = {
        {"redis://localhost", "localhost", "", "", "ticketrush", 6379, 0},
        {"redis://10.0.0.1:7000/3", "10.0.0.1", "", "", "ticketrush", 7000, 3},
        {"redis://[::1]:7000", "::1", "", "", "ticketrush", 7000, 0},
        {"redis://[::1]/", "::1", "", "", "ticketrush", 6379, 0},
        {"redis://:s3cret@cache", "cache", "", "s3cret", "ticketrush", 6379, 0},
        {"redis://mina:p%40ss%3a%2F@cache:1/1", "cache", "mina", "p@ss:/", "ticketrush", 1, 1},
        {"redis://:a@b/c@cache", "cache", "", "a@b/c", "ticketrush", 6379, 0},
        {"redis://cache/2?prefix=seoul-1.a", "cache", "", "", "seoul-1.a", 6379, 2},
        {"redis://cache?prefix=x", "cache", "", "", "x", 6379, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct redis_address address;
        const char *why;
        assert_true(redis_url_read(text_of(rows[i].url), &address, &why));
        assert_string_equal(address.host, rows[i].host);
        assert_string_equal(address.user, rows[i].user);
        assert_string_equal(address.password, rows[i].password);
        assert_string_equal(address.prefix, rows[i].prefix);
        assert_int_equal(address.port, rows[i].port);
        assert_int_equal(address.database, rows[i].database);
    }
}

static void what_is_ill_formed_is_refused_without_repeating_it(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "redis://",
        "rediss://cache",
        "http://cache",
        "redis://:6379",
        "redis://cache:0",
        "redis://cache:65536",
        "redis://cache:port",
        "redis://[::1",
        "redis://[::1]x",
        "redis://secret@cache",
        "redis://:@cache",
        "redis://:secret%4@cache",
        "redis://:secret%zz@cache",
        "redis://:secret%00@cache",
        "redis://cache/one",
        "redis://cache/-1",
        "redis://cache/99999",
        "redis://cache?prefix=",
        "redis://cache?prefix=a b",
        "redis://cache?secret=1",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct redis_address address;
        const char *why = NULL;
        assert_false(redis_url_read(text_of(urls[i]), &address, &why));
        assert_non_null(why);
        assert_null(strstr(why, "secret"));
    }
}

static void what_is_too_long_is_refused(void **state)
{
    (void)state;
    char url[2048];
    struct redis_address address;
    const char *why;
    for (int part = 0; part < 3; part++) {
        static const char *const before[] = {"redis://", "redis://:", "redis://cache?prefix="};
        static const char *const after[] = {"", "@cache", ""};
        memset(url, 'a', sizeof url);
        memcpy(url, before[part], strlen(before[part]));
        memcpy(url + 1000, after[part], strlen(after[part]));
        assert_false(redis_url_read(text_make(url, 1000 + strlen(after[part])), &address, &why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_found),
        cmocka_unit_test(what_is_ill_formed_is_refused_without_repeating_it),
        cmocka_unit_test(what_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
