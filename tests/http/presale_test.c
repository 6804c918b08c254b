/*
 * presale_test.c — fan clubs, presales, limits over a concert, seats that are not for everybody: on
 * the real binary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "limits.h"
#include "support/real_server.h"
#include "support/test_sale.h"

enum { PATH_BYTES = 96, BODY_BYTES = 1024, PARALLEL = 12 };

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
                             const char *path, const char *json)
{
    return http_client_ask(
        sale->client,
        &(struct http_ask){.method = method, .path = path, .token = token, .json = json});
}

static struct http_reply ask_option(struct test_sale *sale, const char *method, const char *token,
                                    const char *rest, const char *json)
{
    char path[2 * PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)sale->option, rest);
    return ask(sale, method, token, path, json);
}

static const char *press_json(int64_t option, int64_t seat, char json[BODY_BYTES])
{
    snprintf(json, BODY_BYTES, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)option,
             (long long)seat);
    return json;
}

static struct http_reply press(struct test_sale *sale, const char *token, int64_t seat,
                               const char *key)
{
    char json[BODY_BYTES];
    return http_client_ask(sale->client,
                           &(struct http_ask){.method = "POST",
                                              .path = "/api/reservations",
                                              .token = token,
                                              .idempotency_key = key,
                                              .json = press_json(sale->option, seat, json)});
}

static int64_t make_group(struct test_sale *sale)
{
    struct http_reply reply = ask(sale, "POST", sale->operator, "/api/groups",
                                  "{\"name\":\"UAENA\",\"nameKo\":\"유애나\"}");
    reply_must_be(&reply, 201);
    return reply_number(&reply, "id");
}

static void add_codes(struct test_sale *sale, int64_t group, const char *codes)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/groups/%lld/codes", (long long)group);
    struct http_reply reply = ask(sale, "POST", sale->operator, path, codes);
    reply_must_be(&reply, 201);
}

static struct http_reply join(struct test_sale *sale, const char *token, const char *code)
{
    char json[BODY_BYTES];
    snprintf(json, sizeof json, "{\"code\":\"%s\"}", code);
    return ask(sale, "POST", token, "/api/users/me/groups", json);
}

/* A sale of strategy v5 that opens in `opens_in_s`, for a day. */
static struct http_reply put_sale(struct test_sale *sale, int64_t option, int opens_in_s,
                                  const char *more)
{
    char path[PATH_BYTES], json[BODY_BYTES], opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES];
    int64_t opens_at_ms = clock_wall_ms() + opens_in_s * 1000LL;
    clock_write_iso(opens_at_ms, opens);
    clock_write_iso(opens_at_ms + 24 * 3600 * 1000, closes);
    snprintf(json, sizeof json,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"strategy\":\"v5\",\"holdSeconds\":120%s}",
             opens, closes, more);
    snprintf(path, sizeof path, "/api/options/%lld/sale", (long long)option);
    return ask(sale, "PUT", sale->operator, path, json);
}

/* --- groups ----------------------------------------------------------------------------------- */

static void a_code_makes_one_fan_a_member_for_good(void **state)
{
    struct test_sale *sale = *state;
    int64_t group = make_group(sale);
    add_codes(sale, group, "{\"codes\":[\"UAENA-2026-0001\",\"uaena 2026 0002\"]}");

    struct http_reply reply = join(sale, sale->mina, "uaena20260001");
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "groupId"), group);
    reply = join(sale, sale->mina, "UAENA-2026-0001"); /* the same once more */
    reply_must_be(&reply, 200);
    reply = join(sale, sale->mina, "UAENA-2026-0002"); /* a member uses up no other code */
    reply_must_be(&reply, 200);
    reply = join(sale, sale->joon, "UAENA-2026-0001");
    reply_must_refuse(&reply, 422, "CODE_INVALID");
    reply = join(sale, sale->joon, "UAENA-2O26-OOO2"); /* O is read as the digit */
    reply_must_be(&reply, 201);

    reply = ask(sale, "GET", sale->mina, "/api/users/me/groups", NULL);
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"nameKo\":\"유애나\""));
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/groups/%lld", (long long)group);
    reply = ask(sale, "DELETE", sale->operator, path, NULL);
    reply_must_refuse(&reply, 409, "IN_USE");
}

