/* account_stories_test.c — sign-up to leaving, over HTTP, with the real binary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json_in.h"
#include "limits.h"
#include "support/server_process.h"

enum { TOKEN_TEXT_BYTES = 1024, WORDS_BYTES = 2048 };

struct stage {
    struct server_process *server;
    struct http_client *client;
};

struct pair { /* what a log-in gives */
    char access[TOKEN_TEXT_BYTES], refresh[TOKEN_TEXT_BYTES];
};

static int open_stage_with(void **state, const char *setting)
{
    const char *const environment[] = {setting, NULL};
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    stage->server =
        server_process_start(&(struct server_process_settings){.environment = environment});
    stage->client = server_process_connect(stage->server);
    *state = stage;
    return 0;
}

static int open_stage(void **state)
{
    return open_stage_with(state, "TICKETRUSH_LOGINS_PER_ADDRESS_PER_MINUTE=100000");
}

static int open_strict_stage(void **state)
{
    return open_stage_with(state, "TICKETRUSH_LOGINS_PER_ADDRESS_PER_MINUTE=3");
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

/* --- asking ----------------------------------------------------------------------------------- */

static struct http_reply ask(struct stage *stage, const char *method, const char *path,
                             const char *token, const char *json)
{
    return http_client_ask(
        stage->client,
        &(struct http_ask){.method = method, .path = path, .token = token, .json = json});
}

static struct json_in *body_of(const struct http_reply *reply)
{
    struct json_in_fault fault;
    struct json_in *body = json_in_open(reply->body, &fault);
    assert_non_null(body);
    return body;
}

/* A text of the answer's body, copied; "" when it is not there. */
static void copy_field(const struct http_reply *reply, const char *field, char *out, size_t size)
{
    struct json_in *body = body_of(reply);
    struct text text = {NULL, 0};
    (void)json_in_read_text(body, field, 0, size - 1, &text);
    snprintf(out, size, "%.*s", (int)text.size, text.bytes ? text.bytes : "");
    json_in_close(body);
}

static void assert_field(const struct http_reply *reply, const char *field, const char *expected)
{
    char words[WORDS_BYTES];
    copy_field(reply, field, words, sizeof words);
    assert_string_equal(words, expected);
}

static void assert_problem(const struct http_reply *reply, int status, const char *code)
{
    if (reply->status != status || !http_reply_has_code(reply, code))
        fail_msg("expected %d %s, got %d %.*s", status, code, reply->status, (int)reply->body.size,
                 reply->body.bytes);
    assert_true(
        text_equal(http_reply_field(reply, "Content-Type"), text_of("application/problem+json")));
}

static struct http_reply sign_up(struct stage *stage, const char *email, const char *password)
{
    char json[WORDS_BYTES];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"%s\",\"nickname\":\"민아\"}",
             email, password);
    return ask(stage, "POST", "/api/users", NULL, json);
}

static struct http_reply log_in(struct stage *stage, const char *email, const char *password)
{
    char json[WORDS_BYTES];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
    return ask(stage, "POST", "/api/auth/login", NULL, json);
}

static struct http_reply send_refresh(struct stage *stage, const char *path, const char *refresh)
{
    char json[WORDS_BYTES];
    snprintf(json, sizeof json, "{\"refreshToken\":\"%s\"}", refresh);
    return ask(stage, "POST", path, NULL, json);
}

static void read_pair(const struct http_reply *reply, struct pair *out_pair)
{
    assert_int_equal(reply->status, 200);
    copy_field(reply, "accessToken", out_pair->access, sizeof out_pair->access);
    copy_field(reply, "refreshToken", out_pair->refresh, sizeof out_pair->refresh);
    assert_true(strlen(out_pair->access) > 100);
    assert_int_equal(strlen(out_pair->refresh), 43);
}

/* A new account, logged in. */
static void join(struct stage *stage, const char *email, struct pair *out_pair)
{
    assert_int_equal(sign_up(stage, email, "correct horse").status, 201);
    struct http_reply reply = log_in(stage, email, "correct horse");
    read_pair(&reply, out_pair);
}

/* --- signing up ------------------------------------------------------------------------------- */

