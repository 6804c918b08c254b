/* booking_house.c — a new database, and an engine that a story starts and stops. */
#include "support/booking_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "base/log.h"
#include "store/migrate.h"

enum database_kind booking_house_kind;
int64_t booking_house_now_ms;

static int64_t tell_now(void)
{
    return booking_house_now_ms;
}

static void make_sale(struct booking_house *house)
{
    struct plain_sale sale = {.seat_count = HOUSE_SEATS,
                              .section_count = 1,
                              .price = 1000,
                              .hold_seconds = HOUSE_HOLD_SECONDS,
                              .max_per_fan = 4,
                              .opens_at_ms = HOUSE_OPENS_AT_MS,
                              .closes_at_ms = HOUSE_CLOSES_AT_MS};
    booking_house_now_ms = HOUSE_OPENS_AT_MS;
    assert_int_equal(plain_sale_create(house->store, &sale, booking_house_now_ms, &house->sale),
                     STATUS_OK);
}

int booking_house_make(void **state)
{
    struct booking_house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    log_set_level(LOG_OFF);
    struct migrate_report report;
    house->database = database_make(booking_house_kind);
    assert_int_equal(database_open(house->database, 0, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    make_sale(house);
    *state = house;
    return 0;
}

int booking_house_leave(void **state)
{
    struct booking_house *house = *state;
    store_reader_close(house->reader);
    store_close(house->store);
    database_remove(house->database);
    free(house);
    return 0;
}

void booking_house_start(struct booking_house *house)
{
    char why[256];
    house->boards = boards_create();
    assert_non_null(house->boards);
    struct booking_settings settings = {
        .store = house->store, .boards = house->boards, .now_ms = tell_now};
    assert_int_equal(booking_open(&settings, why, &house->booking), STATUS_OK);
}

void booking_house_stop(struct booking_house *house)
{
    booking_close(house->booking);
    boards_destroy(house->boards);
}

static void ignore_answer(struct booking_ask *ask)
{
    (void)ask;
}

void booking_house_press(struct booking_house *house, struct booking_ask *ask, int64_t fan,
                         int64_t key, int64_t seat_id)
{
    *ask = (struct booking_ask){.kind = BOOKING_HOLD,
                                .fan = {fan},
                                .option = house->sale.option,
                                .key_hash = key,
                                .on_answer = ignore_answer};
    ask->wish = (struct sale_wish){.best_section = -1, .seat_count = 1, .seats = {{seat_id}}};
    assert_int_equal(booking_submit(house->booking, ask), STATUS_OK);
}

void booking_house_audit(struct booking_house *house)
{
    static struct audit_report report;
    assert_int_equal(audit_run(house->reader, booking_house_now_ms, &report), STATUS_OK);
    assert_true(report.clean);
    assert_int_equal(report.overdue_hold_count, 0);
}
