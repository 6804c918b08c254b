/* follow_test.c — when reservations lapse that others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "booking/follow.h"

static void set(struct follow *follow, int64_t id, int64_t at_ms)
{
    const struct followed followed = {.id = {id}, .lapses_at_ms = at_ms};
    assert_int_equal(follow_set(follow, &followed), STATUS_OK);
}

static void the_soonest_is_due_first_and_not_before_its_time(void **state)
{
    (void)state;
    struct follow follow;
    struct followed due;
    follow_init(&follow);
    assert_int_equal(follow_next_ms(&follow), INT64_MAX);
    set(&follow, 1, 300);
    set(&follow, 2, 100);
    set(&follow, 3, 200);
    assert_int_equal(follow_next_ms(&follow), 100);
    assert_false(follow_due(&follow, 99, &due));
    for (int64_t id = 2; id <= 4; id++) {
        assert_true(follow_due(&follow, 1000, &due));
        assert_int_equal(due.id.value, id == 4 ? 1 : id);
        follow_drop(&follow, due.id);
    }
    assert_false(follow_due(&follow, 1000, &due));
    follow_deinit(&follow);
}

static void what_is_set_again_takes_its_new_time(void **state)
{
    (void)state;
    struct follow follow;
    struct followed due;
    follow_init(&follow);
    set(&follow, 1, 100);
    set(&follow, 1, 500);
    assert_false(follow_due(&follow, 499, &due));
    assert_true(follow_due(&follow, 500, &due));
    follow_drop(&follow, (struct reservation_id){1});
    follow_drop(&follow, (struct reservation_id){1}); /* harmless */
    assert_int_equal(follow_next_ms(&follow), INT64_MAX);
    follow_deinit(&follow);
}

static void places_are_used_again_after_a_thousand_nights(void **state)
{
    (void)state;
    struct follow follow;
    follow_init(&follow);
    for (int64_t night = 0; night < 1000; night++) {
        for (int64_t id = 1; id <= 50; id++)
            set(&follow, night * 50 + id, id);
        for (int64_t id = 1; id <= 50; id++)
            follow_drop(&follow, (struct reservation_id){night * 50 + id});
    }
    assert_true(follow.capacity <= 64);
    follow_deinit(&follow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soonest_is_due_first_and_not_before_its_time),
        cmocka_unit_test(what_is_set_again_takes_its_new_time),
        cmocka_unit_test(places_are_used_again_after_a_thousand_nights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