static void a_fan_signs_up_and_is_told_who_they_are(void **state)
{
    struct http_reply reply = sign_up(*state, " Mina@Example.com ", "correct horse");
    assert_int_equal(reply.status, 201);
    assert_true(text_equal(http_reply_field(&reply, "Location"), text_of("/api/users/me")));
    assert_field(&reply, "email", "mina@example.com");
    assert_field(&reply, "nickname", "민아");
    assert_field(&reply, "role", "FAN");
    struct json_in *body = body_of(&reply);
    int64_t id;
    assert_int_equal(json_in_read_int(body, "id", 1, INT64_MAX, &id), JSON_IN_OK);
    json_in_close(body);
    assert_null(memmem(reply.body.bytes, reply.body.size, "argon2", 6));
}

static void an_email_is_taken_once_in_any_spelling(void **state)
{
    assert_int_equal(sign_up(*state, "joon@example.com", "correct horse").status, 201);
    struct http_reply reply = sign_up(*state, "JOON@example.COM", "another horse");
    assert_problem(&reply, 409, "EMAIL_TAKEN");
    assert_field(&reply, "field", "email");
    assert_int_equal(log_in(*state, "joon@example.com", "correct horse").status, 200);
    reply = log_in(*state, "joon@example.com", "another horse");
    assert_problem(&reply, 401, "BAD_CREDENTIALS");
}

static void a_sign_up_by_no_rule_names_the_field_and_changes_nothing(void **state)
{
    static const struct {
        const char *json;
        int status;
        const char *code, *field;
    } refused[] = {
        {"{\"password\":\"correct horse\",\"nickname\":\"nick\"}", 422, "VALIDATION_FAILED",
         "email"},
        {"{\"email\":\"bad@example.com\",\"nickname\":\"nick\"}", 422, "VALIDATION_FAILED",
         "password"},
        {"{\"email\":\"bad@example.com\",\"password\":\"correct horse\"}", 422, "VALIDATION_FAILED",
         "nickname"},
        {"{\"email\":7,\"password\":\"correct horse\",\"nickname\":\"nick\"}", 422,
         "VALIDATION_FAILED", "email"},
        {"{\"email\":\"bad@example\",\"password\":\"correct horse\",\"nickname\":\"nick\"}", 422,
         "VALIDATION_FAILED", "email"},
        {"{\"email\":\"bad@example.com\",\"password\":\"short\",\"nickname\":\"nick\"}", 422,
         "VALIDATION_FAILED", "password"},
        {"{\"email\":\"bad@example.com\",\"password\":\"correct horse\",\"nickname\":\" n\"}", 422,
         "VALIDATION_FAILED", "nickname"},
        {"{\"email\":\"bad@example.com\",\"password\":\"correct horse\",\"nickname\":\"nick\","
         "\"role\":\"ADMIN\"}",
         422, "VALIDATION_FAILED", "role"},
        {"{\"email\":\"bad@example.com\",\"password\":\"correct horse\",\"nickname\":\"nick\","
         "\"id\":1}",
         422, "VALIDATION_FAILED", "id"},
        {"[]", 422, "VALIDATION_FAILED", ""},
        {"{\"email\":\"bad@example.com\",", 400, "MALFORMED_JSON", ""},
        {"{\"email\":\"bad@example.com\xFF\"}", 400, "MALFORMED_JSON", ""},
        {"{\"email\":\"a@b.com\",\"email\":\"bad@example.com\"}", 400, "MALFORMED_JSON", ""},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct http_reply reply = ask(*state, "POST", "/api/users", NULL, refused[i].json);
        assert_problem(&reply, refused[i].status, refused[i].code);
        assert_field(&reply, "field", refused[i].field);
    }
    struct http_reply reply = log_in(*state, "bad@example.com", "correct horse");
    assert_problem(&reply, 401, "BAD_CREDENTIALS");
}

static void another_content_type_is_refused(void **state)
{
    struct stage *stage = *state;
    struct http_reply reply = http_client_ask(
        stage->client, &(struct http_ask){.method = "POST", .path = "/api/auth/login"});
    assert_problem(&reply, 415, "UNSUPPORTED_MEDIA_TYPE");
}

