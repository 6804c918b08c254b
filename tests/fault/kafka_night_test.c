/*
 * kafka_night_test.c — Kafka is killed, stopped and started again while presses wait on it.
 *
 * Whoever was told 202 hears an outcome; whoever could not be taken hears 503 and when to come
 * again; and the engine sells on, as if nothing had happened.
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
#include "support/server_kafka.h"
#include "support/server_postgres.h"
#include "support/strategy_sale.h"

enum {
    SETTING_BYTES = 256,
    PATH_BYTES = 128,
    ID_BYTES = 64,
    PATIENCE_MS = 120000,
    CROWD = 30, /* presses for a seat each, by two fans */
};

static struct server_kafka *kafka;
static char kafka_setting[SETTING_BYTES];

/* --- an opening night ------------------------------------------------------------------------- */

static void kill_kafka(struct rush_night *night)
{
    (void)night;
    server_kafka_kill(kafka);
}

static void restart_kafka(struct rush_night *night)
{
    (void)night;
    server_kafka_restart(kafka);
}

static void hang_kafka(struct rush_night *night)
{
    (void)night;
    server_kafka_pause(kafka);
}

static void wake_kafka(struct rush_night *night)
{
    (void)night;
    server_kafka_resume(kafka);
}

static void an_opening_night_sells_on_whatever_kafka_does(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {
        {50, kill_kafka}, {400, restart_kafka}, {600, hang_kafka}, {900, wake_kafka}};
    struct rush_night night = {.kafka = kafka_setting};
    rush_night_play(&night, blows, sizeof blows / sizeof blows[0], NULL);
}

/* --- requests --------------------------------------------------------------------------------- */

struct request { /* what one fan has been told */
    char id[ID_BYTES];
    int64_t reservation; /* 0: none */
};

struct crowd {
    struct test_sale *sale;
    struct request requests[CROWD];
    int taken_count, refused_count;
};

/* True: it was taken. A refusal says when to come again. */
static bool press(struct crowd *crowd, int seat)
{
    struct test_sale *sale = crowd->sale;
    char key[32];
    snprintf(key, sizeof key, "seat-%d", seat);
    struct http_reply reply = strategy_sale_press(sale, "/api/v4/reservations",
                                                  seat % 2 ? sale->mina : sale->joon, seat, key);
    if (reply.status == 503) {
        assert_true(http_reply_field(&reply, "retry-after").size > 0);
        crowd->refused_count++;
        return false;
    }
    if (reply.status != 202)
        fail_msg("%d: %.*s", reply.status, (int)reply.body.size, reply.body.bytes);
    const char *at = memmem(reply.body.bytes, reply.body.size, "\"requestId\":\"", 13);
    assert_non_null(at);
    snprintf(crowd->requests[seat].id, ID_BYTES, "%.44s", at + 13);
    crowd->taken_count++;
    return true;
}

static void press_until_taken(struct crowd *crowd, int seat)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (!press(crowd, seat)) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        server_pause();
    }
}

static void await_outcome(struct crowd *crowd, int seat)
{
    char path[PATH_BYTES];
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    snprintf(path, sizeof path, "/api/reservations/requests/%s", crowd->requests[seat].id);
    for (;;) {
        struct http_reply reply = http_client_ask(
            crowd->sale->client,
            &(struct http_ask){.path = path,
                               .token = seat % 2 ? crowd->sale->mina : crowd->sale->joon});
        assert_int_equal(reply.status, 200);
        if (memmem(reply.body.bytes, reply.body.size, "PENDING", 7) == NULL) {
            if (memmem(reply.body.bytes, reply.body.size, "SUCCESS", 7) == NULL)
                fail_msg("%.*s", (int)reply.body.size, reply.body.bytes);
            crowd->requests[seat].reservation = reply_number(&reply, "id");
            return;
        }
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        server_pause();
    }
}

static struct crowd *crowd_open(void)
{
    const char *const settings[] = {kafka_setting,
                                    "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=10000", NULL};
    struct crowd *crowd = calloc(1, sizeof *crowd);
    assert_non_null(crowd);
    crowd->sale = test_sale_open(settings);
    struct http_reply reply = strategy_sale_put(crowd->sale, "v4", NULL, 16);
    assert_int_equal(reply.status, 200);
    return crowd;
}

/* Everybody has a seat of their own, and nobody two. */
static void crowd_close(struct crowd *crowd)
{
    for (int seat = 0; seat < CROWD; seat++)
        await_outcome(crowd, seat);
    for (int seat = 1; seat < CROWD; seat++)
        assert_int_not_equal(crowd->requests[seat].reservation,
                             crowd->requests[seat - 1].reservation);
    test_sale_audit(crowd->sale);
    test_sale_close(crowd->sale);
    free(crowd);
}

