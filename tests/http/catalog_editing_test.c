/*
 * catalog_editing_test.c — operators at work on the catalog over HTTP: the real binary.
 *
 * After each change the same client reads: it must see what it has just done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/test_sale.h"

enum { PATH_BYTES = 128, JSON_BYTES = 512, TAG_BYTES = 96 };

static int open_sale(void **state)
{
    *state = test_sale_open(NULL);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_audit(*state);
    test_sale_close(*state);
    return 0;
}

static void assert_has(const struct http_reply *reply, const char *words)
{
    if (!http_reply_says(reply, words))
        fail_msg("`%s` is not in:\n%.*s", words, (int)reply->body.size, reply->body.bytes);
}

static struct http_reply ask(struct test_sale *sale, const char *method, const char *path,
                             const char *json)
{
    return http_client_ask(sale->client, &(struct http_ask){.method = method,
                                                            .path = path,
                                                            .token = sale->operator,
                                                            .json = json});
}

static struct http_reply ask_guarded(struct test_sale *sale, const char *method, const char *path,
                                     const char *tag, const char *json)
{
    char fields[TAG_BYTES + 16];
    snprintf(fields, sizeof fields, "If-Match: %s\r\n", tag);
    return http_client_ask(sale->client, &(struct http_ask){.method = method,
                                                            .path = path,
                                                            .token = sale->operator,
                                                            .fields = fields,
                                                            .json = json});
}

static struct http_reply get(struct test_sale *sale, const char *path)
{
    return http_client_ask(sale->client, &(struct http_ask){.path = path});
}

static void copy_tag(const struct http_reply *reply, char out_tag[TAG_BYTES])
{
    struct text tag = http_reply_field(reply, "etag");
    assert_non_null(tag.bytes);
    snprintf(out_tag, TAG_BYTES, "%.*s", (int)tag.size, tag.bytes);
}

/* POST, 201; its Location goes into `out_path`, its id is returned. */
static int64_t create(struct test_sale *sale, const char *collection, const char *json,
                      char out_path[PATH_BYTES])
{
    struct http_reply reply = ask(sale, "POST", collection, json);
    reply_must_be(&reply, 201);
    struct text location = http_reply_field(&reply, "location");
    assert_non_null(location.bytes);
    snprintf(out_path, PATH_BYTES, "%.*s", (int)location.size, location.bytes);
    return reply_number(&reply, "id");
}

static const char agency_json[] = "{\"name\":\"EDAM\",\"nameKo\":\"이담\"}";
static const char venue_json[] =
    "{\"name\":\"Dome\",\"nameKo\":\"돔\",\"city\":\"Seoul\",\"capacity\":9000}";

/* --- a whole catalog -------------------------------------------------------------------------- */

struct chain { /* an agency, its artist, their concert, its date and where it is */
    char agency[PATH_BYTES], artist[PATH_BYTES], venue[PATH_BYTES], concert[PATH_BYTES],
        option[PATH_BYTES];
    int64_t agency_id, artist_id, venue_id, concert_id, option_id;
};

static void build(struct test_sale *sale, struct chain *chain)
{
    char json[JSON_BYTES], options[PATH_BYTES + 16];
    chain->agency_id = create(sale, "/api/agencies", agency_json, chain->agency);
    snprintf(json, sizeof json, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":%lld}",
             (long long)chain->agency_id);
    chain->artist_id = create(sale, "/api/artists", json, chain->artist);
    chain->venue_id = create(sale, "/api/venues", venue_json, chain->venue);
    snprintf(json, sizeof json,
             "{\"title\":\"Evening\",\"titleKo\":\"저녁\",\"artistIds\":[%lld],\"posterHue\":200}",
             (long long)chain->artist_id);
    chain->concert_id = create(sale, "/api/concerts", json, chain->concert);
    snprintf(json, sizeof json, "{\"startsAt\":\"2026-12-12T18:00:00+09:00\",\"venueId\":%lld}",
             (long long)chain->venue_id);
    snprintf(options, sizeof options, "%s/options", chain->concert);
    chain->option_id = create(sale, options, json, chain->option);
}

