/*
 * sale_editing_test.c — an operator sets up a date over HTTP alone, and fans buy what is there.
 *
 * Every answer that says "done" is believed at once: the very next request has to go by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/test_sale.h"

enum { PATH_BYTES = 128, BODY_BYTES = 1024 };

static const char small_layout[] =
    "{\"sections\":[{\"name\":\"F1\",\"grade\":\"VIP\",\"price\":165000,\"rows\":["
    "{\"row\":\"1\",\"seats\":10},{\"row\":\"2\",\"seats\":[{\"number\":\"A\",\"accessible\":true},"
    "{\"number\":\"B\",\"blocked\":true}]}]},"
    "{\"name\":\"F2\",\"nameKo\":\"나구역\",\"grade\":\"R\",\"price\":99000,"
    "\"rows\":[{\"row\":1,\"seats\":8}]}]}";

static int open_sale(void **state)
{
    *state = test_sale_open(NULL);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_close(*state);
    return 0;
}

/* --- asking ----------------------------------------------------------------------------------- */

static struct http_reply ask(struct test_sale *sale, const char *method, const char *token,
                             int64_t option, const char *rest, const char *json)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)option, rest);
    return http_client_ask(
        sale->client,
        &(struct http_ask){.method = method, .path = path, .token = token, .json = json});
}

static struct http_reply put_layout(struct test_sale *sale, int64_t option, const char *json)
{
    return ask(sale, "PUT", sale->operator, option, "/layout", json);
}

static struct http_reply put_sale(struct test_sale *sale, int64_t option, const char *json)
{
    return ask(sale, "PUT", sale->operator, option, "/sale", json);
}

static struct http_reply post_sale(struct test_sale *sale, const char *move)
{
    char rest[32];
    snprintf(rest, sizeof rest, "/sale/%s", move);
    return ask(sale, "POST", sale->operator, sale->option, rest, NULL);
}

static struct http_reply create(struct test_sale *sale, const char *path, const char *key,
                                const char *json)
{
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = path,
                                                            .token = sale->operator,
                                                            .idempotency_key = key,
                                                            .json = json});
}

static struct http_reply press_at(struct test_sale *sale, const char *path, int64_t option,
                                  int64_t seat, const char *key)
{
    char json[BODY_BYTES];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)option,
             (long long)seat);
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = path,
                                                            .token = sale->mina,
                                                            .idempotency_key = key,
                                                            .json = json});
}

static struct http_reply press(struct test_sale *sale, int64_t option, int64_t seat,
                               const char *key)
{
    return press_at(sale, "/api/reservations", option, seat, key);
}

/* A sale of strategy v5, from `opens_in_s` on, for an hour. */
static const char *policy(char json[BODY_BYTES], int opens_in_s, const char *more)
{
    char opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES];
    int64_t opens_at_ms = clock_wall_ms() + opens_in_s * 1000LL;
    clock_write_iso(opens_at_ms, opens);
    clock_write_iso(opens_at_ms + 3600 * 1000, closes);
    snprintf(json, BODY_BYTES,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"holdSeconds\":120,\"maxPerFan\":2%s}",
             opens, closes, more);
    return json;
}

/* --- the stories ------------------------------------------------------------------------------ */

