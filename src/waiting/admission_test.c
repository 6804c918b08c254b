/*
 * admission_test.c — how the room fills, on simulated time.
 *
 * The crowd here is as simple as can be: so many of those who are called come, within a second.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"
#include "waiting/admission.h"

enum { TICK_MS = 50, CROWD_TICKS = 20, COMING_TICKS = 100, CROWD = 100000 };

struct crowd { /* the fans, and the gate */
    struct random chance;
    struct admission admission;
    double come_share;
    uint32_t waiting, active, at_gate, called, active_most;
    uint32_t coming[COMING_TICKS]; /* how many come in each of the next ticks */
    size_t late_ticks;             /* how much longer than a second it takes */
    int64_t now_ms;
    uint32_t seats_free;
};

static void crowd_init(struct crowd *crowd, struct admission_terms terms, double come_share)
{
    *crowd = (struct crowd){
        .come_share = come_share, .waiting = CROWD, .now_ms = 1000, .seats_free = 50000};
    random_init(&crowd->chance, 11);
    admission_init(&crowd->admission, crowd->now_ms);
    admission_set_terms(&crowd->admission, &terms);
}

static bool comes(struct crowd *crowd)
{
    return (double)random_below(&crowd->chance, 1000) < crowd->come_share * 1000;
}

/* Whoever comes is at the gate, and inside as soon as there is room. */
static void enter(struct crowd *crowd, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        admission_came(&crowd->admission);
    uint32_t left = (uint32_t)crowd->admission.terms.active_max - crowd->active;
    uint32_t asking = crowd->at_gate + count;
    uint32_t entering = asking < left ? asking : left;
    crowd->active += entering;
    crowd->at_gate = asking - entering;
}

static size_t coming_at(struct crowd *crowd, size_t at)
{
    size_t ticks = 1 + (size_t)random_below(&crowd->chance, CROWD_TICKS) + crowd->late_ticks;
    return (at + ticks) % COMING_TICKS;
}

static void tick(struct crowd *crowd)
{
    size_t at = (size_t)(crowd->now_ms / TICK_MS) % COMING_TICKS;
    enter(crowd, crowd->coming[at]);
    crowd->coming[at] = 0;
    struct admission_view view = {.waiting = crowd->waiting,
                                  .active = crowd->active,
                                  .at_gate = crowd->at_gate,
                                  .seats_free = crowd->seats_free};
    size_t count = admission_calls(&crowd->admission, &view, crowd->now_ms);
    admission_called(&crowd->admission, count, crowd->now_ms);
    crowd->waiting -= (uint32_t)count;
    crowd->called += (uint32_t)count;
    for (size_t i = 0; i < count; i++)
        if (comes(crowd))
            crowd->coming[coming_at(crowd, at)]++;
    crowd->now_ms += TICK_MS;
    crowd->active_most = crowd->active > crowd->active_most ? crowd->active : crowd->active_most;
}

static void run_for(struct crowd *crowd, int64_t ms)
{
    for (int64_t until_ms = crowd->now_ms + ms; crowd->now_ms < until_ms;)
        tick(crowd);
}

static struct admission_terms fixed(int64_t fans_per_second, int64_t active_max)
{
    struct admission_terms terms = admission_usual_terms();
    terms.fans_per_second = fans_per_second;
    terms.active_max = active_max;
    return terms;
}

static void with_60_of_100_gone_the_room_is_full_within_five_seconds(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_init(&crowd, fixed(1000, 500), 0.4);
    run_for(&crowd, 5000);
    printf("with 60 %% of the called gone: %u of 500 active after 5 s, %u called\n", crowd.active,
           crowd.called);
    assert_in_range(crowd.active, 475, 500);
    assert_in_range(crowd.active_most, 0, 500);
}

