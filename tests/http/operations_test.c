/*
 * operations_test.c — what those who run a server see of it, from the outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/server_process.h"

enum { TOKEN_TEXT_BYTES = 2048 };

struct stage {
    struct server_process *server;
    struct http_client *client;
    char fan[TOKEN_TEXT_BYTES], operator[TOKEN_TEXT_BYTES];
    char environment[4200];
};

static void make_token(struct stage *stage, const char *role, char out_token[TOKEN_TEXT_BYTES])
{
    const char *const arguments[] = {"token", "--fan", "7", "--role", role, NULL};
    const char *const environment[] = {stage->environment, NULL};
    struct outcome *outcome =
        run_binary(server_process_data(stage->server), arguments, environment, NULL);
    assert_int_equal(outcome->exit_code, 0);
    outcome->output[strcspn(outcome->output, "\n")] = '\0';
    snprintf(out_token, TOKEN_TEXT_BYTES, "%.*s", TOKEN_TEXT_BYTES - 1, outcome->output);
    free(outcome);
}

static void make_sale(struct stage *stage)
{
    const char *const arguments[] = {"sale", "create", "--seats", "40", NULL};
    const char *const environment[] = {stage->environment, NULL};
    struct outcome *outcome =
        run_binary(server_process_data(stage->server), arguments, environment, NULL);
    assert_int_equal(outcome->exit_code, 0);
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
    snprintf(stage->environment, sizeof stage->environment, "TICKETRUSH_DATA=%s",
             server_process_data(stage->server));
    make_token(stage, "fan", stage->fan);
    make_token(stage, "operator", stage->operator);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    http_client_close(stage->client);
    assert_int_equal(server_process_stop(stage->server), 0);
    server_process_destroy(stage->server);
    free(stage);
    return 0;
}

static struct http_reply get(struct stage *stage, const char *path, const char *token)
{
    return http_client_ask(stage->client, &(struct http_ask){.path = path, .token = token});
}

static void assert_has(const struct http_reply *reply, const char *words)
{
    if (!http_reply_says(reply, words))
        fail_msg("`%s` is not in:\n%.*s", words, (int)reply->body.size, reply->body.bytes);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_server_that_runs_is_alive_and_ready(void **state)
{
    struct http_reply reply = get(*state, "/healthz", NULL);
    assert_int_equal(reply.status, 200);
    assert_has(&reply, "{\"status\":\"alive\"}");
    reply = get(*state, "/readyz", NULL);
    assert_int_equal(reply.status, 200);
    assert_has(&reply, "{\"status\":\"ready\"}");
}

static void an_unknown_path_is_a_problem_document(void **state)
{
    static const char *const paths[] = {"/api/nothing", "/nothing", "/api", "/api/users/me/x"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_reply reply = get(*state, paths[i], NULL);
        assert_int_equal(reply.status, 404);
        assert_true(http_reply_has_code(&reply, "NOT_FOUND"));
        assert_true(text_equal(http_reply_field(&reply, "content-type"),
                               text_of("application/problem+json")));
    }
}

static void metrics_count_what_was_asked(void **state)
{
    struct stage *stage = *state;
    get(stage, "/api/nothing", NULL);
    get(stage, "/api/reservations", NULL);
    struct http_reply reply = get(stage, "/metrics", NULL);
    assert_int_equal(reply.status, 200);
    assert_true(text_equal(http_reply_field(&reply, "content-type"),
                           text_of("text/plain; version=0.0.4; charset=utf-8")));
    assert_has(&reply, "ticketrush_http_requests_total{route=\"/api/reservations\",method=\"GET\","
                       "status=\"401\"} 1\n");
    assert_has(&reply, "ticketrush_http_requests_total{route=\"other\",method=\"other\","
                       "status=\"404\"}");
    assert_has(&reply, "ticketrush_http_connections 1\n");
    assert_has(&reply, "ticketrush_engine_verdicts_total{verdict=\"seat_taken\"} 0\n");
    assert_has(&reply, "ticketrush_build_info{version=\"" TICKETRUSH_VERSION "\"} 1\n");
}

static void the_overview_is_for_operators(void **state)
{
    struct stage *stage = *state;
    struct http_reply reply = get(stage, "/api/admin/overview", NULL);
    assert_int_equal(reply.status, 401);
    reply = get(stage, "/api/admin/overview", stage->fan);
    assert_int_equal(reply.status, 403);
    assert_true(http_reply_has_code(&reply, "FORBIDDEN"));
    reply = get(stage, "/api/admin/overview", stage->operator);
    assert_int_equal(reply.status, 200);
    assert_has(&reply, "\"version\":\"" TICKETRUSH_VERSION "\"");
}

/* Another process writes; the server looks once a second, so the test asks until it has looked. */
static void a_sale_made_beside_the_server_appears_with_its_seats(void **state)
{
    enum { ASKS_MAX = 1000000 };
    struct stage *stage = *state;
    make_sale(stage);
    struct http_reply reply = {0};
    for (int i = 0; i < ASKS_MAX; i++) {
        reply = get(stage, "/metrics", NULL);
        if (http_reply_says(&reply, "ticketrush_seats{option=\"1\",state=\"AVAILABLE\"} 40\n"))
            break;
    }
    assert_has(&reply, "ticketrush_seats{option=\"1\",state=\"SOLD\"} 0\n");
    reply = get(stage, "/api/admin/overview", stage->operator);
    assert_has(&reply, "\"optionId\":1,");
    assert_has(&reply, "\"state\":\"OPEN\",\"seats\":{\"total\":40,\"available\":40,\"held\":0,"
                       "\"sold\":0,\"blocked\":0}");
}

static void the_log_names_routes_and_never_a_token_or_a_query(void **state)
{
    struct stage *stage = *state;
    get(stage, "/api/reservations/471108154711?secret=hunter2", stage->fan);
    get(stage, "/healthz", NULL); /* a line is written before the next request is read */
    FILE *file = fopen(server_process_log(stage->server), "re");
    assert_non_null(file);
    char line[8192];
    bool found = false;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(line[0], '{');
        found = found || (strstr(line, "\"route\":\"/api/reservations/{id}\"") &&
                          strstr(line, "\"requestId\":\"") && strstr(line, "\"durationUs\":"));
        assert_null(strstr(line, "hunter2"));
        assert_null(strstr(line, "471108154711"));
        assert_null(strstr(line, stage->fan));
    }
    fclose(file);
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_runs_is_alive_and_ready),
        cmocka_unit_test(an_unknown_path_is_a_problem_document),
        cmocka_unit_test(metrics_count_what_was_asked),
        cmocka_unit_test(the_overview_is_for_operators),
        cmocka_unit_test(a_sale_made_beside_the_server_appears_with_its_seats),
        cmocka_unit_test(the_log_names_routes_and_never_a_token_or_a_query),
    };
    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
