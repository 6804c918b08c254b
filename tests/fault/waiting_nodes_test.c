/*
 * waiting_nodes_test.c — two servers on one PostgreSQL and one Redis are one waiting room: one
 * line, one order, one kind of token; and when either is killed the other goes on.
 *
 * The sale is of strategy v2, which both sell at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/server_postgres.h"
#include "support/server_redis.h"
#include "support/waiting_sale.h"

enum { FANS = 12, FIRST_FAN = 100, SETTING_BYTES = 256, NODES = 2 };

struct pair {
    struct test_sale *first;
    struct test_sale nodes[NODES]; /* the same sale, by either server */
    char redis[SETTING_BYTES], folder[TEMPORARY_PATH_BYTES];
    char tokens[FANS][TEST_TOKEN_BYTES];
};

static void start(struct pair *pair, size_t node)
{
    struct test_sale *sale = &pair->nodes[node];
    const char *const environment[] = {database_setting(pair->first->database), pair->redis,
                                       "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000", NULL};
    sale->server = server_process_start(
        &(struct server_process_settings){.data = sale->folder, .environment = environment});
    sale->client = server_process_connect(sale->server);
}

static void end(struct pair *pair, size_t node)
{
    http_client_close(pair->nodes[node].client);
    server_process_kill(pair->nodes[node].server);
    server_process_destroy(pair->nodes[node].server);
    pair->nodes[node].server = NULL;
}

/* The second has a data folder of its own and the first one's keys: so each knows the other's
   tokens. */
static void open_pair(struct pair *pair, const char *redis_url)
{
    char command[3 * TEMPORARY_PATH_BYTES];
    snprintf(pair->redis, sizeof pair->redis, "TICKETRUSH_REDIS=%s", redis_url);
    const char *const environment[] = {pair->redis,
                                       "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000", NULL};
    pair->first = test_sale_open(environment);
    pair->nodes[0] = *pair->first;
    pair->nodes[1] = *pair->first;
    waiting_put_sale(&pair->nodes[0], "v2\",\"lock\":\"optimistic", -1, "");
    temporary_folder_make(pair->folder);
    snprintf(command, sizeof command, "cp -r '%s/keys' '%s/keys'", pair->first->folder,
             pair->folder);
    assert_int_equal(system(command), 0);
    snprintf(pair->nodes[1].folder, sizeof pair->nodes[1].folder, "%s", pair->folder);
    start(pair, 1);
    (void)waiting_ask_until(&pair->nodes[1], NULL, "/waiting/serving", "OPEN");
    for (int i = 0; i < FANS; i++)
        test_sale_token(pair->first, FIRST_FAN + i, 0, pair->tokens[i]);
}

static void close_pair(struct pair *pair)
{
    test_sale_audit(pair->first);
    for (size_t node = 0; node < NODES; node++)
        end(pair, node);
    pair->first->client = NULL;
    pair->first->server = NULL;
    test_sale_close(pair->first);
    temporary_folder_remove(pair->folder);
}

static void places_on_both_are_one_line(struct pair *pair)
{
    for (int i = 0; i < FANS; i++) {
        struct http_reply reply = waiting_join(&pair->nodes[i % NODES], pair->tokens[i]);
        reply_must_be(&reply, 201);
        assert_int_equal(reply_number(&reply, "sequence"), i + 1);
    }
    for (int i = 0; i < FANS; i++) {
        struct http_reply reply = waiting_join(&pair->nodes[(i + 1) % NODES], pair->tokens[i]);
        reply_must_be(&reply, 200);
        assert_int_equal(reply_number(&reply, "sequence"), i + 1);
        assert_int_equal(reply_number(&reply, "ahead"), i);
    }
}

/* Comes in by one server, presses at the other. */
static void come_in(struct pair *pair, size_t node, int fan)
{
    char entry[WAITING_TEXT_BYTES], key[16];
    struct http_reply reply = waiting_ask_until(&pair->nodes[node], pair->tokens[fan],
                                                "/waiting/me", "\"state\":\"ADMITTED\"");
    assert_int_equal(reply_number(&reply, "turn"), fan + 1);
    reply_text(&reply, "entryToken", entry);
    size_t other = pair->nodes[1 - node].server ? 1 - node : node;
    snprintf(key, sizeof key, "fan-%d", fan);
    reply = waiting_reserve(&pair->nodes[other], pair->tokens[fan], key, "", fan, entry);
    reply_must_be(&reply, 201);
}

static void entry_of(struct pair *pair, size_t node, int fan, char out_entry[WAITING_TEXT_BYTES],
                     char out_until[WAITING_TEXT_BYTES])
{
    struct http_reply reply = waiting_ask_until(&pair->nodes[node], pair->tokens[fan],
                                                "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", out_entry);
    reply_text(&reply, "entryExpiresAt", out_until);
}