static void what_is_created_is_read_back_at_its_location_with_the_same_tag(void **state)
{
    struct test_sale *sale = *state;
    static const char *const collections[] = {"/api/agencies", "/api/venues"};
    static const char *const bodies[] = {agency_json, venue_json};
    for (size_t i = 0; i < 2; i++) {
        struct http_reply reply = ask(sale, "POST", collections[i], bodies[i]);
        reply_must_be(&reply, 201);
        char tag[TAG_BYTES], read_tag[TAG_BYTES], path[PATH_BYTES], body[JSON_BYTES];
        copy_tag(&reply, tag);
        struct text location = http_reply_field(&reply, "location");
        snprintf(path, sizeof path, "%.*s", (int)location.size, location.bytes);
        snprintf(body, sizeof body, "%.*s", (int)reply.body.size, reply.body.bytes);
        reply = get(sale, path);
        reply_must_be(&reply, 200);
        copy_tag(&reply, read_tag);
        assert_string_equal(tag, read_tag);
        assert_has(&reply, body);
    }
}

static void a_concert_is_built_from_nothing_and_seen_whole(void **state)
{
    struct test_sale *sale = *state;
    struct chain chain;
    build(sale, &chain);
    struct http_reply reply = get(sale, chain.concert);
    assert_has(&reply, "\"titleKo\":\"저녁\"");
    assert_has(&reply, "\"nameKo\":\"아이유\"");
    assert_has(&reply, "\"firstStartsAt\":\"2026-12-12T09:00:00.000Z\"");
    reply = get(sale, chain.option);
    assert_has(&reply, "\"seatCount\":0");
    assert_has(&reply, "\"sale\":null");
    reply = get(sale, chain.artist);
    assert_has(&reply, "\"agencyNameKo\":\"이담\"");
}

static void what_was_just_created_is_found_however_it_is_written(void **state)
{
    struct test_sale *sale = *state;
    struct chain chain;
    char title[PATH_BYTES];
    build(sale, &chain);
    snprintf(title, sizeof title, "\"id\":%lld,", (long long)chain.concert_id);
    static const char *const found[] = {
        "/api/concerts?q=%E3%85%87%E3%85%87%E3%85%87",    /* ㅇㅇㅇ */
        "/api/concerts?q=%EC%95%84%20%EC%9D%B4%EC%9C%A0", /* 아 이유 */
        "/api/concerts?q=i%20U",
        "/api/concerts?q=EVE%20%EC%A0%80%EB%85%81", /* EVE 저녁 */
        "/api/concerts?from=2026-12-12T00:00:00Z&to=2026-12-13T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        struct http_reply reply = get(sale, found[i]);
        assert_has(&reply, title);
    }
    struct http_reply reply = get(sale, "/api/concerts?q=%E3%85%87%E3%85%82%E3%85%87");
    assert_has(&reply, "{\"items\":[]"); /* ㅇㅂㅇ */
}

static void what_is_in_use_cannot_be_deleted_and_what_is_free_can(void **state)
{
    struct test_sale *sale = *state;
    struct chain chain;
    build(sale, &chain);
    const char *const from_the_leaves[] = {chain.option, chain.concert, chain.venue, chain.artist,
                                           chain.agency};
    for (size_t i = 1; i < 5; i++) {
        struct http_reply reply = ask(sale, "DELETE", from_the_leaves[i], NULL);
        reply_must_refuse(&reply, 409, "IN_USE");
        reply = get(sale, from_the_leaves[i]);
        reply_must_be(&reply, 200);
    }
    for (size_t i = 0; i < 5; i++) {
        struct http_reply reply = ask(sale, "DELETE", from_the_leaves[i], NULL);
        reply_must_be(&reply, 204);
        reply = get(sale, from_the_leaves[i]);
        reply_must_refuse(&reply, 404, "NOT_FOUND");
        reply = ask(sale, "DELETE", from_the_leaves[i], NULL);
        reply_must_refuse(&reply, 404, "NOT_FOUND");
        reply = ask(sale, "PATCH", from_the_leaves[i], "{}");
        reply_must_refuse(&reply, 404, "NOT_FOUND");
    }
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld", (long long)sale->option);
    struct http_reply reply = ask(sale, "DELETE", path, NULL);
    reply_must_refuse(&reply, 409, "IN_USE"); /* it has a sale */
}

/* --- changing --------------------------------------------------------------------------------- */