/* All of them are sent before the first answer is read. */
static void of_many_who_want_one_email_at_once_one_gets_it(void **state)
{
    enum { CROWD = 8 };
    static const char json[] =
        "{\"email\":\"wanted@example.com\",\"password\":\"correct horse\",\"nickname\":\"nick\"}";
    struct stage *stage = *state;
    struct http_client *crowd[CROWD];
    char request[WORDS_BYTES];
    snprintf(request, sizeof request,
             "POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             sizeof json - 1, json);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = server_process_connect(stage->server);
        assert_true(http_client_send(crowd[i], text_of(request)));
    }
    int created = 0;
    for (int i = 0; i < CROWD; i++) {
        struct http_reply reply;
        assert_true(http_client_read(crowd[i], false, &reply));
        created += reply.status == 201;
        if (reply.status != 201)
            assert_problem(&reply, 409, "EMAIL_TAKEN");
        http_client_close(crowd[i]);
    }
    assert_int_equal(created, 1);
}

/* --- logging in ------------------------------------------------------------------------------- */

static void a_log_in_opens_one_s_own_account_for_a_quarter_of_an_hour(void **state)
{
    struct pair pair;
    join(*state, "login@example.com", &pair);
    struct http_reply reply = ask(*state, "GET", "/api/users/me", pair.access, NULL);
    assert_int_equal(reply.status, 200);
    assert_field(&reply, "email", "login@example.com");

    reply = log_in(*state, "LOGIN@example.com", "correct horse");
    char words[64];
    copy_field(&reply, "expiresAt", words, sizeof words);
    int64_t expires_at_ms;
    assert_true(clock_read_iso(text_of(words), &expires_at_ms));
    int64_t left_ms = expires_at_ms - clock_wall_ms();
    assert_in_range(left_ms, ACCOUNT_ACCESS_TOKEN_MS - 600000, ACCOUNT_ACCESS_TOKEN_MS);
}

/* Everything before the request's id, which is all that may differ. */
static void copy_words(const struct http_reply *reply, char out[WORDS_BYTES])
{
    snprintf(out, WORDS_BYTES, "%d %.*s", reply->status, (int)reply->body.size, reply->body.bytes);
    char *id = strstr(out, "\"requestId\"");
    assert_non_null(id);
    *id = '\0';
}

static void nobody_learns_whether_an_email_has_an_account(void **state)
{
    static const char *const unknown[] = {"nobody@example.com", "no e-mail at all", "@", "사람"};
    struct pair pair;
    char known[WORDS_BYTES], other[WORDS_BYTES];
    join(*state, "known@example.com", &pair);
    struct http_reply reply = log_in(*state, "known@example.com", "wrong horse");
    assert_problem(&reply, 401, "BAD_CREDENTIALS");
    copy_words(&reply, known);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        reply = log_in(*state, unknown[i], "wrong horse");
        copy_words(&reply, other);
        assert_string_equal(known, other);
    }
}

/* Passwords take their time, and meanwhile an attempt may have come back: on a slow machine a few
   more are let in before the limit is met. */
static struct http_reply log_in_until_limited(struct stage *stage, const char *email,
                                              const char *password)
{
    struct http_reply reply;
    do
        reply = log_in(stage, email, password);
    while (reply.status != 429);
    return reply;
}

static void guessing_ends_after_ten_attempts(void **state)
{
    struct pair pair;
    join(*state, "guessed@example.com", &pair); /* one attempt */
    struct http_reply reply;
    for (int i = 1; i < LOGINS_PER_EMAIL_PER_MINUTE; i++) {
        reply = log_in(*state, "guessed@example.com", "wrong horse");
        assert_problem(&reply, 401, "BAD_CREDENTIALS");
    }
    reply = log_in_until_limited(*state, "GUESSED@example.com", "correct horse");
    assert_problem(&reply, 429, "RATE_LIMITED");
    int64_t seconds;
    assert_true(text_to_int64(http_reply_field(&reply, "Retry-After"), &seconds));
    assert_in_range(seconds, 1, 60);
    assert_int_equal(ask(*state, "GET", "/api/users/me", pair.access, NULL).status, 200);
}

static void one_address_may_try_only_so_often(void **state)
{
    struct http_reply reply;
    char email[64];
    for (int i = 0; i < 3; i++) {
        snprintf(email, sizeof email, "fan%d@example.com", i);
        reply = log_in(*state, email, "wrong horse");
        assert_problem(&reply, 401, "BAD_CREDENTIALS");
    }
    reply = log_in_until_limited(*state, "fan3@example.com", "wrong horse");
    assert_problem(&reply, 429, "RATE_LIMITED");
}

