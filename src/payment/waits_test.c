/* waits_test.c — who is due when. Time is a number we pass in. */
#include "payment/waits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/container.h"
#include "limits.h"

static int64_t next_due(struct waits *waits, int64_t now_ms)
{
    struct list due;
    list_init(&due);
    waits_take(waits, now_ms, &due);
    struct list *link = list_pop_front(&due);
    assert_true(list_empty(&due));
    return link ? container_of(link, struct wait, letter)->id : 0;
}

static void each_is_due_at_its_own_time(void **state)
{
    (void)state;
    struct waits waits;
    struct wait mina = {.id = 1}, joon = {.id = 2};
    waits_init(&waits, 7);
    waits_keep(&waits, &mina, 500);
    waits_keep(&waits, &joon, 200);
    assert_int_equal(next_due(&waits, 199), 0);
    assert_int_equal(next_due(&waits, 200), 2);
    assert_int_equal(next_due(&waits, 200), 0);
    assert_int_equal(next_due(&waits, 900), 1);
    waits_deinit(&waits);
}

static void who_is_hurried_is_due_at_once(void **state)
{
    (void)state;
    struct waits waits;
    struct wait mina = {.id = 1}, joon = {.id = 2};
    waits_init(&waits, 7);
    waits_keep(&waits, &mina, 500);
    waits_keep(&waits, &joon, 500);
    waits_hurry(&waits, 2);
    waits_hurry(&waits, 3); /* nobody */
    assert_int_equal(next_due(&waits, 1), 2);
    assert_int_equal(next_due(&waits, 499), 0);
    waits_deinit(&waits);
}

static void pauses_grow_with_the_silence_and_stay_within_bounds(void **state)
{
    (void)state;
    struct waits waits;
    waits_init(&waits, 7);
    int64_t silent_ms = 0, questions = 0;
    while (silent_ms < 60 * 60 * 1000) { /* an hour without an answer */
        int64_t pause_ms = waits_pause_ms(&waits, silent_ms);
        assert_in_range(pause_ms, PAYMENT_ASK_MS_MIN * 3 / 4, PAYMENT_ASK_MS_MAX * 5 / 4);
        silent_ms += pause_ms;
        questions++;
    }
    assert_in_range(questions, 60, 120); /* some thirty in the first minutes, then one a minute */
    waits_deinit(&waits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_due_at_its_own_time),
        cmocka_unit_test(who_is_hurried_is_due_at_once),
        cmocka_unit_test(pauses_grow_with_the_silence_and_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
