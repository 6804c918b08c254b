/*
 * engine_test.c — what the engine does at its edges: the end of a hold, the end of the engine, a
 * sale it cannot sell, and the very millisecond in which something begins or ends. One thread, time
 * is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "limits.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"
#include "support/server_process.h"

enum { OPENS_AT_MS = 1000000, HOLD_MS = 60000 };

static int64_t engine_now_ms;

static int64_t engine_clock(void)
{
    return engine_now_ms;
}

struct engine {
    char folder[TEMPORARY_PATH_BYTES];
    struct store *store;
    struct boards *boards;
    struct booking *booking;
    struct plain_sale_made sale;
};

struct question {
    struct booking_ask ask;
    int answer_count;
};

static void on_answer(struct booking_ask *ask)
{
    container_of(ask, struct question, ask)->answer_count++;
}

static void create_sale(struct engine *engine)
{
    struct plain_sale settings = {.seat_count = 10,
                                  .section_count = 1,
                                  .price = 1000,
                                  .hold_seconds = HOLD_MS / 1000,
                                  .max_per_fan = 4,
                                  .opens_at_ms = OPENS_AT_MS,
                                  .closes_at_ms = INT64_C(4000000000000)};
    assert_int_equal(plain_sale_create(engine->store, &settings, engine_now_ms, &engine->sale),
                     STATUS_OK);
}

static void open_booking(struct engine *engine)
{
    char why[256];
    engine->boards = boards_create();
    assert_non_null(engine->boards);
    const struct booking_settings booking = {
        .store = engine->store, .boards = engine->boards, .now_ms = engine_clock};
    assert_int_equal(booking_open(&booking, why, &engine->booking), STATUS_OK);
}

/* `change` may be NULL: what happens to the database before the engine reads it. */
static void open_engine(struct engine *engine,
                        enum status (*change)(struct store_job *, struct store_connection *))
{
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES];
    struct migrate_report report;
    *engine = (struct engine){0};
    engine_now_ms = OPENS_AT_MS;
    temporary_folder_make(engine->folder);
    snprintf(path, sizeof path, "%s/core.db", engine->folder);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &engine->store), STATUS_OK);
    assert_int_equal(store_migrate(engine->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    create_sale(engine);
    struct store_job job = {.work = change};
    if (change)
        assert_int_equal(store_submit_and_wait(engine->store, &job), STATUS_OK);
    open_booking(engine);
}

/* It knows what the store knows, and nothing else. */
static void reopen_engine(struct engine *engine)
{
    booking_close(engine->booking);
    boards_destroy(engine->boards);
    open_booking(engine);
}

static void close_engine(struct engine *engine)
{
    store_close(engine->store);
    booking_close(engine->booking);
    boards_destroy(engine->boards);
    temporary_folder_remove(engine->folder);
}

static void ask(struct engine *engine, struct question *question, enum booking_kind kind)
{
    question->ask.kind = kind;
    question->ask.fan.value = 1;
    question->ask.on_answer = on_answer;
    if (kind == BOOKING_CONFIRM || kind == BOOKING_UNPAY)
        booking_submit_followup(engine->booking, &question->ask);
    else
        assert_int_equal(booking_submit(engine->booking, &question->ask), STATUS_OK);
}

static void hold_first_seat(struct engine *engine, struct question *question)
{
    question->ask.option = engine->sale.option;
    question->ask.key_hash = hash_lasting(text_of("key"));
    question->ask.wish = (struct sale_wish){
        .best_section = -1, .seat_count = 1, .seats = {{engine->sale.first_seat_id}}};
    ask(engine, question, BOOKING_HOLD);
    store_turn(engine->store);
    assert_int_equal(question->answer_count, 1);
}

/* Another fan's press a seat: each has a key of its own. */
static enum booking_verdict press(struct engine *engine, int64_t fan, uint32_t seat)
{
    struct question question = {0};
    question.ask.kind = BOOKING_HOLD;
    question.ask.fan.value = fan;
    question.ask.option = engine->sale.option;
    question.ask.key_hash = fan;
    question.ask.wish = (struct sale_wish){
        .best_section = -1, .seat_count = 1, .seats = {{engine->sale.first_seat_id + seat}}};
    question.ask.on_answer = on_answer;
    assert_int_equal(booking_submit(engine->booking, &question.ask), STATUS_OK);
    store_turn(engine->store);
    assert_int_equal(question.answer_count, 1);
    return question.ask.verdict;
}

static void a_payment_does_not_begin_when_the_hold_has_ended(void **state)
{
    (void)state;
    struct engine engine;
    struct question hold = {0}, pay = {0}, unpay = {0}, again = {0};
    open_engine(&engine, NULL);
    hold_first_seat(&engine, &hold);
    assert_int_equal(hold.ask.verdict, BOOKING_DONE);
    pay.ask.reservation = unpay.ask.reservation = again.ask.reservation = hold.ask.reservation;

    engine_now_ms += HOLD_MS - 1;
    ask(&engine, &pay, BOOKING_PAY);
    store_turn(engine.store);
    assert_int_equal(pay.ask.verdict, BOOKING_DONE);

    engine_now_ms += 1000; /* declined when the hold has ended, and the next try is in that turn */
    ask(&engine, &unpay, BOOKING_UNPAY);
    ask(&engine, &again, BOOKING_PAY);
    store_turn(engine.store);
    assert_int_equal(unpay.ask.verdict, BOOKING_DONE);
    assert_int_equal(again.ask.verdict, BOOKING_NOT_LIVE);
    close_engine(&engine);
}

static void an_engine_that_closes_answers_who_waits(void **state)
{
    (void)state;
    enum { CROWD = BOOKING_TURN_MAX + 1 };
    struct engine engine;
    struct question *crowd = calloc(CROWD, sizeof *crowd);
    assert_non_null(crowd);
    open_engine(&engine, NULL);
    for (int i = 0; i < CROWD; i++) {
        crowd[i].ask.reservation.value = 1;
        ask(&engine, &crowd[i], BOOKING_CANCEL);
    }
    close_engine(&engine); /* the store carries out one turn more: one of them is left */
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
    (void)state;
    struct engine engine;
    struct question hold = {0};
    open_engine(&engine, make_seats_free);
    hold_first_seat(&engine, &hold);
    assert_int_equal(hold.ask.verdict, BOOKING_NO_SALE);
    close_engine(&engine);
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
    (void)state;
    struct engine engine;
    open_engine(&engine, open_later);
    engine_now_ms = LATER_MS - 1;
    assert_int_equal(press(&engine, 1, 0), BOOKING_NOT_OPEN_YET);
    engine_now_ms = LATER_MS;
    assert_int_equal(press(&engine, 2, 0), BOOKING_DONE);
    engine_now_ms = CLOSES_AT_MS - 1;
    assert_int_equal(press(&engine, 3, 1), BOOKING_DONE);
    engine_now_ms = CLOSES_AT_MS;
    assert_int_equal(press(&engine, 4, 2), BOOKING_CLOSED);
    close_engine(&engine);
}

static void set_aside(struct engine *engine, uint32_t seat, int64_t releases_at_ms)
{
    const struct seat_id seats[] = {{engine->sale.first_seat_id + seat}};
    uint32_t taken[1];
    struct booking_marking marking = {.seats = seats,
                                      .seat_count = 1,
                                      .name = text_of("Press"),
                                      .releases_at_ms = releases_at_ms,
                                      .taken = taken};
    struct question question = {.ask = {.option = engine->sale.option, .marking = &marking}};
    ask(engine, &question, BOOKING_ALLOT);
    store_turn(engine->store);
    assert_int_equal(question.ask.verdict, BOOKING_DONE);
}

static enum seat_state state_on_board(const struct engine *engine, uint32_t seat)
{
    return board_seat(boards_find(engine->boards, engine->sale.option), seat);
}

static void seats_set_aside_are_for_everybody_from_their_millisecond_on(void **state)
{
    (void)state;
    struct engine engine;
    open_engine(&engine, NULL);
    set_aside(&engine, 0, LATER_MS);
    set_aside(&engine, 1, LATER_MS + 1);
    set_aside(&engine, 2, 0);
    engine_now_ms = LATER_MS - 1;
    assert_int_equal(press(&engine, 1, 0), BOOKING_SEAT_TAKEN);
    engine_now_ms = LATER_MS;
    assert_int_equal(press(&engine, 2, 0), BOOKING_DONE);
    assert_int_equal(press(&engine, 3, 1), BOOKING_SEAT_TAKEN);

    reopen_engine(&engine);
    assert_int_equal(press(&engine, 4, 1), BOOKING_SEAT_TAKEN);
    assert_int_equal(state_on_board(&engine, 1), SEAT_BLOCKED);
    engine_now_ms = LATER_MS + 1;
    booking_tick(engine.booking); /* nobody presses, and the board tells it all the same */
    store_turn(engine.store);
    assert_int_equal(state_on_board(&engine, 1), SEAT_AVAILABLE);
    assert_int_equal(press(&engine, 5, 1), BOOKING_DONE);

    engine_now_ms = CLOSES_AT_MS;
    assert_int_equal(press(&engine, 6, 2), BOOKING_SEAT_TAKEN); /* until somebody ends it */
    close_engine(&engine);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_does_not_begin_when_the_hold_has_ended),
        cmocka_unit_test(an_engine_that_closes_answers_who_waits),
        cmocka_unit_test(seats_for_nothing_are_not_sold),
        cmocka_unit_test(a_sale_opens_and_closes_to_the_millisecond),
        cmocka_unit_test(seats_set_aside_are_for_everybody_from_their_millisecond_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
