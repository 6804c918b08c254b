/* request_test.c — the bytes a fan's step becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rush/request.h"

static const struct fan_id mina = {42};

static struct text write(const struct fan *fan)
{
    static char bytes[RUSH_REQUEST_BYTES_MAX];
    struct request_place place = {text_of("127.0.0.1:8080"), {3}, 1001};
    return text_make(bytes, request_write(&place, mina, text_of("a.b.c"), fan, bytes));
}

static void expect(const struct fan *fan, const char *words)
{
    struct text bytes = write(fan);
    assert_int_equal(bytes.size, strlen(words));
    assert_memory_equal(bytes.bytes, words, bytes.size);
}

static void picked_seats_are_asked_for_by_their_ids(void **state)
{
    (void)state;
    struct fan fan = {.step = FAN_RESERVING, .seat_count = 2, .seats = {4, 5}, .reserve_no = 1};
    expect(&fan, "POST /api/reservations HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                 "Authorization: Bearer a.b.c\r\nIdempotency-Key: o3-f42-r1\r\n"
                 "Content-Type: application/json\r\nContent-Length: 36\r\n\r\n"
                 "{\"optionId\":3,\"seatIds\":[1005,1006]}");
}

static void the_best_seats_are_asked_for_by_their_number(void **state)
{
    (void)state;
    struct fan fan = {.step = FAN_RESERVING, .best = true, .seat_count = 2, .reserve_no = 7};
    expect(&fan, "POST /api/reservations HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                 "Authorization: Bearer a.b.c\r\nIdempotency-Key: o3-f42-r7\r\n"
                 "Content-Type: application/json\r\nContent-Length: 33\r\n\r\n"
                 "{\"optionId\":3,\"best\":{\"count\":2}}");
}

static void a_repeat_is_the_same_and_a_bent_one_is_not(void **state)
{
    (void)state;
    struct fan fan = {.step = FAN_RESERVING, .seat_count = 1, .seats = {9}, .reserve_no = 2};
    char first[RUSH_REQUEST_BYTES_MAX];
    struct text bytes = write(&fan);
    size_t size = bytes.size;
    memcpy(first, bytes.bytes, size);

    fan.step = FAN_REPEATING;
    bytes = write(&fan);
    assert_int_equal(bytes.size, size);
    assert_memory_equal(bytes.bytes, first, size);

    fan.step = FAN_BENDING;
    bytes = write(&fan);
    const char *key = memmem(bytes.bytes, bytes.size, "Idempotency-Key: o3-f42-r2\r\n", 28);
    assert_non_null(key);
    assert_non_null(memmem(bytes.bytes, bytes.size, "\"best\":{\"count\":1}", 18));
}

static void paying_and_cancelling_name_the_reservation(void **state)
{
    (void)state;
    struct fan fan = {.step = FAN_DECLINING, .reservation_id = 77, .pay_no = 1};
    expect(&fan, "POST /api/reservations/77/payments HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                 "Authorization: Bearer a.b.c\r\nIdempotency-Key: o3-f42-p1\r\n"
                 "Content-Type: application/json\r\nContent-Length: 53\r\n\r\n"
                 "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"decline\"}}");
    fan.step = FAN_CANCELLING;
    expect(&fan, "DELETE /api/reservations/77 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                 "Authorization: Bearer a.b.c\r\n\r\n");
}

static void the_keys_told_to_people_are_the_keys_sent(void **state)
{
    (void)state;
    char key[REQUEST_KEY_BYTES];
    request_reserve_key((struct option_id){3}, mina, 2, key);
    assert_string_equal(key, "o3-f42-r2");
    request_pay_key((struct option_id){3}, mina, 5, key);
    assert_string_equal(key, "o3-f42-p5");
    struct fan fan = {.step = FAN_REPAYING, .reservation_id = 1, .pay_no = 5};
    struct text bytes = write(&fan);
    assert_non_null(memmem(bytes.bytes, bytes.size, key, strlen(key)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picked_seats_are_asked_for_by_their_ids),
        cmocka_unit_test(the_best_seats_are_asked_for_by_their_number),
        cmocka_unit_test(a_repeat_is_the_same_and_a_bent_one_is_not),
        cmocka_unit_test(paying_and_cancelling_name_the_reservation),
        cmocka_unit_test(the_keys_told_to_people_are_the_keys_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
