/* latency_test.c — what may be believed of the latencies in a summary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rush/latency.h"

static struct latency latency;

static void small_values_are_exact(void **state)
{
    (void)state;
    latency_init(&latency);
    for (int64_t us = 1; us <= 50; us++)
        latency_add(&latency, us);

    assert_int_equal(latency_within_us(&latency, 0.5), 25);
    assert_int_equal(latency_within_us(&latency, 0.98), 49);
    assert_int_equal(latency_within_us(&latency, 1), 50);
}

static void large_values_are_known_to_two_per_cent_and_never_flattered(void **state)
{
    (void)state;
    for (int64_t us = 1; us < INT64_C(60000000000); us = us * 3 + 1) {
        latency_init(&latency);
        latency_add(&latency, us);
        latency_add(&latency, LATENCY_LONGEST_US);
        int64_t told_us = latency_within_us(&latency, 0.5);
        assert_true(told_us >= us);
        assert_true(told_us <= us + us / 50);
    }
}

static void one_slow_answer_in_a_thousand_shows_in_the_last_per_mille_only(void **state)
{
    (void)state;
    latency_init(&latency);
    for (int i = 0; i < 9990; i++)
        latency_add(&latency, 1000);
    for (int i = 0; i < 10; i++)
        latency_add(&latency, 777777);

    assert_in_range(latency_within_us(&latency, 0.999), 1000, 1020);
    assert_int_equal(latency_within_us(&latency, 0.9991), 777777);
    assert_int_equal(latency.longest_us, 777777);
}

static void nothing_counted_is_zero_and_nonsense_is_kept_in_bounds(void **state)
{
    (void)state;
    latency_init(&latency);
    assert_int_equal(latency_within_us(&latency, 0.99), 0);
    latency_add(&latency, -5);
    latency_add(&latency, INT64_MAX);
    assert_int_equal(latency.count, 2);
    assert_int_equal(latency_within_us(&latency, 0.5), 0);
    assert_int_equal(latency_within_us(&latency, 1), LATENCY_LONGEST_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(large_values_are_known_to_two_per_cent_and_never_flattered),
        cmocka_unit_test(one_slow_answer_in_a_thousand_shows_in_the_last_per_mille_only),
        cmocka_unit_test(nothing_counted_is_zero_and_nonsense_is_kept_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
