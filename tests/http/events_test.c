/*
 * events_test.c — the operator's numbers as they change, and who may listen.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "limits.h"
#include "support/server_process.h"

enum { TOKEN_TEXT_BYTES = 2048, PATH_TEXT_BYTES = 4096 };

static const char events_path[] = "/api/admin/events";

struct stage {
    struct server_process *server;
    struct http_client *client;
    char fan[TOKEN_TEXT_BYTES], operator[TOKEN_TEXT_BYTES];
};

static void make_token(struct stage *stage, const char *role, char out_token[TOKEN_TEXT_BYTES])
{
    char data[4200];
    const char *const arguments[] = {"token", "--fan", "7", "--role", role, NULL};
    const char *const environment[] = {data, NULL};
    snprintf(data, sizeof data, "TICKETRUSH_DATA=%s", server_process_data(stage->server));
    struct outcome *outcome =
        run_binary(server_process_data(stage->server), arguments, environment, NULL);
    assert_int_equal(outcome->exit_code, 0);
    outcome->output[strcspn(outcome->output, "\n")] = '\0';
    snprintf(out_token, TOKEN_TEXT_BYTES, "%.*s", TOKEN_TEXT_BYTES - 1, outcome->output);
    free(outcome);
}

static int open_stage(void **state)
{
    static const char *const environment[] = {"TICKETRUSH_LOG_LEVEL=debug", NULL};
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    stage->server =
        server_process_start(&(struct server_process_settings){.environment = environment});
    stage->client = server_process_connect(stage->server);
    make_token(stage, "fan", stage->fan);
    make_token(stage, "operator", stage->operator);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    http_client_close(stage->client);
    if (server_process_pid(stage->server) > 0)
        assert_int_equal(server_process_stop(stage->server), 0);
    server_process_destroy(stage->server);
    free(stage);
    return 0;
}

static bool has(struct text text, const char *words)
{
    return text.size > 0 && memmem(text.bytes, text.size, words, strlen(words)) != NULL;
}

static struct http_reply get(struct stage *stage, const char *path, const char *token)
{
    return http_client_ask(stage->client, &(struct http_ask){.path = path, .token = token});
}

static struct http_reply trade(struct stage *stage, const char *token, const char *json)
{
    return http_client_ask(stage->client, &(struct http_ask){.method = "POST",
                                                             .path = "/api/auth/stream-token",
                                                             .token = token,
                                                             .json = json});
}

/* "PATH?token=…", with a stream token that is good for `bound`. */
static void write_url(struct stage *stage, const char *token, const char *bound, const char *path,
                      char out_url[PATH_TEXT_BYTES])
{
    char json[512];
    snprintf(json, sizeof json, "{\"path\":\"%s\"}", bound);
    struct http_reply reply = trade(stage, token, json);
    assert_int_equal(reply.status, 200);
    assert_true(has(reply.body, "\"expiresAt\":\""));
    static const char before[] = "\"token\":\"";
    const char *at = memmem(reply.body.bytes, reply.body.size, before, sizeof before - 1);
    assert_non_null(at);
    at += sizeof before - 1;
    int size = (int)strcspn(at, "\"");
    snprintf(out_url, PATH_TEXT_BYTES, "%s?token=%.*s", path, size, at);
}

static void assert_hears_numbers(struct http_client *client)
{
    struct http_event event;
    assert_true(http_client_event(client, &event));
    assert_true(text_equal(event.name, text_of("overview")));
    assert_true(event.id.size > 0);
    assert_true(has(event.data, "\"version\":\"" TICKETRUSH_VERSION "\""));
    assert_true(has(event.data, "\"streams\":{\"open\":1,"));
    assert_true(has(event.data, "\"sales\":["));
}

/* --- stories ---------------------------------------------------------------------------------- */

static void an_operator_hears_the_numbers_again_and_again(void **state)
{
    struct stage *stage = *state;
    struct http_client *listener = server_process_connect(stage->server);
    struct http_reply reply = http_client_ask(
        listener, &(struct http_ask){.path = events_path, .token = stage->operator});
    assert_int_equal(reply.status, 200);
    assert_true(text_equal(http_reply_field(&reply, "content-type"), text_of("text/event-stream")));
    assert_true(text_equal(http_reply_field(&reply, "cache-control"), text_of("no-store")));
    assert_hears_numbers(listener);
    assert_hears_numbers(listener);
    struct http_reply metrics = get(stage, "/metrics", NULL);
    assert_true(has(metrics.body, "\nticketrush_streams 1\n"));
    assert_true(has(metrics.body, "\nticketrush_push_channels 1\n"));
    http_client_close(listener);
}

static void a_browser_puts_a_stream_token_into_the_url(void **state)
{
    struct stage *stage = *state;
    char url[PATH_TEXT_BYTES];
    write_url(stage, stage->operator, events_path, events_path, url);
    struct http_client *listener = server_process_connect(stage->server);
    assert_int_equal(http_client_ask(listener, &(struct http_ask){.path = url}).status, 200);
    struct http_event event;
    assert_true(http_client_event(listener, &event));
    http_client_close(listener);
}