static void an_operator_makes_a_date_and_a_fan_buys_it_over_http_alone(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES], path[PATH_BYTES];
    struct http_reply reply = create(sale, "/api/agencies", "agency",
                                     "{\"name\":\"New Agency\",\"nameKo\":\"새소속사\"}");
    reply_must_be(&reply, 201);
    snprintf(json, sizeof json, "{\"name\":\"Nova\",\"nameKo\":\"노바\",\"agencyId\":%lld}",
             (long long)reply_number(&reply, "id"));
    reply = create(sale, "/api/artists", "artist", json);
    reply_must_be(&reply, 201);
    snprintf(json, sizeof json,
             "{\"title\":\"First Light\",\"titleKo\":\"첫빛\",\"artistIds\":[%lld]}",
             (long long)reply_number(&reply, "id"));
    reply = create(sale, "/api/concerts", "concert", json);
    reply_must_be(&reply, 201);
    snprintf(path, sizeof path, "/api/concerts/%lld/options",
             (long long)reply_number(&reply, "id"));
    reply = create(sale, path, "option", "{\"startsAt\":\"2030-05-01T10:00:00Z\",\"venueId\":1}");
    reply_must_be(&reply, 201);
    int64_t option = reply_number(&reply, "id");

    reply = put_sale(sale, option, policy(json, -10, ",\"strategy\":\"v5\""));
    reply_must_refuse(&reply, 409, "LAYOUT_MISSING");
    reply = put_layout(sale, option, small_layout);
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "optionId"), option);
    assert_int_equal(reply_number(&reply, "seatCount"), 20);
    int64_t first_seat = reply_number(&reply, "firstSeatId");
    reply = press(sale, option, first_seat, "too-early");
    assert_int_not_equal(reply.status, 201);

    reply = put_sale(sale, option, policy(json, -10, ",\"strategy\":\"v5\",\"waitingRoom\":false"));
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"state\":\"OPEN\""));
    reply = press(sale, option, first_seat, "mine");
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "amount"), 165000);
    reply = ask(sale, "GET", NULL, option, "", NULL);
    assert_int_equal(reply_number(&reply, "seatsLeft"), 18);
    reply = ask(sale, "GET", NULL, option, "/seats?limit=20", NULL);
    assert_true(http_reply_says(&reply, "\"row\":\"2\",\"number\":\"B\""));
    assert_true(http_reply_says(&reply, "\"BLOCKED\""));
    reply = http_client_ask(
        sale->client, &(struct http_ask){.path = "/api/admin/changes", .token = sale->operator});
    assert_true(http_reply_says(&reply, "\"entity\":\"sale\""));
    assert_true(http_reply_says(&reply, "\"entity\":\"layout\""));
    test_sale_audit(sale);
}

static void a_layout_is_replaced_as_long_as_nobody_has_reserved(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = put_layout(sale, sale->option, small_layout);
    reply_must_be(&reply, 200);
    int64_t first_seat = reply_number(&reply, "firstSeatId");
    assert_true(first_seat >= sale->first_seat + TEST_SEATS);

    reply = press(sale, sale->option, sale->first_seat, "an-old-seat");
    assert_int_not_equal(reply.status, 201);
    reply = put_layout(sale, sale->option, small_layout);
    reply_must_be(&reply, 200);
    assert_true(reply_number(&reply, "firstSeatId") > first_seat);
    first_seat = reply_number(&reply, "firstSeatId");
    reply = ask(sale, "GET", NULL, sale->option, "/seat-states", NULL);
    assert_int_equal(reply_number(&reply, "seatCount"), 20);

    reply = press(sale, sale->option, first_seat + 19, "a-new-seat");
    reply_must_be(&reply, 201);
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)reply_number(&reply, "id"));
    reply = put_layout(sale, sale->option, small_layout);
    reply_must_refuse(&reply, 409, "IN_USE");
    reply = http_client_ask(
        sale->client, &(struct http_ask){.method = "DELETE", .path = path, .token = sale->mina});
    reply_must_be(&reply, 200);
    reply = put_layout(sale, sale->option, small_layout); /* one that has ended counts too */
    reply_must_refuse(&reply, 409, "IN_USE");
    test_sale_audit(sale);
}

static struct http_reply last_change(struct test_sale *sale)
{
    return http_client_ask(sale->client, &(struct http_ask){.path = "/api/admin/changes?limit=1",
                                                            .token = sale->operator});
}

static struct http_reply put_guarded(struct test_sale *sale, const char *rest, const char *tag,
                                     const char *json)
{
    char path[PATH_BYTES], fields[2 * PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)sale->option, rest);
    snprintf(fields, sizeof fields, "If-Match: %s\r\n", tag);
    return http_client_ask(sale->client, &(struct http_ask){.method = "PUT",
                                                            .path = path,
                                                            .token = sale->operator,
                                                            .fields = fields,
                                                            .json = json});
}