static void a_put_replaces_and_a_patch_merges_and_both_are_seen_at_once(void **state)
{
    struct test_sale *sale = *state;
    struct chain chain;
    build(sale, &chain);
    struct http_reply reply = ask(sale, "PATCH", chain.venue, "{\"cityKo\":\"서울\"}");
    reply_must_be(&reply, 200);
    reply = get(sale, chain.venue);
    assert_has(&reply, "\"cityKo\":\"서울\",\"capacity\":9000");
    reply = ask(sale, "PUT", chain.venue,
                "{\"name\":\"Arena\",\"nameKo\":\"아레나\",\"city\":\"Busan\"}");
    reply_must_be(&reply, 200);
    reply = get(sale, chain.venue);
    assert_has(&reply, "\"name\":\"Arena\"");
    assert_has(&reply, "\"cityKo\":\"\",\"capacity\":0");
    reply = get(sale, chain.option); /* it shows its venue */
    assert_has(&reply, "\"name\":\"Arena\"");

    reply = ask(sale, "PATCH", chain.artist, "{\"agencyId\":null}");
    reply_must_be(&reply, 200);
    reply = get(sale, chain.artist);
    assert_has(&reply, "\"agencyId\":null");
    reply = ask(sale, "PATCH", chain.concert, "{\"artistIds\":[]}");
    reply_must_be(&reply, 200);
    reply = get(sale, chain.concert);
    assert_has(&reply, "\"artists\":[]");
    reply = ask(sale, "PATCH", chain.option, "{\"startsAt\":\"2027-01-01T00:00:00Z\"}");
    reply_must_be(&reply, 200);
    reply = get(sale, chain.option);
    assert_has(&reply, "\"startsAt\":\"2027-01-01T00:00:00.000Z\"");
}

/* Eight connections are spread over the loops, each of which has documents of its own. */
static void every_write_is_seen_by_the_next_read_on_any_connection(void **state)
{
    enum { ROUNDS = 60, READERS = 8 };
    struct test_sale *sale = *state;
    char path[PATH_BYTES], json[JSON_BYTES], words[JSON_BYTES];
    struct http_client *readers[READERS];
    for (size_t reader = 0; reader < READERS; reader++)
        readers[reader] = server_process_connect(sale->server);
    create(sale, "/api/agencies", agency_json, path);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(json, sizeof json, "{\"name\":\"round %d\"}", i);
        struct http_reply reply = ask(sale, "PATCH", path, json);
        while (reply.status == 429) /* a limit is an ordinary answer */
            reply = ask(sale, "PATCH", path, json);
        reply_must_be(&reply, 200);
        snprintf(words, sizeof words, "\"name\":\"round %d\"", i);
        for (size_t reader = 0; reader < READERS; reader++) {
            reply = http_client_ask(readers[reader], &(struct http_ask){.path = path});
            assert_has(&reply, words);
        }
    }
    for (size_t reader = 0; reader < READERS; reader++)
        http_client_close(readers[reader]);
}

static void a_tag_guards_against_lost_updates(void **state)
{
    struct test_sale *sale = *state;
    struct chain chain;
    build(sale, &chain);
    const char *const paths[] = {chain.agency, chain.artist, chain.venue, chain.concert,
                                 chain.option};
    const char *const changes[] = {"{\"name\":\"A\"}", "{\"name\":\"B\"}", "{\"name\":\"C\"}",
                                   "{\"title\":\"D\"}", "{\"startsAt\":\"2027-02-01T00:00:00Z\"}"};
    for (size_t i = 0; i < 5; i++) {
        char stale[TAG_BYTES], fresh[TAG_BYTES], weak[TAG_BYTES + 2];
        struct http_reply reply = get(sale, paths[i]);
        copy_tag(&reply, stale);
        snprintf(weak, sizeof weak, "W/%.*s", TAG_BYTES - 1, stale);
        reply = ask_guarded(sale, "PATCH", paths[i], weak, changes[i]);
        reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");
        reply = ask_guarded(sale, "PATCH", paths[i], stale, changes[i]);
        reply_must_be(&reply, 200);
        copy_tag(&reply, fresh);
        assert_string_not_equal(stale, fresh);
        reply = ask_guarded(sale, "PATCH", paths[i], stale, "{}");
        reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");
        reply = ask_guarded(sale, "DELETE", paths[i], stale, NULL);
        reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");
        reply = ask_guarded(sale, "PATCH", paths[i], "*", "{}");
        reply_must_be(&reply, 200);
        reply = get(sale, paths[i]);
        char read_tag[TAG_BYTES];
        copy_tag(&reply, read_tag);
        assert_string_equal(fresh, read_tag);
    }
}

