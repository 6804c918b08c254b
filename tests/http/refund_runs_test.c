/*
 * refund_runs_test.c — a date, or a whole concert, is called off: everybody gets everything back,
 * once, however often the server dies on the way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/buyer.h"

enum { FANS = 5 };

/* A story may look as often as it wants. The gateway is asked for four refunds a second, so that
   there is something to see. */
static const char *const settings[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                       "TICKETRUSH_GATEWAY_REFUNDS_PER_SECOND=4", NULL};

struct hall { /* a concert with two dates */
    struct test_sale *sale;
    int64_t concert, second; /* the other date is the sale's */
    struct buyer fans[FANS];
    struct buyer guest; /* of the second date */
};

/* `format` may take an id. */
static struct http_reply post(const struct hall *hall, const char *key, const char *format,
                              int64_t id, const char *json)
{
    char path[96];
    snprintf(path, sizeof path, format, (long long)id);
    return sale_post(hall->sale, hall->sale->operator, key, path, json);
}

static struct http_reply get(const struct hall *hall, const char *format, int64_t id)
{
    char path[96];
    snprintf(path, sizeof path, format, (long long)id);
    return sale_get(hall->sale, hall->sale->operator, path);
}

static void put(const struct hall *hall, const char *format, int64_t id, const char *json)
{
    char path[96];
    snprintf(path, sizeof path, format, (long long)id);
    struct http_reply reply = http_client_ask(
        hall->sale->client,
        &(struct http_ask){
            .method = "PUT", .path = path, .token = hall->sale->operator, .json = json});
    reply_must_be(&reply, 200);
}

static void close_date(const struct hall *hall, int64_t option)
{
    struct http_reply reply = post(hall, NULL, "/api/options/%lld/sale/close", option, NULL);
    reply_must_be(&reply, 200);
}

static void open_second_date(struct hall *hall)
{
    char json[128];
    struct http_reply reply = get(hall, "/api/options/%lld", hall->sale->option);
    hall->concert = reply_number(&reply, "concertId");
    reply = post(hall, "venue", "/api/venues", 0,
                 "{\"name\":\"Hall\",\"nameKo\":\"홀\",\"city\":\"Seoul\"}");
    reply_must_be(&reply, 201);
    int64_t venue = reply_number(&reply, "id");
    snprintf(json, sizeof json, "{\"startsAt\":\"2030-05-02T10:00:00.000Z\",\"venueId\":%lld}",
             (long long)venue);
    reply = post(hall, "date", "/api/concerts/%lld/options", hall->concert, json);
    reply_must_be(&reply, 201);
    hall->second = reply_number(&reply, "id");
    put(hall, "/api/options/%lld/layout", hall->second,
        "{\"sections\":[{\"name\":\"A\",\"grade\":\"R\",\"price\":99000,"
        "\"rows\":[{\"row\":\"1\",\"seats\":4}]}]}");
    put(hall, "/api/options/%lld/sale", hall->second,
        "{\"opensAt\":\"2020-01-01T00:00:00.000Z\",\"closesAt\":\"2030-05-01T00:00:00.000Z\","
        "\"strategy\":\"v5\",\"holdSeconds\":600,\"maxPerFan\":4,\"waitingRoom\":false}");
}

static void buy_of_second_date(struct hall *hall)
{
    char json[96];
    hall->guest.sale = hall->sale;
    test_sale_token(hall->sale, 300, 0, hall->guest.token);
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"best\":{\"count\":2}}",
             (long long)hall->second);
    struct http_reply reply =
        sale_post(hall->sale, hall->guest.token, "hold", "/api/reservations", json);
    reply_must_be(&reply, 201);
    hall->guest.reservation = reply_number(&reply, "id");
    reply = buyer_pay(&hall->guest, "pay", "approve");
    reply_must_be(&reply, 201);
    hall->guest.payment = reply_number(&reply, "id");
}

static void open_hall(struct hall *hall)
{
    *hall = (struct hall){.sale = test_sale_open(settings)};
    for (int i = 0; i < FANS; i++)
        buyer_buy(hall->sale, 101 + i, 2 * i, &hall->fans[i]);
}

static void close_hall(struct hall *hall)
{
    test_sale_audit(hall->sale);
    test_sale_close(hall->sale);
}

static void expect_all_back(const struct hall *hall)
{
    for (int i = 0; i < FANS; i++) {
        struct http_reply reply = buyer_look(&hall->fans[i], hall->fans[i].token);
        assert_true(http_reply_says(&reply, "\"state\":\"REFUNDED\""));
        assert_true(http_reply_says(&reply, "\"fee\":0"));
    }
}

static const char ill[] = "{\"reason\":\"The singer is ill\"}";

/* --- stories ---------------------------------------------------------------------------------- */