static void copy_tag(struct test_sale *sale, char out_tag[PATH_BYTES])
{
    struct http_reply reply = ask(sale, "GET", sale->operator, sale->option, "", NULL);
    struct text tag = http_reply_field(&reply, "ETag");
    assert_in_range(tag.size, 1, PATH_BYTES - 1);
    snprintf(out_tag, PATH_BYTES, "%.*s", (int)tag.size, tag.bytes);
}

static void the_tag_of_a_date_guards_its_seats_and_its_sale(void **state)
{
    struct test_sale *sale = *state;
    char tag[PATH_BYTES], json[BODY_BYTES];
    copy_tag(sale, tag);
    struct http_reply reply = put_guarded(sale, "/layout", tag, small_layout);
    reply_must_be(&reply, 200);
    reply = put_guarded(sale, "/layout", tag, small_layout);
    reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");
    policy(json, -10, ",\"strategy\":\"v5\",\"maxPerConcert\":8");
    reply = put_guarded(sale, "/sale", tag, json);
    reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");

    copy_tag(sale, tag);
    reply = ask(sale, "GET", NULL, sale->option, "/seats?limit=1", NULL);
    reply = press(sale, sale->option, reply_number(&reply, "id"), "sold-meanwhile");
    reply_must_be(&reply, 201); /* says nothing against an edit */
    policy(json, -10, ",\"strategy\":\"v5\"");
    reply = put_guarded(sale, "/sale", tag, json);
    reply_must_be(&reply, 200);
    reply = put_guarded(sale, "/sale", tag, json); /* the answer may have been lost */
    reply_must_be(&reply, 200);
    copy_tag(sale, tag);
    reply = post_sale(sale, "pause");
    reply_must_be(&reply, 200);
    policy(json, -10, ",\"strategy\":\"v5\",\"maxPerConcert\":6");
    reply = put_guarded(sale, "/sale", tag, json);
    reply_must_refuse(&reply, 412, "PRECONDITION_FAILED");
}

/* Another date of the same concert; it has no layout yet. */
static int64_t make_date(struct test_sale *sale)
{
    char path[PATH_BYTES];
    struct http_reply reply = ask(sale, "GET", NULL, sale->option, "", NULL);
    snprintf(path, sizeof path, "/api/concerts/%lld/options",
             (long long)reply_number(&reply, "concertId"));
    reply = create(sale, path, "a-date", "{\"startsAt\":\"2030-05-02T10:00:00Z\",\"venueId\":1}");
    reply_must_be(&reply, 201);
    return reply_number(&reply, "id");
}

static void the_list_of_changes_tells_what_a_layout_was_before(void **state)
{
    struct test_sale *sale = *state;
    int64_t bare = make_date(sale);
    struct http_reply reply = put_layout(sale, bare, small_layout);
    reply_must_be(&reply, 200);
    reply = last_change(sale);
    assert_true(http_reply_says(&reply, "\"entity\":\"layout\"") &&
                http_reply_says(&reply, "\"before\":null"));

    reply = put_layout(sale, bare,
                       "{\"sections\":[{\"name\":\"All\",\"grade\":\"S\",\"price\":5000,"
                       "\"rows\":[{\"row\":\"1\",\"seats\":30}]}]}");
    reply_must_be(&reply, 200);
    reply = last_change(sale);
    assert_true(http_reply_says(&reply, "\"before\":{\"revision\":1,"));
    assert_true(http_reply_says(&reply, "\"seatCount\":20,\"sectionCount\":2,\"sections\":["
                                        "{\"name\":\"F1\",\"grade\":\"VIP\",\"price\":165000,"
                                        "\"seatCount\":12},{\"name\":\"F2\""));
    assert_true(http_reply_says(&reply, "\"after\":{\"revision\":2,"));
    assert_true(http_reply_says(&reply,
                                "\"sections\":[{\"name\":\"All\",\"grade\":\"S\",\"price\":5000,"
                                "\"seatCount\":30}]"));
}

