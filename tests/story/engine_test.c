/*
 * engine_test.c — what the engine does at its edges: the end of a hold, the end of the engine, a
 * sale it cannot sell, and the very millisecond in which something begins or ends. One thread, time
 * is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/container.h"
#include "limits.h"
#include "support/booking_house.h"

enum { OPENS_AT_MS = HOUSE_OPENS_AT_MS, HOLD_MS = HOUSE_HOLD_SECONDS * 1000 };

struct question {
    struct booking_ask ask;
    int answer_count;
};

static void on_answer(struct booking_ask *ask)
{
    container_of(ask, struct question, ask)->answer_count++;
}

/* What happens to the database before the engine reads it. */
static void change(struct booking_house *house,
                   enum status (*work)(struct store_job *, struct store_connection *))
{
    struct store_job job = {.work = work};
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
}

static void ask(struct booking_house *house, struct question *question, enum booking_kind kind)
{
    question->ask.kind = kind;
    question->ask.fan.value = 1;
    question->ask.on_answer = on_answer;
    if (kind == BOOKING_CONFIRM || kind == BOOKING_UNPAY)
        booking_submit_followup(house->booking, &question->ask);
    else
        assert_int_equal(booking_submit(house->booking, &question->ask), STATUS_OK);
}

/* Each fan presses once: the fan is the key. */
static enum booking_verdict press(struct booking_house *house, int64_t fan, uint32_t seat)
{
    struct booking_ask ask;
    booking_house_press(house, &ask, fan, fan, house->sale.first_seat_id + seat);
    store_turn(house->store);
    return ask.verdict;
}

static void a_payment_does_not_begin_when_the_hold_has_ended(void **state)
{
    struct booking_house *house = *state;
    struct booking_ask hold;
    struct question pay = {0}, unpay = {0}, again = {0};
    booking_house_start(house);
    booking_house_press(house, &hold, 1, 1, house->sale.first_seat_id);
    store_turn(house->store);
    assert_int_equal(hold.verdict, BOOKING_DONE);
    pay.ask.reservation = unpay.ask.reservation = again.ask.reservation = hold.reservation;

    booking_house_now_ms += HOLD_MS - 1;
    ask(house, &pay, BOOKING_PAY);
    store_turn(house->store);
    assert_int_equal(pay.ask.verdict, BOOKING_DONE);

    booking_house_now_ms +=
        1000; /* declined when the hold has ended, and the next try is in that turn */
    ask(house, &unpay, BOOKING_UNPAY);
    ask(house, &again, BOOKING_PAY);
    store_turn(house->store);
    assert_int_equal(unpay.ask.verdict, BOOKING_DONE);
    assert_int_equal(again.ask.verdict, BOOKING_NOT_LIVE);
    booking_house_stop(house);
}

static void an_engine_that_closes_answers_who_waits(void **state)
{
    struct booking_house *house = *state;
    enum { CROWD = BOOKING_TURN_MAX + 1 };
    struct question *crowd = calloc(CROWD, sizeof *crowd);
    assert_non_null(crowd);
    booking_house_start(house);
    for (int i = 0; i < CROWD; i++) {
        crowd[i].ask.reservation.value = 1;
        ask(house, &crowd[i], BOOKING_CANCEL);
    }
    store_reader_close(house->reader);
    store_close(house->store); /* which carries out one turn more: one of them is left */
    house->reader = NULL;
    house->store = NULL;
    booking_house_stop(house);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(crowd[i].answer_count, 1);
    assert_int_equal(crowd[CROWD - 1].ask.verdict, BOOKING_FAILED);
    assert_int_equal(crowd[CROWD - 1].ask.status, STATUS_BUSY);
    free(crowd);
}

static enum status make_seats_free(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "UPDATE section SET price = 0");
}

static void seats_for_nothing_are_not_sold(void **state)
{
    struct booking_house *house = *state;
    change(house, make_seats_free);
    booking_house_start(house);
    assert_int_equal(press(house, 1, 0), BOOKING_NO_SALE);
    booking_house_stop(house);
}

