/* answer_test.c — the server's words, and what is made of strange ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rush/answer.h"

static void a_reservation_is_read_with_its_seats(void **state)
{
    (void)state;
    struct answer answer;
    assert_true(answer_read(
        201,
        text_of("{\"id\":7,\"state\":\"HOLD\",\"optionId\":3,\"seats\":[{\"id\":11,\"row\":\"1\"},"
                "{\"id\":12}],\"amount\":220000,\"currency\":\"KRW\"}"),
        &answer));
    assert_int_equal(answer.id, 7);
    assert_int_equal(answer.state, ANSWER_HOLD);
    assert_int_equal(answer.amount_won, 220000);
    assert_int_equal(answer.seat_count, 2);
    assert_int_equal(answer.seat_ids[1], 12);
}

static void a_payment_is_read_without_seats(void **state)
{
    (void)state;
    struct answer answer;
    assert_true(answer_read(
        201, text_of("{\"id\":9,\"reservationId\":7,\"state\":\"CAPTURED\",\"amount\":5}"),
        &answer));
    assert_int_equal(answer.state, ANSWER_CAPTURED);
    assert_int_equal(answer.seat_count, 0);
}

static void a_refusal_is_known_by_its_code(void **state)
{
    (void)state;
    struct answer answer;
    assert_true(answer_read(409, text_of("{\"code\":\"SEAT_TAKEN\",\"seatIds\":[1]}"), &answer));
    assert_int_equal(answer.code, ANSWER_SEAT_TAKEN);
    assert_string_equal(answer_code_name(answer.code), "SEAT_TAKEN");
    assert_true(answer_read(418, text_of("{\"code\":\"TEAPOT\"}"), &answer));
    assert_int_equal(answer.code, ANSWER_OTHER_CODE);
}

static void what_does_not_fit_is_not_readable(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
    } strange[] = {
        {201, ""},
        {201, "[]"},
        {201, "{}"},
        {201, "{\"id\":0,\"state\":\"HOLD\"}"},
        {201, "{\"id\":1,\"state\":7}"},
        {201, "{\"id\":1,\"state\":\"HOLD\",\"amount\":-1}"},
        {201, "{\"id\":1,\"state\":\"HOLD\",\"seats\":[]}"},
        {201, "{\"id\":1,\"state\":\"HOLD\",\"seats\":[5]}"},
        {201, "{\"id\":1,\"state\":\"HOLD\",\"seats\":{}}"},
        {409, "<html>"},
        {409, "{\"title\":\"Conflict\"}"},
    };
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        struct answer answer;
        assert_false(answer_read(strange[i].status, text_of(strange[i].body), &answer));
        assert_int_equal(answer.status, strange[i].status);
        assert_int_equal(answer.id, 0);
    }
}

static void seat_states_come_as_two_bits_a_seat(void **state)
{
    (void)state;
    unsigned char states[2] = {0xEE, 0xEE};
    assert_true(answer_read_states(
        text_of("{\"version\":3,\"seatCount\":5,\"encoding\":\"base64-2bit\",\"states\":\"JAI=\"}"),
        5, states));
    assert_int_equal(states[0], 0x24); /* 0, 1, 2, 0 */
    assert_int_equal(states[1], 0x02);
}

static void strange_seat_states_change_nothing(void **state)
{
    (void)state;
    static const char *const strange[] = {
        "",
        "[]",
        "{\"seatCount\":5,\"encoding\":\"base64-2bit\"}",
        "{\"seatCount\":4,\"encoding\":\"base64-2bit\",\"states\":\"JAI=\"}",
        "{\"seatCount\":5,\"encoding\":\"base64-2bit\",\"states\":\"JAIA\"}",
        "{\"seatCount\":5,\"encoding\":\"base64-2bit\",\"states\":\"J?I=\"}",
        "{\"seatCount\":5,\"encoding\":\"base64-2bit\",\"states\":\"====\"}",
        "{\"seatCount\":5,\"encoding\":\"hex\",\"states\":\"JAI=\"}",
    };
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        unsigned char states[2] = {0xEE, 0xEE};
        assert_false(answer_read_states(text_of(strange[i]), 5, states));
        assert_int_equal(states[0], 0xEE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reservation_is_read_with_its_seats),
        cmocka_unit_test(a_payment_is_read_without_seats),
        cmocka_unit_test(a_refusal_is_known_by_its_code),
        cmocka_unit_test(what_does_not_fit_is_not_readable),
        cmocka_unit_test(seat_states_come_as_two_bits_a_seat),
        cmocka_unit_test(strange_seat_states_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