static void a_dry_run_draws_the_map_and_writes_nothing(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply before = ask(sale, "GET", NULL, sale->option, "/seat-map", NULL);
    struct http_reply reply =
        ask(sale, "PUT", sale->operator, sale->option, "/layout?dryRun=true", small_layout);
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "seatCount"), 20);
    assert_true(http_reply_says(&reply, "\"nameKo\":\"나구역\""));
    assert_true(http_reply_says(&reply, "\"accessible\":[11]"));

    struct http_reply after = ask(sale, "GET", NULL, sale->option, "/seat-map", NULL);
    assert_int_equal(reply_number(&after, "version"), reply_number(&before, "version"));
    reply = ask(sale, "PUT", sale->operator, sale->option, "/layout?dryRun=perhaps", small_layout);
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");

    reply = put_layout(sale, sale->option, small_layout);
    reply_must_be(&reply, 200);
    after = ask(sale, "GET", NULL, sale->option, "/seat-map", NULL);
    assert_true(http_reply_says(&after, "\"accessible\":"));
}

static void every_slip_of_a_layout_is_named_and_nothing_changes(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = put_layout(
        sale, sale->option,
        "{\"sections\":[{\"name\":\"A\",\"grade\":\"R\",\"price\":1,\"rows\":[{\"row\":\"1\","
        "\"seats\":0}]},{\"name\":\"A\",\"grade\":\"\",\"price\":-5,\"rows\":[]}],\"more\":1}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    assert_true(http_reply_says(&reply, "\"field\":\"more\""));
    assert_true(http_reply_says(&reply, "\"field\":\"sections[0].rows[0].seats\""));
    assert_true(http_reply_says(&reply, "\"field\":\"sections[1].name\""));
    assert_true(http_reply_says(&reply, "\"field\":\"sections[1].grade\""));
    assert_true(http_reply_says(&reply, "\"field\":\"sections[1].price\""));
    assert_true(http_reply_says(&reply, "\"field\":\"sections[1].rows\""));
    assert_int_equal(reply_number(&reply, "errorCount"), 6);

    reply = put_layout(sale, sale->option, "{\"sections\":");
    reply_must_refuse(&reply, 400, "MALFORMED_JSON");
    reply = put_layout(sale, 987654, small_layout);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = ask(sale, "PUT", sale->mina, sale->option, "/layout", small_layout);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    reply = ask(sale, "PUT", NULL, sale->option, "/layout", small_layout);
    reply_must_refuse(&reply, 401, "UNAUTHENTICATED");

    reply = ask(sale, "GET", NULL, sale->option, "", NULL);
    assert_int_equal(reply_number(&reply, "seatCount"), TEST_SEATS);
    reply = press(sale, sale->option, sale->first_seat, "still-there");
    reply_must_be(&reply, 201);
}

static void every_slip_of_a_sale_is_named_and_nothing_changes(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = put_sale(
        sale, sale->option,
        "{\"opensAt\":\"2026-01-02T00:00:00Z\",\"closesAt\":\"2026-01-01T00:00:00Z\",\"strategy\":"
        "\"v6\",\"holdSeconds\":0,\"maxPerFan\":17,\"waitingRoom\":1,\"presale\":{}}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    static const char *const fields[] = {"closesAt",  "strategy",    "holdSeconds",
                                         "maxPerFan", "waitingRoom", "presale"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char words[64];
        snprintf(words, sizeof words, "{\"field\":\"%s\"", fields[i]);
        assert_true(http_reply_says(&reply, words));
    }
    char json[BODY_BYTES];
    reply =
        put_sale(sale, sale->option, policy(json, -10, ",\"strategy\":\"v5\",\"lock\":\"mutex\""));
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    reply = put_sale(sale, 987654, policy(json, -10, ",\"strategy\":\"v5\""));
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = ask(sale, "GET", NULL, sale->option, "", NULL);
    assert_int_equal(reply_number(&reply, "maxPerFan"), 4);
    assert_int_equal(reply_number(&reply, "holdSeconds"), 600);
}

