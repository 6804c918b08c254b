/*
 * booking_layout_test.c — a layout changes under the engine, in whatever order things fall into one
 * commit, and whether that commit succeeds or not. Time is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "base/container.h"
#include "base/log.h"
#include "booking/booking.h"
#include "catalog/layout_replace.h"
#include "catalog/plain_sale.h"
#include "store/migrate.h"
#include "store/store_adapter.h"
#include "store/store_sqlite.h"
#include "support/server_process.h"

enum { OPENS_AT_MS = 1000000, CLOSES_AT_MS = 2000000, HOLD_SECONDS = 60, SEATS = 20 };

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
    bool fail_now;             /* the next commit is refused */
    struct store_ops refusing; /* the store's own, with refuse_commit() */
    enum status (*commit)(struct store_connection *writer);
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

static enum status refuse_commit(struct store_connection *writer)
{
    struct house *house = container_of(writer->store->ops, struct house, refusing);
    if (!house->fail_now)
        return house->commit(writer);
    house->fail_now = false;
    writer->store->ops->rollback(writer);
    return STATUS_IO;
}

static void start(struct house *house)
{
    house->refusing = *house->store->ops;
    house->commit = house->refusing.commit;
    house->refusing.commit = refuse_commit;
    house->store->ops = &house->refusing;
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

/* --- what falls into one commit --------------------------------------------------------------- */

struct replacing {
    struct store_job job;
    struct house *house;
    struct arena *arena;
    struct layout_document document;
    enum layout_verdict verdict;
    struct layout_replaced replaced;
    enum status status;
};

static enum status replace(struct store_job *job, struct store_connection *connection)
{
    struct replacing *replacing = container_of(job, struct replacing, job);
    const struct layout_look nothing = {0};
    enum status status =
        layout_replace(connection, replacing->house->sale.option, &replacing->document, &nothing,
                       &replacing->replaced, &replacing->verdict);
    booking_refresh(replacing->house->booking);
    return status;
}

static void on_replaced(struct store_job *job, enum status status)
{
    container_of(job, struct replacing, job)->status = status;
}

static void submit_layout(struct house *house, struct replacing *replacing, int seat_count)
{
    char json[160];
    snprintf(json, sizeof json,
             "{\"sections\":[{\"name\":\"A\",\"grade\":\"R\",\"price\":2000,"
             "\"rows\":[{\"row\":\"1\",\"seats\":%d}]}]}",
             seat_count);
    *replacing = (struct replacing){.job = {.work = replace, .on_done = on_replaced},
                                    .house = house,
                                    .arena = arena_create(4096, 16 << 20)};
    struct complaints complaints;
    complaints_init(&complaints, replacing->arena);
    struct json_in_fault fault;
    struct json_in *body = json_in_open(text_of(json), &fault);
    assert_int_equal(
        layout_document_read(body, replacing->arena, &replacing->document, &complaints), STATUS_OK);
    assert_int_equal(complaints.count, 0);
    json_in_close(body);
    assert_int_equal(store_submit(house->store, &replacing->job), STATUS_OK);
}

static void submit_hold(struct house *house, struct booking_ask *ask, int64_t seat_id)
{
    *ask = (struct booking_ask){.kind = BOOKING_HOLD,
                                .fan = {7},
                                .option = house->sale.option,
                                .key_hash = seat_id,
                                .on_answer = ignore_answer};
    ask->wish.seat_count = 1;
    ask->wish.seats[0].value = seat_id;
    ask->wish.best_section = -1;
    assert_int_equal(booking_submit(house->booking, ask), STATUS_OK);
}

static uint32_t board_seats(struct house *house)
{
    return board_seat_count(boards_find(house->boards, house->sale.option));
}

/* --- the stories ------------------------------------------------------------------------------ */

static void a_press_behind_the_layout_in_one_commit_is_decided_by_it(void **state)
{
    struct house *house = *state;
    struct replacing layout;
    struct booking_ask press;
    start(house);
    submit_layout(house, &layout, 5);
    submit_hold(house, &press, house->sale.first_seat_id);
    assert_int_equal(store_turn(house->store), 2);
    assert_int_equal(layout.verdict, LAYOUT_REPLACED);
    assert_int_equal(press.verdict, BOOKING_NO_SUCH_SEAT);
    assert_int_equal(board_seats(house), 5);
    submit_hold(house, &press, layout.replaced.first_seat_id + 4);
    store_turn(house->store);
    assert_int_equal(press.verdict, BOOKING_DONE);
    assert_int_equal(press.choice.amount, 2000);
    arena_destroy(layout.arena);
    stop(house);
}

static void a_press_before_the_layout_in_one_commit_keeps_its_seat(void **state)
{
    struct house *house = *state;
    struct replacing layout;
    struct booking_ask press;
    start(house);
    submit_hold(house, &press, house->sale.first_seat_id);
    submit_layout(house, &layout, 5);
    assert_int_equal(store_turn(house->store), 2);
    assert_int_equal(press.verdict, BOOKING_DONE);
    assert_int_equal(layout.verdict, LAYOUT_IN_USE);
    assert_int_equal(board_seats(house), SEATS);
    arena_destroy(layout.arena);
    stop(house);
}

static void a_layout_whose_commit_failed_is_forgotten_even_if_its_ids_come_again(void **state)
{
    struct house *house = *state;
    struct replacing lost, kept;
    struct booking_ask press;
    start(house);
    house->fail_now = true;
    submit_layout(house, &lost, 5);
    submit_hold(house, &press, house->sale.first_seat_id);
    store_turn(house->store);
    assert_int_equal(lost.status, STATUS_IO);
    assert_int_equal(press.verdict, BOOKING_FAILED);

    submit_layout(house, &kept, 7);
    submit_hold(house, &press, lost.replaced.first_seat_id + 6);
    store_turn(house->store);
    assert_int_equal(kept.status, STATUS_OK);
    assert_int_equal(kept.replaced.first_seat_id, lost.replaced.first_seat_id);
    assert_int_equal(press.verdict, BOOKING_DONE);
    assert_int_equal(board_seats(house), 7);
    static struct audit_report report;
    assert_int_equal(audit_run(house->reader, now_ms, &report), STATUS_OK);
    assert_true(report.clean);
    arena_destroy(lost.arena);
    arena_destroy(kept.arena);
    stop(house);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, make_house, leave_house)
    const struct CMUnitTest tests[] = {
        STORY(a_press_behind_the_layout_in_one_commit_is_decided_by_it),
        STORY(a_press_before_the_layout_in_one_commit_keeps_its_seat),
        STORY(a_layout_whose_commit_failed_is_forgotten_even_if_its_ids_come_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