static void codes_are_hard_to_guess_and_are_told_once(void **state)
{
    struct test_sale *sale = *state;
    int64_t group = make_group(sale);
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/groups/%lld/codes", (long long)group);
    struct http_reply reply = ask(sale, "POST", sale->operator, path, "{\"count\":3}");
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "addedCount"), 3);
    reply = ask(sale, "POST", sale->operator, path, "{\"codes\":[\"EIGHT-888\",\"short\"]}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    assert_true(http_reply_says(&reply, "codes[1]"));
    add_codes(sale, group, "{\"codes\":[\"EIGHT-888\"]}"); /* the refused request kept nothing */
    reply = ask(sale, "POST", sale->operator, path, "{\"codes\":[\"NINE-9999\",\"eight888\"]}");
    reply_must_refuse(&reply, 409, "CODE_EXISTS");
    reply = ask(sale, "POST", sale->mina, path, "{\"count\":1}");
    reply_must_refuse(&reply, 403, "FORBIDDEN");

    int tries = 0;
    for (;; tries++) {
        char code[32];
        snprintf(code, sizeof code, "WRONG-%08d", tries);
        reply = join(sale, sale->joon, code);
        if (reply.status == 429)
            break;
        reply_must_refuse(&reply, 422, "CODE_INVALID");
    }
    assert_true(tries >= FAN_CODES_PER_FAN_PER_MINUTE);
}

/* --- presales --------------------------------------------------------------------------------- */

static void members_buy_first(void **state)
{
    struct test_sale *sale = *state;
    int64_t group = make_group(sale);
    add_codes(sale, group, "{\"codes\":[\"UAENA-2026-0001\",\"UAENA-2026-0002\"]}");
    struct http_reply reply = join(sale, sale->mina, "UAENA-2026-0001");
    reply_must_be(&reply, 201);
    char more[BODY_BYTES], opened[CLOCK_TEXT_BYTES];
    clock_write_iso(clock_wall_ms() - 1000, opened);
    snprintf(more, sizeof more,
             ",\"maxPerFan\":4,\"presale\":[{\"groupId\":%lld,\"opensAt\":\"%s\"}]",
             (long long)group, opened);
    reply = put_sale(sale, sale->option, 3600, more);
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"presale\":[{\"groupId\":"));

    reply = press(sale, sale->joon, sale->first_seat, "j1");
    reply_must_refuse(&reply, 403, "PRESALE_ONLY");
    assert_true(http_reply_says(&reply, "\"opensAt\""));
    reply = press(sale, sale->mina, sale->first_seat, "m1");
    reply_must_be(&reply, 201);
    reply = join(sale, sale->joon, "UAENA-2026-0002"); /* the very next press counts */
    reply_must_be(&reply, 201);
    reply = press(sale, sale->joon, sale->first_seat + 1, "j2");
    reply_must_be(&reply, 201);

    reply = put_sale(sale, sale->option, 3600,
                     ",\"maxPerFan\":4,\"presale\":[{\"groupId\":999,\"opensAt\":"
                     "\"2026-01-01T00:00:00Z\"}]");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    reply = put_sale(sale, sale->option, 3600, ",\"maxPerFan\":4,\"maxPerConcert\":3");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    test_sale_audit(sale);
}

/* --- a limit over all dates ------------------------------------------------------------------- */

static int64_t add_date(struct test_sale *sale, int64_t *out_first_seat)
{
    struct http_reply reply = ask_option(sale, "GET", NULL, "", NULL);
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/concerts/%lld/options",
             (long long)reply_number(&reply, "concertId"));
    reply = ask(sale, "POST", sale->operator, path,
                "{\"startsAt\":\"2030-05-01T10:00:00Z\",\"venueId\":1}");
    reply_must_be(&reply, 201);
    int64_t option = reply_number(&reply, "id");
    snprintf(path, sizeof path, "/api/options/%lld/layout", (long long)option);
    reply = ask(sale, "PUT", sale->operator, path,
                "{\"sections\":[{\"name\":\"A\",\"grade\":\"R\",\"price\":99000,"
                "\"rows\":[{\"row\":1,\"seats\":40}]}]}");
    reply_must_be(&reply, 200);
    *out_first_seat = reply_number(&reply, "firstSeatId");
    return option;
}

