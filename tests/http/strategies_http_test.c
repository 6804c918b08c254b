/*
 * strategies_http_test.c — what a fan hears of a sale that the engine does not sell: the same, on
 * the endpoint of its version and on the plain one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/strategy_sale.h"

enum { PATH_BYTES = 128 };

struct mechanism_name {
    const char *strategy, *lock; /* NULL: it has none */
};

static const struct mechanism_name mechanisms[] = {
    {"v1", "mutex"}, {"v2", "optimistic"}, {"v2", "pessimistic"}, {"v3", NULL}};

static struct http_reply ask(struct test_sale *sale, const char *method, const char *path,
                             const char *token, const char *key, const char *json)
{
    return http_client_ask(
        sale->client,
        &(struct http_ask){
            .method = method, .path = path, .token = token, .idempotency_key = key, .json = json});
}

static void assert_status(const struct http_reply *reply, int status)
{
    if (reply->status != status)
        fail_msg("%d: %.*s", reply->status, (int)reply->body.size, reply->body.bytes);
}

static void put_sale(struct test_sale *sale, const struct mechanism_name *name, int status)
{
    struct http_reply reply = strategy_sale_put(sale, name->strategy, name->lock, 4);
    assert_status(&reply, status);
}

static int open_sale(void **state)
{
    static const char *const environment[] = {"TICKETRUSH_LAB=on", NULL};
    *state = test_sale_open(environment);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_close(*state);
    return 0;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void sell_by(struct test_sale *sale, const struct mechanism_name *name, int round)
{
    char version[PATH_BYTES], path[PATH_BYTES], mine[32], yours[32];
    snprintf(version, sizeof version, "/api/%s/reservations", name->strategy);
    snprintf(mine, sizeof mine, "mine-%d", round);
    snprintf(yours, sizeof yours, "yours-%d", round);
    put_sale(sale, name, 200);

    struct http_reply reply = strategy_sale_press(sale, version, sale->mina, 3, mine);
    assert_status(&reply, 201);
    int64_t id = reply_number(&reply, "id");
    reply =
        strategy_sale_press(sale, "/api/reservations", sale->mina, 3, mine); /* the same press */
    assert_status(&reply, 201);
    assert_int_equal(reply_number(&reply, "id"), id);
    reply = strategy_sale_press(sale, "/api/reservations", sale->joon, 3, yours);
    assert_status(&reply, 409);
    assert_true(http_reply_has_code(&reply, "SEAT_TAKEN"));
    reply = strategy_sale_press(sale, "/api/v5/reservations", sale->joon, 4, yours);
    assert_true(http_reply_has_code(&reply, "STRATEGY_MISMATCH"));

    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)id);
    reply = ask(sale, "DELETE", path, sale->mina, NULL, NULL);
    assert_status(&reply, 200);
    reply = strategy_sale_press(sale, version, sale->joon, 3, yours);
    assert_status(&reply, 201);
    id = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)id);
    reply = ask(sale, "DELETE", path, sale->joon, NULL, NULL);
    assert_status(&reply, 200);
    test_sale_audit(sale);
}

static void every_version_sells_its_own_sales(void **state)
{
    for (int i = 0; i < (int)(sizeof mechanisms / sizeof mechanisms[0]); i++)
        sell_by(*state, &mechanisms[i], i);
}

static void a_seat_of_such_a_sale_is_paid_for_and_kept(void **state)
{
    struct test_sale *sale = *state;
    char path[PATH_BYTES];
    put_sale(sale, &mechanisms[2], 200);
    struct http_reply reply =
        strategy_sale_press(sale, "/api/v2/reservations", sale->mina, 0, "hold");
    assert_status(&reply, 201);
    int64_t id = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)id);
    reply = ask(sale, "POST", path, sale->mina, "pay", "{\"method\":\"test\"}");
    assert_status(&reply, 201);
    snprintf(path, sizeof path, "/api/reservations/%lld/ticket", (long long)id);
    reply = ask(sale, "GET", path, sale->mina, NULL, NULL);
    assert_status(&reply, 200);
    put_sale(sale, &mechanisms[1], 409); /* somebody has a seat: the lock stays */
    reply = strategy_sale_press(sale, "/api/v2/reservations", sale->joon, 0, "late");
    assert_status(&reply, 409);
    test_sale_audit(sale);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(every_version_sells_its_own_sales, open_sale, close_sale),
        cmocka_unit_test_setup_teardown(a_seat_of_such_a_sale_is_paid_for_and_kept, open_sale,
                                        close_sale),
    };
    return cmocka_run_group_tests(stories, NULL, NULL);
}
