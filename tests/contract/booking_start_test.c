/*
 * booking_start_test.c — what the engine finds when it starts. Time is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/booking_house.h"

static const int64_t day_ms = 24 * 3600 * 1000;

static enum booking_verdict hold_first_seat(struct booking_house *house)
{
    struct booking_ask ask;
    booking_house_press(house, &ask, 7, 1, house->sale.first_seat_id);
    store_turn(house->store);
    return ask.verdict;
}

static int64_t count_of(struct booking_house *house, const struct sql *sql)
{
    int64_t count = -1;
    assert_int_equal(store_query_int(house->reader, sql, NULL, 0, &count), STATUS_OK);
    return count;
}

static const struct sql live = {"SELECT COUNT(*) FROM reservation_seat WHERE live = 1"};
static const struct sql ended = {
    "SELECT COUNT(*) FROM reservation WHERE state = 'EXPIRED' AND ended_at_ms IS NOT NULL"};

static void a_hold_that_is_left_behind_is_known_again(void **state)
{
    struct booking_house *house = *state;
    booking_house_start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    booking_house_stop(house);
    booking_house_start(house);
    const struct board *board = boards_find(house->boards, house->sale.option);
    assert_int_equal(board_seat(board, 0), SEAT_HELD);
    assert_int_equal(hold_first_seat(house), BOOKING_REPEATED);
    booking_house_stop(house);
}

static void a_hold_lapses_at_the_start_when_its_time_has_passed(void **state)
{
    struct booking_house *house = *state;
    booking_house_start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    booking_house_stop(house);
    booking_house_now_ms += HOUSE_HOLD_SECONDS * 1000;
    booking_house_start(house);
    booking_tick(house->booking);
    store_turn(house->store);
    assert_int_equal(count_of(house, &live), 0);
    assert_int_equal(count_of(house, &ended), 1);
    booking_house_stop(house);
}

static void a_hold_of_a_sale_that_closed_days_ago_is_ended_too(void **state)
{
    struct booking_house *house = *state;
    booking_house_start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    booking_house_stop(house);
    booking_house_now_ms = HOUSE_CLOSES_AT_MS + 3 * day_ms;
    booking_house_start(house);
    assert_int_equal(count_of(house, &live), 0);
    assert_int_equal(count_of(house, &ended), 1);
    booking_house_audit(house);
    booking_house_stop(house);
}

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, booking_house_make, booking_house_leave)
    const struct CMUnitTest tests[] = {
        STORY(a_hold_that_is_left_behind_is_known_again),
        STORY(a_hold_lapses_at_the_start_when_its_time_has_passed),
        STORY(a_hold_of_a_sale_that_closed_days_ago_is_ended_too),
    };
    booking_house_kind = kind;
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
