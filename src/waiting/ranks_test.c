/* ranks_test.c — a set that counts, held against a plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "waiting/ranks.h"

enum { NUMBERS = 20000, STEPS = 20000 };

static void it_counts_like_a_plain_set(void **state)
{
    (void)state;
    static bool plain[NUMBERS];
    struct random chance;
    struct ranks ranks;
    random_init(&chance, 7);
    ranks_init(&ranks);
    for (int step = 0; step < STEPS; step++) {
        uint32_t number = (uint32_t)random_below(&chance, (uint64_t)step + 1) % NUMBERS;
        plain[number] = random_below(&chance, 3) > 0;
        if (plain[number])
            assert_int_equal(ranks_add(&ranks, number), STATUS_OK);
        else
            ranks_remove(&ranks, number);
        if (step % 500 != 0)
            continue;
        uint32_t below = 0, least = NUMBERS, found;
        for (uint32_t i = 0; i < NUMBERS; i++) {
            if (i % 97 == 0)
                assert_int_equal(ranks_below(&ranks, i), below);
            below += plain[i];
            least = plain[i] && least == NUMBERS ? i : least;
        }
        assert_int_equal(ranks.member_count, below);
        assert_int_equal(ranks_least(&ranks, &found), least < NUMBERS);
        if (least < NUMBERS)
            assert_int_equal(found, least);
    }
    ranks_deinit(&ranks);
}

static void an_empty_set_has_no_least_number(void **state)
{
    (void)state;
    struct ranks ranks;
    uint32_t least;
    ranks_init(&ranks);
    assert_false(ranks_least(&ranks, &least));
    assert_int_equal(ranks_below(&ranks, 1000000), 0);
    ranks_remove(&ranks, 5);
    assert_int_equal(ranks_add(&ranks, 1000000), STATUS_OK);
    assert_true(ranks_least(&ranks, &least));
    assert_int_equal(least, 1000000);
    assert_int_equal(ranks_below(&ranks, 1000000), 0);
    assert_int_equal(ranks_below(&ranks, 1000001), 1);
    ranks_deinit(&ranks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_counts_like_a_plain_set),
        cmocka_unit_test(an_empty_set_has_no_least_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
