/*
 * redis_night_test.c — Redis is killed, stopped, flushed and started again while the server works.
 *
 * The engine sells on and the catalog is read on, as if nothing had happened; only v3, whose locks
 * are there, says that it has to wait, and sells again when Redis is back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "support/rush_night.h"
#include "support/server_redis.h"
#include "support/strategy_sale.h"

enum { SETTING_BYTES = 256, PATH_BYTES = 64, PATIENCE_MS = 30000 };

static struct server_redis *redis;
static char redis_setting[SETTING_BYTES];

/* --- an opening night ------------------------------------------------------------------------- */

static void kill_redis(struct rush_night *night)
{
    (void)night;
    server_redis_kill(redis);
}

static void restart_redis(struct rush_night *night)
{
    (void)night;
    server_redis_restart(redis);
}

static void flush_redis(struct rush_night *night)
{
    (void)night;
    server_redis_flush(redis);
}

static void hang_redis(struct rush_night *night)
{
    (void)night;
    server_redis_pause(redis);
}

static void wake_redis(struct rush_night *night)
{
    (void)night;
    server_redis_resume(redis);
}

static void an_opening_night_sells_on_whatever_redis_does(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {
        {50, kill_redis},  {250, restart_redis}, {400, flush_redis},    {500, hang_redis},
        {600, wake_redis}, {800, kill_redis},    {1000, restart_redis},
    };
    struct rush_night night = {.redis = redis_setting};
    rush_night_play(&night, blows, sizeof blows / sizeof blows[0], NULL);
}

/* --- reading and v3 --------------------------------------------------------------------------- */

static struct http_reply get(struct test_sale *sale, const char *path)
{
    return http_client_ask(sale->client, &(struct http_ask){.path = path});
}

static struct http_reply press_v3(struct test_sale *sale, int seat, const char *key)
{
    return strategy_sale_press(sale, "/api/v3/reservations", sale->mina, seat, key);
}

static int press_until_it_is_done(struct test_sale *sale, int seat, const char *key)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct http_reply reply = press_v3(sale, seat, key);
    while (reply.status == 503 && clock_monotonic_ms() < give_up_at_ms) {
        server_pause();
        reply = press_v3(sale, seat, key);
    }
    return reply.status;
}

static void without_redis_v3_says_when_to_come_again_and_reading_goes_on(void **state)
{
    (void)state;
    const char *const settings[] = {redis_setting,
                                    "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=10000", NULL};
    struct test_sale *sale = test_sale_open(settings);
    struct http_reply reply = strategy_sale_put(sale, "v3", NULL, 4);
    assert_int_equal(reply.status, 200);
    reply = press_v3(sale, 0, "with");
    assert_int_equal(reply.status, 201);

    server_redis_kill(redis);
    for (int i = 0; i < 30; i++) { /* the breaker opens on the way */
        reply = press_v3(sale, 1, "without");
        assert_int_equal(reply.status, 503);
        assert_true(http_reply_field(&reply, "retry-after").size > 0);
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "/api/concerts?limit=%d", i + 1); /* on nobody's shelf yet */
        reply = get(sale, path);
        assert_int_equal(reply.status, 200);
    }
    reply = get(sale, "/metrics");
    assert_non_null(memmem(reply.body.bytes, reply.body.size, "ticketrush_redis_listening 0", 28));

    server_redis_restart(redis);
    assert_int_equal(press_until_it_is_done(sale, 1, "without"), 201); /* the same press */
    assert_int_equal(press_until_it_is_done(sale, 1, "another"), 409);
    test_sale_audit(sale);
    test_sale_close(sale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_redis_v3_says_when_to_come_again_and_reading_goes_on),
        cmocka_unit_test(an_opening_night_sells_on_whatever_redis_does),
    };
    char why[SERVER_WHY_BYTES];
    log_set_level(LOG_OFF);
    redis = server_redis_start(&(struct server_redis_settings){0}, why);
    if (!redis) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    snprintf(redis_setting, sizeof redis_setting, "TICKETRUSH_REDIS=%s", server_redis_url(redis));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_redis_destroy(redis);
    return failed;
}
