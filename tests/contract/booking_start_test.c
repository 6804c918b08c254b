/*
 * booking_start_test.c — what the engine finds when it starts. Time is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "base/log.h"
#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"
#include "support/server_process.h"

enum { OPENS_AT_MS = 1000000, CLOSES_AT_MS = 2000000, HOLD_SECONDS = 60, SEATS = 20 };
static const int64_t day_ms = 24 * 3600 * 1000;

static int64_t now_ms;

static int64_t tell_now(void)
{
    return now_ms;
}

struct house {
    char folder[TEMPORARY_PATH_BYTES];
    struct store *store;
    struct store_connection *reader;
    struct boards *boards;
    struct booking *booking;
    struct plain_sale_made sale;
};

static int make_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    log_set_level(LOG_ERROR);
    temporary_folder_make(house->folder);
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    struct migrate_report report;
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    struct plain_sale sale = {.seat_count = SEATS,
                              .section_count = 1,
                              .price = 1000,
                              .hold_seconds = HOLD_SECONDS,
                              .max_per_fan = 4,
                              .opens_at_ms = OPENS_AT_MS,
                              .closes_at_ms = CLOSES_AT_MS};
    now_ms = OPENS_AT_MS;
    assert_int_equal(plain_sale_create(house->store, &sale, now_ms, &house->sale), STATUS_OK);
    *state = house;
    return 0;
}

static int leave_house(void **state)
{
    struct house *house = *state;
    store_reader_close(house->reader);
    store_close(house->store);
    temporary_folder_remove(house->folder);
    free(house);
    return 0;
}

static void start(struct house *house)
{
    char why[256];
    house->boards = boards_create();
    struct booking_settings settings = {
        .store = house->store, .boards = house->boards, .now_ms = tell_now};
    assert_int_equal(booking_open(&settings, why, &house->booking), STATUS_OK);
}

static void stop(struct house *house)
{
    booking_close(house->booking);
    boards_destroy(house->boards);
}

static void ignore_answer(struct booking_ask *ask)
{
    (void)ask;
}

static enum booking_verdict hold_first_seat(struct house *house)
{
    struct booking_ask ask = {.kind = BOOKING_HOLD,
                              .fan = {7},
                              .option = house->sale.option,
                              .key_hash = 1,
                              .on_answer = ignore_answer};
    ask.wish.seat_count = 1;
    ask.wish.seats[0].value = house->sale.first_seat_id;
    ask.wish.best_section = -1;
    assert_int_equal(booking_submit(house->booking, &ask), STATUS_OK);
    store_turn(house->store);
    return ask.verdict;
}

static int64_t count_of(struct house *house, const struct sql *sql)
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
    struct house *house = *state;
    start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    stop(house);
    start(house);
    const struct board *board = boards_find(house->boards, house->sale.option);
    assert_int_equal(board_seat(board, 0), SEAT_HELD);
    assert_int_equal(hold_first_seat(house), BOOKING_REPEATED);
    stop(house);
}

static void a_hold_lapses_at_the_start_when_its_time_has_passed(void **state)
{
    struct house *house = *state;
    start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    stop(house);
    now_ms += HOLD_SECONDS * 1000;
    start(house);
    booking_tick(house->booking);
    store_turn(house->store);
    assert_int_equal(count_of(house, &live), 0);
    assert_int_equal(count_of(house, &ended), 1);
    stop(house);
}

static void a_hold_of_a_sale_that_closed_days_ago_is_ended_too(void **state)
{
    struct house *house = *state;
    start(house);
    assert_int_equal(hold_first_seat(house), BOOKING_DONE);
    stop(house);
    now_ms = CLOSES_AT_MS + 3 * day_ms;
    start(house);
    assert_int_equal(count_of(house, &live), 0);
    assert_int_equal(count_of(house, &ended), 1);
    static struct audit_report report;
    assert_int_equal(audit_run(house->reader, now_ms, &report), STATUS_OK);
    assert_true(report.clean);
    assert_int_equal(report.overdue_hold_count, 0);
    stop(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hold_that_is_left_behind_is_known_again, make_house,
                                        leave_house),
        cmocka_unit_test_setup_teardown(a_hold_lapses_at_the_start_when_its_time_has_passed,
                                        make_house, leave_house),
        cmocka_unit_test_setup_teardown(a_hold_of_a_sale_that_closed_days_ago_is_ended_too,
                                        make_house, leave_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