/* Seats that are sold change the document, and its tag, but not what an operator edits. */
static void a_sale_in_full_swing_does_not_spoil_an_operators_tag(void **state)
{
    struct test_sale *sale = *state;
    char path[PATH_BYTES], json[JSON_BYTES], tag[TAG_BYTES], later[TAG_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld", (long long)sale->option);
    struct http_reply reply = get(sale, path);
    copy_tag(&reply, tag);
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)sale->first_seat);
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                             .path = "/api/reservations",
                                                             .token = sale->mina,
                                                             .idempotency_key = "swing",
                                                             .json = json});
    reply_must_be(&reply, 201);
    reply = get(sale, path);
    copy_tag(&reply, later);
    assert_string_not_equal(tag, later);
    reply = ask_guarded(sale, "PATCH", path, tag, "{\"startsAt\":\"2027-03-01T00:00:00Z\"}");
    reply_must_be(&reply, 200);
}

/* --- who, what and how often ------------------------------------------------------------------ */

static void only_operators_edit(void **state)
{
    struct test_sale *sale = *state;
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    static const char *const paths[] = {"/api/agencies", "/api/artists", "/api/venues",
                                        "/api/concerts"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < 16; i++) {
        const char *method = methods[i % 4];
        snprintf(path, sizeof path, "%s%s", paths[i / 4], i % 4 == 0 ? "" : "/1");
        struct http_ask one = {.method = method, .path = path, .json = "{}"};
        struct http_reply reply = http_client_ask(sale->client, &one);
        reply_must_refuse(&reply, 401, "UNAUTHENTICATED");
        one.token = sale->mina;
        reply = http_client_ask(sale->client, &one);
        reply_must_refuse(&reply, 403, "FORBIDDEN");
    }
    struct http_reply reply = get(sale, "/api/admin/changes");
    reply_must_refuse(&reply, 401, "UNAUTHENTICATED");
}

static int64_t newest_change(struct test_sale *sale)
{
    struct http_reply reply = ask(sale, "GET", "/api/admin/changes?limit=1", NULL);
    reply_must_be(&reply, 200);
    return http_reply_says(&reply, "\"id\":") ? reply_number(&reply, "id") : 0;
}

struct bad_body {
    const char *path, *json;
    int status;
    const char *code, *words;
};

static void what_is_wrong_is_named_and_changes_nothing(void **state)
{
    struct test_sale *sale = *state;
    static const struct bad_body cases[] = {
        {"/api/agencies", "{\"name\":\"A\"", 400, "MALFORMED_JSON", ""},
        {"/api/agencies", "[]", 422, "VALIDATION_FAILED", ""},
        {"/api/agencies", "{}", 422, "VALIDATION_FAILED", "\"field\":\"name\""},
        {"/api/agencies", "{\"name\":\"A\",\"nameKo\":\"\"}", 422, "VALIDATION_FAILED",
         "\"field\":\"nameKo\""},
        {"/api/agencies", "{\"name\":\"A\",\"nameKo\":\"가\",\"id\":9}", 422, "VALIDATION_FAILED",
         "\"field\":\"id\""},
        {"/api/artists", "{\"name\":\"A\",\"nameKo\":\"가\"}", 422, "VALIDATION_FAILED",
         "\"field\":\"agencyId\""},
        {"/api/artists", "{\"name\":\"A\",\"nameKo\":\"가\",\"agencyId\":777777}", 422,
         "VALIDATION_FAILED", "\"field\":\"agencyId\""},
        {"/api/venues", "{\"name\":\"A\",\"nameKo\":\"가\",\"city\":5}", 422, "VALIDATION_FAILED",
         "\"field\":\"city\""},
        {"/api/concerts", "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":[777777]}", 422,
         "VALIDATION_FAILED", "\"field\":\"artistIds\""},
        {"/api/concerts", "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":7}", 422,
         "VALIDATION_FAILED", "\"field\":\"artistIds\""},
        {"/api/concerts/1/options", "{\"startsAt\":\"2026-12-12\",\"venueId\":1}", 422,
         "VALIDATION_FAILED", "\"field\":\"startsAt\""},
        {"/api/concerts/1/options", "{\"startsAt\":\"2026-12-12T00:00:00Z\",\"venueId\":777777}",
         422, "VALIDATION_FAILED", "\"field\":\"venueId\""},
        {"/api/concerts/777777/options", "{\"startsAt\":\"2026-12-12T00:00:00Z\",\"venueId\":1}",
         404, "NOT_FOUND", "concert"},
        {"/api/concerts/x/options", "{\"startsAt\":\"2026-12-12T00:00:00Z\",\"venueId\":1}", 404,
         "NOT_FOUND", "concert"},
    };
    int64_t before = newest_change(sale);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = ask(sale, "POST", cases[i].path, cases[i].json);
        if (reply.status != cases[i].status || !http_reply_has_code(&reply, cases[i].code) ||
            !http_reply_says(&reply, cases[i].words))
            fail_msg("%s %s: %d %.*s", cases[i].path, cases[i].json, reply.status,
                     (int)reply.body.size, reply.body.bytes);
    }
    assert_int_equal(newest_change(sale), before);
}

