/* sale_test.c — what a fan may expect of a sale. Time is a number we pass in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "booking/plan_sample.h"
#include "booking/sale.h"

static const struct fan_id mina = {1}, joon = {2};

enum { OPENS_MS = 1000, CLOSES_MS = 900000, HOLD_MS = 60000 };

struct house {
    struct plan *plan;
    struct sale *sale;
    struct members members;
    int64_t next_id;
    int64_t seats_elsewhere; /* of whoever presses next */
};

static struct house open_house(uint32_t sections, uint32_t rows, uint32_t seats)
{
    struct sale_terms terms = {.opens_at_ms = OPENS_MS,
                               .closes_at_ms = CLOSES_MS,
                               .hold_ms = HOLD_MS,
                               .max_per_fan = 4,
                               .strategy = 5};
    struct house house = {.plan = plan_sample(sections, rows, seats), .next_id = 1};
    house.sale = sale_create(house.plan, &terms);
    assert_non_null(house.sale);
    members_init(&house.members);
    return house;
}

static void close_house(struct house *house)
{
    sale_destroy(house->sale);
    members_deinit(&house->members);
    plan_destroy(house->plan);
}

static struct sale_wish named(size_t count, const int64_t *seats)
{
    struct sale_wish wish = {.seat_count = count};
    for (size_t i = 0; i < count; i++)
        wish.seats[i].value = seats[i];
    return wish;
}

static struct sale_wish seat(int64_t id)
{
    return named(1, &id);
}

static struct sale_wish best(uint32_t count)
{
    return (struct sale_wish){.best_count = count, .best_section = -1};
}

/* Chooses and, on yes, holds; the id of the new reservation is next_id - 1 afterwards. */
static enum sale_verdict press(struct house *house, struct fan_id fan, struct sale_wish wish,
                               int64_t now_ms, struct sale_choice *out_choice)
{
    struct sale_asker asker = {
        .fan = fan, .seats_elsewhere = house->seats_elsewhere, .members = &house->members};
    enum sale_verdict verdict = sale_choose(house->sale, &asker, &wish, now_ms, out_choice);
    if (verdict != SALE_YES)
        return verdict;
    struct sale_reservation reservation = {.id = {house->next_id++},
                                           .fan = fan,
                                           .state = RESERVATION_HOLD,
                                           .amount = out_choice->amount,
                                           .hold_ends_at_ms = now_ms + HOLD_MS,
                                           .lapses_at_ms = now_ms + HOLD_MS};
    assert_int_equal(sale_hold(house->sale, &reservation, out_choice), STATUS_OK);
    return SALE_YES;
}

static void the_first_fan_gets_the_seat_and_the_second_hears_which_is_taken(void **state)
{
    (void)state;
    struct house house = open_house(1, 2, 4);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, seat(1003), 2000, &choice), SALE_YES);
    assert_int_equal(choice.amount, 10000);
    assert_int_equal(sale_seat_state(house.sale, 2), SEAT_HELD);

    const int64_t both[] = {1002, 1003};
    assert_int_equal(press(&house, joon, named(2, both), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(choice.seat_count, 1);
    assert_int_equal(choice.seat_indexes[0], 2);
    assert_int_equal(sale_seat_state(house.sale, 1), SEAT_AVAILABLE); /* all or nothing */
    close_house(&house);
}

static void a_sale_sells_between_opening_and_closing_and_not_while_paused(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, seat(1001), OPENS_MS - 1, &choice), SALE_NOT_OPEN_YET);
    assert_int_equal(press(&house, mina, seat(1001), OPENS_MS, &choice), SALE_YES);
    struct sale_terms terms = *sale_terms(house.sale);
    terms.status = SALE_STATUS_PAUSED;
    sale_set_terms(house.sale, &terms);
    assert_int_equal(press(&house, mina, seat(1002), OPENS_MS, &choice), SALE_IS_PAUSED);
    terms.status = SALE_STATUS_ACTIVE;
    sale_set_terms(house.sale, &terms);
    assert_int_equal(press(&house, mina, seat(1002), CLOSES_MS - 1, &choice), SALE_YES);
    assert_int_equal(press(&house, mina, seat(1003), CLOSES_MS, &choice), SALE_IS_CLOSED);
    close_house(&house);
}

