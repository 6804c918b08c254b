/* leavers_test.c — whoever gave a place up is known by its number, and nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "limits.h"
#include "waiting/leavers.h"

static const struct option_id seoul = {1}, busan = {2};

static void a_place_that_was_given_up_is_known_and_no_other(void **state)
{
    (void)state;
    static const uint32_t left[] = {1, 64, 65, 4096, 4097, WAITING_PLACES_MAX};
    struct leavers *leavers = leavers_create();
    assert_non_null(leavers);
    assert_false(leavers_have(leavers, seoul, 1));
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        leavers_add(leavers, seoul, left[i]);
    size_t found = 0;
    for (uint32_t sequence = 1; sequence <= WAITING_PLACES_MAX; sequence++)
        found += leavers_have(leavers, seoul, sequence);
    assert_int_equal(found, sizeof left / sizeof left[0]);
    for (size_t i = 0; i < found; i++)
        assert_true(leavers_have(leavers, seoul, left[i]));
    assert_false(leavers_have(leavers, busan, 1));
    assert_false(leavers_have(leavers, seoul, 0)); /* what a token may say */
    assert_false(leavers_have(leavers, seoul, UINT32_MAX));
    leavers_destroy(leavers);
}

static void a_line_that_is_closed_leaves_nothing_to_the_next_one(void **state)
{
    (void)state;
    struct leavers *leavers = leavers_create();
    assert_non_null(leavers);
    for (int64_t option = 1; option <= WAITING_ROOMS_MAX; option++)
        leavers_add(leavers, (struct option_id){option}, 7);
    leavers_forget(leavers, busan);
    leavers_forget(leavers, busan);
    assert_false(leavers_have(leavers, busan, 7));
    leavers_add(leavers, (struct option_id){WAITING_ROOMS_MAX + 1}, 8);
    assert_false(leavers_have(leavers, (struct option_id){WAITING_ROOMS_MAX + 1}, 7));
    assert_true(leavers_have(leavers, (struct option_id){WAITING_ROOMS_MAX + 1}, 8));
    assert_true(leavers_have(leavers, seoul, 7));
    leavers_destroy(leavers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_was_given_up_is_known_and_no_other),
        cmocka_unit_test(a_line_that_is_closed_leaves_nothing_to_the_next_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