/* The fan has pressed at the second node: the hold has prolonged the place there. */
static void both_know_when_the_entry_ends(struct pair *pair, int fan)
{
    char entries[NODES][WAITING_TEXT_BYTES], ends[NODES][WAITING_TEXT_BYTES];
    (void)waiting_ask_until(&pair->nodes[0], NULL, "/waiting/proof?sequence=1",
                            "\"kind\":\"KEPT\"");
    for (size_t node = 0; node < NODES; node++)
        entry_of(pair, node, fan, entries[node], ends[node]);
    assert_string_equal(entries[0], entries[1]);
    assert_string_equal(ends[0], ends[1]);
}

/* Whichever of them called: a fan is told by either how long it takes. */
static void both_know_the_pace(struct pair *pair)
{
    static const char key[] = "\"admittedPerSecond\":";
    int64_t give_up_at_ms = clock_monotonic_ms() + WAITING_PATIENCE_MS;
    for (size_t node = 0; node < NODES;) {
        struct test_sale *sale = &pair->nodes[node];
        struct http_reply reply = waiting_ask(sale, "GET", sale->operator, "/admission", NULL);
        const char *found = memmem(reply.body.bytes, reply.body.size, key, strlen(key));
        assert_non_null(found);
        node += strtod(found + strlen(key), NULL) > 0;
        assert_true(clock_monotonic_ms() < give_up_at_ms);
    }
}

/* Gone from one node, a fan is outside at the other as soon as that one has read of it. */
static void who_leaves_one_is_outside_at_both(struct pair *pair, int fan)
{
    char entry[WAITING_TEXT_BYTES], until[WAITING_TEXT_BYTES], key[24];
    int64_t give_up_at_ms = clock_monotonic_ms() + WAITING_PATIENCE_MS;
    entry_of(pair, 0, fan, entry, until);
    struct http_reply reply =
        waiting_ask(&pair->nodes[1], "DELETE", pair->tokens[fan], "/waiting/me", NULL);
    reply_must_say(&reply, "LEFT");
    reply = waiting_reserve(&pair->nodes[1], pair->tokens[fan], "gone", "", FANS, entry);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    for (int i = 0; reply.status != 403 || i == 0; i++) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        snprintf(key, sizeof key, "gone-%d", i); /* of a seat that is taken */
        reply = waiting_reserve(&pair->nodes[0], pair->tokens[fan], key, "", 0, entry);
        assert_true(reply.status == 403 || reply.status == 409);
    }
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
}

/* So the next fan alone is called: the order is kept, or somebody else would come in. */
static void let_in(struct pair *pair, size_t node, int count)
{
    waiting_put_admission(&pair->nodes[node], "FIXED", 100, count, 0);
}

/* Every event of both, as a stranger checks it. */
static void the_log_is_one_chain(struct pair *pair, size_t node)
{
    char path[TEMPORARY_PATH_BYTES + 16];
    struct http_reply reply =
        waiting_ask(&pair->nodes[node], "GET", NULL, "/waiting/proof/log", NULL);
    reply_must_say(&reply, "\nHEAD ");
    snprintf(path, sizeof path, "%s/line.log", pair->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(reply.body.bytes, 1, reply.body.size, file), reply.body.size);
    assert_int_equal(fclose(file), 0);
    const char *const arguments[] = {"verify-line", path, NULL};
    struct outcome *outcome = run_binary(pair->folder, arguments, NULL, NULL);
    if (outcome->exit_code != 0)
        fail_msg("%s%s", outcome->output, outcome->errors);
    free(outcome);
}

static void two_servers_are_one_waiting_room(void **state)
{
    const char *redis_url = *state;
    struct pair pair;
    open_pair(&pair, redis_url);
    let_in(&pair, 0, 0);
    places_on_both_are_one_line(&pair);
    let_in(&pair, 1, 2);
    come_in(&pair, 0, 0);
    come_in(&pair, 1, 1);
    struct http_reply reply =
        waiting_ask(&pair.nodes[0], "GET", pair.tokens[2], "/waiting/me", NULL);
    reply_must_say(&reply, "\"state\":\"WAITING\"");
    both_know_when_the_entry_ends(&pair, 0);
    both_know_the_pace(&pair);

    end(&pair, 0);
    let_in(&pair, 1, 4);
    come_in(&pair, 1, 2);
    come_in(&pair, 1, 3);
    start(&pair, 0);
    (void)waiting_ask_until(&pair.nodes[0], NULL, "/waiting/serving", "OPEN");
    who_leaves_one_is_outside_at_both(&pair, 3);
    end(&pair, 1); /* it leads for sure */
    let_in(&pair, 0, FANS);
    for (int fan = 4; fan < FANS; fan++)
        come_in(&pair, 0, fan);
    the_log_is_one_chain(&pair, 0);
    start(&pair, 1);
    close_pair(&pair);
}

int main(void)
{
    const char *redis_url = redis_url_or_skip();
    if (!redis_url || !postgres_url_or_skip())
        return SERVER_EXIT_WITHOUT;
    static char url[SETTING_BYTES];
    snprintf(url, sizeof url, "%s", redis_url);
    test_sale_use(DATABASE_POSTGRES);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(two_servers_are_one_waiting_room, url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
