/* test_sale.c — made with the binary's own subcommands, looked at through the store. */
#include "support/test_sale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "account/tokens.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "command/command.h"
#include "store/store_sqlite.h"

static enum database_kind kind;

void test_sale_use(enum database_kind used)
{
    kind = used;
}

enum { SETTINGS_MAX = 16 };

/* The test's own settings, and the database's. Stories that are not about the limiter ask as fast
   as the machine can. */
static void add_settings(const struct test_sale *sale, const char *const *more,
                         const char *out_settings[SETTINGS_MAX + 1])
{
    static const char limiter[] = "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=";
    bool is_about_the_limiter = false;
    size_t count = 0;
    if (sale->database)
        out_settings[count++] = database_setting(sale->database);
    for (; more && *more; more++) {
        assert_true(count < SETTINGS_MAX);
        out_settings[count++] = *more;
        is_about_the_limiter |= strncmp(*more, limiter, strlen(limiter)) == 0;
    }
    assert_true(count < SETTINGS_MAX);
    if (!is_about_the_limiter)
        out_settings[count++] = "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000";
    out_settings[count] = NULL;
}

static void run_sale_create(struct test_sale *sale)
{
    const char *const arguments[] = {
        "sale",           "create", "--seats",       "40", "--sections", "2",
        "--hold-seconds", "600",    "--max-per-fan", "4",  NULL};
    const char *const own[] = {sale->data_setting, NULL};
    const char *environment[SETTINGS_MAX + 1];
    add_settings(sale, own, environment);
    struct outcome *outcome = run_binary(sale->folder, arguments, environment, NULL);
    if (outcome->exit_code != 0)
        fail_msg("sale create: %s", outcome->errors);
    const struct http_reply reply = {.body = text_of(outcome->output)};
    sale->option = reply_number(&reply, "optionId");
    sale->first_seat = reply_number(&reply, "firstSeatId");
    free(outcome);
}

static struct text issue(const struct test_sale *sale, struct identity identity, int64_t at_ms,
                         struct arena *arena)
{
    char folder[TEMPORARY_PATH_BYTES + 16], why[256];
    snprintf(folder, sizeof folder, "%s/%s", sale->folder, COMMAND_KEYS_FOLDER);
    struct tokens *tokens;
    if (tokens_open(folder, why, &tokens) != STATUS_OK)
        fail_msg("%s", why);
    struct text token = tokens_issue(tokens, &identity, at_ms, arena);
    tokens_close(tokens);
    return token;
}

static void issue_into(const struct test_sale *sale, struct identity identity, int64_t at_ms,
                       char out_token[TEST_TOKEN_BYTES])
{
    struct arena *arena = arena_create(4096, 65536);
    assert_non_null(arena);
    struct text token = issue(sale, identity, at_ms, arena);
    assert_true(token.bytes && token.size < TEST_TOKEN_BYTES);
    snprintf(out_token, TEST_TOKEN_BYTES, "%.*s", (int)token.size, token.bytes);
    arena_destroy(arena);
}

void test_sale_token(const struct test_sale *sale, int64_t fan, int64_t age_ms,
                     char out_token[TEST_TOKEN_BYTES])
{
    int64_t at_ms = clock_wall_ms() - age_ms;
    struct identity identity = {
        .fan = {fan}, .role = ROLE_FAN, .expires_at_ms = at_ms + ACCOUNT_ACCESS_TOKEN_MS};
    issue_into(sale, identity, at_ms, out_token);
}

static void start_server(struct test_sale *sale, const char *const *environment)
{
    const char *settings[SETTINGS_MAX + 1];
    add_settings(sale, environment, settings);
    sale->server = server_process_start(
        &(struct server_process_settings){.data = sale->folder, .environment = settings});
    sale->client = server_process_connect(sale->server);
}

void test_sale_restart(struct test_sale *sale, const char *const *environment)
{
    http_client_close(sale->client);
    server_process_kill(sale->server);
    server_process_destroy(sale->server);
    start_server(sale, environment);
}

struct test_sale *test_sale_open(const char *const *environment)
{
    struct test_sale *sale = calloc(1, sizeof *sale);
    assert_non_null(sale);
    temporary_folder_make(sale->folder);
    snprintf(sale->data_setting, sizeof sale->data_setting, "TICKETRUSH_DATA=%s", sale->folder);
    if (kind != DATABASE_SQLITE)
        sale->database = database_make(kind);
    run_sale_create(sale);
    start_server(sale, environment);
    test_sale_token(sale, 1, 0, sale->mina);
    test_sale_token(sale, 2, 0, sale->joon);
    int64_t now_ms = clock_wall_ms();
    struct identity identity = {
        .fan = {3}, .role = ROLE_OPERATOR, .expires_at_ms = now_ms + ACCOUNT_ACCESS_TOKEN_MS};
    issue_into(sale, identity, now_ms, sale->operator);
    return sale;
}