/* Everything is sent before anything is read: the presses meet in the engine. */
static int press_at_once(struct test_sale *sale, const int64_t options[2], const int64_t seats[2])
{
    struct http_client *clients[PARALLEL];
    for (int i = 0; i < PARALLEL; i++) {
        char json[BODY_BYTES], request[4 * BODY_BYTES];
        press_json(options[i % 2], seats[i % 2] + i, json);
        int size = snprintf(request, sizeof request,
                            "POST /api/reservations HTTP/1.1\r\nHost: x\r\n"
                            "Authorization: Bearer %s\r\nIdempotency-Key: at-once-%d\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            sale->mina, i, strlen(json), json);
        clients[i] = server_process_connect(sale->server);
        assert_true(http_client_send(clients[i], text_make(request, (size_t)size)));
    }
    int won = 0;
    for (int i = 0; i < PARALLEL; i++) {
        struct http_reply reply;
        assert_true(http_client_read(clients[i], false, &reply));
        won += reply.status == 201;
        if (reply.status != 201)
            reply_must_refuse(&reply, 403, "LIMIT_EXCEEDED");
        http_client_close(clients[i]);
    }
    return won;
}

static void an_added_date_counts_with_the_others_under_parallel_presses(void **state)
{
    struct test_sale *sale = *state;
    int64_t seats[2] = {sale->first_seat, 0};
    const int64_t options[2] = {sale->option, add_date(sale, &seats[1])};
    for (int i = 0; i < 2; i++) {
        struct http_reply reply =
            put_sale(sale, options[i], -10, ",\"maxPerFan\":4,\"maxPerConcert\":5");
        reply_must_be(&reply, 200);
    }
    assert_int_equal(press_at_once(sale, options, seats), 5);
    test_sale_audit(sale);

    struct http_reply reply = put_sale(sale, options[0], -10, ",\"maxPerFan\":1");
    reply_must_be(&reply, 200); /* what was sold by the earlier limits stays right */
    test_sale_audit(sale);
    reply = press(sale, sale->mina, sale->first_seat + 30, "later");
    reply_must_refuse(&reply, 403, "LIMIT_EXCEEDED");
    reply = ask(sale, "GET", sale->operator, "/api/admin/changes?limit=1", NULL);
    assert_true(http_reply_says(&reply, "\"maxPerFan\":4"));
    assert_true(http_reply_says(&reply, "\"maxPerFan\":1"));
}

/* --- seats that are not for everybody --------------------------------------------------------- */

static const char *seats_json(struct test_sale *sale, int from, int count, const char *more,
                              char json[BODY_BYTES])
{
    int size = snprintf(json, BODY_BYTES, "{%s\"seatIds\":[", more);
    for (int i = 0; i < count; i++)
        size += snprintf(json + size, BODY_BYTES - (size_t)size, "%s%lld", i > 0 ? "," : "",
                         (long long)sale->first_seat + from + i);
    snprintf(json + size, BODY_BYTES - (size_t)size, "]}");
    return json;
}

static void seats_are_blocked_and_unblocked_while_they_sell(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES], taken[64];
    struct http_reply reply = press(sale, sale->mina, sale->first_seat + 1, "held");
    reply_must_be(&reply, 201);
    reply =
        ask_option(sale, "POST", sale->operator, "/seats/block", seats_json(sale, 0, 3, "", json));
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");
    snprintf(taken, sizeof taken, "\"seatIds\":[%lld]", (long long)sale->first_seat + 1);
    assert_true(http_reply_says(&reply, taken));
    reply =
        ask_option(sale, "POST", sale->operator, "/seats/block", seats_json(sale, 2, 3, "", json));
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "changedCount"), 3);
    reply = ask_option(sale, "POST", sale->operator, "/seats/block", json);
    assert_int_equal(reply_number(&reply, "changedCount"), 0);
    reply = press(sale, sale->joon, sale->first_seat + 2, "blocked");
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");
    reply = ask_option(sale, "GET", NULL, "", NULL);
    assert_int_equal(reply_number(&reply, "seatsLeft"), TEST_SEATS - 4);

    reply = ask_option(sale, "POST", sale->operator, "/seats/unblock",
                       seats_json(sale, 1, 2, "", json));
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "changedCount"), 1);
    reply = press(sale, sale->joon, sale->first_seat + 2, "unblocked");
    reply_must_be(&reply, 201);
    reply = ask_option(sale, "POST", sale->mina, "/seats/block", json);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    test_sale_audit(sale);
}