/* More than may wait to be hashed, all sent before the first answer is read. */
static void a_crowd_that_logs_in_is_answered_or_told_to_come_again(void **state)
{
    enum { CROWD = 2 * ACCOUNT_HASH_JOBS_MAX };
    struct stage *stage = *state;
    static struct http_client *crowd[CROWD];
    struct pair pair;
    join(stage, "calm@example.com", &pair);
    for (int i = 0; i < CROWD; i++) {
        char json[128], request[WORDS_BYTES];
        int size = snprintf(json, sizeof json,
                            "{\"email\":\"crowd%d@example.com\",\"password\":\"wrong horse\"}", i);
        snprintf(request, sizeof request,
                 "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                 "Content-Length: %d\r\n\r\n%s",
                 size, json);
        crowd[i] = server_process_connect(stage->server);
        assert_true(http_client_send(crowd[i], text_of(request)));
    }
    assert_int_equal(ask(stage, "GET", "/api/users/me", pair.access, NULL).status, 200);
    int compared = 0;
    for (int i = 0; i < CROWD; i++) {
        struct http_reply reply;
        assert_true(http_client_read(crowd[i], false, &reply));
        compared += reply.status == 401;
        if (reply.status != 401) {
            assert_problem(&reply, 503, "BUSY");
            assert_non_null(http_reply_field(&reply, "Retry-After").bytes);
        }
        http_client_close(crowd[i]);
    }
    assert_true(compared >= ACCOUNT_HASH_JOBS_MAX);
    assert_int_equal(log_in(stage, "calm@example.com", "correct horse").status, 200);
}

static void an_operator_from_the_command_line_logs_in(void **state)
{
    struct stage *stage = *state;
    char data[4200];
    snprintf(data, sizeof data, "TICKETRUSH_DATA=%s", server_process_data(stage->server));
    const char *const arguments[] = {
        "user", "add", "op@example.com", "--role", "operator", "--password-stdin", NULL};
    const char *const environment[] = {data, NULL};
    struct outcome *outcome =
        run_binary(server_process_data(stage->server), arguments, environment, "correct horse\n");
    assert_int_equal(outcome->exit_code, 0);
    free(outcome);
    outcome = run_binary(server_process_data(stage->server), arguments, environment, "short\n");
    assert_int_equal(outcome->exit_code, 1);
    assert_non_null(strstr(outcome->errors, "at least 8"));
    free(outcome);

    struct pair pair;
    struct http_reply reply = log_in(stage, "op@example.com", "correct horse");
    read_pair(&reply, &pair);
    reply = ask(stage, "GET", "/api/users/me", pair.access, NULL);
    assert_field(&reply, "role", "OPERATOR");
}