static void new_terms_hold_for_the_very_next_press(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES];
    for (int round = 0; round < 3; round++) { /* whatever the engine is just doing */
        struct http_reply reply =
            put_sale(sale, sale->option, policy(json, 1000, ",\"strategy\":\"v5\""));
        reply_must_be(&reply, 200);
        assert_true(http_reply_says(&reply, "\"state\":\"SCHEDULED\""));
        reply = press(sale, sale->option, sale->first_seat, "early");
        reply_must_refuse(&reply, 409, "SALE_NOT_OPEN");
        reply = put_sale(sale, sale->option, policy(json, -10, ",\"strategy\":\"v2\""));
        reply_must_be(&reply, 200);
        reply = press_at(sale, "/api/v5/reservations", sale->option, sale->first_seat, "early");
        reply_must_refuse(&reply, 409, "STRATEGY_MISMATCH");
        reply = press_at(sale, "/api/v3/reservations", sale->option, sale->first_seat, "early");
        reply_must_refuse(&reply, 409, "STRATEGY_MISMATCH");
        reply = put_sale(sale, sale->option,
                         policy(json, -10, ",\"strategy\":\"v1\",\"lock\":\"none\""));
        reply_must_refuse(&reply, 409, "LAB_ONLY");
    }
    policy(json, -10, ",\"strategy\":\"v5\"");
    struct http_reply reply = put_sale(sale, sale->option, json);
    reply_must_be(&reply, 200);
    reply = put_sale(sale, sale->option, json); /* again: the same */
    reply_must_be(&reply, 200);
    for (int seat = 0; seat < 3; seat++) {
        char key[8];
        snprintf(key, sizeof key, "s%d", seat);
        reply = press(sale, sale->option, sale->first_seat + seat, key);
        reply_must_be(&reply, seat < 2 ? 201 : 403); /* two a fan now */
    }
    reply = put_sale(sale, sale->option, policy(json, -10, ",\"strategy\":\"v2\""));
    reply_must_refuse(&reply, 409, "IN_USE");
}

static void a_sale_is_paused_resumed_and_closed_at_once(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = post_sale(sale, "pause");
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"state\":\"PAUSED\""));
    reply = press(sale, sale->option, sale->first_seat, "one");
    reply_must_refuse(&reply, 409, "SALE_NOT_OPEN");
    reply = ask(sale, "GET", NULL, sale->option, "", NULL);
    assert_true(http_reply_says(&reply, "\"state\":\"PAUSED\""));

    reply = post_sale(sale, "resume");
    reply_must_be(&reply, 200);
    reply = press(sale, sale->option, sale->first_seat, "two");
    reply_must_be(&reply, 201);

    reply = post_sale(sale, "close");
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"state\":\"CLOSED\""));
    reply = press(sale, sale->option, sale->first_seat + 1, "three");
    reply_must_refuse(&reply, 409, "SALE_NOT_OPEN");
    reply = post_sale(sale, "close");
    reply_must_be(&reply, 200);
    reply = post_sale(sale, "resume");
    reply_must_refuse(&reply, 409, "SALE_CLOSED");
    reply = post_sale(sale, "pause");
    reply_must_refuse(&reply, 409, "SALE_CLOSED");
    char json[BODY_BYTES];
    reply = put_sale(sale, sale->option, policy(json, -10, ",\"strategy\":\"v5\""));
    reply_must_refuse(&reply, 409, "SALE_CLOSED");
    reply = ask(sale, "POST", sale->mina, sale->option, "/sale/pause", NULL);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    reply = ask(sale, "POST", sale->operator, 987654, "/sale/pause", NULL);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
}

