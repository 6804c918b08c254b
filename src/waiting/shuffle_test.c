/* shuffle_test.c — the draw: repeatable, fair, and what it says it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "waiting/shuffle.h"

enum { FANS = 5, DRAWS = 60000, ORDERS = 120 };

static const unsigned char secret[SHUFFLE_SEED_BYTES] = "a secret of thirty-two bytes....";

static void the_same_seed_and_log_give_the_same_order(void **state)
{
    (void)state;
    uint32_t first[100], second[100];
    unsigned char seed[SHUFFLE_SEED_BYTES], hash[SHUFFLE_HASH_BYTES] = {1};
    shuffle_seed(secret, 0, seed);
    for (uint32_t i = 0; i < 100; i++)
        first[i] = second[i] = i + 1;
    shuffle_draw(seed, hash, first, 100);
    shuffle_draw(seed, hash, second, 100);
    assert_memory_equal(first, second, sizeof first);
    hash[31] = 1; /* one more event in the log */
    for (uint32_t i = 0; i < 100; i++)
        second[i] = i + 1;
    shuffle_draw(seed, hash, second, 100);
    assert_memory_not_equal(first, second, sizeof first);
}

/* Worked out by another program from what shuffle.h says: tools and languages must agree. */
static void the_specification_gives_these_numbers(void **state)
{
    (void)state;
    static const uint32_t expected[10] = {8, 1, 7, 9, 3, 4, 5, 10, 2, 6};
    uint32_t places[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    unsigned char seed[SHUFFLE_SEED_BYTES], hash[SHUFFLE_HASH_BYTES] = {0};
    shuffle_seed(secret, 3, seed);
    shuffle_draw(seed, hash, places, 10);
    assert_memory_equal(places, expected, sizeof places);
}

static void every_order_is_equally_likely(void **state)
{
    (void)state;
    static unsigned counts[3125]; /* orders of five as numbers to the base of five */
    unsigned char seed[SHUFFLE_SEED_BYTES] = {0}, hash[SHUFFLE_HASH_BYTES] = {0};
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        uint32_t places[FANS] = {0, 1, 2, 3, 4};
        memcpy(hash, &draw, sizeof draw);
        shuffle_draw(seed, hash, places, FANS);
        size_t order = 0;
        for (size_t i = 0; i < FANS; i++)
            order = order * FANS + places[i];
        counts[order]++;
    }
    double expected = (double)DRAWS / ORDERS, chi_square = 0;
    size_t seen = 0;
    for (size_t i = 0; i < 3125; i++) {
        if (counts[i] == 0)
            continue;
        seen++;
        chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assert_int_equal(seen, ORDERS);
    assert_true(chi_square < 182); /* 119 degrees of freedom: one seed in ten thousand is above */
}

static void a_commitment_hides_the_seed_and_holds_it(void **state)
{
    (void)state;
    unsigned char seed[SHUFFLE_SEED_BYTES], other[SHUFFLE_SEED_BYTES];
    unsigned char commitment[SHUFFLE_HASH_BYTES], second[SHUFFLE_HASH_BYTES];
    shuffle_seed(secret, 0, seed);
    shuffle_seed(secret, 1, other);
    assert_memory_not_equal(seed, other, sizeof seed);
    shuffle_commitment(seed, commitment);
    shuffle_commitment(other, second);
    assert_memory_not_equal(commitment, second, sizeof commitment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_and_log_give_the_same_order),
        cmocka_unit_test(the_specification_gives_these_numbers),
        cmocka_unit_test(every_order_is_equally_likely),
        cmocka_unit_test(a_commitment_hides_the_seed_and_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
