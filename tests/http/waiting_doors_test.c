/*
 * waiting_doors_test.c — the line by WebSocket, the members' own door, who comes too often, and the
 * token that every strategy asks for: on the real binary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/waiting_sale.h"

static int open_sale(void **state)
{
    static const char *const environment[] = {"TICKETRUSH_LAB=on",
                                              "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                              "TICKETRUSH_JOINS_PER_ADDRESS_PER_MINUTE=20", NULL};
    *state = test_sale_open(environment);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_close(*state);
    return 0;
}

/* --- by WebSocket ----------------------------------------------------------------------------- */

static void a_socket_tells_what_a_stream_tells(void **state)
{
    struct test_sale *sale = *state;
    waiting_put_sale(sale, "v5", -1, "");
    waiting_put_admission(sale, "PAUSED", 100, 100, 0);
    struct http_reply reply = waiting_join(sale, sale->mina);
    reply_must_be(&reply, 201);
    reply = waiting_join(sale, sale->joon);
    reply_must_be(&reply, 201);
    struct http_client *mina = waiting_listen_by_socket(sale, sale->mina);
    waiting_must_hear_by_socket(mina, "serving", "\"state\":\"PAUSED\"");

    waiting_put_admission(sale, "FIXED", 100, 100, 0);
    waiting_must_hear_by_socket(mina, "admitted", "\"claimBefore\":");
    (void)waiting_ask_until(sale, sale->mina, "/waiting/me", "\"state\":\"ADMITTED\"");
    struct http_client *joon = waiting_listen_by_socket(sale, sale->joon); /* called before */
    (void)waiting_ask_until(sale, sale->joon, "/waiting/me", "\"state\":\"ADMITTED\"");

    reply = waiting_ask(sale, "POST", sale->operator, "/sale/close", NULL);
    reply_must_be(&reply, 200);
    waiting_must_hear_by_socket(mina, "closed", "\"reason\":\"CLOSED\"");
    waiting_must_hear_by_socket(joon, "closed", "\"reason\":\"CLOSED\"");
    waiting_must_hear_by_socket(joon, "serving", "\"state\":\"CLOSED\"");
    http_client_close(mina);
    http_client_close(joon);
}

/* A browser says where the page is from that asks; a token it may have, if it has stolen one. */
static void a_page_from_elsewhere_gets_no_socket(void **state)
{
    struct test_sale *sale = *state;
    char path[64];
    waiting_put_sale(sale, "v5", 3600, "");
    (void)waiting_join(sale, sale->mina);
    snprintf(path, sizeof path, "/api/options/%lld/waiting/ws", (long long)sale->option);
    struct http_reply reply = http_client_ask(
        sale->client, &(struct http_ask){.path = path,
                                         .token = sale->mina,
                                         .fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                                   "Sec-WebSocket-Version: 13\r\n"
                                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                                   "Origin: https://evil.example\r\n"});
    reply_must_refuse(&reply, 403, "FORBIDDEN_ORIGIN");
}

/* --- the members' door ------------------------------------------------------------------------ */

static int64_t make_group_of_mina(struct test_sale *sale)
{
    struct http_reply reply =
        http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                         .path = "/api/groups",
                                                         .token = sale->operator,
                                                         .json = "{\"name\":\"UAENA\","
                                                                 "\"nameKo\":\"유애나\"}"});
    reply_must_be(&reply, 201);
    int64_t group = reply_number(&reply, "id");
    char path[64];
    snprintf(path, sizeof path, "/api/groups/%lld/codes", (long long)group);
    reply = http_client_ask(sale->client,
                            &(struct http_ask){.method = "POST",
                                               .path = path,
                                               .token = sale->operator,
                                               .json = "{\"codes\":[\"UAENA-2026-0001\"]}"});
    reply_must_be(&reply, 201);
    reply =
        http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                         .path = "/api/users/me/groups",
                                                         .token = sale->mina,
                                                         .json = "{\"code\":\"UAENA-2026-0001\"}"});
    reply_must_be(&reply, 201);
    return group;
}