static void more_than_a_fan_may_have_is_a_limit_also_where_no_row_has_so_many(void **state)
{
    (void)state;
    struct house house = open_house(1, 2, 4);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, best(5), 2000, &choice), SALE_LIMIT_EXCEEDED);
    close_house(&house);
}

static void seats_of_elsewhere_and_seats_named_twice_do_not_exist(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, seat(1000), 2000, &choice), SALE_NO_SUCH_SEAT);
    assert_int_equal(press(&house, mina, seat(1005), 2000, &choice), SALE_NO_SUCH_SEAT);
    assert_int_equal(press(&house, mina, seat(ID_MAX), 2000, &choice), SALE_NO_SUCH_SEAT);
    const int64_t twice[] = {1001, 1001};
    assert_int_equal(press(&house, mina, named(2, twice), 2000, &choice), SALE_NO_SUCH_SEAT);
    close_house(&house);
}

static void a_blocked_seat_is_never_sold(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 3);
    sale_block(house.sale, 1);
    struct sale_choice choice;
    assert_int_equal(sale_seat_state(house.sale, 1), SEAT_BLOCKED);
    assert_int_equal(press(&house, mina, seat(1002), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(press(&house, mina, best(2), 2000, &choice), SALE_SEAT_TAKEN);
    close_house(&house);
}

static void a_fan_gets_no_more_seats_than_the_sale_allows(void **state)
{
    (void)state;
    struct house house = open_house(1, 2, 8);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, best(3), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, mina, best(2), 2000, &choice), SALE_LIMIT_EXCEEDED);
    assert_int_equal(press(&house, mina, best(1), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, mina, best(1), 2000, &choice), SALE_LIMIT_EXCEEDED);
    assert_int_equal(sale_live_seats_of(house.sale, mina), 4);
    sale_move(house.sale, (struct reservation_id){1}, RESERVATION_CANCELLED, 0);
    assert_int_equal(sale_live_seats_of(house.sale, mina), 1);
    assert_int_equal(press(&house, mina, best(3), 2000, &choice), SALE_YES);
    close_house(&house);
}

static void the_best_seats_are_in_the_dearest_section_in_front(void **state)
{
    (void)state;
    struct house house = open_house(2, 2, 6);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, best(2), 2000, &choice), SALE_YES);
    assert_int_equal(choice.seat_indexes[0], 2);
    assert_int_equal(choice.amount, 40000);
    struct sale_wish cheap = best(2);
    cheap.best_section = 1;
    assert_int_equal(press(&house, joon, cheap, 2000, &choice), SALE_YES);
    assert_int_equal(choice.seat_indexes[0], 14);
    cheap.best_section = 2;
    assert_int_equal(press(&house, joon, cheap, 2000, &choice), SALE_NO_SUCH_SECTION);
    close_house(&house);
}

static void an_orphan_is_left_only_when_there_is_no_other_way(void **state)
{
    (void)state;
    struct house house = open_house(1, 2, 3);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, best(3), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, joon, best(2), 2000, &choice), SALE_YES); /* or nobody sits */
    assert_int_equal(choice.seat_indexes[0] / 3, 1);
    close_house(&house);
}

