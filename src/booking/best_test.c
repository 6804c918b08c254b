/* best_test.c — rows drawn as words: '.' is free, 'x' is taken, and the block found is shown as
   'O'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "booking/best.h"
#include "limits.h"

static void assert_block(const char *row, uint32_t count, bool orphans, const char *expected)
{
    bool free_seats[64];
    char shown[65];
    uint32_t size = (uint32_t)strlen(row);
    for (uint32_t i = 0; i < size; i++)
        free_seats[i] = row[i] == '.';
    memcpy(shown, row, size + 1);
    uint32_t first;
    if (best_in_row(free_seats, size, count, orphans, &first))
        memset(shown + first, 'O', count);
    assert_string_equal(shown, expected);
}

static void the_middle_of_an_empty_row_is_the_best(void **state)
{
    (void)state;
    assert_block("........", 2, false, "...OO...");
    assert_block(".......", 3, false, "..OOO..");
    assert_block("..", 2, false, "OO");
}

static void a_block_leaves_no_single_seat_alone(void **state)
{
    (void)state;
    assert_block("....", 2, false, "OO.."); /* the middle would leave one on each side */
    assert_block("x...x..", 2, false, "x...xOO");
    assert_block("x.....x", 2, false, "xOO...x");
    assert_block("x...x", 2, false, "x...x");
    assert_block("x...x", 2, true, "xOO.x");
}

static void a_gap_that_is_too_small_is_passed_over(void **state)
{
    (void)state;
    assert_block("..x..x..", 3, true, "..x..x..");
    assert_block("x..x...x", 3, false, "x..xOOOx");
    assert_block("xxxx", 1, true, "xxxx");
}

static void nobody_is_put_beside_the_row(void **state)
{
    (void)state;
    assert_block("...", 4, true, "...");
    assert_block("", 1, true, "");
}

static uint16_t bits(uint32_t count)
{
    return (uint16_t)(1u << (count - 1));
}

static void what_is_known_of_a_row_is_what_looking_finds(void **state)
{
    (void)state;
    enum { SEATS = 10 };
    for (uint32_t row = 0; row < 1u << SEATS; row++) { /* every row there is */
        bool free_seats[SEATS];
        for (uint32_t i = 0; i < SEATS; i++)
            free_seats[i] = row >> i & 1;
        struct best_blocks blocks = best_blocks_in_row(free_seats, SEATS);
        for (uint32_t count = 1; count <= SEATS_PER_RESERVATION_MAX; count++) {
            uint32_t first;
            assert_int_equal(best_in_row(free_seats, SEATS, count, true, &first),
                             (blocks.any & bits(count)) != 0);
            assert_int_equal(best_in_row(free_seats, SEATS, count, false, &first),
                             (blocks.clean & bits(count)) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_middle_of_an_empty_row_is_the_best),
        cmocka_unit_test(a_block_leaves_no_single_seat_alone),
        cmocka_unit_test(a_gap_that_is_too_small_is_passed_over),
        cmocka_unit_test(nobody_is_put_beside_the_row),
        cmocka_unit_test(what_is_known_of_a_row_is_what_looking_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
