/* clock_test.c — times as people and programs write them. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "base/random.h"

#include <cmocka.h>

static const int64_t last_ms = INT64_C(253402300799999);

static void assert_written(int64_t wall_ms, const char *expected)
{
    char words[CLOCK_TEXT_BYTES];
    clock_write_iso(wall_ms, words);
    assert_string_equal(words, expected);
}

static void known_moments_are_written_rightly(void **state)
{
    (void)state;
    assert_written(0, "1970-01-01T00:00:00.000Z");
    assert_written(1, "1970-01-01T00:00:00.001Z");
    assert_written(951782399999, "2000-02-28T23:59:59.999Z");
    assert_written(951782400000, "2000-02-29T00:00:00.000Z");
    assert_written(1709164800000, "2024-02-29T00:00:00.000Z");
    assert_written(4107542399999, "2100-02-28T23:59:59.999Z");
    assert_written(4107542400000, "2100-03-01T00:00:00.000Z");
    assert_written(last_ms, "9999-12-31T23:59:59.999Z");
}

static void the_calendar_agrees_with_the_system_s(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7);
    for (int i = 0; i < 20000; i++) {
        int64_t wall_ms = (int64_t)random_below(&random, (uint64_t)last_ms + 1);
        time_t seconds = (time_t)(wall_ms / 1000);
        struct tm parts;
        assert_non_null(gmtime_r(&seconds, &parts));
        char expected[64], whole[96], words[CLOCK_TEXT_BYTES];
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &parts);
        snprintf(whole, sizeof whole, "%s.%03dZ", expected, (int)(wall_ms % 1000));
        clock_write_iso(wall_ms, words);
        assert_string_equal(words, whole);

        int64_t back_ms;
        assert_true(clock_read_iso(text_of(words), &back_ms));
        assert_true(back_ms == wall_ms);
    }
}

static void offsets_and_missing_milliseconds_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int64_t wall_ms;
    } moments[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T09:00:00+09:00", 0},
        {"1969-12-31T23:00:00-01:00", -1}, /* a year we do not know */
        {"2026-11-21T20:00:00+09:00", 1795258800000},
        {"2026-11-21T11:00:00.000Z", 1795258800000},
        {"2026-11-21T05:30:00.250-05:30", 1795258800250},
        {"2026-11-21T11:00:00-00:00", 1795258800000},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    };
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        int64_t wall_ms = -1;
        bool good = clock_read_iso(text_of(moments[i].words), &wall_ms);
        assert_int_equal(good, moments[i].wall_ms >= 0);
        assert_true(wall_ms == moments[i].wall_ms);
    }
}

static void whatever_can_be_read_can_be_written(void **state)
{
    (void)state;
    int64_t wall_ms;
    assert_false(clock_read_iso(text_of("9999-12-31T23:59:59.999-00:01"), &wall_ms));
    assert_false(clock_read_iso(text_of("9999-12-31T23:59:59.999-23:59"), &wall_ms));
    assert_false(clock_read_iso(text_of("1970-01-01T00:00:00.000+00:01"), &wall_ms));
    assert_true(clock_read_iso(text_of("9999-12-31T23:59:59.999+23:59"), &wall_ms));
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "2026",
        "2026-11-21",
        "2026-11-21T11:00Z",
        "2026-11-21T11:00:00",
        "2026-11-21 11:00:00Z",
        "2026-11-21t11:00:00z",
        "2026-00-21T11:00:00Z",
        "2026-13-21T11:00:00Z",
        "2026-11-00T11:00:00Z",
        "2026-11-31T11:00:00Z",
        "2026-02-29T11:00:00Z",
        "2100-02-29T11:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T11:60:00Z",
        "2026-11-21T11:00:60Z",
        "2026-11-21T11:00:00.5Z",
        "2026-11-21T11:00:00.5000Z",
        "2026-11-21T11:00:00,000Z",
        "2026-11-21T11:00:00+9:00",
        "2026-11-21T11:00:00+0900",
        "2026-11-21T11:00:00+24:00",
        "2026-11-21T11:00:00+09:60",
        "2026-11-21T11:00:00Z ",
        " 2026-11-21T11:00:00Z",
        "+2026-11-21T11:00:00Z",
        "1969-12-31T23:59:59Z",
        "-001-11-21T11:00:00Z",
        "20261-11-21T11:00:00Z",
        "2026-11-21T11:00:00ZZ",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        int64_t wall_ms = 42;
        if (clock_read_iso(text_of(refused[i]), &wall_ms))
            fail_msg("accepted: %s", refused[i]);
        assert_true(wall_ms == 42);
    }
}

static void a_time_cut_anywhere_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "2026-11-21T11:00:00.000+09:00";
    int64_t wall_ms;
    for (size_t size = 0; size < sizeof whole - 1; size++)
        assert_false(clock_read_iso(text_make(whole, size), &wall_ms));
    assert_true(clock_read_iso(text_of(whole), &wall_ms));
    assert_false(clock_read_iso(text_make(whole, sizeof whole), &wall_ms)); /* with its NUL */
}

static void the_machine_s_clocks_go_forward(void **state)
{
    (void)state;
    int64_t before_us = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= before_us);
    assert_true(clock_monotonic_ms() >= before_us / 1000);
    assert_true(clock_wall_ms() > INT64_C(1700000000000));
    assert_true(clock_thread_cpu_us() >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments_are_written_rightly),
        cmocka_unit_test(the_calendar_agrees_with_the_system_s),
        cmocka_unit_test(offsets_and_missing_milliseconds_are_understood),
        cmocka_unit_test(whatever_can_be_read_can_be_written),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(a_time_cut_anywhere_is_refused),
        cmocka_unit_test(the_machine_s_clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
