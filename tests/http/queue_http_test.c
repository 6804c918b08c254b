/*
 * queue_http_test.c — what a fan hears of a sale whose presses wait on the bus (v4): on every
 * database, with everything in the process, and with Kafka and Redis.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/server_kafka.h"
#include "support/server_redis.h"
#include "support/strategy_sale.h"

enum { PATH_BYTES = 256, ID_BYTES = 64, PATIENCE_MS = 60000 };

static bool on_kafka;

/* A broker takes its time at the start: until then v4 says so. */
static struct http_reply press_until_taken(struct test_sale *sale, const char *token, int seat,
                                           const char *key)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct http_reply reply = strategy_sale_press(sale, "/api/v4/reservations", token, seat, key);
    while (reply.status == 503 && clock_monotonic_ms() < give_up_at_ms) {
        assert_non_null(http_reply_field(&reply, "Retry-After").bytes);
        server_pause();
        reply = strategy_sale_press(sale, "/api/v4/reservations", token, seat, key);
    }
    reply_must_be(&reply, 202);
    return reply;
}

static void read_id(const struct http_reply *reply, char out_id[ID_BYTES])
{
    static const char name[] = "\"requestId\":\"";
    const char *at = memmem(reply->body.bytes, reply->body.size, name, strlen(name));
    assert_non_null(at);
    snprintf(out_id, ID_BYTES, "%.44s", at + strlen(name));
}

static struct http_reply look(struct test_sale *sale, const char *id, const char *token)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/reservations/requests/%s", id);
    return test_sale_ask(sale, "GET", path, token, NULL, NULL);
}

static struct http_reply await_outcome(struct test_sale *sale, const char *id, const char *token)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct http_reply reply = look(sale, id, token);
    while (http_reply_says(&reply, "\"PENDING\"") || reply.status == 429) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        server_pause();
        reply = look(sale, id, token);
    }
    reply_must_be(&reply, 200);
    return reply;
}

static int open_sale(void **state)
{
    char prefix[KAFKA_PREFIX_BYTES], prefix_setting[64], kafka_setting[SERVER_ADDRESS_BYTES + 32];
    char redis_setting[SERVER_ADDRESS_BYTES + 64];
    const char *redis = on_kafka ? redis_url_or_skip() : NULL;
    kafka_prefix_make(prefix);
    snprintf(prefix_setting, sizeof prefix_setting, "TICKETRUSH_KAFKA_PREFIX=%s", prefix);
    snprintf(kafka_setting, sizeof kafka_setting, "TICKETRUSH_KAFKA=%s",
             on_kafka ? getenv("TICKETRUSH_TEST_KAFKA") : "");
    snprintf(redis_setting, sizeof redis_setting, "TICKETRUSH_REDIS=%s", redis ? redis : "");
    const char *const environment[] = {kafka_setting, prefix_setting, redis_setting,
                                       "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000", NULL};
    struct test_sale *sale = test_sale_open(environment);
    *state = sale;
    struct http_reply put = strategy_sale_put(sale, "v4", NULL, 4);
    reply_must_be(&put, 200);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_close(*state);
    return 0;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_request_is_taken_at_once_and_decided_a_moment_later(void **state)
{
    struct test_sale *sale = *state;
    char mine[ID_BYTES], again[ID_BYTES], yours[ID_BYTES], taken[64], path[PATH_BYTES];
    struct http_reply reply = press_until_taken(sale, sale->mina, 3, "mine");
    read_id(&reply, mine);
    assert_true(http_reply_says(&reply, "\"statusUrl\":\"/api/reservations/requests/"));
    reply = await_outcome(sale, mine, sale->mina);
    assert_true(http_reply_says(&reply, "\"SUCCESS\""));
    assert_true(http_reply_says(&reply, "\"HOLD\""));
    int64_t reservation = reply_number(&reply, "id");

    reply =
        strategy_sale_press(sale, "/api/reservations", sale->mina, 3, "mine"); /* the same press */
    reply_must_be(&reply, 202);
    read_id(&reply, again);
    assert_string_equal(again, mine);
    reply = strategy_sale_press(sale, "/api/v4/reservations", sale->mina, 4, "mine");
    reply_must_be(&reply, 422);
    assert_true(http_reply_has_code(&reply, "IDEMPOTENCY_KEY_REUSED"));

    reply = press_until_taken(sale, sale->joon, 3, "yours");
    read_id(&reply, yours);
    reply = await_outcome(sale, yours, sale->joon);
    assert_true(http_reply_says(&reply, "\"FAILED\"") && http_reply_says(&reply, "\"SEAT_TAKEN\""));
    snprintf(taken, sizeof taken, "\"seatIds\":[%lld]", (long long)sale->first_seat + 3);
    assert_true(http_reply_says(&reply, taken));

    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)reservation);
    reply = test_sale_ask(sale, "DELETE", path, sale->mina, NULL, NULL);
    reply_must_be(&reply, 200);
    reply = press_until_taken(sale, sale->joon, 3, "yours"); /* a refusal spends no key */
    read_id(&reply, again);
    assert_string_not_equal(again, yours);
    reply = await_outcome(sale, again, sale->joon);
    assert_true(http_reply_says(&reply, "\"SUCCESS\""));
    test_sale_audit(sale);
}

