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

#include "base/container.h"
#include "store/store.h"
#include "support/strategy_sale.h"

enum { PATH_BYTES = 128 };

struct mechanism_name {
    const char *strategy, *lock; /* NULL: it has none */
};

static const struct mechanism_name mechanisms[] = {
    {"v1", "mutex"}, {"v2", "optimistic"}, {"v2", "pessimistic"}, {"v3", NULL}};

static void put_sale(struct test_sale *sale, const struct mechanism_name *name, int status)
{
    struct http_reply reply = strategy_sale_put(sale, name->strategy, name->lock, 4);
    reply_must_be(&reply, status);
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
    reply_must_be(&reply, 201);
    int64_t id = reply_number(&reply, "id");
    reply =
        strategy_sale_press(sale, "/api/reservations", sale->mina, 3, mine); /* the same press */
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "id"), id);
    reply = strategy_sale_press(sale, "/api/reservations", sale->joon, 3, yours);
    reply_must_be(&reply, 409);
    assert_true(http_reply_has_code(&reply, "SEAT_TAKEN"));
    reply = strategy_sale_press(sale, "/api/v5/reservations", sale->joon, 4, yours);
    assert_true(http_reply_has_code(&reply, "STRATEGY_MISMATCH"));

    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)id);
    reply = test_sale_ask(sale, "DELETE", path, sale->mina, NULL, NULL);
    reply_must_be(&reply, 200);
    reply = strategy_sale_press(sale, version, sale->joon, 3, yours);
    reply_must_be(&reply, 201);
    id = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)id);
    reply = test_sale_ask(sale, "DELETE", path, sale->joon, NULL, NULL);
    reply_must_be(&reply, 200);
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
    reply_must_be(&reply, 201);
    int64_t id = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)id);
    reply = test_sale_ask(sale, "POST", path, sale->mina, "pay", "{\"method\":\"test\"}");
    reply_must_be(&reply, 201);
    snprintf(path, sizeof path, "/api/reservations/%lld/ticket", (long long)id);
    reply = test_sale_ask(sale, "GET", path, sale->mina, NULL, NULL);
    reply_must_be(&reply, 200);
    put_sale(sale, &mechanisms[1], 409); /* somebody has a seat: the lock stays */
    reply = strategy_sale_press(sale, "/api/v2/reservations", sale->joon, 0, "late");
    reply_must_be(&reply, 409);
    test_sale_audit(sale);
}

/* --- a press before anybody knows of the sale ------------------------------------------------- */

static const char *const one_loop[] = {"TICKETRUSH_IO_THREADS=1", NULL};

static enum status forget_sale(struct store_job *job, struct store_connection *connection)
{
    static const struct sql forget = {"DELETE FROM sale"};
    (void)job;
    return store_run(connection, &forget, NULL, 0, NULL);
}

struct held_store { /* the server's writer waits while this job is at work */
    struct store_job job;
    struct test_sale *sale;
    struct http_client *operator, * fan;
};

/* The one loop answers in its second round what was sent behind something else in the first. */
static void let_the_loop_read(struct test_sale *sale)
{
    for (int round = 0; round < 2; round++) {
        struct http_reply reply = test_sale_ask(sale, "GET", "/metrics", NULL, NULL, NULL);
        reply_must_be(&reply, 200);
    }
}

static bool engine_is_asked(struct test_sale *sale)
{
    static const char asked[] = "\nticketrush_engine_asks_waiting 1\n";
    struct http_reply reply = test_sale_ask(sale, "GET", "/metrics", NULL, NULL, NULL);
    return memmem(reply.body.bytes, reply.body.size, asked, strlen(asked)) != NULL;
}

static enum status press_behind_a_new_sale(struct store_job *job,
                                           struct store_connection *connection)
{
    const struct held_store *held = container_of(job, struct held_store, job);
    (void)connection;
    assert_true(strategy_sale_send_put(held->sale, held->operator, "v1", "mutex", 4));
    let_the_loop_read(held->sale);
    assert_true(strategy_sale_send_press(held->sale, held->fan, "/api/reservations",
                                         held->sale->mina, 0, "first"));
    while (!engine_is_asked(held->sale))
        let_the_loop_read(held->sale);
    return STATUS_CONFLICT; /* nothing to keep */
}

static void run_job(const struct test_sale *sale, struct store_job *job, enum status status)
{
    struct store *store = test_sale_store(sale);
    assert_int_equal(store_submit_and_wait(store, job), status);
    store_close(store);
}

static void a_press_that_comes_with_the_sale_reaches_who_sells_it(void **state)
{
    (void)state;
    struct test_sale *sale = test_sale_open(one_loop);
    struct store_job forget = {.work = forget_sale};
    run_job(sale, &forget, STATUS_OK);
    test_sale_restart(sale, one_loop);

    struct held_store held = {.job = {.work = press_behind_a_new_sale},
                              .sale = sale,
                              .operator= server_process_connect(sale->server),
                              .fan = server_process_connect(sale->server)};
    run_job(sale, &held.job, STATUS_CONFLICT);
    struct http_reply reply;
    assert_true(http_client_read(held.operator, false, &reply));
    reply_must_be(&reply, 200);
    assert_true(http_client_read(held.fan, false, &reply));
    reply_must_be(&reply, 201);
    http_client_close(held.operator);
    http_client_close(held.fan);
    test_sale_close(sale);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(every_version_sells_its_own_sales, open_sale, close_sale),
        cmocka_unit_test_setup_teardown(a_seat_of_such_a_sale_is_paid_for_and_kept, open_sale,
                                        close_sale),
        cmocka_unit_test(a_press_that_comes_with_the_sale_reaches_who_sells_it),
    };
    return cmocka_run_group_tests(stories, NULL, NULL);
}
