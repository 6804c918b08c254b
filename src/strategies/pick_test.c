/* pick_test.c — the best seats that a board shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/hash.h"
#include "booking/plan_sample.h"
#include "strategies/pick.h"

struct house {
    struct board *board;
    struct table avoid;
};

/* Two sections of one row with eight seats; the first one is the dearer. */
static struct house open_house(void)
{
    struct house house = {.board = board_create(plan_sample(2, 1, 8), 1)};
    assert_non_null(house.board);
    table_init(&house.avoid, 64);
    return house;
}

static void close_house(struct house *house)
{
    board_destroy(house->board);
    table_deinit(&house->avoid);
}

static uint32_t first_of(const struct house *house, uint32_t count, int64_t section)
{
    struct sale_choice choice;
    bool found = pick_best(house->board, &house->avoid, count, section, &choice);
    return found ? choice.seat_indexes[0] : UINT32_MAX;
}

static void the_middle_of_the_dearest_row_goes_first(void **state)
{
    (void)state;
    struct house house = open_house();
    const struct plan *plan = board_plan(house.board);
    struct sale_choice choice;
    assert_true(pick_best(house.board, &house.avoid, 2, -1, &choice));
    uint32_t row_first = plan_row_of(plan, choice.seat_indexes[0])->first_seat;
    assert_int_equal(choice.seat_indexes[0], row_first + 3);
    assert_int_equal(choice.seat_indexes[1], row_first + 4);
    assert_int_equal(choice.amount, 2 * plan_section_of(plan, choice.seat_indexes[0])->price);
    for (uint32_t s = 0; s < plan->section_count; s++)
        assert_true(plan->sections[s].price <=
                    plan_section_of(plan, choice.seat_indexes[0])->price);
    close_house(&house);
}

static void what_is_taken_or_to_be_avoided_is_passed_over(void **state)
{
    (void)state;
    struct house house = open_house();
    uint32_t first = first_of(&house, 2, -1);
    board_set(house.board, first, SEAT_HELD);
    uint32_t second = first_of(&house, 2, -1);
    assert_int_not_equal(second, first);
    assert_int_equal(table_set(&house.avoid, hash_id(second), 1), STATUS_OK);
    uint32_t third = first_of(&house, 2, -1);
    assert_true(third != second && third != first && third + 1 != second);
    close_house(&house);
}

static void no_seat_is_left_alone_without_need(void **state)
{
    (void)state;
    struct house house = open_house();
    board_set(house.board, 3, SEAT_SOLD); /* free: 0 1 2 and 4 5 6 7 */
    assert_int_equal(first_of(&house, 3, 0), 0);
    board_set(house.board, 0, SEAT_SOLD);
    board_set(house.board, 1, SEAT_SOLD);        /* free: 2 and 4 5 6 7 */
    assert_int_equal(first_of(&house, 3, 0), 4); /* one stays alone: there is no other way */
    close_house(&house);
}

static void a_section_that_has_none_has_none(void **state)
{
    (void)state;
    struct house house = open_house();
    for (uint32_t seat = 0; seat < 8; seat++)
        board_set(house.board, seat, SEAT_SOLD);
    assert_int_equal(first_of(&house, 1, 0), UINT32_MAX);
    assert_true(first_of(&house, 1, -1) >= 8);
    assert_int_equal(first_of(&house, 9, -1), UINT32_MAX);
    close_house(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_middle_of_the_dearest_row_goes_first),
        cmocka_unit_test(what_is_taken_or_to_be_avoided_is_passed_over),
        cmocka_unit_test(no_seat_is_left_alone_without_need),
        cmocka_unit_test(a_section_that_has_none_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
