/* breaker_test.c — when a neighbour is still asked. Time is a number we pass in. */
#include "guard/breaker.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

enum { SLOW_MS = 100, OPEN_MS = 1000 };

static struct breakers *group;

/* Ten calls in the window, four before anything is believed, half of them failed or slow. */
static struct breaker *small_breaker(void)
{
    static const struct breaker_settings settings = {.name = "neighbour",
                                                     .window_calls = 10,
                                                     .calls_least = 4,
                                                     .failed_percent = 50,
                                                     .slow_percent = 50,
                                                     .slow_ms = SLOW_MS,
                                                     .open_ms = OPEN_MS,
                                                     .probe_count = 2};
    group = breakers_create();
    assert_non_null(group);
    return breakers_add(group, &settings);
}

static void call_one(struct breaker *breaker, enum breaker_outcome outcome, int64_t at_ms,
                     int64_t lasts_ms)
{
    struct breaker_call call;
    assert_true(breaker_enter(breaker, &call, at_ms));
    breaker_leave(breaker, &call, outcome, at_ms + lasts_ms);
}

static bool is_refused(struct breaker *breaker, int64_t at_ms)
{
    struct breaker_call call;
    bool passes = breaker_enter(breaker, &call, at_ms);
    if (passes)
        breaker_leave(breaker, &call, BREAKER_IGNORED, at_ms);
    return !passes;
}

static enum breaker_state state_of(struct breaker *breaker)
{
    return breaker_read(breaker).state;
}

static void open_it(struct breaker *breaker, int64_t at_ms)
{
    for (int i = 0; i < 4; i++)
        call_one(breaker, BREAKER_FAILED, at_ms, 1);
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
}

static void a_few_failures_prove_nothing(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    for (int i = 0; i < 3; i++)
        call_one(breaker, BREAKER_FAILED, 0, 1);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    call_one(breaker, BREAKER_WORKED, 0, 1);
    assert_int_equal(state_of(breaker), BREAKER_OPEN); /* three of four */
    breakers_destroy(group);
}

static void what_the_window_has_forgotten_does_not_count(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    for (int i = 0; i < 10; i++)
        call_one(breaker, BREAKER_WORKED, 0, 1);
    for (int round = 0; round < 50; round++) { /* four of ten, again and again */
        for (int i = 0; i < 4; i++)
            call_one(breaker, BREAKER_FAILED, 0, 1);
        for (int i = 0; i < 6; i++)
            call_one(breaker, BREAKER_WORKED, 0, 1);
    }
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    for (int i = 0; i < 5; i++)
        call_one(breaker, BREAKER_FAILED, 0, 1);
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
    breakers_destroy(group);
}

static void a_neighbour_that_answers_too_slowly_is_not_asked_either(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    call_one(breaker, BREAKER_WORKED, 0, SLOW_MS - 1);
    call_one(breaker, BREAKER_WORKED, 0, SLOW_MS - 1);
    call_one(breaker, BREAKER_WORKED, 0, SLOW_MS);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    call_one(breaker, BREAKER_WORKED, 0, SLOW_MS);
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
    assert_int_equal(breaker_read(breaker).slow_count, 2);
    breakers_destroy(group);
}

static void nobody_passes_until_the_wait_is_over(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    open_it(breaker, 0);
    assert_true(is_refused(breaker, 1));
    assert_true(is_refused(breaker, OPEN_MS)); /* it opened at 1 */
    assert_int_equal(breaker_read(breaker).refused_count, 2);
    assert_false(is_refused(breaker, OPEN_MS + 1));
    assert_int_equal(state_of(breaker), BREAKER_HALF_OPEN);
    breakers_destroy(group);
}

static void two_good_probes_close_it(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    open_it(breaker, 0);
    struct breaker_call first, second, third;
    assert_true(breaker_enter(breaker, &first, 2000));
    assert_true(breaker_enter(breaker, &second, 2000));
    assert_false(breaker_enter(breaker, &third, 2000)); /* two are out already */
    breaker_leave(breaker, &first, BREAKER_WORKED, 2001);
    assert_int_equal(state_of(breaker), BREAKER_HALF_OPEN);
    breaker_leave(breaker, &second, BREAKER_WORKED, 2002);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    for (int i = 0; i < 3; i++) /* what was before is forgotten */
        call_one(breaker, BREAKER_FAILED, 2003, 1);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    breakers_destroy(group);
}

