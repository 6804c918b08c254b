/*
 * two_servers_test.c — two servers on one PostgreSQL: one sells by memory, the other looks on and
 * takes over.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/server_postgres.h"
#include "support/test_sale.h"

struct pair {
    struct test_sale *sale; /* the first server's */
    char folder[TEMPORARY_PATH_BYTES];
    struct server_process *second;
    struct http_client *client; /* of the second */
};

/* It has a data folder of its own, and the first one's keys: so it knows the same tokens. */
static void start_second(struct pair *pair)
{
    char command[3 * TEMPORARY_PATH_BYTES];
    temporary_folder_make(pair->folder);
    snprintf(command, sizeof command, "cp -r '%s/keys' '%s/keys'", pair->sale->folder,
             pair->folder);
    assert_int_equal(system(command), 0);
    const char *const environment[] = {database_setting(pair->sale->database), NULL};
    pair->second = server_process_start(
        &(struct server_process_settings){.data = pair->folder, .environment = environment});
    pair->client = server_process_connect(pair->second);
}

static struct http_reply press(const struct pair *pair, struct http_client *client, const char *key,
                               int64_t seat)
{
    char json[128];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}",
             (long long)pair->sale->option, (long long)seat);
    return http_client_ask(client, &(struct http_ask){.method = "POST",
                                                      .path = "/api/reservations",
                                                      .token = pair->sale->mina,
                                                      .idempotency_key = key,
                                                      .json = json});
}

static int64_t seats_left(const struct pair *pair)
{
    char path[64];
    snprintf(path, sizeof path, "/api/options/%lld", (long long)pair->sale->option);
    struct http_reply reply = http_client_ask(pair->client, &(struct http_ask){.path = path});
    assert_int_equal(reply.status, 200);
    return reply_number(&reply, "seatsLeft");
}

/* What /metrics says: is it this one? */
static int sells(struct http_client *client)
{
    static const char words[] = "\nticketrush_engine_sells ";
    struct http_reply reply = http_client_ask(client, &(struct http_ask){.path = "/metrics"});
    const char *line = memmem(reply.body.bytes, reply.body.size, words, strlen(words));
    assert_non_null(line);
    return line[strlen(words)] - '0';
}

static struct http_reply post(const struct pair *pair, struct http_client *client, const char *key,
                              const char *path, const char *json)
{
    return http_client_ask(client, &(struct http_ask){.method = "POST",
                                                      .path = path,
                                                      .token = pair->sale->mina,
                                                      .idempotency_key = key,
                                                      .json = json});
}

/* The other would give the money back, and could not free the seat. */
static void a_refund_is_for_the_one_that_sells(void **state)
{
    (void)state;
    struct pair pair = {.sale = test_sale_open(NULL)};
    int64_t seat = pair.sale->first_seat;
    char path[96];
    start_second(&pair);
    struct http_reply reply = press(&pair, pair.sale->client, "hold", seat);
    snprintf(path, sizeof path, "/api/reservations/%lld/payments",
             (long long)reply_number(&reply, "id"));
    reply = post(&pair, pair.sale->client, "pay", path, "{\"method\":\"test\"}");
    assert_int_equal(reply.status, 201);
    snprintf(path, sizeof path, "/api/payments/%lld/refunds",
             (long long)reply_number(&reply, "id"));
    reply = post(&pair, pair.client, "back", path, "{\"reason\":\"ill\"}");
    assert_int_equal(reply.status, 503);
    assert_true(http_reply_has_code(&reply, "SOLD_ELSEWHERE"));
    reply = post(&pair, pair.sale->client, "back", path, "{\"reason\":\"ill\"}");
    assert_int_equal(reply.status, 201);
    reply = press(&pair, pair.sale->client, "again", seat);
    assert_int_equal(reply.status, 201);
    test_sale_audit(pair.sale);
    http_client_close(pair.client);
    server_process_destroy(pair.second);
    temporary_folder_remove(pair.folder);
    test_sale_close(pair.sale);
}

static void one_sells_and_the_other_takes_over(void **state)
{
    (void)state;
    struct pair pair = {.sale = test_sale_open(NULL)};
    int64_t seat = pair.sale->first_seat;
    start_second(&pair);

    struct http_reply reply = press(&pair, pair.client, "elsewhere", seat);
    assert_int_equal(reply.status, 503);
    assert_true(http_reply_has_code(&reply, "SOLD_ELSEWHERE"));
    assert_true(http_reply_field(&reply, "Retry-After").bytes != NULL);
    reply = press(&pair, pair.sale->client, "here", seat);
    assert_int_equal(reply.status, 201);
    assert_int_equal(sells(pair.sale->client), 1);
    assert_int_equal(sells(pair.client), 0);
    while (seats_left(&pair) != TEST_SEATS - 1)
        server_pause(); /* it notices within a second */

    http_client_close(pair.sale->client);
    server_process_kill(pair.sale->server);
    do
        reply = press(&pair, pair.client, "after", seat + 1);
    while (reply.status == 503);
    assert_int_equal(reply.status, 201);
    assert_int_equal(sells(pair.client), 1);
    reply = press(&pair, pair.client, "taken", seat);
    assert_true(http_reply_has_code(&reply, "SEAT_TAKEN"));
    reply = press(&pair, pair.client, "here", seat); /* the first one's answer */
    assert_int_equal(reply.status, 201);
    test_sale_audit(pair.sale);

    http_client_close(pair.client);
    server_process_destroy(pair.second);
    temporary_folder_remove(pair.folder);
    pair.sale->client = NULL;
    test_sale_close(pair.sale);
}

int main(void)
{
    if (!postgres_url_or_skip())
        return SERVER_EXIT_WITHOUT;
    test_sale_use(DATABASE_POSTGRES);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sells_and_the_other_takes_over),
        cmocka_unit_test(a_refund_is_for_the_one_that_sells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