static void all_of_a_date_goes_back_once_its_sale_is_closed(void **state)
{
    struct hall hall;
    (void)state;
    open_hall(&hall);
    struct test_sale *sale = hall.sale;
    struct http_reply reply = post(&hall, "all", "/api/options/%lld/refunds", sale->option, ill);
    reply_must_refuse(&reply, 409, "SALE_NOT_CLOSED");
    close_date(&hall, sale->option);
    char path[64];
    snprintf(path, sizeof path, "/api/options/%lld/refunds", (long long)sale->option);
    reply = sale_post(sale, hall.fans[0].token, "all", path, ill);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    reply = sale_post(sale, sale->operator, "all", path, ill);
    reply_must_be(&reply, 202);
    int64_t run = reply_number(&reply, "id");
    reply = sale_post(sale, sale->operator, "all", path, ill);
    reply_must_be(&reply, 202);
    assert_int_equal(reply_number(&reply, "id"), run);
    reply = sale_post(sale, sale->operator, "more", path, ill);
    reply_must_refuse(&reply, 409, "REFUNDS_RUNNING");
    do
        reply = sale_get(sale, sale->operator, path);
    while (!http_reply_says(&reply, "\"state\":\"DONE\""));
    assert_int_equal(reply_number(&reply, "doneCount"), FANS);
    assert_int_equal(reply_number(&reply, "leftCount"), 0);
    expect_all_back(&hall);
    close_hall(&hall);
}

/* One of its dates is under way already, and becomes a part of the whole. */
static int64_t call_off(struct hall *hall)
{
    char words[64];
    int64_t option = hall->sale->option;
    close_date(hall, option);
    struct http_reply reply = post(hall, "date", "/api/options/%lld/refunds", option, ill);
    reply_must_be(&reply, 202);
    reply = post(hall, "off", "/api/concerts/%lld/refunds", hall->concert, ill);
    reply_must_refuse(&reply, 409, "SALE_NOT_CLOSED");
    snprintf(words, sizeof words, "\"optionIds\":[%lld]", (long long)hall->second);
    assert_true(http_reply_says(&reply, words));
    close_date(hall, hall->second);
    reply = post(hall, "off", "/api/concerts/%lld/refunds", hall->concert, ill);
    reply_must_be(&reply, 202);
    return reply_number(&reply, "id");
}

static void a_concert_goes_back_with_one_call_and_a_kill_in_the_middle(void **state)
{
    struct hall hall;
    (void)state;
    open_hall(&hall);
    open_second_date(&hall);
    buy_of_second_date(&hall);
    int64_t id = call_off(&hall);
    struct http_reply reply;
    do
        reply = get(&hall, "/api/concerts/%lld/refunds", hall.concert);
    while (reply_number(&reply, "doneCount") == 0);
    test_sale_restart(hall.sale, settings);

    reply = post(&hall, "off", "/api/concerts/%lld/refunds", hall.concert, ill);
    reply_must_be(&reply, 202); /* the same request, the same refund */
    assert_int_equal(reply_number(&reply, "id"), id);
    do
        reply = get(&hall, "/api/concerts/%lld/refunds", hall.concert);
    while (http_reply_says(&reply, "\"state\":\"RUNNING\""));
    assert_int_equal(reply_number(&reply, "doneCount"), FANS + 1);
    assert_int_equal(reply_number(&reply, "leftCount"), 0);
    expect_all_back(&hall);
    reply = buyer_look(&hall.guest, hall.guest.token);
    assert_true(http_reply_says(&reply, "\"state\":\"REFUNDED\""));
    assert_true(http_reply_says(&reply, "The singer is ill"));
    close_hall(&hall);
}

static void a_refund_of_a_concert_that_is_none_changes_nothing(void **state)
{
    struct hall hall;
    (void)state;
    open_hall(&hall);
    open_second_date(&hall);
    int64_t concert = hall.concert;
    static const char path[] = "/api/concerts/%lld/refunds";
    call_off(&hall);
    struct http_reply reply = post(&hall, "off-again", path, concert, ill);
    reply_must_refuse(&reply, 409, "REFUNDS_RUNNING");
    reply = post(&hall, "off", path, concert, "{\"reason\":\"x\"}");
    reply_must_refuse(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = post(&hall, NULL, path, concert, ill);
    reply_must_refuse(&reply, 400, "IDEMPOTENCY_KEY_REQUIRED");
    reply = post(&hall, "empty", path, concert, "{}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    reply = post(&hall, "nowhere", path, 999999, ill);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = get(&hall, path, 999999);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    close_hall(&hall);
}

static int run(enum database_kind kind)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(all_of_a_date_goes_back_once_its_sale_is_closed),
        cmocka_unit_test(a_concert_goes_back_with_one_call_and_a_kill_in_the_middle),
        cmocka_unit_test(a_refund_of_a_concert_that_is_none_changes_nothing),
    };
    test_sale_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
