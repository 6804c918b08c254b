/* board_test.c — what readers see of the seats, while one thread writes. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "booking/board_write.h"
#include "booking/plan_sample.h"
#include "limits.h"

static void a_board_counts_what_it_shows(void **state)
{
    (void)state;
    struct board *board = board_create(plan_sample(2, 3, 7), 5000);
    assert_non_null(board);
    assert_int_equal(board_count(board, SEAT_AVAILABLE), 42);
    board_set(board, 0, SEAT_HELD);
    board_set(board, 20, SEAT_SOLD);
    board_set(board, 41, SEAT_BLOCKED);
    board_set(board, 41, SEAT_BLOCKED); /* no change */
    assert_int_equal(board_version(board), 5003);
    assert_int_equal(board_count(board, SEAT_AVAILABLE), 39);
    assert_int_equal(board_count(board, SEAT_HELD), 1);
    assert_int_equal(board_section_left(board, 0), 19);
    assert_int_equal(board_section_left(board, 1), 20);
    assert_int_equal(board_seat(board, 20), SEAT_SOLD);
    board_set(board, 20, SEAT_AVAILABLE);
    assert_int_equal(board_section_left(board, 0), 20);
    board_destroy(board);
}

static void a_copy_has_two_bits_a_seat(void **state)
{
    (void)state;
    struct board *board = board_create(plan_sample(1, 1, 5), 0);
    board_set(board, 1, SEAT_HELD);
    board_set(board, 2, SEAT_SOLD);
    board_set(board, 4, SEAT_BLOCKED);
    unsigned char bytes[2];
    assert_int_equal(board_copy(board, bytes), 3);
    assert_int_equal(bytes[0], 1 << 2 | 2 << 4);
    assert_int_equal(bytes[1], 3);
    board_destroy(board);
}

static void changes_since_a_version_are_told_until_they_are_forgotten(void **state)
{
    (void)state;
    struct board *board = board_create(plan_sample(1, 10, 10), 100);
    uint32_t seats[8];
    size_t count;
    uint64_t version;
    board_set(board, 3, SEAT_HELD);
    board_set(board, 9, SEAT_HELD);
    assert_true(board_changes(board, 101, seats, 8, &count, &version));
    assert_int_equal(count, 1);
    assert_int_equal(seats[0], 9);
    assert_int_equal(version, 102);
    assert_true(board_changes(board, 102, seats, 8, &count, &version));
    assert_int_equal(count, 0);
    assert_false(board_changes(board, 103, seats, 8, &count, &version)); /* from the future */
    assert_false(board_changes(board, 90, seats, 8, &count, &version));  /* too many */
    for (int i = 0; i < BOARD_CHANGES_MAX; i++)
        board_set(board, 5, i % 2 ? SEAT_AVAILABLE : SEAT_HELD);
    uint32_t *many = calloc(BOARD_CHANGES_MAX + 8, sizeof *many);
    assert_false(board_changes(board, 102, many, BOARD_CHANGES_MAX + 8, &count, &version));
    free(many);
    board_destroy(board);
}

static void the_state_of_a_sale_follows_its_terms_and_its_seats(void **state)
{
    (void)state;
    struct board *board = board_create(plan_sample(1, 1, 1), 0);
    board_set_terms(board, 100, 200, SALE_STATUS_ACTIVE);
    assert_int_equal(board_sale_state(board, 99), SALE_SCHEDULED);
    assert_int_equal(board_sale_state(board, 100), SALE_OPEN);
    board_set(board, 0, SEAT_HELD);
    assert_int_equal(board_sale_state(board, 100), SALE_OPEN); /* it may come back */
    board_set(board, 0, SEAT_SOLD);
    assert_int_equal(board_sale_state(board, 100), SALE_SOLD_OUT);
    assert_int_equal(board_sale_state(board, 200), SALE_CLOSED);
    board_set_terms(board, 100, 200, SALE_STATUS_PAUSED);
    assert_int_equal(board_sale_state(board, 150), SALE_PAUSED);
    board_set_terms(board, 100, 200, SALE_STATUS_CLOSED);
    assert_int_equal(board_sale_state(board, 50), SALE_CLOSED);
    board_destroy(board);
}