/* --- moments ---------------------------------------------------------------------------------- */

enum { LATER_MS = OPENS_AT_MS + 5000, CLOSES_AT_MS = LATER_MS + 7000 };

static enum status open_later(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    static const struct sql update = {"UPDATE sale SET opens_at_ms = $1, closes_at_ms = $2"};
    const struct sql_value values[] = {sql_int(LATER_MS), sql_int(CLOSES_AT_MS)};
    return store_run(connection, &update, values, 2, NULL);
}

static void a_sale_opens_and_closes_to_the_millisecond(void **state)
{
    struct booking_house *house = *state;
    change(house, open_later);
    booking_house_start(house);
    booking_house_now_ms = LATER_MS - 1;
    assert_int_equal(press(house, 1, 0), BOOKING_NOT_OPEN_YET);
    booking_house_now_ms = LATER_MS;
    assert_int_equal(press(house, 2, 0), BOOKING_DONE);
    booking_house_now_ms = CLOSES_AT_MS - 1;
    assert_int_equal(press(house, 3, 1), BOOKING_DONE);
    booking_house_now_ms = CLOSES_AT_MS;
    assert_int_equal(press(house, 4, 2), BOOKING_CLOSED);
    booking_house_stop(house);
}

static void set_aside(struct booking_house *house, uint32_t seat, int64_t releases_at_ms)
{
    const struct seat_id seats[] = {{house->sale.first_seat_id + seat}};
    uint32_t taken[1];
    struct booking_marking marking = {.seats = seats,
                                      .seat_count = 1,
                                      .name = text_of("Press"),
                                      .releases_at_ms = releases_at_ms,
                                      .taken = taken};
    struct question question = {.ask = {.option = house->sale.option, .marking = &marking}};
    ask(house, &question, BOOKING_ALLOT);
    store_turn(house->store);
    assert_int_equal(question.ask.verdict, BOOKING_DONE);
}

static enum seat_state state_on_board(const struct booking_house *house, uint32_t seat)
{
    return board_seat(boards_find(house->boards, house->sale.option), seat);
}

static void seats_set_aside_are_for_everybody_from_their_millisecond_on(void **state)
{
    struct booking_house *house = *state;
    booking_house_start(house);
    set_aside(house, 0, LATER_MS);
    set_aside(house, 1, LATER_MS + 1);
    set_aside(house, 2, 0);
    booking_house_now_ms = LATER_MS - 1;
    assert_int_equal(press(house, 1, 0), BOOKING_SEAT_TAKEN);
    booking_house_now_ms = LATER_MS;
    assert_int_equal(press(house, 2, 0), BOOKING_DONE);
    assert_int_equal(press(house, 3, 1), BOOKING_SEAT_TAKEN);

    booking_house_stop(house);
    booking_house_start(house);
    assert_int_equal(press(house, 4, 1), BOOKING_SEAT_TAKEN);
    assert_int_equal(state_on_board(house, 1), SEAT_BLOCKED);
    booking_house_now_ms = LATER_MS + 1;
    booking_tick(house->booking); /* nobody presses, and the board tells it all the same */
    store_turn(house->store);
    assert_int_equal(state_on_board(house, 1), SEAT_AVAILABLE);
    assert_int_equal(press(house, 5, 1), BOOKING_DONE);

    booking_house_now_ms = CLOSES_AT_MS;
    assert_int_equal(press(house, 6, 2), BOOKING_SEAT_TAKEN); /* until somebody ends it */
    booking_house_stop(house);
}

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, booking_house_make, booking_house_leave)
    const struct CMUnitTest tests[] = {
        STORY(a_payment_does_not_begin_when_the_hold_has_ended),
        STORY(an_engine_that_closes_answers_who_waits),
        STORY(seats_for_nothing_are_not_sold),
        STORY(a_sale_opens_and_closes_to_the_millisecond),
        STORY(seats_set_aside_are_for_everybody_from_their_millisecond_on),
    };
    booking_house_kind = kind;
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
