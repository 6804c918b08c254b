/*
 * booking_layout_test.c — a layout changes under the engine, in whatever order things fall into one
 * commit, and whether that commit succeeds or not. Time is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/container.h"
#include "catalog/layout_replace.h"
#include "store/store_adapter.h"
#include "support/booking_house.h"

static struct { /* the store's own, with refuse_commit() */
    struct store_ops ops;
    enum status (*commit)(struct store_connection *writer);
    bool now; /* the next commit */
} refusing;

static enum status refuse_commit(struct store_connection *writer)
{
    if (!refusing.now)
        return refusing.commit(writer);
    refusing.now = false;
    writer->store->ops->rollback(writer);
    return STATUS_IO;
}

static void start(struct booking_house *house)
{
    refusing.ops = *house->store->ops;
    refusing.commit = refusing.ops.commit;
    refusing.ops.commit = refuse_commit;
    house->store->ops = &refusing.ops;
    booking_house_start(house);
}

/* --- what falls into one commit --------------------------------------------------------------- */

struct replacing {
    struct store_job job;
    struct booking_house *house;
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
    const struct edit_guard anybody = {0};
    enum status status =
        layout_replace(connection, replacing->house->sale.option, &replacing->document, &nothing,
                       &anybody, &replacing->replaced, &replacing->verdict);
    booking_refresh(replacing->house->booking);
    return status;
}

static void on_replaced(struct store_job *job, enum status status)
{
    container_of(job, struct replacing, job)->status = status;
}

static void submit_layout(struct booking_house *house, struct replacing *replacing, int seat_count)
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

static void submit_hold(struct booking_house *house, struct booking_ask *ask, int64_t seat_id)
{
    booking_house_press(house, ask, 7, seat_id, seat_id);
}

static uint32_t board_seats(struct booking_house *house)
{
    return board_seat_count(boards_find(house->boards, house->sale.option));
}

/* --- the stories ------------------------------------------------------------------------------ */

static void a_press_behind_the_layout_in_one_commit_is_decided_by_it(void **state)
{
    struct booking_house *house = *state;
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
    booking_house_stop(house);
}

static void a_press_before_the_layout_in_one_commit_keeps_its_seat(void **state)
{
    struct booking_house *house = *state;
    struct replacing layout;
    struct booking_ask press;
    start(house);
    submit_hold(house, &press, house->sale.first_seat_id);
    submit_layout(house, &layout, 5);
    assert_int_equal(store_turn(house->store), 2);
    assert_int_equal(press.verdict, BOOKING_DONE);
    assert_int_equal(layout.verdict, LAYOUT_IN_USE);
    assert_int_equal(board_seats(house), HOUSE_SEATS);
    arena_destroy(layout.arena);
    booking_house_stop(house);
}

static void a_layout_whose_commit_failed_is_forgotten_even_if_its_ids_come_again(void **state)
{
    struct booking_house *house = *state;
    struct replacing lost, kept;
    struct booking_ask press;
    start(house);
    refusing.now = true;
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
    booking_house_audit(house);
    arena_destroy(lost.arena);
    arena_destroy(kept.arena);
    booking_house_stop(house);
}

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, booking_house_make, booking_house_leave)
    const struct CMUnitTest tests[] = {
        STORY(a_press_behind_the_layout_in_one_commit_is_decided_by_it),
        STORY(a_press_before_the_layout_in_one_commit_keeps_its_seat),
        STORY(a_layout_whose_commit_failed_is_forgotten_even_if_its_ids_come_again),
    };
    booking_house_kind = kind;
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