void test_sale_close(struct test_sale *sale)
{
    http_client_close(sale->client);
    server_process_destroy(sale->server);
    database_remove(sale->database);
    temporary_folder_remove(sale->folder);
    free(sale);
}

struct store *test_sale_store(const struct test_sale *sale)
{
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES] = "";
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/%s", sale->folder, COMMAND_CORE_FILE);
    struct store_sqlite_settings file = {.path = path};
    enum status status = sale->database ? database_open(sale->database, 0, &store)
                                        : store_sqlite_open(&file, why, &store);
    if (status != STATUS_OK)
        fail_msg("%s", why);
    return store;
}

static struct store *open_reader(const struct test_sale *sale, struct store_connection **out_reader)
{
    struct store *store = test_sale_store(sale);
    assert_int_equal(store_reader_open(store, out_reader), STATUS_OK);
    return store;
}

#define FINGERPRINT(list)                                                                          \
    "SELECT (SELECT COUNT(*) || ':' || COALESCE(" list ", '') FROM reservation)"                   \
    " || '|' || (SELECT COUNT(*) || ':' || COALESCE(SUM(live), 0) FROM reservation_seat)"          \
    " || '|' || (SELECT COUNT(*) || ':' || COALESCE(" list ", '') FROM payment)"                   \
    " || '|' || (SELECT COUNT(*) FROM ledger_entry) || '|' || (SELECT COUNT(*) FROM account)"      \
    " || '|' || (SELECT COUNT(*) FROM refresh_token)"

void test_sale_fingerprint(const struct test_sale *sale, char out_words[TEST_FINGERPRINT_BYTES])
{
    static const struct sql everything = {FINGERPRINT("GROUP_CONCAT(id || state)"),
                                          .postgres = FINGERPRINT("STRING_AGG(id || state, ',')")};
    struct store_connection *reader;
    struct store *store = open_reader(sale, &reader);
    struct rows rows;
    assert_int_equal(store_query(reader, &everything, NULL, 0, &rows), STATUS_OK);
    assert_true(rows_next(&rows));
    struct text words = rows_text(&rows, 0);
    snprintf(out_words, TEST_FINGERPRINT_BYTES, "%.*s", (int)words.size, words.bytes);
    assert_int_equal(rows_end(&rows), STATUS_OK);
    store_reader_close(reader);
    store_close(store);
}

void test_sale_audit(const struct test_sale *sale)
{
    static struct audit_report report;
    struct store_connection *reader;
    struct store *store = open_reader(sale, &reader);
    assert_int_equal(audit_run(reader, clock_wall_ms(), &report), STATUS_OK);
    if (!report.clean)
        audit_print(&report, stderr);
    assert_true(report.clean);
    store_reader_close(reader);
    store_close(store);
}

struct http_reply test_sale_ask(struct test_sale *sale, const char *method, const char *path,
                                const char *token, const char *key, const char *json)
{
    return http_client_ask(
        sale->client,
        &(struct http_ask){
            .method = method, .path = path, .token = token, .idempotency_key = key, .json = json});
}

void reply_must_be(const struct http_reply *reply, int status)
{
    if (reply->status != status)
        fail_msg("%d, and not %d: %.*s", reply->status, status, (int)reply->body.size,
                 reply->body.bytes);
}

void reply_must_refuse(const struct http_reply *reply, int status, const char *code)
{
    if (reply->status != status || !http_reply_has_code(reply, code))
        fail_msg("%d, and not %d %s: %.*s", reply->status, status, code, (int)reply->body.size,
                 reply->body.bytes);
}

int64_t reply_number(const struct http_reply *reply, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *found = memmem(reply->body.bytes, reply->body.size, key, strlen(key));
    if (!found) {
        fail_msg("no %s in %.*s", name, (int)reply->body.size, reply->body.bytes);
        return 0;
    }
    struct text rest = text_make(found + strlen(key), 0);
    const char *end = reply->body.bytes + reply->body.size;
    while (rest.bytes + rest.size < end && strchr("-0123456789", rest.bytes[rest.size]))
        rest.size++;
    int64_t value = 0;
    assert_true(text_to_int64(rest, &value));
    return value;
}
