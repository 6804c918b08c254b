/* acks_test.c — the client's own list, in memory and on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rush/acks.h"

static const struct option_id option = {3};
static const struct fan_id mina = {42};
static const struct answer held = {
    .id = 7, .amount_won = 200, .seat_count = 3, .seat_ids = {1007, 1005, 1006}};
static const struct answer paid = {.id = 70};

static void seats_are_kept_in_order_and_nothing_is_forgotten(void **state)
{
    (void)state;
    struct acks acks;
    uint32_t index = 0;
    assert_int_equal(acks_init(&acks, option, NULL), STATUS_OK);
    for (uint32_t i = 0; i < 10000; i++) {
        struct answer answer = held;
        answer.id = i + 1;
        assert_int_equal(acks_hold(&acks, mina, i, &answer, &index), STATUS_OK);
        assert_int_equal(index, i);
    }
    assert_int_equal(acks.count, 10000);
    assert_int_equal(acks.list[9999].reservation_id, 10000);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(acks.list[0].seat_ids[i], 1005 + i);
    acks_deinit(&acks);
}

static void each_acknowledgement_is_a_line_of_its_own(void **state)
{
    (void)state;
    char path[] = "/tmp/acks-test-XXXXXX", words[1024] = "";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    struct acks acks;
    uint32_t index = 0;
    assert_int_equal(acks_init(&acks, option, path), STATUS_OK);
    assert_int_equal(acks_hold(&acks, mina, 1, &held, &index), STATUS_OK);
    acks_pay(&acks, index, 2, &paid);
    assert_int_equal(acks_hold(&acks, mina, 2, &held, &index), STATUS_OK);
    acks_cancel(&acks, index);
    acks_flush(&acks);

    assert_true(read(descriptor, words, sizeof words - 1) > 0);
    assert_string_equal(
        words, "{\"event\":\"held\",\"reservation\":7,\"fan\":42,\"seats\":[1005,1006,1007],"
               "\"amount\":200,\"key\":\"o3-f42-r1\"}\n"
               "{\"event\":\"paid\",\"reservation\":7,\"fan\":42,\"seats\":[1005,1006,1007],"
               "\"amount\":200,\"payment\":70,\"key\":\"o3-f42-p2\"}\n"
               "{\"event\":\"held\",\"reservation\":7,\"fan\":42,\"seats\":[1005,1006,1007],"
               "\"amount\":200,\"key\":\"o3-f42-r2\"}\n"
               "{\"event\":\"cancelled\",\"reservation\":7,\"fan\":42,\"seats\":[1005,1006,1007],"
               "\"amount\":200}\n");
    acks_deinit(&acks);
    close(descriptor);
    remove(path);
}

static void a_log_that_cannot_be_written_is_said_at_once(void **state)
{
    (void)state;
    struct acks acks;
    assert_int_equal(acks_init(&acks, option, "/nowhere/at/all"), STATUS_IO);
    acks_deinit(&acks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seats_are_kept_in_order_and_nothing_is_forgotten),
        cmocka_unit_test(each_acknowledgement_is_a_line_of_its_own),
        cmocka_unit_test(a_log_that_cannot_be_written_is_said_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
