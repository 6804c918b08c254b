/*
 * payment_news_test.c — what is paid and given back is told to a real Kafka, in order.
 *
 * The server's own prefix keeps its topics apart, so one shared broker does for all tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus/bus_kafka.h"
#include "guard/breaker.h"
#include "payment/news.h"
#include "support/server_kafka.h"
#include "support/test_sale.h"

enum { PATH_BYTES = 128, JSON_BYTES = 192, SETTING_BYTES = 96, PATIENCE_MS = 60000, RECORDS = 16 };

static char prefix[KAFKA_PREFIX_BYTES];

static struct http_reply post(struct test_sale *sale, const char *key, const char *path,
                              const char *json)
{
    struct http_reply reply =
        http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                         .path = path,
                                                         .token = sale->mina,
                                                         .idempotency_key = key,
                                                         .json = json});
    if (reply.status != 201)
        fail_msg("%s: %d %.*s", path, reply.status, (int)reply.body.size, reply.body.bytes);
    return reply;
}

/* Holds, pays and gives back: two pieces of news of one reservation. Answers the payment. */
static int64_t buy_and_give_back(struct test_sale *sale)
{
    char path[PATH_BYTES], json[JSON_BYTES];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"best\":{\"count\":1}}",
             (long long)sale->option);
    struct http_reply reply = post(sale, "hold", "/api/reservations", json);
    snprintf(path, sizeof path, "/api/reservations/%lld/payments",
             (long long)reply_number(&reply, "id"));
    reply = post(sale, "pay", path, "{\"method\":\"test\"}");
    int64_t payment = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)payment);
    (void)post(sale, "back", path, "{\"reason\":\"ill\"}");
    return payment;
}

/* The first two pieces of news, one behind the other. */
static void read_news(struct bus *bus, char out_first[NEWS_JSON_BYTES],
                      char out_second[NEWS_JSON_BYTES])
{
    struct bus_consumer *consumer;
    assert_int_equal(bus_consumer_open(bus, "listener", &news_topic, BUS_LIVING, &consumer),
                     STATUS_OK);
    char *places[] = {out_first, out_second};
    size_t heard = 0;
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (heard < 2) {
        struct bus_record records[RECORDS];
        size_t count = 0;
        assert_int_equal(bus_consumer_take(consumer, records, RECORDS, 1000, &count), STATUS_OK);
        for (size_t i = 0; i < count && heard < 2; i++, heard++)
            snprintf(places[heard], NEWS_JSON_BYTES, "%.*s", (int)records[i].value.size,
                     records[i].value.bytes);
        if (clock_monotonic_ms() > until_ms)
            fail_msg("only %zu pieces of news came", heard);
    }
    bus_consumer_close(consumer);
}

static void what_is_paid_and_given_back_is_told_in_order(void **state)
{
    (void)state;
    char broker[SETTING_BYTES], named[SETTING_BYTES], why[BUS_KAFKA_WHY_BYTES];
    snprintf(broker, sizeof broker, "TICKETRUSH_KAFKA=%s", getenv("TICKETRUSH_TEST_KAFKA"));
    snprintf(named, sizeof named, "TICKETRUSH_KAFKA_PREFIX=%s", prefix);
    struct test_sale *sale = test_sale_open((const char *const[]){broker, named, NULL});
    int64_t payment = buy_and_give_back(sale);

    static const struct bus_topic *const topics[] = {&news_topic, NULL};
    const struct breaker_settings usual = breaker_usual("kafka", BUS_DELIVERY_MS);
    struct breakers *breakers = breakers_create();
    assert_non_null(breakers);
    struct bus *bus;
    const struct bus_kafka_settings settings = {.brokers = getenv("TICKETRUSH_TEST_KAFKA"),
                                                .prefix = prefix,
                                                .topics = topics,
                                                .breaker = breakers_add(breakers, &usual)};
    assert_int_equal(bus_kafka_open(&settings, why, &bus), STATUS_OK);
    char first[NEWS_JSON_BYTES], second[NEWS_JSON_BYTES], words[64];
    read_news(bus, first, second);
    snprintf(words, sizeof words, "\"paymentId\":%lld,", (long long)payment);
    assert_non_null(strstr(first, "\"kind\":\"CAPTURED\""));
    assert_non_null(strstr(first, words));
    assert_non_null(strstr(second, "\"kind\":\"REFUND_DONE\""));
    assert_non_null(strstr(second, words));
    bus_close(bus);
    breakers_destroy(breakers);
    test_sale_close(sale);
}

int main(void)
{
    log_set_level(LOG_OFF);
    if (!kafka_address_or_skip())
        return SERVER_EXIT_WITHOUT;
    kafka_prefix_make(prefix);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_paid_and_given_back_is_told_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