static void every_board_is_found_by_its_option(void **state)
{
    (void)state;
    struct boards *boards = boards_create();
    struct board *board = board_create(plan_sample(1, 1, 3), 0);
    assert_int_equal(boards_add(boards, board), STATUS_OK);
    assert_ptr_equal(boards_find(boards, (struct option_id){7}), board);
    assert_null(boards_find(boards, (struct option_id){8}));
    struct board *all[4];
    assert_int_equal(boards_list(boards, all, 4), 1);
    boards_destroy(boards);
}

/* One thread writes; the test follows by changes alone and must end with the same picture. */
struct writing {
    struct board *board;
    _Atomic bool finished;
};

enum { WRITTEN_CHANGES = 200000 };

static void *write_changes(void *argument)
{
    struct writing *writing = argument;
    for (uint32_t i = 0; i < WRITTEN_CHANGES; i++)
        board_set(writing->board, (i * 7) % 1000, (enum seat_state)((i / 1000 + i) % 3));
    atomic_store(&writing->finished, true);
    return NULL;
}

static void a_reader_that_follows_the_changes_ends_with_the_writers_picture(void **state)
{
    (void)state;
    enum { SEATS = 1000 };
    struct writing writing = {.board = board_create(plan_sample(1, 10, 100), 0)};
    enum seat_state seen[SEATS] = {SEAT_AVAILABLE};
    static uint32_t seats[BOARD_CHANGES_MAX];
    uint64_t version = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_changes, &writing), 0);
    bool finished = false;
    while (!finished) {
        finished = atomic_load(&writing.finished);
        size_t count;
        if (!board_changes(writing.board, version, seats, BOARD_CHANGES_MAX, &count, &version)) {
            version = board_version(writing.board);
            for (uint32_t i = 0; i < SEATS; i++)
                seen[i] = board_seat(writing.board, i);
            continue;
        }
        for (size_t i = 0; i < count; i++)
            seen[seats[i]] = board_seat(writing.board, seats[i]);
    }
    pthread_join(thread, NULL);
    for (uint32_t i = 0; i < SEATS; i++)
        assert_int_equal(seen[i], board_seat(writing.board, i));
    board_destroy(writing.board);
}

static void a_replaced_board_stays_readable_and_is_found_no_more(void **state)
{
    (void)state;
    struct boards *boards = boards_create();
    struct board *first = board_create(plan_sample(1, 1, 5), 0);
    struct option_id option = board_plan(first)->option;
    assert_int_equal(boards_add(boards, first), STATUS_OK);
    for (int i = 0; i < BOARDS_RETIRED_MAX; i++) {
        assert_true(boards_can_retire(boards));
        assert_int_equal(boards_replace(boards, board_create(plan_sample(1, 1, 6), 0)), STATUS_OK);
    }
    struct board *listed[2], *one_more = board_create(plan_sample(1, 1, 7), 0);
    assert_false(boards_can_retire(boards));
    assert_int_equal(boards_replace(boards, one_more), STATUS_FULL);
    board_destroy(one_more);
    assert_int_equal(board_seat_count(boards_find(boards, option)), 6);
    assert_int_equal(boards_list(boards, listed, 2), 1);
    assert_int_equal(board_seat_count(first), 5);
    boards_destroy(boards);
}

static void a_distrusted_board_is_of_no_layout(void **state)
{
    (void)state;
    struct plan *plan = plan_sample(1, 1, 5);
    plan->layout_version = 3;
    struct board *board = board_create(plan, 0);
    assert_true(board_is_of(board, 3));
    assert_false(board_is_of(board, 4));
    board_distrust(board);
    assert_false(board_is_of(board, 3));
    board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_counts_what_it_shows),
        cmocka_unit_test(a_copy_has_two_bits_a_seat),
        cmocka_unit_test(changes_since_a_version_are_told_until_they_are_forgotten),
        cmocka_unit_test(the_state_of_a_sale_follows_its_terms_and_its_seats),
        cmocka_unit_test(every_board_is_found_by_its_option),
        cmocka_unit_test(a_reader_that_follows_the_changes_ends_with_the_writers_picture),
        cmocka_unit_test(a_replaced_board_stays_readable_and_is_found_no_more),
        cmocka_unit_test(a_distrusted_board_is_of_no_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