static void who_has_no_good_token_is_nobody(void **state)
{
    static const char *const tokens[] = {
        NULL, "", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6IkFETUlOIn0."};
    static const char *const methods[] = {"GET", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        for (size_t at = 0; at < sizeof methods / sizeof methods[0]; at++) {
            struct http_reply reply =
                ask(*state, methods[at], "/api/users/me", tokens[i],
                    at == 0 ? NULL : "{\"nickname\":\"nobody\",\"password\":\"x\"}");
            assert_problem(&reply, 401, "UNAUTHENTICATED");
            assert_non_null(http_reply_field(&reply, "WWW-Authenticate").bytes);
        }
    }
}

/* --- going on --------------------------------------------------------------------------------- */

static void a_refresh_gives_a_new_pair_and_spends_the_old_one(void **state)
{
    struct pair first, second, third;
    join(*state, "refresh@example.com", &first);
    struct http_reply reply = send_refresh(*state, "/api/auth/refresh", first.refresh);
    read_pair(&reply, &second);
    assert_string_not_equal(first.refresh, second.refresh);
    assert_int_equal(ask(*state, "GET", "/api/users/me", second.access, NULL).status, 200);
    reply = send_refresh(*state, "/api/auth/refresh", second.refresh);
    read_pair(&reply, &third);

    reply = send_refresh(*state, "/api/auth/refresh", first.refresh); /* a thief, or the fan */
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = send_refresh(*state, "/api/auth/refresh", third.refresh);
    assert_problem(&reply, 401, "UNAUTHENTICATED");
}

static void of_two_refreshes_at_once_one_wins_and_the_family_ends(void **state)
{
    struct stage *stage = *state;
    struct pair pair, won = {"", ""};
    join(stage, "twice@example.com", &pair);
    struct http_client *other = server_process_connect(stage->server);
    char request[WORDS_BYTES];
    snprintf(request, sizeof request,
             "POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
             "Content-Length: 62\r\n\r\n{\"refreshToken\":\"%s\"}",
             pair.refresh);
    assert_true(http_client_send(stage->client, text_of(request)));
    assert_true(http_client_send(other, text_of(request)));
    int good = 0;
    struct http_client *both[] = {stage->client, other};
    for (int i = 0; i < 2; i++) {
        struct http_reply reply;
        assert_true(http_client_read(both[i], false, &reply));
        if (reply.status == 200) {
            read_pair(&reply, &won);
            good++;
        } else {
            assert_problem(&reply, 401, "UNAUTHENTICATED");
        }
    }
    http_client_close(other);
    assert_int_equal(good, 1);
    struct http_reply reply = send_refresh(stage, "/api/auth/refresh", won.refresh);
    assert_problem(&reply, 401, "UNAUTHENTICATED");
}

static void what_is_no_refresh_token_refreshes_nothing(void **state)
{
    static const char *const tokens[] = {"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "null"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct http_reply reply = send_refresh(*state, "/api/auth/refresh", tokens[i]);
        assert_problem(&reply, 401, "UNAUTHENTICATED");
        assert_int_equal(send_refresh(*state, "/api/auth/logout", tokens[i]).status, 204);
    }
    struct http_reply reply = ask(*state, "POST", "/api/auth/refresh", NULL, "{}");
    assert_problem(&reply, 422, "VALIDATION_FAILED");
    assert_field(&reply, "field", "refreshToken");
    reply = ask(*state, "POST", "/api/auth/logout", NULL, "{\"refreshToken\":[]}");
    assert_problem(&reply, 422, "VALIDATION_FAILED");
}

static void logging_out_ends_the_session_and_may_be_done_twice(void **state)
{
    struct pair pair;
    join(*state, "logout@example.com", &pair);
    for (int i = 0; i < 2; i++) {
        struct http_reply reply = send_refresh(*state, "/api/auth/logout", pair.refresh);
        assert_int_equal(reply.status, 204);
        assert_int_equal(reply.body.size, 0);
    }
    struct http_reply reply = send_refresh(*state, "/api/auth/refresh", pair.refresh);
    assert_problem(&reply, 401, "UNAUTHENTICATED");
}

/* --- changing and leaving --------------------------------------------------------------------- */

static void a_nickname_is_changed_with_the_token_alone(void **state)
{
    struct pair pair;
    join(*state, "nick@example.com", &pair);
    struct http_reply reply =
        ask(*state, "PATCH", "/api/users/me", pair.access, "{\"nickname\":\"새 이름\"}");
    assert_int_equal(reply.status, 200);
    assert_field(&reply, "nickname", "새 이름");
    reply = ask(*state, "GET", "/api/users/me", pair.access, NULL);
    assert_field(&reply, "nickname", "새 이름");
}

static void a_password_is_changed_by_who_knows_the_old_one(void **state)
{
    struct pair pair;
    join(*state, "change@example.com", &pair);
    struct http_reply reply =
        ask(*state, "PATCH", "/api/users/me", pair.access, "{\"password\":\"battery staple\"}");
    assert_problem(&reply, 422, "VALIDATION_FAILED");
    assert_field(&reply, "field", "currentPassword");
    reply = ask(*state, "PATCH", "/api/users/me", pair.access,
                "{\"password\":\"battery staple\",\"currentPassword\":\"wrong horse\","
                "\"nickname\":\"unchanged\"}");
    assert_problem(&reply, 422, "VALIDATION_FAILED");
    assert_field(&reply, "field", "currentPassword");
    reply = ask(*state, "GET", "/api/users/me", pair.access, NULL);
    assert_field(&reply, "nickname", "민아");

    reply = ask(*state, "PATCH", "/api/users/me", pair.access,
                "{\"password\":\"battery staple\",\"currentPassword\":\"correct horse\","
                "\"nickname\":\"changed\"}");
    assert_int_equal(reply.status, 200);
    assert_field(&reply, "nickname", "changed");
    reply = send_refresh(*state, "/api/auth/refresh", pair.refresh); /* all sessions have ended */
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = log_in(*state, "change@example.com", "correct horse");
    assert_problem(&reply, 401, "BAD_CREDENTIALS");
    assert_int_equal(log_in(*state, "change@example.com", "battery staple").status, 200);
}

static void a_change_of_nothing_or_of_what_cannot_be_changed_is_refused(void **state)
{
    static const char *const refused[] = {
        "{}",
        "{\"nickname\":null}",
        "{\"currentPassword\":\"correct horse\"}",
        "{\"nickname\":\"\"}",
        "{\"nickname\":\"x\"}",
        "{\"email\":\"other@example.com\"}",
        "{\"role\":\"ADMIN\"}",
        "{\"password\":\"short\",\"currentPassword\":\"correct horse\"}",
        "[]",
    };
    struct pair pair;
    join(*state, "same@example.com", &pair);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct http_reply reply = ask(*state, "PATCH", "/api/users/me", pair.access, refused[i]);
        assert_problem(&reply, 422, "VALIDATION_FAILED");
    }
    struct http_reply reply = ask(*state, "GET", "/api/users/me", pair.access, NULL);
    assert_field(&reply, "nickname", "민아");
    assert_field(&reply, "role", "FAN");
}