static void a_stream_token_is_good_for_its_path_and_nothing_else(void **state)
{
    struct stage *stage = *state;
    char url[PATH_TEXT_BYTES];
    write_url(stage, stage->operator, "/api/options/1/waiting/events", events_path, url);
    struct http_reply reply = get(stage, url, NULL);
    assert_int_equal(reply.status, 401);
    assert_true(http_reply_has_code(&reply, "UNAUTHENTICATED"));

    write_url(stage, stage->operator, events_path, events_path, url);
    const char *token = strchr(url, '=') + 1;
    assert_int_equal(get(stage, "/api/users/me", token).status, 401);
    assert_int_equal(get(stage, events_path, token).status, 401);
    assert_int_equal(trade(stage, token, "{\"path\":\"/api/admin/events\"}").status, 401);

    snprintf(url, sizeof url, "%s?token=%s", events_path, stage->operator);
    assert_int_equal(get(stage, url, NULL).status, 401);
    assert_int_equal(get(stage, "/api/admin/events?token=", NULL).status, 401);
    assert_int_equal(get(stage, "/api/admin/events?token=a.b.c", NULL).status, 401);
}

static void the_numbers_are_for_operators(void **state)
{
    struct stage *stage = *state;
    char url[PATH_TEXT_BYTES];
    assert_int_equal(get(stage, events_path, NULL).status, 401);
    struct http_reply reply = get(stage, events_path, stage->fan);
    assert_int_equal(reply.status, 403);
    assert_true(http_reply_has_code(&reply, "FORBIDDEN"));
    write_url(stage, stage->fan, events_path, events_path, url);
    assert_int_equal(get(stage, url, NULL).status, 403);
}

static void a_stream_token_names_a_path_of_ours(void **state)
{
    struct stage *stage = *state;
    static const char *const bodies[] = {
        "{}",
        "{\"path\":7}",
        "{\"path\":\"\"}",
        "{\"path\":\"https://elsewhere\"}",
        "{\"path\":\"/api/admin/events\",\"more\":1}",
        "{\"path\":\"/api/admin events\"}",
        "{\"path\":\"/api/\\\"events\"}",
        "{\"path\":\"/api/\\u00e9vents\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct http_reply reply = trade(stage, stage->fan, bodies[i]);
        assert_int_equal(reply.status, 422);
        assert_true(http_reply_has_code(&reply, "VALIDATION_FAILED"));
    }
    char json[ACCOUNT_STREAM_PATH_BYTES_MAX + 64];
    snprintf(json, sizeof json, "{\"path\":\"/api/%0*d\"}", ACCOUNT_STREAM_PATH_BYTES_MAX, 0);
    assert_int_equal(trade(stage, stage->fan, json).status, 422);
    assert_int_equal(trade(stage, NULL, "{\"path\":\"/api/admin/events\"}").status, 401);
}

/* Each of these is one byte of a path, and six of the token that would be made of it. */
static void no_path_makes_a_token_that_is_too_long(void **state)
{
    struct stage *stage = *state;
    char json[6 * ACCOUNT_STREAM_PATH_BYTES_MAX + 64];
    int size = snprintf(json, sizeof json, "{\"path\":\"/api/");
    for (size_t i = strlen("/api/"); i < ACCOUNT_STREAM_PATH_BYTES_MAX; i++)
        size += snprintf(json + size, sizeof json - (size_t)size, "\\u0001");
    snprintf(json + size, sizeof json - (size_t)size, "\"}");
    assert_int_equal(trade(stage, stage->fan, json).status, 422);
    assert_int_equal(get(stage, "/healthz", NULL).status, 200);
}

static void no_token_of_a_url_reaches_the_log(void **state)
{
    struct stage *stage = *state;
    char url[PATH_TEXT_BYTES];
    write_url(stage, stage->fan, events_path, events_path, url);
    get(stage, url, NULL);
    get(stage, "/healthz", NULL); /* a line is written before the next request is read */
    FILE *file = fopen(server_process_log(stage->server), "re");
    assert_non_null(file);
    char line[8192];
    bool found = false;
    while (fgets(line, sizeof line, file)) {
        found = found || strstr(line, "\"route\":\"/api/admin/events\"");
        assert_null(strstr(line, strchr(url, '=') + 1));
        assert_null(strstr(line, "token="));
    }
    fclose(file);
    assert_true(found);
}

/* The last story: nobody is served after it. */
static void a_stop_ends_streams_with_a_time_to_come_back(void **state)
{
    struct stage *stage = *state;
    struct http_client *listener = server_process_connect(stage->server);
    http_client_ask(listener, &(struct http_ask){.path = events_path, .token = stage->operator});
    struct http_event event;
    assert_true(http_client_event(listener, &event));
    server_process_signal(stage->server, SIGTERM);
    while (http_client_event(listener, &event))
        continue;
    http_client_close(listener);
    assert_int_equal(server_process_wait(stage->server), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operator_hears_the_numbers_again_and_again),
        cmocka_unit_test(a_browser_puts_a_stream_token_into_the_url),
        cmocka_unit_test(a_stream_token_is_good_for_its_path_and_nothing_else),
        cmocka_unit_test(the_numbers_are_for_operators),
        cmocka_unit_test(a_stream_token_names_a_path_of_ours),
        cmocka_unit_test(no_path_makes_a_token_that_is_too_long),
        cmocka_unit_test(no_token_of_a_url_reaches_the_log),
        cmocka_unit_test(a_stop_ends_streams_with_a_time_to_come_back),
    };
    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