static void members_are_called_at_their_own_opening(void **state)
{
    struct test_sale *sale = *state;
    char presale[256], opened[CLOCK_TEXT_BYTES], entry[WAITING_TEXT_BYTES];
    int64_t group = make_group_of_mina(sale);
    clock_write_iso(clock_wall_ms() - 1000, opened);
    snprintf(presale, sizeof presale, ",\"presale\":[{\"groupId\":%lld,\"opensAt\":\"%s\"}]",
             (long long)group, opened);
    waiting_put_sale(sale, "v5", 3600, presale);
    struct http_reply reply =
        waiting_join(sale, sale->joon); /* was there first, and is no member */
    reply_must_be(&reply, 201);
    assert_true(http_reply_says(&reply, "\"turn\":null"));
    reply = waiting_join(sale, sale->mina);
    reply_must_be(&reply, 201);

    reply = waiting_ask_until(sale, sale->mina, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", entry);
    reply = waiting_reserve(sale, sale->mina, "member", "", 0, entry);
    reply_must_be(&reply, 201);
    reply = waiting_ask(sale, "GET", sale->joon, "/waiting/me", NULL);
    reply_must_say(&reply, "\"state\":\"WAITING\"");
    assert_true(http_reply_says(&reply, "\"turn\":null"));
    reply = waiting_reserve(sale, sale->joon, "stranger", "", 1, entry);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");

    waiting_put_sale(sale, "v5", -1, presale); /* now it opens for everybody */
    reply = waiting_ask_until(sale, sale->joon, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", entry);
    reply = waiting_reserve(sale, sale->joon, "everybody", "", 1, entry);
    reply_must_be(&reply, 201);
    test_sale_audit(sale);
}

/* --- too many --------------------------------------------------------------------------------- */

/* Joins as this fan until it is told to wait; returns how often it was let. */
static int join_until_refused(struct test_sale *sale, int64_t fan, bool is_crowd)
{
    enum { TRIES = 60 }; /* what is allowed a minute comes back little by little */
    char token[TEST_TOKEN_BYTES];
    for (int i = 0; i < TRIES; i++) {
        test_sale_token(sale, is_crowd ? fan + i : fan, 0, token);
        struct http_reply reply = waiting_join(sale, token);
        if (reply.status == 201 || reply.status == 200)
            continue;
        reply_must_refuse(&reply, 429, "RATE_LIMITED");
        assert_true(http_reply_field(&reply, "Retry-After").size > 0);
        return i;
    }
    fail_msg("nobody was told to wait");
    return 0;
}

static void an_account_and_an_address_join_so_often_a_minute(void **state)
{
    struct test_sale *sale = *state;
    waiting_put_sale(sale, "v5", 3600, "");
    assert_true(join_until_refused(sale, 100, false) >= WAITING_JOINS_PER_ACCOUNT_PER_MINUTE);
    (void)join_until_refused(sale, 200, true); /* a farm of accounts at one address */
    struct http_reply reply = waiting_ask(sale, "GET", NULL, "/waiting/serving", NULL);
    reply_must_be(&reply, 200); /* whoever only looks is not meant */
}

/* --- whoever sells ---------------------------------------------------------------------------- */

/* `held` is how a press is answered: a queue only takes it. */
static void sell_behind_a_door(struct test_sale *sale, const char *strategy, const char *version,
                               int held)
{
    char entry[WAITING_TEXT_BYTES];
    waiting_put_sale(sale, strategy, -1, "");
    (void)waiting_join(sale, sale->mina);
    struct http_reply reply =
        waiting_ask_until(sale, sale->mina, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", entry);
    const char *const paths[] = {"", version};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        reply = waiting_reserve(sale, sale->mina, "outside", paths[i], 0, NULL);
        reply_must_refuse(&reply, 403, "ENTRY_TOKEN_REQUIRED");
        reply = waiting_reserve(sale, sale->joon, "not-mine", paths[i], 0, entry);
        reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    }
    reply = waiting_reserve(sale, sale->mina, "inside", "", 0, entry);
    reply_must_be(&reply, held);
    reply = waiting_reserve(sale, sale->mina, "inside-too", version, 1, entry);
    reply_must_be(&reply, held);
    test_sale_audit(sale);
}

static void a_sale_by_versions_asks_for_the_token_too(void **state)
{
    sell_behind_a_door(*state, "v2\",\"lock\":\"optimistic", "/v2", 201);
}

static void a_sale_by_a_mutex_asks_for_the_token_too(void **state)
{
    sell_behind_a_door(*state, "v1\",\"lock\":\"mutex", "/v1", 201);
}

static void a_sale_by_leases_asks_for_the_token_too(void **state)
{
    sell_behind_a_door(*state, "v3", "/v3", 201);
}

static void a_sale_by_a_queue_asks_before_anything_is_queued(void **state)
{
    sell_behind_a_door(*state, "v4", "/v4", 202);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_sale, close_sale)
    const struct CMUnitTest tests[] = {
        STORY(a_socket_tells_what_a_stream_tells),
        STORY(a_page_from_elsewhere_gets_no_socket),
        STORY(an_account_and_an_address_join_so_often_a_minute),
        STORY(members_are_called_at_their_own_opening),
        STORY(a_sale_by_versions_asks_for_the_token_too),
        STORY(a_sale_by_a_mutex_asks_for_the_token_too),
        STORY(a_sale_by_leases_asks_for_the_token_too),
        STORY(a_sale_by_a_queue_asks_before_anything_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