static void who_leaves_is_gone_and_the_email_is_free(void **state)
{
    struct pair pair;
    join(*state, "leave@example.com", &pair);
    struct http_reply reply =
        ask(*state, "DELETE", "/api/users/me", pair.access, "{\"password\":\"wrong horse\"}");
    assert_problem(&reply, 422, "VALIDATION_FAILED");
    assert_field(&reply, "field", "password");
    assert_int_equal(ask(*state, "GET", "/api/users/me", pair.access, NULL).status, 200);

    reply = ask(*state, "DELETE", "/api/users/me", pair.access, "{\"password\":\"correct horse\"}");
    assert_int_equal(reply.status, 204);
    reply = ask(*state, "GET", "/api/users/me", pair.access, NULL);
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = ask(*state, "PATCH", "/api/users/me", pair.access, "{\"nickname\":\"ghost\"}");
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = ask(*state, "DELETE", "/api/users/me", pair.access, "{\"password\":\"correct horse\"}");
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = send_refresh(*state, "/api/auth/refresh", pair.refresh);
    assert_problem(&reply, 401, "UNAUTHENTICATED");
    reply = log_in(*state, "leave@example.com", "correct horse");
    assert_problem(&reply, 401, "BAD_CREDENTIALS");
    assert_int_equal(sign_up(*state, "leave@example.com", "another horse").status, 201);
}

static int run_where_addresses_are_limited(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_address_may_try_only_so_often)};
    return cmocka_run_group_tests(tests, open_strict_stage, close_stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fan_signs_up_and_is_told_who_they_are),
        cmocka_unit_test(an_email_is_taken_once_in_any_spelling),
        cmocka_unit_test(a_sign_up_by_no_rule_names_the_field_and_changes_nothing),
        cmocka_unit_test(another_content_type_is_refused),
        cmocka_unit_test(of_many_who_want_one_email_at_once_one_gets_it),
        cmocka_unit_test(a_log_in_opens_one_s_own_account_for_a_quarter_of_an_hour),
        cmocka_unit_test(nobody_learns_whether_an_email_has_an_account),
        cmocka_unit_test(guessing_ends_after_ten_attempts),
        cmocka_unit_test(a_crowd_that_logs_in_is_answered_or_told_to_come_again),
        cmocka_unit_test(an_operator_from_the_command_line_logs_in),
        cmocka_unit_test(who_has_no_good_token_is_nobody),
        cmocka_unit_test(a_refresh_gives_a_new_pair_and_spends_the_old_one),
        cmocka_unit_test(of_two_refreshes_at_once_one_wins_and_the_family_ends),
        cmocka_unit_test(what_is_no_refresh_token_refreshes_nothing),
        cmocka_unit_test(logging_out_ends_the_session_and_may_be_done_twice),
        cmocka_unit_test(a_nickname_is_changed_with_the_token_alone),
        cmocka_unit_test(a_password_is_changed_by_who_knows_the_old_one),
        cmocka_unit_test(a_change_of_nothing_or_of_what_cannot_be_changed_is_refused),
        cmocka_unit_test(who_leaves_is_gone_and_the_email_is_free),
    };
    int failed = cmocka_run_group_tests(tests, open_stage, close_stage);
    return failed + run_where_addresses_are_limited();
}