static void nothing_that_was_taken_is_lost_when_kafka_is_killed(void **state)
{
    enum { BEFORE = 20, WHILE_AWAY = 10 };
    (void)state;
    struct crowd *crowd = crowd_open();
    for (int seat = 0; seat < BEFORE; seat++)
        press_until_taken(crowd, seat);
    server_kafka_kill(kafka);
    for (int i = 0; i < WHILE_AWAY; i++)
        assert_false(press(crowd, BEFORE));
    server_kafka_restart(kafka);
    int64_t ready_at_ms = clock_monotonic_ms();
    press_until_taken(crowd, BEFORE);
    printf("taken again %lld ms after the broker was ready\n",
           (long long)(clock_monotonic_ms() - ready_at_ms));
    await_outcome(crowd, BEFORE);
    printf("decided again %lld ms after the broker was ready\n",
           (long long)(clock_monotonic_ms() - ready_at_ms));
    for (int seat = BEFORE + 1; seat < CROWD; seat++)
        press_until_taken(crowd, seat);
    crowd_close(crowd);
}

static void a_broker_that_hangs_is_noticed_and_its_return_too(void **state)
{
    enum { BEFORE = 10 };
    (void)state;
    struct crowd *crowd = crowd_open();
    for (int seat = 0; seat < BEFORE; seat++)
        press_until_taken(crowd, seat);
    server_kafka_pause(kafka);
    assert_false(press(crowd, BEFORE)); /* within the producer's bound */
    server_kafka_resume(kafka);
    for (int seat = BEFORE; seat < CROWD; seat++)
        press_until_taken(crowd, seat);
    crowd_close(crowd);
}

static void the_server_is_killed_between_its_commit_and_the_position(void **state)
{
    enum { BEFORE = 20 };
    (void)state;
    const char *const settings[] = {kafka_setting,
                                    "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=10000", NULL};
    struct crowd *crowd = crowd_open();
    for (int seat = 0; seat < BEFORE; seat++)
        press_until_taken(crowd, seat);
    test_sale_restart(crowd->sale, settings); /* SIGKILL, wherever it is */
    for (int seat = BEFORE; seat < CROWD; seat++)
        press_until_taken(crowd, seat);
    crowd_close(crowd);
}

/* It has partitions of the topic: the group was shared out anew. */
static bool has_its_share(const struct server_process *server)
{
    char line[1024];
    bool found = false;
    FILE *log = fopen(server_process_log(server), "re");
    assert_non_null(log);
    while (!found && fgets(line, sizeof line, log))
        found = strstr(line, "kafka partitions") && strstr(line, "\"assigned\"") &&
                !strstr(line, "\"count\":0");
    fclose(log);
    return found;
}

static void a_node_joins_and_another_dies_while_presses_are_decided(void **state)
{
    enum { BEFORE = 10, WHILE_JOINING = 20, WITH_BOTH = 25 };
    (void)state;
    if (!postgres_url_or_skip())
        skip();
    test_sale_use(DATABASE_POSTGRES);
    struct crowd *crowd = crowd_open();
    const char *const both[] = {database_setting(crowd->sale->database), kafka_setting, NULL};
    int seat = 0;
    while (seat < BEFORE)
        press_until_taken(crowd, seat++);
    struct server_process *other =
        server_process_start(&(struct server_process_settings){.environment = both});
    while (seat < WHILE_JOINING || !has_its_share(other)) {
        if (seat < WHILE_JOINING)
            press_until_taken(crowd, seat++);
        server_pause();
    }
    while (seat < WITH_BOTH)
        press_until_taken(crowd, seat++);
    const char *const own[] = {kafka_setting, "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=10000",
                               NULL};
    test_sale_restart(crowd->sale, own); /* SIGKILL: its partitions go to the other */
    while (seat < CROWD)
        press_until_taken(crowd, seat++);
    crowd_close(crowd);
    server_process_destroy(other);
    test_sale_use(DATABASE_SQLITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_that_was_taken_is_lost_when_kafka_is_killed),
        cmocka_unit_test(a_broker_that_hangs_is_noticed_and_its_return_too),
        cmocka_unit_test(the_server_is_killed_between_its_commit_and_the_position),
        cmocka_unit_test(a_node_joins_and_another_dies_while_presses_are_decided),
        cmocka_unit_test(an_opening_night_sells_on_whatever_kafka_does),
    };
    char why[SERVER_WHY_BYTES];
    log_set_level(LOG_OFF);
    kafka = server_kafka_start(why);
    if (!kafka) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    snprintf(kafka_setting, sizeof kafka_setting, "TICKETRUSH_KAFKA=%s",
             server_kafka_address(kafka));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_kafka_destroy(kafka);
    return failed;
}
