/*
 * catalog_cache_test.c — writers and readers of the catalog at once: what each of them may see.
 *
 * An operator counts up an artist's name. Nobody ever sees it go back; the operator sees at once
 * what was written, and so does everybody who asks the process that wrote it; others soon. Once in
 * one process, once in two that share a PostgreSQL and a Redis, where the writes go through one and
 * the reads through the other.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "account/tokens.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/random.h"
#include "command/command.h"
#include "support/server_postgres.h"
#include "support/server_redis.h"
#include "support/test_sale.h"

enum { WRITES = 40, READERS = 4, SETTING_BYTES = 512, PATH_BYTES = 128, PATIENCE_MS = 20000 };

struct night {
    uint16_t write_port, read_port;
    char operator[TEST_TOKEN_BYTES];
    int64_t artist;
    atomic_int written; /* the last number that was answered */
    atomic_int wrong;
    atomic_bool over;
    bool one_process;
};

static struct http_reply read_artist(const struct night *night, struct http_client *client,
                                     bool as_operator)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/artists/%lld", (long long)night->artist);
    return http_client_ask(client, &(struct http_ask){
                                       .path = path, .token = as_operator ? night->operator: NULL});
}

/* "Nova 17" → 17 */
static int number_in(const struct http_reply *reply)
{
    const char *at = memmem(reply->body.bytes, reply->body.size, "\"Nova ", 6);
    return reply->status == 200 && at ? (int)strtol(at + 6, NULL, 10) : -1;
}

/* "Nothing was done, send the same request again": on a busy machine two servers may keep each
   other from the database for longer than either waits. */
static void rename_to(struct night *night, struct http_client *client, int number)
{
    char path[PATH_BYTES], json[PATH_BYTES];
    snprintf(path, sizeof path, "/api/artists/%lld", (long long)night->artist);
    snprintf(json, sizeof json, "{\"name\":\"Nova %d\"}", number);
    const struct http_ask ask = {
        .method = "PATCH", .path = path, .token = night->operator, .json = json };
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct http_reply reply = http_client_ask(client, &ask);
    while (reply.status == 503 && clock_monotonic_ms() < give_up_at_ms)
        reply = http_client_ask(client, &ask);
    if (reply.status != 200)
        fail_msg("%d: %.*s", reply.status, (int)reply.body.size, reply.body.bytes);
}

static void *read_again_and_again(void *argument)
{
    struct night *night = argument;
    struct http_client *client = http_client_open("127.0.0.1", night->read_port);
    int seen = 0;
    while (client && !night->over) {
        int least = night->one_process ? night->written : 0;
        struct http_reply reply = read_artist(night, client, false);
        if (reply.status == 503)
            continue; /* says nothing, old or new */
        int number = number_in(&reply);
        if (number < seen || number < least)
            atomic_fetch_add(&night->wrong, 1);
        seen = number;
    }
    http_client_close(client);
    return NULL;
}

static void wait_until_everybody_sees(const struct night *night, int number)
{
    struct http_client *client = http_client_open("127.0.0.1", night->read_port);
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    int seen = -1;
    while (seen != number && clock_monotonic_ms() < give_up_at_ms) {
        struct http_reply reply = read_artist(night, client, false);
        seen = number_in(&reply);
    }
    assert_int_equal(seen, number);
    http_client_close(client);
}

static void write_and_read(struct night *night)
{
    pthread_t threads[READERS];
    struct http_client *writer = http_client_open("127.0.0.1", night->write_port);
    struct http_client *reader = http_client_open("127.0.0.1", night->read_port);
    rename_to(night, writer, 0);
    wait_until_everybody_sees(night, 0);
    for (int i = 0; i < READERS; i++)
        must(pthread_create(&threads[i], NULL, read_again_and_again, night) == 0);
    for (int number = 1; number <= WRITES; number++) {
        rename_to(night, writer, number);
        night->written = number;
        struct http_reply reply = read_artist(night, reader, true);
        assert_int_equal(number_in(&reply), number); /* through the other node, too */
    }
    wait_until_everybody_sees(night, WRITES);
    night->over = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(night->wrong, 0);
    http_client_close(writer);
    http_client_close(reader);
}

static int64_t metric(uint16_t port, const char *name)
{
    struct http_client *client = http_client_open("127.0.0.1", port);
    struct http_reply reply = http_client_ask(client, &(struct http_ask){.path = "/metrics"});
    char line[PATH_BYTES];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = memmem(reply.body.bytes, reply.body.size, line, strlen(line));
    int64_t value = at ? strtoll(at + strlen(line), NULL, 10) : -1;
    http_client_close(client);
    return value;
}

static int64_t new_artist(struct http_client *client, const char *token)
{
    struct http_reply reply = http_client_ask(
        client,
        &(struct http_ask){.method = "POST",
                           .path = "/api/artists",
                           .token = token,
                           .idempotency_key = "artist",
                           .json = "{\"name\":\"Nova\",\"nameKo\":\"노바\",\"agencyId\":null}"});
    if (reply.status != 201)
        fail_msg("%d: %.*s", reply.status, (int)reply.body.size, reply.body.bytes);
    return reply_number(&reply, "id");
}

static const char shared_hits[] = "ticketrush_cache_lookups_total{level=\"shared\",result=\"hit\"}";
static const char shared_misses[] =
    "ticketrush_cache_lookups_total{level=\"shared\",result=\"miss\"}";
