/*
 * waiting_fault_test.c — the line on bad days: the server is killed under a crowd that waits, and
 * Redis, where a line may stand, is killed, and loses all it had.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/rush_night.h"
#include "support/server_redis.h"
#include "support/test_sale.h"

enum { FANS = 30, PATIENCE_MS = 30000 };

/* --- the server ------------------------------------------------------------------------------- */

static void kill_it(struct rush_night *night)
{
    server_process_signal(night->server, SIGKILL);
    assert_int_equal(server_process_wait(night->server), 128 + SIGKILL);
    server_process_destroy(night->server);
    rush_night_start_server(night);
}

/* rush holds every place it was told against what it is told later, and verifies the log. */
static void a_killed_server_loses_no_place_of_a_night(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{50, kill_it}, {400, kill_it}};
    struct rush_night night = {.waiting_room = true};
    rush_night_play(&night, blows, 2, NULL);
}

/* --- Redis ------------------------------------------------------------------------------------ */

struct evening {
    struct server_redis *redis;
    struct test_sale *sale;
    int64_t sequences[FANS], ahead[FANS];
};

static struct http_reply ask(struct evening *evening, const char *method, int64_t fan,
                             const char *rest)
{
    char path[96], token[TEST_TOKEN_BYTES];
    test_sale_token(evening->sale, fan, 0, token);
    snprintf(path, sizeof path, "/api/options/%lld/waiting%s", (long long)evening->sale->option,
             rest);
    return http_client_ask(evening->sale->client,
                           &(struct http_ask){.method = method, .path = path, .token = token});
}

/* While Redis is away the answer is 503; then it is the place again. */
static struct http_reply ask_until_well(struct evening *evening, const char *method, int64_t fan,
                                        const char *rest)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        struct http_reply reply = ask(evening, method, fan, rest);
        if (reply.status == 200 || reply.status == 201)
            return reply;
        if (clock_monotonic_ms() > until_ms)
            fail_msg("%d: %.*s", reply.status, (int)reply.body.size, reply.body.bytes);
        assert_true(reply.status == 503 || reply.status == 429);
    }
}

static void put_sale(struct evening *evening)
{
    char path[96];
    snprintf(path, sizeof path, "/api/options/%lld/sale", (long long)evening->sale->option);
    struct http_reply reply = http_client_ask(
        evening->sale->client,
        &(struct http_ask){.method = "PUT",
                           .path = path,
                           .token = evening->sale->operator,
                           .json = "{\"opensAt\":\"2090-01-01T00:00:00Z\",\"closesAt\":"
                                   "\"2091-01-01T00:00:00Z\",\"strategy\":\"v5\",\"holdSeconds\":"
                                   "60,\"maxPerFan\":4,\"waitingRoom\":true}"});
    assert_int_equal(reply.status, 200);
}

static void join_all(struct evening *evening)
{
    for (int64_t fan = 0; fan < FANS; fan++) {
        struct http_reply reply = ask_until_well(evening, "POST", 100 + fan, "");
        evening->sequences[fan] = reply_number(&reply, "sequence");
    }
    (void)ask_until_well(evening, "DELETE", 107, "/me");
}

static void find_all(struct evening *evening)
{
    for (int64_t fan = 0; fan < FANS; fan++) {
        struct http_reply reply = ask_until_well(evening, "GET", 100 + fan, "/me");
        assert_int_equal(reply_number(&reply, "sequence"), evening->sequences[fan]);
        if (fan != 7)
            assert_int_equal(reply_number(&reply, "ahead"), fan < 7 ? fan : fan - 1);
    }
}

static void what_redis_loses_is_read_back(void **state)
{
    struct evening *evening = *state;
    put_sale(evening);
    join_all(evening);
    find_all(evening);
    server_redis_kill(evening->redis);
    struct http_reply reply = ask(evening, "GET", 100, "/me");
    assert_int_equal(reply.status, 503);
    server_redis_restart(evening->redis);
    server_redis_flush(evening->redis);
    find_all(evening);
    test_sale_audit(evening->sale);
}

/* Who hears that there is no waiting room goes on to the seats, and is turned away there. */
static void a_line_that_was_never_read_is_not_said_to_be_missing(void **state)
{
    struct evening *evening = *state;
    server_redis_kill(evening->redis);
    put_sale(evening);
    for (int64_t fan = 0; fan < FANS; fan++)
        assert_int_equal(ask(evening, "POST", 100 + fan, "").status, 503);
    server_redis_restart(evening->redis);
    join_all(evening);
    find_all(evening);
}

static int open_evening(void **state)
{
    static char setting[256];
    char why[SERVER_WHY_BYTES];
    struct evening *evening = calloc(1, sizeof *evening);
    assert_non_null(evening);
    evening->redis = server_redis_start(&(struct server_redis_settings){0}, why);
    if (!evening->redis) {
        printf("skipped: %s\n", why);
        free(evening);
        exit(SERVER_EXIT_WITHOUT);
    }
    snprintf(setting, sizeof setting, "TICKETRUSH_REDIS=%s", server_redis_url(evening->redis));
    const char *const environment[] = {setting, NULL};
    evening->sale = test_sale_open(environment);
    *state = evening;
    return 0;
}

static int close_evening(void **state)
{
    struct evening *evening = *state;
    test_sale_close(evening->sale);
    server_redis_destroy(evening->redis);
    free(evening);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_server_loses_no_place_of_a_night),
        cmocka_unit_test_setup_teardown(what_redis_loses_is_read_back, open_evening, close_evening),
        cmocka_unit_test_setup_teardown(a_line_that_was_never_read_is_not_said_to_be_missing,
                                        open_evening, close_evening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