static void the_last_seat_gone_is_sold_out_only_when_none_can_come_back(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 2);
    struct sale_choice choice;
    assert_int_equal(press(&house, mina, best(2), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, joon, best(1), 2000, &choice), SALE_SEAT_TAKEN);
    sale_move(house.sale, (struct reservation_id){1}, RESERVATION_PAYING, 2000 + HOLD_MS);
    sale_move(house.sale, (struct reservation_id){1}, RESERVATION_CONFIRMED, 0);
    assert_int_equal(press(&house, joon, best(1), 2000, &choice), SALE_IS_SOLD_OUT);
    assert_int_equal(press(&house, joon, seat(1001), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(sale_seat_state(house.sale, 0), SEAT_SOLD);
    close_house(&house);
}

static void holds_lapse_in_order_and_their_seats_are_free_again(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    struct sale_reservation due;
    press(&house, mina, seat(1001), 2000, &choice);
    press(&house, joon, seat(1002), 5000, &choice);
    assert_int_equal(sale_next_lapse_ms(house.sale), 2000 + HOLD_MS);
    assert_false(sale_next_lapse(house.sale, 2000 + HOLD_MS - 1, &due));
    assert_true(sale_next_lapse(house.sale, 2000 + HOLD_MS, &due));
    assert_int_equal(due.id.value, 1);
    sale_move(house.sale, due.id, RESERVATION_EXPIRED, 0);
    assert_int_equal(sale_seat_state(house.sale, 0), SEAT_AVAILABLE);
    assert_false(sale_find(house.sale, due.id, &due));
    assert_int_equal(sale_next_lapse_ms(house.sale), 5000 + HOLD_MS);
    close_house(&house);
}

static void a_shorter_hold_lapses_before_an_older_longer_one(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    struct sale_reservation due;
    press(&house, mina, seat(1001), 2000, &choice);
    press(&house, mina, seat(1002), 3000, &choice);
    struct sale_reservation brief = {.id = {9}, .fan = joon, .lapses_at_ms = 2500 + HOLD_MS};
    struct sale_choice third = {.seat_count = 1, .seat_indexes = {2}};
    assert_int_equal(sale_hold(house.sale, &brief, &third), STATUS_OK);
    const int64_t order[] = {1, 9, 2};
    for (size_t i = 0; i < 3; i++) {
        assert_true(sale_next_lapse(house.sale, INT64_MAX - 1, &due));
        assert_int_equal(due.id.value, order[i]);
        sale_move(house.sale, due.id, RESERVATION_EXPIRED, 0);
    }
    close_house(&house);
}

static void changes_are_told_once_each(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    size_t count;
    sale_take_changes(house.sale, &count);
    assert_int_equal(count, 4); /* everything, when a sale is new */
    press(&house, mina, seat(1002), 2000, &choice);
    sale_move(house.sale, (struct reservation_id){1}, RESERVATION_PAYING, 99999);
    const uint32_t *changes = sale_take_changes(house.sale, &count);
    assert_int_equal(count, 1);
    assert_int_equal(changes[0], 1);
    sale_take_changes(house.sale, &count);
    assert_int_equal(count, 0);
    close_house(&house);
}

static void a_seat_that_is_not_free_cannot_be_held_again(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    press(&house, mina, seat(1001), 2000, &choice);
    struct sale_reservation second = {.id = {9}, .fan = joon};
    assert_int_equal(sale_hold(house.sale, &second, &choice), STATUS_INVALID);
    close_house(&house);
}

enum { CLUB = 3, CARD = 4, CLUB_MS = 400, CARD_MS = 600 };

static void members_buy_from_their_round_on_to_the_millisecond(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 8);
    struct sale_choice choice;
    struct sale_terms terms = *sale_terms(house.sale);
    terms.round_count = 2;
    terms.rounds[0] = (struct sale_round){CLUB, CLUB_MS, CARD_MS};
    terms.rounds[1] = (struct sale_round){CARD, CARD_MS, OPENS_MS - 100};
    sale_set_terms(house.sale, &terms);
    assert_int_equal(members_add(&house.members, CLUB, mina, 1), STATUS_OK);
    assert_int_equal(members_add(&house.members, CARD, joon, 1), STATUS_OK);

    const struct {
        int64_t at_ms;
        struct fan_id fan;
        enum sale_verdict answer;
    } story[] = {
        {CLUB_MS - 1, mina, SALE_NOT_OPEN_YET},
        {CLUB_MS - 1, joon, SALE_NOT_OPEN_YET},
        {CLUB_MS, joon, SALE_IS_PRESALE},
        {CLUB_MS, mina, SALE_YES},
        {CARD_MS - 1, mina, SALE_YES},
        {CARD_MS, mina, SALE_IS_PRESALE},
        {CARD_MS, joon, SALE_YES},
        {OPENS_MS - 100, joon, SALE_NOT_OPEN_YET},
        {OPENS_MS - 1, mina, SALE_NOT_OPEN_YET},
        {OPENS_MS, mina, SALE_YES},
        {OPENS_MS, joon, SALE_YES},
    };
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++)
        assert_int_equal(press(&house, story[i].fan, best(1), story[i].at_ms, &choice),
                         story[i].answer);
    close_house(&house);
}

