/* due_test.c — things happen in the order of their times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "rush/due.h"

static void nothing_comes_before_its_time(void **state)
{
    (void)state;
    struct due due;
    uint32_t what = 0;
    int64_t at_us = 0;
    assert_int_equal(due_init(&due, 4), STATUS_OK);
    assert_int_equal(due_next_us(&due), INT64_MAX);
    assert_false(due_take(&due, INT64_MAX, &what, &at_us));

    due_add(&due, 100, 7);
    assert_false(due_take(&due, 99, &what, &at_us));
    assert_true(due_take(&due, 100, &what, &at_us));
    assert_int_equal(what, 7);
    assert_int_equal(at_us, 100);
    due_deinit(&due);
}

static void whatever_the_order_of_adding_the_soonest_comes_first(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    struct due due;
    struct random random;
    assert_int_equal(due_init(&due, COUNT), STATUS_OK);
    random_init(&random, 11);
    for (uint32_t i = 0; i < COUNT; i++)
        due_add(&due, (int64_t)random_below(&random, 50), i);

    int64_t last_us = -1;
    uint32_t last_what = 0;
    for (int i = 0; i < COUNT; i++) {
        uint32_t what = 0;
        int64_t at_us = 0;
        assert_true(due_take(&due, 50, &what, &at_us));
        assert_true(at_us > last_us || (at_us == last_us && what > last_what));
        last_us = at_us;
        last_what = what;
    }
    due_deinit(&due);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_comes_before_its_time),
        cmocka_unit_test(whatever_the_order_of_adding_the_soonest_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
