/*
 * postgres_test.c — bad days with PostgreSQL: killed in the middle of a rush, or cut off from the
 * server between a commit and its answer.
 *
 * Whatever happens, nobody loses what was acknowledged and nothing is sold twice; meanwhile the
 * answers are clear, and the server finds its database again by itself.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "support/cut_proxy.h"
#include "support/rush_night.h"
#include "support/server_postgres.h"

struct bad_night {
    struct rush_night night;
    char store[RUSH_WORD_BYTES];
    struct server_postgres *postgres;
    struct cut_proxy *proxy;
    int strike_count;
};

static struct bad_night *bad_night_of(struct rush_night *night)
{
    return container_of(night, struct bad_night, night);
}

/* --- what the server says of itself ----------------------------------------------------------- */

static int ready_status(const struct rush_night *night, struct http_reply *out_reply)
{
    struct http_client *client = server_process_connect(night->server);
    *out_reply = http_client_ask(client, &(struct http_ask){.path = "/readyz"});
    int status = out_reply->status;
    if (status == 503) {
        assert_true(http_reply_has_code(out_reply, "NOT_READY"));
        assert_non_null(memmem(out_reply->body.bytes, out_reply->body.size, "\"missing\":\"store\"",
                               strlen("\"missing\":\"store\"")));
        assert_true(http_reply_field(out_reply, "Retry-After").bytes != NULL);
    }
    http_client_close(client);
    return status;
}

static void wait_for_ready(const struct rush_night *night, int status)
{
    struct http_reply reply;
    while (ready_status(night, &reply) != status)
        server_pause();
}

static void wait_for_open_breaker(const struct rush_night *night)
{
    static const char words[] = "ticketrush_breaker_state{breaker=\"database\",state=\"open\"} 1";
    struct http_client *client = server_process_connect(night->server);
    struct http_reply reply;
    do
        reply = http_client_ask(client, &(struct http_ask){.path = "/metrics"});
    while (!memmem(reply.body.bytes, reply.body.size, words, strlen(words)));
    http_client_close(client);
}

/* --- blows ------------------------------------------------------------------------------------ */

static void kill_postgres(struct rush_night *night)
{
    struct bad_night *bad = bad_night_of(night);
    server_postgres_kill(bad->postgres);
    wait_for_ready(night, 503);
    wait_for_open_breaker(night);
    server_postgres_restart(bad->postgres);
    wait_for_ready(night, 200);
    bad->strike_count++;
}

static void cut_an_answer(struct rush_night *night)
{
    struct bad_night *bad = bad_night_of(night);
    cut_proxy_cut_answer(bad->proxy);
    bad->strike_count++;
}

static void cut_all(struct rush_night *night)
{
    struct bad_night *bad = bad_night_of(night);
    cut_proxy_cut_all(bad->proxy);
    bad->strike_count++;
}

/* --- nights ----------------------------------------------------------------------------------- */

static struct server_postgres *postgres;

static void through_a_proxy(struct bad_night *bad)
{
    char url[SERVER_ADDRESS_BYTES];
    postgres_database_make(server_postgres_url(bad->postgres), url);
    const char *port = strrchr(url, ':') + 1;
    char *rest;
    bad->proxy = cut_proxy_open((uint16_t)strtoul(port, &rest, 10));
    snprintf(bad->store, sizeof bad->store, "TICKETRUSH_STORE=%.*s%u%s", (int)(port - url), url,
             (unsigned)cut_proxy_port(bad->proxy), rest);
}

static void straight(struct bad_night *bad)
{
    char url[SERVER_ADDRESS_BYTES];
    postgres_database_make(server_postgres_url(bad->postgres), url);
    snprintf(bad->store, sizeof bad->store, "TICKETRUSH_STORE=%s", url);
}

static void play(struct bad_night *bad, const struct rush_blow *blows, size_t blow_count,
                 void (*look)(struct rush_night *night))
{
    bad->night.store = bad->store;
    rush_night_play(&bad->night, blows, blow_count, look);
    assert_int_equal(bad->strike_count, blow_count);
    cut_proxy_close(bad->proxy);
}
#define PLAY(bad, blows, look) play(bad, blows, sizeof(blows) / sizeof(blows)[0], look)

/* Its words must be in the log of the server, and the password must not. */
static void find_in_log(struct rush_night *night, const char *words)
{
    static char log[4 << 20];
    FILE *file = fopen(server_process_log(night->server), "re");
    assert_non_null(file);
    size_t size = fread(log, 1, sizeof log - 1, file);
    fclose(file);
    log[size] = '\0';
    assert_non_null(strstr(log, words));
    assert_null(strstr(log, "nobody-may-read-this"));
}

static void look_for_losses(struct rush_night *night)
{
    find_in_log(night, "PostgreSQL is back");
}

static void look_for_readings(struct rush_night *night)
{
    assert_true(cut_proxy_cut_count(bad_night_of(night)->proxy) > 0);
    find_in_log(night, "the outcome of a commit was read back");
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_killed_database_loses_nothing_and_is_found_again(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{150, kill_postgres}, {700, kill_postgres}};
    struct bad_night bad = {.postgres = postgres};
    straight(&bad);
    PLAY(&bad, blows, look_for_losses);
}

static void an_answer_that_never_came_is_read_back(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {
        {100, cut_an_answer}, {200, cut_an_answer}, {300, cut_an_answer},
        {500, cut_an_answer}, {700, cut_an_answer},
    };
    struct bad_night bad = {.postgres = postgres};
    through_a_proxy(&bad);
    PLAY(&bad, blows, look_for_readings);
}

static void wires_cut_all_through_the_night_lose_nothing(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {
        {80, cut_all}, {81, cut_all}, {300, cut_all}, {500, cut_all}, {800, cut_all},
    };
    struct bad_night bad = {.postgres = postgres};
    through_a_proxy(&bad);
    PLAY(&bad, blows, look_for_losses);
}

int main(void)
{
    char why[SERVER_WHY_BYTES] = "";
    postgres = server_postgres_start(why);
    if (!postgres) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_database_loses_nothing_and_is_found_again),
        cmocka_unit_test(an_answer_that_never_came_is_read_back),
        cmocka_unit_test(wires_cut_all_through_the_night_lose_nothing),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_postgres_destroy(postgres);
    return failed;
}