static void the_dates_of_a_concert_count_together(void **state)
{
    (void)state;
    struct house house = open_house(1, 2, 8);
    struct sale_choice choice;
    struct sale_terms terms = *sale_terms(house.sale);
    terms.max_per_concert = 5;
    sale_set_terms(house.sale, &terms);
    house.seats_elsewhere = 3;
    assert_int_equal(press(&house, mina, best(3), 2000, &choice), SALE_LIMIT_EXCEEDED);
    assert_int_equal(press(&house, mina, best(2), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, mina, best(1), 2000, &choice), SALE_LIMIT_EXCEEDED);
    house.seats_elsewhere = 0;
    assert_int_equal(press(&house, joon, best(4), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, joon, best(1), 2000, &choice), SALE_LIMIT_EXCEEDED); /* a date */
    close_house(&house);
}

static void seats_that_are_set_aside_are_for_members_by_their_name_only(void **state)
{
    (void)state;
    struct house house = open_house(1, 1, 4);
    struct sale_choice choice;
    assert_int_equal(members_add(&house.members, CLUB, mina, 1), STATUS_OK);
    const struct allotment club = {12, CLUB}, nobody = {13, 0};
    assert_int_equal(sale_add_allotment(house.sale, &club), STATUS_OK);
    assert_int_equal(sale_add_allotment(house.sale, &nobody), STATUS_OK);
    sale_allot(house.sale, 0, club.id);
    sale_allot(house.sale, 1, nobody.id);
    assert_int_equal(sale_seat_state(house.sale, 0), SEAT_BLOCKED);

    assert_int_equal(press(&house, joon, seat(1001), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(press(&house, mina, seat(1002), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(press(&house, mina, best(3), 2000, &choice), SALE_SEAT_TAKEN);
    assert_int_equal(press(&house, mina, seat(1001), 2000, &choice), SALE_YES);
    assert_int_equal(sale_seat_state(house.sale, 0), SEAT_HELD);
    sale_move(house.sale, (struct reservation_id){house.next_id - 1}, RESERVATION_CANCELLED, 0);
    assert_int_equal(sale_seat_state(house.sale, 0), SEAT_BLOCKED); /* set aside again */

    sale_unmark(house.sale, 0);
    sale_end_allotment(house.sale, club.id);
    assert_int_equal(press(&house, joon, seat(1001), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, joon, best(2), 2000, &choice), SALE_YES);
    assert_int_equal(press(&house, mina, best(1), 2000, &choice), SALE_SEAT_TAKEN);
    close_house(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_fan_gets_the_seat_and_the_second_hears_which_is_taken),
        cmocka_unit_test(a_sale_sells_between_opening_and_closing_and_not_while_paused),
        cmocka_unit_test(more_than_a_fan_may_have_is_a_limit_also_where_no_row_has_so_many),
        cmocka_unit_test(seats_of_elsewhere_and_seats_named_twice_do_not_exist),
        cmocka_unit_test(a_blocked_seat_is_never_sold),
        cmocka_unit_test(members_buy_from_their_round_on_to_the_millisecond),
        cmocka_unit_test(the_dates_of_a_concert_count_together),
        cmocka_unit_test(seats_that_are_set_aside_are_for_members_by_their_name_only),
        cmocka_unit_test(a_fan_gets_no_more_seats_than_the_sale_allows),
        cmocka_unit_test(the_best_seats_are_in_the_dearest_section_in_front),
        cmocka_unit_test(an_orphan_is_left_only_when_there_is_no_other_way),
        cmocka_unit_test(the_last_seat_gone_is_sold_out_only_when_none_can_come_back),
        cmocka_unit_test(holds_lapse_in_order_and_their_seats_are_free_again),
        cmocka_unit_test(a_shorter_hold_lapses_before_an_older_longer_one),
        cmocka_unit_test(changes_are_told_once_each),
        cmocka_unit_test(a_seat_that_is_not_free_cannot_be_held_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