static const char shelf_hits[] = "ticketrush_cache_lookups_total{level=\"shelf\",result=\"hit\"}";
static const char stale_answers[] =
    "ticketrush_cache_lookups_total{level=\"shelf\",result=\"stale\"}";

/* Who asks another node while it reads anew gets the one before at once. */
static void write_until_somebody_need_not_wait(struct night *night)
{
    struct http_client *writer = http_client_open("127.0.0.1", night->write_port);
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    for (int number = WRITES + 1; metric(night->read_port, stale_answers) == 0; number++) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        rename_to(night, writer, number);
        wait_until_everybody_sees(night, number);
    }
    http_client_close(writer);
}

/* --- one process ------------------------------------------------------------------------------ */

static void a_write_is_seen_at_once_by_everybody_in_this_process(void **state)
{
    (void)state;
    static const char *const settings[] = {"TICKETRUSH_IO_THREADS=2", NULL};
    struct test_sale *sale = test_sale_open(settings);
    struct night night = {.write_port = server_process_port(sale->server), .one_process = true};
    night.read_port = night.write_port;
    memcpy(night.operator, sale->operator, sizeof night.operator);
    night.artist = new_artist(sale->client, sale->operator);
    write_and_read(&night);
    assert_true(metric(night.read_port, shared_misses) > 0);
    assert_true(metric(night.read_port, shelf_hits) > 0);
    assert_true(metric(night.read_port, "ticketrush_cache_puts_total") > 0);
    assert_true(metric(night.read_port, "ticketrush_cache_bytes{level=\"shared\"}") > 0);
    test_sale_close(sale);
}

/* --- two processes ---------------------------------------------------------------------------- */

struct pair {
    char store[SETTING_BYTES], redis[SETTING_BYTES], database[SERVER_ADDRESS_BYTES];
    const char *settings[3];
    char folder[2][TEMPORARY_PATH_BYTES];
    struct server_process *server[2];
};

static void issue_operator(const char *data, char out_token[TEST_TOKEN_BYTES])
{
    char folder[TEMPORARY_PATH_BYTES + 16], why[256];
    struct tokens *tokens;
    snprintf(folder, sizeof folder, "%s/%s", data, COMMAND_KEYS_FOLDER);
    if (tokens_open(folder, why, &tokens) != STATUS_OK)
        fail_msg("%s", why);
    int64_t now_ms = clock_wall_ms();
    struct identity identity = {
        .fan = {3}, .role = ROLE_OPERATOR, .expires_at_ms = now_ms + ACCOUNT_ACCESS_TOKEN_MS};
    struct arena *arena = arena_create(4096, 65536);
    struct text token = tokens_issue(tokens, &identity, now_ms, arena);
    snprintf(out_token, TEST_TOKEN_BYTES, "%.*s", (int)token.size, token.bytes);
    arena_destroy(arena);
    tokens_close(tokens);
}

/* All nodes of one house sign with the same keys. */
static void share_keys(struct pair *pair)
{
    char keys[2][TEMPORARY_PATH_BYTES + 16];
    for (int i = 0; i < 2; i++) {
        int size = snprintf(keys[i], sizeof keys[i], "%.*s/%s", TEMPORARY_PATH_BYTES - 1,
                            pair->folder[i], COMMAND_KEYS_FOLDER);
        assert_in_range(size, 1, sizeof keys[i] - 1);
    }
    assert_int_equal(symlink(keys[0], keys[1]), 0);
}

static void open_pair(struct pair *pair, const char *postgres, const char *redis)
{
    postgres_database_make(postgres, pair->database);
    snprintf(pair->store, sizeof pair->store, "TICKETRUSH_STORE=%s", pair->database);
    snprintf(pair->redis, sizeof pair->redis, "TICKETRUSH_REDIS=%s", redis);
    pair->settings[0] = pair->store;
    pair->settings[1] = pair->redis;
    for (int i = 0; i < 2; i++) {
        temporary_folder_make(pair->folder[i]);
        if (i == 1)
            share_keys(pair);
        pair->server[i] = server_process_start(&(struct server_process_settings){
            .data = pair->folder[i], .environment = pair->settings});
    }
}

static void close_pair(struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        server_process_destroy(pair->server[i]);
        temporary_folder_remove(pair->folder[i]);
    }
    postgres_database_drop(pair->database);
}

static void a_write_through_one_node_is_seen_through_the_other(void **state)
{
    (void)state;
    const char *postgres = postgres_url_or_skip(), *redis = redis_url_or_skip();
    if (!postgres || !redis) {
        skip();
        return;
    }
    struct pair pair = {0};
    open_pair(&pair, postgres, redis);
    struct night night = {.write_port = server_process_port(pair.server[0]),
                          .read_port = server_process_port(pair.server[1])};
    issue_operator(pair.folder[0], night.operator);
    struct http_client *client = http_client_open("127.0.0.1", night.write_port);
    night.artist = new_artist(client, night.operator);
    http_client_close(client);
    write_and_read(&night);
    assert_true(metric(night.read_port, "ticketrush_redis_messages_total") > 0);
    assert_true(metric(night.write_port, shared_hits) + metric(night.read_port, shared_hits) > 0);
    write_until_somebody_need_not_wait(&night);
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_is_seen_at_once_by_everybody_in_this_process),
        cmocka_unit_test(a_write_through_one_node_is_seen_through_the_other),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bool all = getenv("TICKETRUSH_TEST_POSTGRES") && getenv("TICKETRUSH_TEST_REDIS");
    return failed || all ? failed : SERVER_EXIT_WITHOUT;
}
