/* catalog_reading_test.c — the catalog over HTTP: the real binary, the small initial data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_in.h"
#include "support/server_process.h"

enum { WORDS_BYTES = 4200, TOKEN_TEXT_BYTES = 2048 };

struct stage {
    char data[TEMPORARY_PATH_BYTES];
    char setting[WORDS_BYTES];
    struct server_process *server;
    struct http_client *client;
    char fan[TOKEN_TEXT_BYTES];
};

static struct outcome *run(struct stage *stage, const char *const *arguments)
{
    const char *const environment[] = {stage->setting, NULL};
    struct outcome *outcome = run_binary(stage->data, arguments, environment, NULL);
    if (outcome->exit_code != 0)
        fail_msg("%s: %s", arguments[0], outcome->errors);
    return outcome;
}

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    temporary_folder_make(stage->data);
    snprintf(stage->setting, sizeof stage->setting, "TICKETRUSH_DATA=%s", stage->data);
    free(run(stage, (const char *const[]){"seed", "--size", "small", NULL}));
    stage->server = server_process_start(&(struct server_process_settings){.data = stage->data});
    stage->client = server_process_connect(stage->server);
    struct outcome *token = run(stage, (const char *const[]){"token", "--fan", "7", NULL});
    snprintf(stage->fan, sizeof stage->fan, "%.*s", (int)strcspn(token->output, "\n"),
             token->output);
    free(token);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    http_client_close(stage->client);
    assert_int_equal(server_process_stop(stage->server), 0);
    server_process_destroy(stage->server);
    temporary_folder_remove(stage->data);
    free(stage);
    return 0;
}

static struct http_reply get_with(struct stage *stage, const char *path, const char *fields)
{
    return http_client_ask(stage->client, &(struct http_ask){.path = path, .fields = fields});
}

static struct http_reply get(struct stage *stage, const char *path)
{
    return get_with(stage, path, NULL);
}

static struct json_in *open_json(const struct http_reply *reply)
{
    struct json_in_fault fault;
    assert_int_equal(reply->status, 200);
    struct json_in *json = json_in_open(reply->body, &fault);
    if (!json)
        fail_msg("%s", fault.words);
    return json;
}

static int64_t number_in(const struct http_reply *reply, const char *key)
{
    struct json_in *json = open_json(reply);
    int64_t number;
    assert_int_equal(json_in_read_int(json, key, INT64_MIN, INT64_MAX, &number), JSON_IN_OK);
    json_in_close(json);
    return number;
}

static size_t item_count(const struct http_reply *reply)
{
    struct json_in *json = open_json(reply);
    const struct json_in *items;
    assert_int_equal(json_in_read_array(json, "items", 0, 1000, &items), JSON_IN_OK);
    size_t count = json_in_array_count(items);
    json_in_close(json);
    return count;
}

static void copy_field(const struct http_reply *reply, const char *name, char *out, size_t size)
{
    struct text value = http_reply_field(reply, name);
    assert_non_null(value.bytes);
    snprintf(out, size, "%.*s", (int)value.size, value.bytes);
}

/* --- what is there ---------------------------------------------------------------------------- */

static void every_address_of_the_catalog_answers(void **state)
{
    static const char *const paths[] = {"/api/agencies",
                                        "/api/agencies/1",
                                        "/api/artists",
                                        "/api/artists/1",
                                        "/api/venues",
                                        "/api/venues/1",
                                        "/api/concerts",
                                        "/api/concerts/1",
                                        "/api/concerts/1/options",
                                        "/api/options/1",
                                        "/api/options/1/seats",
                                        "/api/options/1/seat-map",
                                        "/api/options/1/seat-states"};
    for (int round = 0; round < 2; round++) /* read, then remembered */
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            struct http_reply reply = get(*state, paths[i]);
            json_in_close(open_json(&reply));
        }
}

static void what_is_not_there_is_not_found_however_it_is_spelled(void **state)
{
    static const char *const paths[] = {"/api/agencies/999",
                                        "/api/artists/0",
                                        "/api/venues/-1",
                                        "/api/concerts/abc",
                                        "/api/concerts/1e3",
                                        "/api/concerts/999/options",
                                        "/api/options/999",
                                        "/api/options/999/seats",
                                        "/api/options/999/seat-map",
                                        "/api/options/999/seat-states",
                                        "/api/options/9007199254740992/seat-map",
                                        "/api/options/999/seat-states?since=4",
                                        "/api/concerts/99999999999999999999"};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            struct http_reply reply = get(*state, paths[i]);
            if (reply.status != 404 || !http_reply_has_code(&reply, "NOT_FOUND"))
                fail_msg("%s: %d", paths[i], reply.status);
        }
}

