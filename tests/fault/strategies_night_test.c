/*
 * strategies_night_test.c — PostgreSQL is killed while v1, v2 and v3 sell, each a date of its own,
 * all on one server at the same time.
 *
 * Each crowd holds its own list of what it was told against the database: nothing is lost, nothing
 * sold twice, and everything is sold in the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/rush_night.h"
#include "support/server_postgres.h"
#include "support/server_redis.h"

enum { BACK_WITHIN_MS = 5000 };

static struct server_postgres *postgres;
static struct server_redis *redis; /* NULL: v3 takes the locks of the process */

static void kill_postgres(struct rush_night *night)
{
    server_postgres_kill(postgres);
    server_postgres_restart(postgres);
    int64_t ready_at_ms = clock_monotonic_ms();
    while (!rush_night_is_ready(night))
        server_pause();
    assert_true(clock_monotonic_ms() - ready_at_ms < BACK_WITHIN_MS);
}

static void every_strategy_sells_on_when_its_database_was_killed(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{50, kill_postgres}};
    char url[SERVER_ADDRESS_BYTES], store[RUSH_WORD_BYTES], lock[RUSH_WORD_BYTES];
    postgres_database_make(server_postgres_url(postgres), url);
    snprintf(store, sizeof store, "TICKETRUSH_STORE=%s", url);
    snprintf(lock, sizeof lock, "TICKETRUSH_REDIS=%s", redis ? server_redis_url(redis) : "");
    struct rush_night night = {
        .store = store,
        .redis = redis ? lock : NULL,
        .crowds = {{.strategy = "v1", .lock = "mutex", .fans = 150, .seats = 40},
                   {.strategy = "v2", .lock = "optimistic", .fans = 150, .seats = 40},
                   {.strategy = "v2", .lock = "pessimistic", .fans = 150, .seats = 40},
                   {.strategy = "v3", .fans = 150, .seats = 40}},
        .crowd_count = 4};
    rush_night_play(&night, blows, sizeof blows / sizeof blows[0], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_strategy_sells_on_when_its_database_was_killed),
    };
    char why[SERVER_WHY_BYTES];
    postgres = server_postgres_start(why);
    if (!postgres) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    redis = server_redis_start(&(struct server_redis_settings){0}, why);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_redis_destroy(redis);
    server_postgres_destroy(postgres);
    return failed;
}
