/* random_test.c — chance that can be replayed, and chance that cannot. */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_same_seed_tells_the_same_story(void **state)
{
    (void)state;
    struct random one, other, different;
    random_init(&one, 2026);
    random_init(&other, 2026);
    random_init(&different, 2027);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = random_next(&one);
        assert_true(value == random_next(&other));
        same += value == random_next(&different);
    }
    assert_int_equal(same, 0);
}

static void seed_zero_is_as_good_as_any(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 0);
    uint64_t seen = 0;
    for (int i = 0; i < 64; i++)
        seen |= random_next(&random);
    assert_true(seen == UINT64_MAX);
}

/* The first values of xoshiro256** from the state 1, 2, 3, 4, worked out from its definition. */
static void the_generator_is_xoshiro256_starstar(void **state)
{
    (void)state;
    static const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240};
    struct random random = {{1, 2, 3, 4}};
    for (size_t i = 0; i < 4; i++)
        assert_true(random_next(&random) == expected[i]);
}

static void below_is_below_and_reaches_every_value(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1);
    int count[7] = {0};
    for (int i = 0; i < 70000; i++)
        count[random_below(&random, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(count[i], 9500, 10500);
    for (int i = 0; i < 100; i++)
        assert_true(random_below(&random, 1) == 0);
    for (int i = 0; i < 100; i++)
        assert_true(random_below(&random, UINT64_MAX) < UINT64_MAX);
}

static void secrets_do_not_repeat(void **state)
{
    (void)state;
    unsigned char one[32], other[32], zero[32] = {0};
    random_secret(one, sizeof one);
    random_secret(other, sizeof other);
    assert_memory_not_equal(one, other, sizeof one);
    assert_memory_not_equal(one, zero, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_tells_the_same_story),
        cmocka_unit_test(seed_zero_is_as_good_as_any),
        cmocka_unit_test(the_generator_is_xoshiro256_starstar),
        cmocka_unit_test(below_is_below_and_reaches_every_value),
        cmocka_unit_test(secrets_do_not_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
