/* limiter_test.c — what somebody hears who asks often. Time is a number we pass in. */
#include "guard/limiter.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

struct ask {
    int64_t at_ms;
    uint64_t who;
    int64_t wait_ms; /* what is heard */
};

enum { MINA = 11, JOON = 22 };

static void tell_story(struct limiter *limiter, const struct ask *story, size_t ask_count)
{
    for (size_t i = 0; i < ask_count; i++)
        assert_int_equal(limiter_ask(limiter, story[i].who, story[i].at_ms), story[i].wait_ms);
}

static struct limiter *ten_a_second_three_at_once(void)
{
    struct limiter *limiter = limiter_create(&(struct limiter_settings){
        .keys_max = 64, .per_interval = 10, .interval_ms = 1000, .burst = 3});
    assert_non_null(limiter);
    return limiter;
}

static void a_burst_passes_and_then_the_rate_holds(void **state)
{
    (void)state;
    static const struct ask story[] = {
        /* when  who  wait */
        {5000, MINA, 0}, {5000, MINA, 0},   {5000, MINA, 0},  {5000, MINA, 100}, {5099, MINA, 1},
        {5100, MINA, 0}, {5100, MINA, 100}, {5150, MINA, 50}, {5200, MINA, 0},
    };
    struct limiter *limiter = ten_a_second_three_at_once();
    tell_story(limiter, story, sizeof story / sizeof story[0]);
    limiter_destroy(limiter);
}

static void one_who_is_refused_does_not_wait_longer_for_having_asked(void **state)
{
    (void)state;
    struct limiter *limiter = ten_a_second_three_at_once();
    for (int i = 0; i < 3; i++)
        assert_int_equal(limiter_ask(limiter, MINA, 0), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limiter_ask(limiter, MINA, 0), 100);
    assert_int_equal(limiter_ask(limiter, MINA, 100), 0);
    limiter_destroy(limiter);
}

static void one_askers_greed_is_not_anothers_loss(void **state)
{
    (void)state;
    static const struct ask story[] = {
        {0, MINA, 0}, {0, MINA, 0}, {0, MINA, 0}, {0, MINA, 100}, {0, JOON, 0}, {0, JOON, 0},
    };
    struct limiter *limiter = ten_a_second_three_at_once();
    tell_story(limiter, story, sizeof story / sizeof story[0]);
    limiter_destroy(limiter);
}

static void a_long_rest_gives_a_burst_and_no_more(void **state)
{
    (void)state;
    static const struct ask story[] = {
        {0, MINA, 0},       {1000000, MINA, 0},   {1000000, MINA, 0},
        {1000000, MINA, 0}, {1000000, MINA, 100},
    };
    struct limiter *limiter = ten_a_second_three_at_once();
    tell_story(limiter, story, sizeof story / sizeof story[0]);
    limiter_destroy(limiter);
}

static void a_clock_that_is_a_little_behind_only_waits_a_little_longer(void **state)
{
    (void)state;
    static const struct ask story[] = {
        {1000, MINA, 0}, {1000, MINA, 0}, {1000, MINA, 0}, {990, MINA, 110}, {1100, MINA, 0},
    };
    struct limiter *limiter = ten_a_second_three_at_once();
    tell_story(limiter, story, sizeof story / sizeof story[0]);
    limiter_destroy(limiter);
}

static void a_rate_above_one_a_millisecond_is_kept_exactly(void **state)
{
    (void)state;
    struct limiter *limiter = limiter_create(&(struct limiter_settings){
        .keys_max = 1, .per_interval = 100000, .interval_ms = 1000, .burst = 100});
    int64_t passed = 0;
    for (int64_t now_ms = 0; now_ms < 1000; now_ms++)
        for (int i = 0; i < 200; i++)
            passed += limiter_ask(limiter, MINA, now_ms) == 0;
    assert_int_equal(passed, 100000);
    limiter_destroy(limiter);
}

static void a_full_table_forgets_the_fullest_bucket_and_errs_for_the_asker(void **state)
{
    (void)state;
    struct limiter *limiter = limiter_create(&(struct limiter_settings){
        .keys_max = 8, .per_interval = 1, .interval_ms = 1000, .burst = 4});
    for (int i = 0; i < 4; i++) /* the emptiest bucket */
        assert_int_equal(limiter_ask(limiter, MINA, 0), 0);
    for (uint64_t stranger = 100; stranger < 200; stranger++)
        assert_int_equal(limiter_ask(limiter, stranger, 0), 0);
    assert_int_equal(limiter_ask(limiter, MINA, 0), 1000); /* still known */
    limiter_destroy(limiter);
}

struct crowd {
    struct limiter *limiter;
    _Atomic int64_t passed;
};

static void *press_a_thousand_times(void *argument)
{
    struct crowd *crowd = argument;
    for (uint64_t i = 0; i < 1000; i++) {
        if (limiter_ask(crowd->limiter, MINA, 0) == 0)
            atomic_fetch_add(&crowd->passed, 1);
        (void)limiter_ask(crowd->limiter, 1000 + i, 0);
    }
    return NULL;
}

static void many_threads_share_one_count(void **state)
{
    (void)state;
    struct crowd crowd = {
        .limiter = limiter_create(&(struct limiter_settings){
            .keys_max = 65536, .per_interval = 1, .interval_ms = 1000, .burst = 500})};
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, press_a_thousand_times, &crowd), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&crowd.passed), 500);
    limiter_destroy(crowd.limiter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate_holds),
        cmocka_unit_test(one_who_is_refused_does_not_wait_longer_for_having_asked),
        cmocka_unit_test(one_askers_greed_is_not_anothers_loss),
        cmocka_unit_test(a_long_rest_gives_a_burst_and_no_more),
        cmocka_unit_test(a_clock_that_is_a_little_behind_only_waits_a_little_longer),
        cmocka_unit_test(a_rate_above_one_a_millisecond_is_kept_exactly),
        cmocka_unit_test(a_full_table_forgets_the_fullest_bucket_and_errs_for_the_asker),
        cmocka_unit_test(many_threads_share_one_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
