/* queue_message_test.c — what travels over the bus comes back as it was, or not at all. */
#include "strategies/queue_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct request_secret secret = {"thirty-two bytes nobody guesses"};
static const struct fan_id mina = {7}, joon = {8};

static struct queue_message message_of(struct fan_id fan)
{
    struct queue_message message = {
        .fan = fan, .option = {3}, .strategy = 4, .key_hash = INT64_MAX, .request_hash = 5};
    request_id_make(&secret, fan, 1700000000123, &message.id);
    return message;
}

static struct text write_words(const struct queue_message *message, struct arena *arena)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, 256);
    queue_message_write(message, &buffer);
    assert_false(buffer.failed);
    return buffer_text(&buffer);
}

static void expect_same(const struct queue_message *sent)
{
    struct arena *arena = arena_create(4096, 65536);
    struct queue_message got;
    char why[QUEUE_WHY_BYTES] = "";
    assert_true(queue_message_read(write_words(sent, arena), &secret, &got, why));
    assert_string_equal(got.id.digits, sent->id.digits);
    assert_int_equal(got.fan.value, sent->fan.value);
    assert_int_equal(got.option.value, sent->option.value);
    assert_int_equal(got.strategy, sent->strategy);
    assert_int_equal(got.key_hash, sent->key_hash);
    assert_int_equal(got.request_hash, sent->request_hash);
    assert_int_equal(got.wish.best_count, sent->wish.best_count);
    assert_int_equal(got.wish.best_section, sent->wish.best_section);
    assert_int_equal(got.wish.seat_count, sent->wish.seat_count);
    for (size_t i = 0; i < sent->wish.seat_count; i++)
        assert_int_equal(got.wish.seats[i].value, sent->wish.seats[i].value);
    arena_destroy(arena);
}

static void seats_and_best_places_come_back_as_they_were(void **state)
{
    (void)state;
    struct queue_message message = message_of(mina);
    message.wish = (struct sale_wish){.best_section = -1};
    for (size_t i = 0; i < SEATS_PER_RESERVATION_MAX; i++)
        message.wish.seats[message.wish.seat_count++] = (struct seat_id){ID_MAX - (int64_t)i};
    expect_same(&message);
    message.strategy = 0;
    message.wish = (struct sale_wish){.best_count = 4, .best_section = 12};
    expect_same(&message);
}

static void an_id_is_known_for_its_fan_and_for_nobody_else(void **state)
{
    (void)state;
    struct queue_message message = message_of(mina);
    struct request_id id;
    assert_true(request_id_read(&secret, mina, request_id_text(&message.id), &id));
    assert_int_equal(request_id_time_ms(&id), 1700000000123);
    assert_int_equal(request_id_number(&id), request_id_number(&message.id));
    assert_false(request_id_read(&secret, joon, request_id_text(&message.id), &id));

    static const struct request_secret other = {"thirty-two bytes of somebody els"};
    assert_false(request_id_read(&other, mina, request_id_text(&message.id), &id));
    for (int i = 0; i < REQUEST_ID_DIGITS; i++) { /* no digit can be changed */
        struct request_id forged = message.id;
        forged.digits[i] = forged.digits[i] == '0' ? '1' : '0';
        assert_false(request_id_read(&secret, mina, request_id_text(&forged), &id));
    }
    assert_false(request_id_read(&secret, mina, text_of(""), &id));
    assert_false(request_id_read(&secret, mina, text_of("x"), &id));
}

static void what_is_no_request_is_refused_with_a_reason(void **state)
{
    static const char *const bodies[][2] = {
        {"", "not JSON"},
        {"not json", "not JSON"},
        {"[]", "not an object"},
        {"{}", "fan"},
        {"{\"fan\": 0}", "fan"},
        {"{\"fan\": 7}", "id"},
        {"{\"fan\": 7, \"id\": \"%s\"}", "option"},
        {"{\"fan\": 8, \"id\": \"%s\"}", "id"}, /* for another fan */
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 5}", "strategy"},
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 4, \"key\": -1}", "key"},
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 4, \"key\": 1, \"hash\": \"\"}",
         "hash"},
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 4, \"key\": 1, \"hash\": 1}",
         "seats"},
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 4, \"key\": 1, \"hash\": 1,"
         " \"seats\": [0]}",
         "seats"},
        {"{\"fan\": 7, \"id\": \"%s\", \"option\": 3, \"strategy\": 4, \"key\": 1, \"hash\": 1,"
         " \"best\": 17, \"section\": 0}",
         "seats"},
    };
    (void)state;
    struct queue_message message = message_of(mina);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char words[512], why[QUEUE_WHY_BYTES] = "";
        struct queue_message got;
        const char *hole = strstr(bodies[i][0], "%s");
        int before = hole ? (int)(hole - bodies[i][0]) : (int)strlen(bodies[i][0]);
        snprintf(words, sizeof words, "%.*s%s%s", before, bodies[i][0],
                 hole ? message.id.digits : "", hole ? hole + 2 : "");
        assert_false(queue_message_read(text_of(words), &secret, &got, why));
        assert_non_null(strstr(why, bodies[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(seats_and_best_places_come_back_as_they_were),
        cmocka_unit_test(an_id_is_known_for_its_fan_and_for_nobody_else),
        cmocka_unit_test(what_is_no_request_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(stories, NULL, NULL);
}