static void who_comes_keeps_the_pace_and_the_cap(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_init(&crowd, fixed(100, 100000), 1);
    run_for(&crowd, 10000);
    assert_in_range(crowd.called, 980, 1010);
    struct crowd small;
    crowd_init(&small, fixed(100, 30), 1);
    run_for(&small, 10000);
    assert_int_equal(small.called, 30);
    assert_int_equal(small.active, 30);
    small.active -= 10; /* ten have bought */
    run_for(&small, 2000);
    assert_int_equal(small.called, 40);
}

/* Phones that look every three seconds. Who is late has come all the same: if they were taken for
   gone, more and more would be called, and stand before the gate in no order. */
static void who_comes_late_is_not_taken_for_gone(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_init(&crowd, fixed(100, 100), 1);
    crowd.late_ticks = 2500 / TICK_MS;
    for (int second = 0; second < 120; second++) {
        run_for(&crowd, 1000);
        crowd.active -= crowd.active < 10 ? crowd.active : 10; /* they have bought */
    }
    printf("with fans who come late: %u called for 1,200 who left, %u at the gate\n", crowd.called,
           crowd.at_gate);
    assert_in_range(crowd.active, 80, 100);
    assert_in_range(crowd.called, 1200, 1500);
    assert_in_range(crowd.at_gate, 0, 150);
}

static void nobody_is_called_while_it_is_paused_or_no_seat_is_free(void **state)
{
    (void)state;
    struct crowd crowd;
    struct admission_terms terms = fixed(100, 100);
    terms.mode = ADMISSION_PAUSED;
    crowd_init(&crowd, terms, 1);
    run_for(&crowd, 5000);
    assert_int_equal(crowd.called, 0);
    terms.mode = ADMISSION_FIXED;
    admission_set_terms(&crowd.admission, &terms);
    crowd.seats_free = 0;
    run_for(&crowd, 5000);
    assert_int_equal(crowd.called, 0);
    crowd.seats_free = 1; /* a hold has lapsed */
    run_for(&crowd, 2000);
    assert_true(crowd.called > 0);
}

static void the_adaptive_mode_calls_for_the_seats_that_are_left(void **state)
{
    (void)state;
    struct crowd crowd;
    struct admission_terms terms = fixed(10000, 100000);
    terms.mode = ADMISSION_ADAPTIVE;
    crowd_init(&crowd, terms, 1);
    crowd.seats_free = 20;
    run_for(&crowd, 3000);
    assert_int_equal(crowd.called, 20); /* all are believed to buy, so far */
    for (int i = 0; i < 2000; i++)      /* one in four does */
        admission_ended(&crowd.admission, i % 4 == 0);
    run_for(&crowd, 3000);
    assert_in_range(crowd.called, 70, 90);
}

static void slow_commits_slow_the_adaptive_mode_down(void **state)
{
    (void)state;
    struct admission admission;
    struct admission_terms terms = fixed(1000, 100000);
    terms.mode = ADMISSION_ADAPTIVE;
    admission_init(&admission, 0);
    admission_set_terms(&admission, &terms);
    struct admission_view view = {.waiting = CROWD, .seats_free = 50000};
    int64_t now_ms = 0;
    for (int i = 0; i < 40; i++)
        (void)admission_calls(&admission, &view, now_ms += 1000);
    assert_true(admission.rate > 999);
    view.commit_us = WAITING_COMMIT_US * 2;
    for (int i = 0; i < 10; i++)
        (void)admission_calls(&admission, &view, now_ms += 1000);
    assert_true(admission.rate < 50);
    view.commit_us = 0;
    for (int i = 0; i < 40; i++)
        (void)admission_calls(&admission, &view, now_ms += 1000);
    assert_true(admission.rate > 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_60_of_100_gone_the_room_is_full_within_five_seconds),
        cmocka_unit_test(who_comes_keeps_the_pace_and_the_cap),
        cmocka_unit_test(who_comes_late_is_not_taken_for_gone),
        cmocka_unit_test(nobody_is_called_while_it_is_paused_or_no_seat_is_free),
        cmocka_unit_test(the_adaptive_mode_calls_for_the_seats_that_are_left),
        cmocka_unit_test(slow_commits_slow_the_adaptive_mode_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