#define LONG_NAME "iuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiuiu" /* 50 bytes */

struct refusal {
    const char *path, *field;
};

static void an_ill_formed_question_is_told_which_part_is_wrong(void **state)
{
    static const struct refusal refusals[] = {
        {"/api/concerts?limit=0", "limit"},
        {"/api/concerts?limit=1001", "limit"},
        {"/api/artists?limit=many", "limit"},
        {"/api/concerts?limit=99999999999999999999", "limit"},
        {"/api/concerts?cursor=abc", "cursor"},
        {"/api/concerts/1/options?cursor=%21%21", "cursor"},
        {"/api/options/1/seats?cursor=MS4w", "cursor"},
        {"/api/concerts?from=tomorrow", "from"},
        {"/api/concerts?to=2026-02-30", "to"},
        {"/api/concerts?artistId=IU", "artistId"},
        {"/api/concerts?agencyId=0", "agencyId"},
        {"/api/concerts?q=" LONG_NAME LONG_NAME LONG_NAME LONG_NAME "x", "q"},
        {"/api/options/1/seats?available=maybe", "available"},
        {"/api/options/1/seat-states?since=-1", "since"},
        {"/api/options/1/seat-states?since=yesterday", "since"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct http_reply reply = get(*state, refusals[i].path);
        char field[64];
        snprintf(field, sizeof field, "\"field\":\"%s\"", refusals[i].field);
        if (reply.status != 422 || !http_reply_has_code(&reply, "VALIDATION_FAILED") ||
            !http_reply_says(&reply, field))
            fail_msg("%s: %d %.*s", refusals[i].path, reply.status, (int)reply.body.size,
                     reply.body.bytes);
    }
}

static void names_that_nobody_knows_and_empty_values_ask_for_nothing(void **state)
{
    struct http_reply reply = get(*state, "/api/concerts?colour=blue&q=&limit=&cursor=&from=");
    assert_int_equal(item_count(&reply), 6);
}

static void a_search_finds_a_concert_in_both_languages(void **state)
{
    struct http_reply reply = get(*state, "/api/concerts?q=%EC%95%84%EC%9D%B4%EC%9C%A0");
    assert_int_equal(item_count(&reply), 1);
    reply = get(*state, "/api/concerts?q=newjeans");
    assert_int_equal(item_count(&reply), 1);
    assert_true(http_reply_says(&reply, "\"nameKo\":\"뉴진스\""));
}

/* --- what a client need not fetch again ------------------------------------------------------- */

static void who_has_it_hears_so_and_who_takes_gzip_gets_it(void **state)
{
    static const char path[] = "/api/options/1/seat-map";
    char tag[64], fields[128];
    struct http_reply reply = get(*state, path);
    copy_field(&reply, "etag", tag, sizeof tag);
    assert_true(text_equal(http_reply_field(&reply, "vary"), text_of("Accept-Encoding")));

    snprintf(fields, sizeof fields, "If-None-Match: %s\r\n", tag);
    reply = get_with(*state, path, fields);
    assert_int_equal(reply.status, 304);
    assert_int_equal(reply.body.size, 0);

    reply = get_with(*state, path, "Accept-Encoding: gzip\r\n");
    assert_int_equal(reply.status, 200);
    assert_true(text_equal(http_reply_field(&reply, "content-encoding"), text_of("gzip")));
    assert_memory_equal(reply.body.bytes, "\x1f\x8b", 2);
    copy_field(&reply, "etag", tag, sizeof tag);
    snprintf(fields, sizeof fields, "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", tag);
    reply = get_with(*state, path, fields);
    assert_int_equal(reply.status, 304);
}

static void a_map_is_kept_for_ever_under_its_own_version_only(void **state)
{
    struct http_reply reply = get(*state, "/api/options/1/seat-map");
    char path[96];
    snprintf(path, sizeof path, "/api/options/1/seat-map?version=%lld",
             (long long)number_in(&reply, "version"));
    reply = get(*state, path);
    assert_true(text_equal(http_reply_field(&reply, "cache-control"),
                           text_of("public, max-age=31536000, immutable")));
    reply = get(*state, "/api/options/1/seat-map?version=1");
    assert_int_equal(reply.status, 200);
    assert_true(text_equal(http_reply_field(&reply, "cache-control"), text_of("public, no-cache")));
}

/* --- seats ------------------------------------------------------------------------------------ */

static void the_list_has_every_seat_of_a_date_once(void **state)
{
    char path[256] = "/api/options/9/seats?limit=100"; /* the smallest hall: 480 places */
    int64_t last_id = 0;
    size_t count = 0;
    for (bool more = true; more;) {
        struct http_reply reply = get(*state, path);
        struct json_in *json = open_json(&reply);
        const struct json_in *items;
        struct text cursor;
        assert_int_equal(json_in_read_array(json, "items", 1, 100, &items), JSON_IN_OK);
        for (size_t i = 0; i < json_in_array_count(items); i++, count++) {
            int64_t id;
            assert_int_equal(json_in_read_int(json_in_array_at(items, i), "id", 1, INT64_MAX, &id),
                             JSON_IN_OK);
            assert_true(id > last_id);
            last_id = id;
        }
        more = json_in_read_text(json, "nextCursor", 1, 64, &cursor) == JSON_IN_OK;
        if (more)
            snprintf(path, sizeof path, "/api/options/9/seats?limit=100&cursor=%.*s",
                     (int)cursor.size, cursor.bytes);
        json_in_close(json);
    }
    assert_int_equal(count, 480);
}

static void a_reserved_seat_is_gone_from_every_answer_at_once(void **state)
{
    struct stage *stage = *state;
    struct http_reply reply = get(stage, "/api/options/1");
    int64_t left = number_in(&reply, "seatsLeft");
    reply = get(stage, "/api/options/1/seat-states");
    int64_t version = number_in(&reply, "version");
    reply = get(stage, "/api/options/1/seats?limit=1&available=true");
    assert_true(http_reply_says(&reply, "\"id\":1,"));

    reply = http_client_ask(stage->client,
                            &(struct http_ask){.method = "POST",
                                               .path = "/api/reservations",
                                               .token = stage->fan,
                                               .idempotency_key = "first",
                                               .json = "{\"optionId\":1,\"seatIds\":[1]}"});
    assert_int_equal(reply.status, 201);

    reply = get(stage, "/api/options/1");
    assert_int_equal(number_in(&reply, "seatsLeft"), left - 1);
    char path[96];
    snprintf(path, sizeof path, "/api/options/1/seat-states?since=%lld", (long long)version);
    reply = get(stage, path);
    assert_true(http_reply_says(&reply, "\"changes\":[[0,1]]"));
    reply = get(stage, "/api/options/1/seat-states");
    assert_true(http_reply_says(&reply, "\"states\":\"AQAA")); /* seat 0 held */
    reply = get(stage, "/api/options/1/seats?limit=1&available=true");
    assert_true(http_reply_says(&reply, "\"id\":2,"));
    reply = get(stage, "/api/options/1/seats?limit=1");
    assert_true(http_reply_says(&reply, "\"state\":\"HELD\""));
}

/* The last story: it adds to the data. */
static void what_another_process_adds_is_seen_without_a_restart(void **state)
{
    struct stage *stage = *state;
    struct http_reply reply = get(stage, "/api/concerts?q=load");
    assert_int_equal(item_count(&reply), 0);
    free(run(stage,
             (const char *const[]){"sale", "create", "--seats", "30", "--sections", "2", NULL}));
    do
        reply = get(stage, "/api/concerts?q=load");
    while (item_count(&reply) == 0);
    assert_true(http_reply_says(&reply, "\"title\":\"Load test\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_the_catalog_answers),
        cmocka_unit_test(what_is_not_there_is_not_found_however_it_is_spelled),
        cmocka_unit_test(an_ill_formed_question_is_told_which_part_is_wrong),
        cmocka_unit_test(names_that_nobody_knows_and_empty_values_ask_for_nothing),
        cmocka_unit_test(a_search_finds_a_concert_in_both_languages),
        cmocka_unit_test(who_has_it_hears_so_and_who_takes_gzip_gets_it),
        cmocka_unit_test(a_map_is_kept_for_ever_under_its_own_version_only),
        cmocka_unit_test(the_list_has_every_seat_of_a_date_once),
        cmocka_unit_test(a_reserved_seat_is_gone_from_every_answer_at_once),
        cmocka_unit_test(what_another_process_adds_is_seen_without_a_restart),
    };
    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