static void seats_are_set_aside_for_members_until_they_are_released(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES], more[128], path[48];
    int64_t group = make_group(sale);
    add_codes(sale, group, "{\"codes\":[\"UAENA-2026-0001\"]}");
    struct http_reply reply = join(sale, sale->mina, "UAENA-2026-0001");
    reply_must_be(&reply, 201);
    snprintf(more, sizeof more, "\"name\":\"Front\",\"groupId\":%lld,", (long long)group);
    reply =
        ask_option(sale, "POST", sale->operator, "/allotments", seats_json(sale, 0, 4, more, json));
    reply_must_be(&reply, 201);
    int64_t allotment = reply_number(&reply, "id");
    reply = ask_option(sale, "POST", sale->operator, "/allotments", json);
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");

    reply = press(sale, sale->joon, sale->first_seat, "not-a-member");
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");
    reply = press(sale, sale->mina, sale->first_seat, "a-member");
    reply_must_be(&reply, 201);
    reply = ask_option(sale, "GET", sale->joon, "/allotments", NULL);
    assert_true(http_reply_says(&reply, "{\"items\":[]}"));
    reply = ask_option(sale, "GET", sale->mina, "/allotments", NULL);
    assert_true(http_reply_says(&reply, "\"name\":\"Front\""));
    test_sale_audit(sale);

    snprintf(path, sizeof path, "/allotments/%lld", (long long)allotment);
    reply = ask_option(sale, "DELETE", sale->operator, path, NULL);
    reply_must_be(&reply, 200);
    reply = ask_option(sale, "DELETE", sale->operator, path, NULL);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = press(sale, sale->joon, sale->first_seat + 1, "for-everybody");
    reply_must_be(&reply, 201);
    reply = ask(sale, "GET", sale->operator, "/api/admin/changes?limit=2", NULL);
    assert_true(http_reply_says(&reply, "END_ALLOTMENT"));
    assert_true(http_reply_says(&reply, "ALLOT_SEATS"));
    test_sale_audit(sale);
}

static void seats_set_aside_are_for_everybody_when_their_time_has_come(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES], more[128], moment[CLOCK_TEXT_BYTES];
    clock_write_iso(clock_wall_ms() - 1, moment);
    snprintf(more, sizeof more, "\"name\":\"Press\",\"releasesAt\":\"%s\",", moment);
    struct http_reply reply =
        ask_option(sale, "POST", sale->operator, "/allotments", seats_json(sale, 0, 1, more, json));
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");

    clock_write_iso(clock_wall_ms() + 700, moment);
    snprintf(more, sizeof more, "\"name\":\"Press\",\"releasesAt\":\"%s\",", moment);
    reply =
        ask_option(sale, "POST", sale->operator, "/allotments", seats_json(sale, 0, 1, more, json));
    reply_must_be(&reply, 201);
    assert_true(http_reply_says(&reply, moment));
    reply = ask_option(sale, "GET", sale->operator, "/allotments", NULL);
    bool is_listed = http_reply_says(&reply, moment);
    assert_true(is_listed || http_reply_says(&reply, "{\"items\":[]}")); /* a slow machine */

    do {
        server_pause();
        reply = ask_option(sale, "GET", NULL, "", NULL);
    } while (reply_number(&reply, "seatsLeft") < TEST_SEATS);
    reply = press(sale, sale->joon, sale->first_seat, "patient");
    reply_must_be(&reply, 201);
    reply = ask_option(sale, "GET", sale->operator, "/allotments", NULL);
    assert_true(http_reply_says(&reply, "{\"items\":[]}"));
    test_sale_audit(sale);
}

static void marks_and_members_outlive_a_restart(void **state)
{
    struct test_sale *sale = *state;
    char json[BODY_BYTES], more[128];
    int64_t group = make_group(sale);
    add_codes(sale, group, "{\"codes\":[\"UAENA-2026-0001\"]}");
    struct http_reply reply = join(sale, sale->mina, "UAENA-2026-0001");
    reply_must_be(&reply, 201);
    snprintf(more, sizeof more, "\"name\":\"Front\",\"groupId\":%lld,", (long long)group);
    reply =
        ask_option(sale, "POST", sale->operator, "/allotments", seats_json(sale, 0, 2, more, json));
    reply_must_be(&reply, 201);
    reply =
        ask_option(sale, "POST", sale->operator, "/seats/block", seats_json(sale, 2, 1, "", json));
    reply_must_be(&reply, 200);

    test_sale_restart(sale, NULL);
    reply = press(sale, sale->mina, sale->first_seat, "member");
    reply_must_be(&reply, 201);
    reply = press(sale, sale->joon, sale->first_seat + 1, "stranger");
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");
    reply = press(sale, sale->joon, sale->first_seat + 2, "blocked");
    reply_must_refuse(&reply, 409, "SEAT_TAKEN");
}

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_sale, close_sale)
    const struct CMUnitTest tests[] = {
        STORY(a_code_makes_one_fan_a_member_for_good),
        STORY(codes_are_hard_to_guess_and_are_told_once),
        STORY(members_buy_first),
        STORY(an_added_date_counts_with_the_others_under_parallel_presses),
        STORY(seats_are_blocked_and_unblocked_while_they_sell),
        STORY(seats_are_set_aside_for_members_until_they_are_released),
        STORY(seats_set_aside_are_for_everybody_when_their_time_has_come),
        STORY(marks_and_members_outlive_a_restart),
    };
    test_sale_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    return databases_each(run);
}