static void a_request_is_nobody_elses(void **state)
{
    struct test_sale *sale = *state;
    char id[ID_BYTES];
    struct http_reply reply = press_until_taken(sale, sale->mina, 0, "mine");
    read_id(&reply, id);
    reply = look(sale, id, sale->joon);
    reply_must_be(&reply, 404);
    await_outcome(sale, id, sale->mina);
    reply = look(sale, id, sale->joon);
    reply_must_be(&reply, 404);
    id[43] = id[43] == '0' ? '1' : '0';
    reply = look(sale, id, sale->mina);
    reply_must_be(&reply, 404);
    reply = look(sale, "17", sale->mina);
    reply_must_be(&reply, 404);
    reply = look(sale, id, NULL);
    reply_must_be(&reply, 401);
}

static void who_listens_hears_the_outcome_and_the_end(void **state)
{
    struct test_sale *sale = *state;
    char id[ID_BYTES], path[PATH_BYTES];
    struct http_reply reply = press_until_taken(sale, sale->mina, 1, "mine");
    read_id(&reply, id);
    snprintf(path, sizeof path, "/api/reservations/requests/%s/events", id);
    struct http_client *listener = server_process_connect(sale->server);
    reply = http_client_ask(listener, &(struct http_ask){.path = path, .token = sale->joon});
    reply_must_be(&reply, 404);
    reply = http_client_ask(listener, &(struct http_ask){.path = path, .token = sale->mina});
    reply_must_be(&reply, 200);
    struct http_event event;
    bool success = false;
    while (http_client_event(listener, &event)) {
        assert_true(text_equal(event.name, text_of("state")));
        success = memmem(event.data.bytes, event.data.size, "SUCCESS", 7) != NULL;
    }
    assert_true(success);
    http_client_close(listener);
}

static void another_version_is_refused_before_anything_waits(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = strategy_sale_press(sale, "/api/v5/reservations", sale->mina, 0, "a");
    reply_must_be(&reply, 409);
    assert_true(http_reply_has_code(&reply, "STRATEGY_MISMATCH"));
    reply = strategy_sale_press(sale, "/api/v2/reservations", sale->mina, 0, "a");
    reply_must_be(&reply, 409);
}

static void what_was_decided_is_known_after_a_kill(void **state)
{
    struct test_sale *sale = *state;
    char id[ID_BYTES];
    struct http_reply reply = press_until_taken(sale, sale->mina, 2, "mine");
    read_id(&reply, id);
    await_outcome(sale, id, sale->mina);
    test_sale_restart(sale, NULL);
    reply = look(sale, id, sale->mina);
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"SUCCESS\""));
    test_sale_audit(sale);
}

static int tell(enum database_kind kind)
{
    char name[64];
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(a_request_is_taken_at_once_and_decided_a_moment_later,
                                        open_sale, close_sale),
        cmocka_unit_test_setup_teardown(a_request_is_nobody_elses, open_sale, close_sale),
        cmocka_unit_test_setup_teardown(who_listens_hears_the_outcome_and_the_end, open_sale,
                                        close_sale),
        cmocka_unit_test_setup_teardown(another_version_is_refused_before_anything_waits, open_sale,
                                        close_sale),
        cmocka_unit_test_setup_teardown(what_was_decided_is_known_after_a_kill, open_sale,
                                        close_sale),
    };
    snprintf(name, sizeof name, "%s, %s", database_kind_name(kind),
             on_kafka ? "kafka and redis" : "memory");
    test_sale_use(kind);
    return cmocka_run_group_tests_name(name, stories, NULL, NULL);
}

int main(void)
{
    int code = databases_each(tell);
    on_kafka = kafka_address_or_skip() != NULL;
    if (!on_kafka)
        return code != 0 ? code : SERVER_EXIT_WITHOUT;
    int with_kafka = databases_each(tell);
    return code != 0 ? code : with_kafka;
}
