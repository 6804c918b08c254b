/* patience_test.c — nobody hammers, nobody sleeps for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "limits.h"
#include "rush/patience.h"

static void connecting_waits_longer_each_time_up_to_a_bound(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1);
    int64_t bound_us = RUSH_BACKOFF_MOST_MS * 1000;
    for (uint32_t failure_count = 0; failure_count < 100; failure_count++) {
        int64_t step_us =
            failure_count < 5 ? RUSH_BACKOFF_LEAST_MS * 1000 << failure_count : bound_us;
        step_us = step_us < bound_us ? step_us : bound_us;
        int64_t wait_us = patience_connect_us(failure_count, &random);
        assert_true(wait_us >= step_us / 2);
        assert_true(wait_us <= step_us);
    }
}

static void whoever_is_turned_away_never_comes_earlier_than_asked(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 2);
    for (int64_t seconds = 0; seconds < 10; seconds++) {
        int64_t wait_us = patience_turned_away_us(seconds, &random);
        assert_true(wait_us >= seconds * 1000000);
        assert_true(wait_us <= seconds * 1500000 + 150000);
        assert_true(wait_us >= 100000);
    }
}

static void a_crowd_does_not_come_back_in_step(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 3);
    int64_t earliest_us = INT64_MAX, latest_us = 0;
    for (int i = 0; i < 100; i++) {
        int64_t wait_us = patience_turned_away_us(1, &random);
        earliest_us = wait_us < earliest_us ? wait_us : earliest_us;
        latest_us = wait_us > latest_us ? wait_us : latest_us;
    }
    assert_true(latest_us - earliest_us > 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting_waits_longer_each_time_up_to_a_bound),
        cmocka_unit_test(whoever_is_turned_away_never_comes_earlier_than_asked),
        cmocka_unit_test(a_crowd_does_not_come_back_in_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