static void a_hundred_thousand_seats_come_in_one_document_and_no_more(void **state)
{
    enum { ROWS = 5000, SEATS = 20, BYTES = 8 << 20 };
    struct test_sale *sale = *state;
    char *json = malloc(BYTES);
    assert_non_null(json);
    for (int extra = 0; extra <= 1; extra++) {
        int size = snprintf(json, BYTES,
                            "{\"sections\":[{\"name\":\"All\",\"grade\":\"S\","
                            "\"price\":1000,\"rows\":[");
        for (int row = 0; row < ROWS; row++) {
            size += snprintf(json + size, (size_t)(BYTES - size), "%s{\"row\":%d,\"seats\":[",
                             row ? "," : "", row);
            for (int seat = 0; seat < SEATS + (extra && row == 0); seat++)
                size += snprintf(json + size, (size_t)(BYTES - size),
                                 "%s{\"number\":\"%d\",\"accessible\":false,\"blocked\":false}",
                                 seat ? "," : "", seat);
            size += snprintf(json + size, (size_t)(BYTES - size), "]}");
        }
        snprintf(json + size, (size_t)(BYTES - size), "]}]}");
        struct http_reply reply = put_layout(sale, sale->option, json);
        reply_must_be(&reply, extra ? 422 : 200);
        if (!extra)
            assert_int_equal(reply_number(&reply, "seatCount"), ROWS * SEATS);
    }
    free(json);
    struct http_reply reply = ask(sale, "GET", NULL, sale->option, "", NULL);
    assert_int_equal(reply_number(&reply, "seatsLeft"), ROWS * SEATS);
    test_sale_audit(sale);
}

static struct http_reply put_table(struct test_sale *sale, const char *table)
{
    char head[2048];
    int size = snprintf(head, sizeof head,
                        "PUT /api/options/%lld/layout HTTP/1.1\r\nHost: x\r\n"
                        "Authorization: Bearer %s\r\nContent-Type: text/csv; charset=utf-8\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        (long long)sale->option, sale->operator, strlen(table));
    struct http_reply reply;
    assert_true(http_client_send(sale->client, text_make(head, (size_t)size)));
    assert_true(http_client_send(sale->client, text_of(table)));
    assert_true(http_client_read(sale->client, false, &reply));
    return reply;
}

static void a_layout_comes_as_a_table_too(void **state)
{
    enum { ROWS = 5000, SEATS = 20, BYTES = 8 << 20 };
    struct test_sale *sale = *state;
    struct http_reply reply = put_table(sale, "section,grade,price,row,seats\n"
                                              "A,VIP,dear,1,10\nA,,,2,many\nA,,,2\n");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    assert_int_equal(reply_number(&reply, "errorCount"), 4); /* a row without seats is one more */
    assert_true(http_reply_says(&reply, "line 2, price") &&
                http_reply_says(&reply, "line 3, seats"));
    assert_true(http_reply_says(&reply, "\"line 4\""));

    char *table = malloc(BYTES);
    assert_non_null(table);
    int size = snprintf(table, BYTES, "section,grade,price,row,number,accessible,blocked\n");
    for (int seat = 0; seat < ROWS * SEATS; seat++)
        size += snprintf(table + size, (size_t)(BYTES - size), "All,S,1000,%d,%d,false,%52s\n",
                         seat / SEATS, seat % SEATS, "false"); /* as long as a table may be */
    reply = put_table(sale, table);
    free(table);
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "seatCount"), ROWS * SEATS);
    test_sale_audit(sale);
}

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_sale, close_sale)
    const struct CMUnitTest tests[] = {
        STORY(an_operator_makes_a_date_and_a_fan_buys_it_over_http_alone),
        STORY(a_layout_is_replaced_as_long_as_nobody_has_reserved),
        STORY(the_list_of_changes_tells_what_a_layout_was_before),
        STORY(the_tag_of_a_date_guards_its_seats_and_its_sale),
        STORY(a_dry_run_draws_the_map_and_writes_nothing),
        STORY(every_slip_of_a_layout_is_named_and_nothing_changes),
        STORY(every_slip_of_a_sale_is_named_and_nothing_changes),
        STORY(new_terms_hold_for_the_very_next_press),
        STORY(a_sale_is_paused_resumed_and_closed_at_once),
        STORY(a_hundred_thousand_seats_come_in_one_document_and_no_more),
        STORY(a_layout_comes_as_a_table_too),
    };
    test_sale_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
