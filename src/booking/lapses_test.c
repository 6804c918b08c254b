/* lapses_test.c — whatever comes, goes and comes back, the soonest is always the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "booking/lapses.h"

static void nothing_lapses_where_nothing_is(void **state)
{
    (void)state;
    struct lapses lapses;
    uint32_t index;
    int64_t at_ms;
    lapses_init(&lapses);
    assert_false(lapses_next(&lapses, &index, &at_ms));
    assert_int_equal(lapses_reserve(&lapses, 4), STATUS_OK);
    lapses_add(&lapses, 3, 100);
    assert_true(lapses_next(&lapses, &index, &at_ms));
    assert_int_equal(index, 3);
    assert_int_equal(at_ms, 100);
    lapses_clear(&lapses);
    assert_false(lapses_next(&lapses, &index, &at_ms));
    lapses_deinit(&lapses);
}

static void of_two_at_one_moment_the_lower_index_lapses_first(void **state)
{
    (void)state;
    struct lapses lapses;
    uint32_t index;
    int64_t at_ms;
    lapses_init(&lapses);
    assert_int_equal(lapses_reserve(&lapses, 8), STATUS_OK);
    for (uint32_t i = 8; i > 0; i--)
        lapses_add(&lapses, i - 1, 100);
    for (uint32_t i = 0; i < 8; i++) {
        assert_true(lapses_next(&lapses, &index, &at_ms));
        assert_int_equal(index, i);
        lapses_remove(&lapses, index);
    }
    lapses_deinit(&lapses);
}

enum { INDEXES = 60, STEPS = 20000, AWAY = -1 };

/* What a look at everybody says. */
static bool soonest_of(const int64_t at_ms[INDEXES], uint32_t *out_index)
{
    bool found = false;
    for (uint32_t i = 0; i < INDEXES; i++) {
        if (at_ms[i] == AWAY || (found && at_ms[i] >= at_ms[*out_index]))
            continue;
        *out_index = i;
        found = true;
    }
    return found;
}

static void the_next_is_the_soonest_whoever_comes_and_goes(void **state)
{
    (void)state;
    struct lapses lapses;
    struct random chance;
    int64_t known_ms[INDEXES];
    lapses_init(&lapses);
    random_init(&chance, 1);
    for (uint32_t i = 0; i < INDEXES; i++)
        known_ms[i] = AWAY;
    for (int step = 0; step < STEPS; step++) {
        uint32_t index = (uint32_t)random_below(&chance, INDEXES);
        assert_int_equal(lapses_reserve(&lapses, index + 1), STATUS_OK);
        if (known_ms[index] == AWAY) {
            known_ms[index] = (int64_t)random_below(&chance, 100);
            lapses_add(&lapses, index, known_ms[index]);
        } else {
            known_ms[index] = AWAY;
            lapses_remove(&lapses, index);
        }
        uint32_t expected = 0, next = 0;
        int64_t at_ms = 0;
        assert_int_equal(lapses_next(&lapses, &next, &at_ms), soonest_of(known_ms, &expected));
        assert_int_equal(next, expected);
        assert_true(lapses.count == 0 || at_ms == known_ms[expected]);
    }
    lapses_deinit(&lapses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_lapses_where_nothing_is),
        cmocka_unit_test(of_two_at_one_moment_the_lower_index_lapses_first),
        cmocka_unit_test(the_next_is_the_soonest_whoever_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