static void one_bad_probe_of_two_opens_it_again(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    open_it(breaker, 0);
    call_one(breaker, BREAKER_WORKED, 2000, 1);
    call_one(breaker, BREAKER_FAILED, 2000, 1);
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
    assert_true(is_refused(breaker, 2001 + OPEN_MS - 1));
    assert_false(is_refused(breaker, 2001 + OPEN_MS));
    assert_int_equal(breaker_read(breaker).opened_count, 2);
    breakers_destroy(group);
}

static void a_probe_that_never_returns_has_failed(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    open_it(breaker, 0);
    struct breaker_call first, second;
    assert_true(breaker_enter(breaker, &first, 2000));
    assert_true(breaker_enter(breaker, &second, 2500));
    assert_true(is_refused(breaker, 2500 + OPEN_MS - 1));
    assert_int_equal(state_of(breaker), BREAKER_HALF_OPEN);
    assert_true(is_refused(breaker, 2500 + OPEN_MS));
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
    breaker_leave(breaker, &first, BREAKER_WORKED, 9000); /* too late to decide anything */
    breaker_leave(breaker, &second, BREAKER_WORKED, 9000);
    assert_int_equal(state_of(breaker), BREAKER_OPEN);
    breakers_destroy(group);
}

static void calls_from_before_decide_nothing_afterwards(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    struct breaker_call old[4];
    for (int i = 0; i < 4; i++)
        assert_true(breaker_enter(breaker, &old[i], 0));
    open_it(breaker, 0);
    struct breaker_call probe;
    assert_true(breaker_enter(breaker, &probe, 2000));
    for (int i = 0; i < 4; i++)
        breaker_leave(breaker, &old[i], BREAKER_FAILED, 2001);
    assert_int_equal(state_of(breaker), BREAKER_HALF_OPEN);
    breaker_leave(breaker, &probe, BREAKER_WORKED, 2001);
    call_one(breaker, BREAKER_WORKED, 2002, 1);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    assert_int_equal(breaker_read(breaker).failed_count, 8); /* people see them all the same */
    breakers_destroy(group);
}

static void a_call_that_says_nothing_gives_its_place_back(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    for (int i = 0; i < 20; i++)
        call_one(breaker, BREAKER_IGNORED, 0, SLOW_MS);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    open_it(breaker, 0);
    for (int i = 0; i < 5; i++)
        call_one(breaker, BREAKER_IGNORED, 2000, 1);
    assert_int_equal(state_of(breaker), BREAKER_HALF_OPEN);
    call_one(breaker, BREAKER_WORKED, 2001, 1);
    call_one(breaker, BREAKER_WORKED, 2001, 1);
    assert_int_equal(state_of(breaker), BREAKER_CLOSED);
    breakers_destroy(group);
}

enum { THREADS = 4, CALLS_EACH = 5000 };

static void *call_many(void *breaker)
{
    for (int i = 0; i < CALLS_EACH; i++) {
        struct breaker_call call;
        if (breaker_enter(breaker, &call, i))
            breaker_leave(breaker, &call, i % 3 == 0 ? BREAKER_FAILED : BREAKER_WORKED, i + 1);
    }
    return NULL;
}

static void threads_lose_no_call(void **state)
{
    (void)state;
    struct breaker *breaker = small_breaker();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_many, breaker), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    struct breaker_reading reading = breaker_read(breaker);
    assert_int_equal(reading.worked_count + reading.failed_count + reading.refused_count,
                     THREADS * CALLS_EACH);
    breakers_destroy(group);
}

static void the_group_knows_all_of_them(void **state)
{
    (void)state;
    struct breaker *first = small_breaker();
    struct breaker_settings usual = breaker_usual("another", 50);
    struct breaker *second = breakers_add(group, &usual);
    assert_int_equal(breakers_count(group), 2);
    assert_ptr_equal(breakers_at(group, 0), first);
    assert_ptr_equal(breakers_at(group, 1), second);
    assert_string_equal(breaker_read(second).name, "another");
    assert_string_equal(breaker_state_name(state_of(second)), "closed");
    breakers_destroy(group);
    breakers_destroy(NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_failures_prove_nothing),
        cmocka_unit_test(what_the_window_has_forgotten_does_not_count),
        cmocka_unit_test(a_neighbour_that_answers_too_slowly_is_not_asked_either),
        cmocka_unit_test(nobody_passes_until_the_wait_is_over),
        cmocka_unit_test(two_good_probes_close_it),
        cmocka_unit_test(one_bad_probe_of_two_opens_it_again),
        cmocka_unit_test(a_probe_that_never_returns_has_failed),
        cmocka_unit_test(calls_from_before_decide_nothing_afterwards),
        cmocka_unit_test(a_call_that_says_nothing_gives_its_place_back),
        cmocka_unit_test(threads_lose_no_call),
        cmocka_unit_test(the_group_knows_all_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