static struct http_reply create_with_key(struct test_sale *sale, const char *key, const char *json)
{
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = "/api/agencies",
                                                            .token = sale->operator,
                                                            .idempotency_key = key,
                                                            .json = json});
}

static void a_creation_that_comes_twice_with_its_key_creates_once(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = create_with_key(sale, "once", agency_json);
    reply_must_be(&reply, 201);
    assert_null(http_reply_field(&reply, "idempotent-replayed").bytes);
    int64_t id = reply_number(&reply, "id");
    reply = create_with_key(sale, "once", "{\"nameKo\":\"이담\", \"name\":\"EDAM\"}");
    reply_must_be(&reply, 201);
    assert_true(text_equal(http_reply_field(&reply, "idempotent-replayed"), text_of("true")));
    assert_int_equal(reply_number(&reply, "id"), id);
    reply = create_with_key(sale, "once", "{\"nameKo\":\"이담\",\"name\":\"other\"}");
    reply_must_refuse(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = create_with_key(sale, "a key with spaces", agency_json);
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
}

static void the_list_of_changes_is_paged_newest_first(void **state)
{
    struct test_sale *sale = *state;
    char path[PATH_BYTES];
    int64_t id = create(sale, "/api/agencies", agency_json, path);
    struct http_reply reply = ask(sale, "PATCH", path, "{\"name\":\"EDAM 2\"}");
    reply_must_be(&reply, 200);
    reply = ask(sale, "GET", "/api/admin/changes?limit=1", NULL);
    reply_must_be(&reply, 200);
    assert_has(&reply, "\"accountId\":3,\"entity\":\"agency\"");
    assert_has(&reply, "\"action\":\"UPDATE\",\"before\":{\"name\":\"EDAM\",\"nameKo\":\"이담\"},"
                       "\"after\":{\"name\":\"EDAM 2\",\"nameKo\":\"이담\"}");
    assert_int_equal(reply_number(&reply, "entityId"), id);
    const char *cursor = memmem(reply.body.bytes, reply.body.size, "\"nextCursor\":\"", 14);
    assert_non_null(cursor);
    char next[PATH_BYTES];
    snprintf(next, sizeof next, "/api/admin/changes?limit=1&cursor=%.*s",
             (int)strcspn(cursor + 14, "\""), cursor + 14);
    reply = ask(sale, "GET", next, NULL);
    assert_has(&reply, "\"action\":\"CREATE\",\"before\":null");
}

static int run(enum database_kind kind)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_created_is_read_back_at_its_location_with_the_same_tag),
        cmocka_unit_test(a_concert_is_built_from_nothing_and_seen_whole),
        cmocka_unit_test(what_was_just_created_is_found_however_it_is_written),
        cmocka_unit_test(what_is_in_use_cannot_be_deleted_and_what_is_free_can),
        cmocka_unit_test(a_put_replaces_and_a_patch_merges_and_both_are_seen_at_once),
        cmocka_unit_test(a_tag_guards_against_lost_updates),
        cmocka_unit_test(a_sale_in_full_swing_does_not_spoil_an_operators_tag),
        cmocka_unit_test(only_operators_edit),
        cmocka_unit_test(what_is_wrong_is_named_and_changes_nothing),
        cmocka_unit_test(a_creation_that_comes_twice_with_its_key_creates_once),
        cmocka_unit_test(the_list_of_changes_is_paged_newest_first),
        cmocka_unit_test(every_write_is_seen_by_the_next_read_on_any_connection),
    };
    test_sale_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, open_sale, close_sale);
}

int main(void)
{
    return databases_each(run);
}
