/* hall_test.c — what a fan sees and picks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"
#include "rush/hall.h"

static void set_state(struct hall *hall, uint32_t seat, enum seat_state seat_state)
{
    unsigned shift = 2 * (seat % 4);
    unsigned byte = hall->states[seat / 4] & ~(3u << shift);
    hall->states[seat / 4] = (unsigned char)(byte | (unsigned)seat_state << shift);
}

static void only_what_looks_free_is_picked(void **state)
{
    (void)state;
    struct hall hall;
    struct random random;
    random_init(&random, 3);
    assert_int_equal(hall_init(&hall, 1001, 10), STATUS_OK);
    assert_int_equal(hall_free_count(&hall), 10);

    for (uint32_t seat = 0; seat < 10; seat++)
        set_state(&hall, seat, seat == 4 || seat == 8 ? SEAT_AVAILABLE : SEAT_HELD);
    hall_refresh(&hall);
    uint32_t seats[RUSH_SEATS_EACH_MAX];
    for (int i = 0; i < 100; i++) {
        assert_int_equal(hall_pick(&hall, &random, 1, i % 2 == 0, seats), 1);
        assert_true(seats[0] == 4 || seats[0] == 8);
    }
    assert_int_equal(hall_pick(&hall, &random, 3, false, seats), 2); /* fewer are left */
    assert_int_equal(seats[0], 4);
    assert_int_equal(seats[1], 8);
    hall_deinit(&hall);
}

static void held_is_not_sold(void **state)
{
    (void)state;
    struct hall hall;
    struct random random;
    uint32_t seats[RUSH_SEATS_EACH_MAX];
    random_init(&random, 3);
    assert_int_equal(hall_init(&hall, 1, 5), STATUS_OK);
    for (uint32_t seat = 0; seat < 5; seat++)
        set_state(&hall, seat, seat == 2 ? SEAT_HELD : SEAT_SOLD);
    hall_refresh(&hall);
    assert_int_equal(hall_pick(&hall, &random, 1, false, seats), 0);
    assert_false(hall_sold_out(&hall));

    set_state(&hall, 2, SEAT_SOLD);
    hall_refresh(&hall);
    assert_true(hall_sold_out(&hall));
    hall_deinit(&hall);
}

static void many_want_the_front(void **state)
{
    (void)state;
    struct hall hall;
    struct random random;
    uint32_t seats[RUSH_SEATS_EACH_MAX];
    random_init(&random, 5);
    assert_int_equal(hall_init(&hall, 1, 1000), STATUS_OK);
    uint32_t farthest = 0;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(hall_pick(&hall, &random, 2, true, seats), 2);
        assert_int_equal(seats[1], seats[0] + 1);
        assert_true(seats[1] < 100);
        assert_int_equal(hall_pick(&hall, &random, 2, false, seats), 2);
        farthest = seats[1] > farthest ? seats[1] : farthest;
    }
    assert_true(farthest > 900);
    hall_deinit(&hall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_looks_free_is_picked),
        cmocka_unit_test(held_is_not_sold),
        cmocka_unit_test(many_want_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
