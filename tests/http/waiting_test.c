/*
 * waiting_test.c — what a fan hears in line, and an operator at the door.
 *
 * Nothing sleeps: what takes the usher a moment is asked for until it is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "command/command.h"
#include "support/test_sale.h"
#include "waiting/challenge.h"

enum { PATH_BYTES = 160, BODY_BYTES = 1024, TOKEN_BYTES = 256, PATIENCE_MS = 20000 };
enum { MINA = 1, JOON = 2 }; /* as test_sale.h numbers them */

/* --- asking ----------------------------------------------------------------------------------- */

static struct http_reply ask(struct test_sale *sale, const char *method, const char *token,
                             const char *rest, const char *json)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)sale->option, rest);
    return http_client_ask(
        sale->client,
        &(struct http_ask){.method = method, .path = path, .token = token, .json = json});
}

static bool says(const struct http_reply *reply, const char *words)
{
    return memmem(reply->body.bytes, reply->body.size, words, strlen(words)) != NULL;
}

static void assert_status(const struct http_reply *reply, int status)
{
    if (reply->status != status)
        fail_msg("%d: %.*s", reply->status, (int)reply->body.size, reply->body.bytes);
}

static void assert_no(const struct http_reply *reply, int status, const char *code)
{
    assert_status(reply, status);
    if (!http_reply_has_code(reply, code))
        fail_msg("not %s: %.*s", code, (int)reply->body.size, reply->body.bytes);
}

static void assert_says(const struct http_reply *reply, const char *words)
{
    assert_status(reply, 200);
    if (!says(reply, words))
        fail_msg("no %s in %.*s", words, (int)reply->body.size, reply->body.bytes);
}

/* The usher works in rounds: asks until the answer says so. */
static struct http_reply ask_until(struct test_sale *sale, const char *token, const char *rest,
                                   const char *words)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        struct http_reply reply = ask(sale, "GET", token, rest, NULL);
        if (says(&reply, words))
            return reply;
        if (clock_monotonic_ms() > until_ms)
            fail_msg("never %s, but %.*s", words, (int)reply.body.size, reply.body.bytes);
        if (reply.status == 429) /* asked too often: the account's bucket fills with time alone */
            continue;
    }
}

static void read_text(const struct http_reply *reply, const char *name, char out[TOKEN_BYTES * 2])
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *found = memmem(reply->body.bytes, reply->body.size, key, strlen(key));
    if (!found) {
        fail_msg("no %s in %.*s", name, (int)reply->body.size, reply->body.bytes);
        return;
    }
    found += strlen(key);
    size_t size = strcspn(found, "\"");
    assert_true(size < TOKEN_BYTES * 2);
    memcpy(out, found, size);
    out[size] = '\0';
}

static void put_sale(struct test_sale *sale, int opens_in_s, const char *more)
{
    char json[BODY_BYTES], opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES];
    int64_t opens_at_ms = clock_wall_ms() + opens_in_s * 1000LL;
    clock_write_iso(opens_at_ms, opens);
    clock_write_iso(opens_at_ms + 3600 * 1000, closes);
    snprintf(json, sizeof json,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"strategy\":\"v5\",\"holdSeconds\":600,"
             "\"maxPerFan\":4,\"waitingRoom\":true%s}",
             opens, closes, more);
    struct http_reply reply = ask(sale, "PUT", sale->operator, "/sale", json);
    assert_says(&reply, "\"waitingRoom\":true");
    reply = ask(sale, "GET", sale->operator, "/admission", NULL); /* in effect when answered */
    assert_status(&reply, 200);
    (void)ask_until(sale, NULL, "/waiting/serving", opens_in_s > 0 ? "HALL" : "OPEN");
}

static void put_admission(struct test_sale *sale, const char *mode, int fans_per_second,
                          int active_max, int challenge_bits)
{
    char json[BODY_BYTES], words[64];
    snprintf(json, sizeof json,
             "{\"mode\":\"%s\",\"fansPerSecond\":%d,\"activeMax\":%d,\"entrySeconds\":300,"
             "\"challengeBits\":%d}",
             mode, fans_per_second, active_max, challenge_bits);
    struct http_reply reply = ask(sale, "PUT", sale->operator, "/admission", json);
    snprintf(words, sizeof words, "\"mode\":\"%s\"", mode);
    assert_says(&reply, words);
    json[strlen(json) - 1] = '\0'; /* the answer goes on where the body ends */
    (void)ask_until(sale, sale->operator, "/admission", json);
}

static struct http_reply join(struct test_sale *sale, const char *token)
{
    return ask(sale, "POST", token, "/waiting", "{}");
}

static struct http_reply reserve(struct test_sale *sale, const char *token, const char *key,
                                 const char *version, int64_t seat, const char *entry)
{
    char json[BODY_BYTES], fields[TOKEN_BYTES * 2 + 32], path[PATH_BYTES];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)(sale->first_seat + seat));
    snprintf(fields, sizeof fields, "Entry-Token: %s\r\n", entry ? entry : "");
    snprintf(path, sizeof path, "/api%s/reservations", version);
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = path,
                                                            .token = token,
                                                            .idempotency_key = key,
                                                            .fields = entry ? fields : NULL,
                                                            .json = json});
}

static int open_sale(void **state)
{
    static const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                              NULL};
    *state = test_sale_open(environment);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_close(*state);
    return 0;
}

/* --- a fan ------------------------------------------------------------------------------------ */

static void a_fan_has_one_place_on_however_many_devices(void **state)
{
    struct test_sale *sale = *state;
    put_sale(sale, 3600, "");
    struct http_reply reply = join(sale, sale->mina);
    assert_status(&reply, 201);
    int64_t first = reply_number(&reply, "sequence");
    char receipt[TOKEN_BYTES * 2], again[TOKEN_BYTES * 2];
    read_text(&reply, "receipt", receipt);
    struct http_client *phone = sale->client;
    sale->client = server_process_connect(sale->server); /* and the laptop */
    reply = join(sale, sale->mina);
    assert_status(&reply, 200);
    assert_int_equal(reply_number(&reply, "sequence"), first);
    read_text(&reply, "receipt", again);
    assert_string_equal(receipt, again);
    http_client_close(sale->client);
    sale->client = phone;

    reply = join(sale, sale->joon);
    assert_status(&reply, 201);
    assert_int_equal(reply_number(&reply, "sequence"), first + 1);
    assert_int_equal(reply_number(&reply, "ahead"), 1);
    reply = ask(sale, "DELETE", sale->mina, "/waiting/me", NULL);
    assert_says(&reply, "\"state\":\"LEFT\"");
    reply = ask(sale, "GET", sale->joon, "/waiting/me", NULL);
    assert_int_equal(reply_number(&reply, "ahead"), 0);
    reply = join(sale, sale->mina);
    assert_status(&reply, 201);
    assert_int_equal(reply_number(&reply, "sequence"), first + 2);
}

static void who_never_joined_has_no_place(void **state)
{
    struct test_sale *sale = *state;
    char stranger[TEST_TOKEN_BYTES];
    test_sale_token(sale, 77, 0, stranger);
    struct http_reply reply = ask(sale, "GET", stranger, "/waiting/me", NULL);
    assert_no(&reply, 404, "NOT_IN_LINE");
    reply = ask(sale, "DELETE", stranger, "/waiting/me", NULL);
    assert_no(&reply, 404, "NOT_IN_LINE");
    reply = ask(sale, "GET", stranger, "/waiting/events", NULL);
    assert_no(&reply, 404, "NOT_IN_LINE");
    reply = ask(sale, "GET", NULL, "/waiting/me", NULL);
    assert_no(&reply, 401, "UNAUTHENTICATED");
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "GET",
                                                             .path = "/api/options/99/waiting/me",
                                                             .token = stranger});
    assert_no(&reply, 404, "NOT_FOUND");
}

static void the_door_opens_with_a_token_and_with_no_other(void **state)
{
    struct test_sale *sale = *state;
    char entry[TOKEN_BYTES * 2];
    put_admission(sale, "FIXED", 100, 10, 0);
    put_sale(sale, -1, "");
    (void)join(sale, sale->mina);
    struct http_reply reply = ask_until(sale, sale->mina, "/waiting/me", "\"state\":\"ADMITTED\"");
    read_text(&reply, "entryToken", entry);
    assert_int_equal(reply_number(&reply, "ahead"), 0);

    reply = reserve(sale, sale->mina, "no-token", "", 0, NULL);
    assert_no(&reply, 403, "ENTRY_TOKEN_REQUIRED");
    static const char *const versions[] = {"/v1", "/v2", "/v3", "/v4", "/v5"};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        reply = reserve(sale, sale->mina, "no-token", versions[i], 0, NULL);
        assert_no(&reply, 403, "ENTRY_TOKEN_REQUIRED");
    }
    reply = reserve(sale, sale->joon, "foreign", "", 0, entry);
    assert_no(&reply, 403, "ENTRY_TOKEN_INVALID");
    char forged[TOKEN_BYTES * 2];
    for (size_t at = 0; entry[at]; at += 7) {
        memcpy(forged, entry, sizeof forged);
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        reply = reserve(sale, sale->mina, "forged", "", 0, forged);
        assert_no(&reply, 403, "ENTRY_TOKEN_INVALID");
    }
    reply = reserve(sale, sale->mina, "good", "", 0, entry);
    assert_status(&reply, 201);
    reply = reserve(sale, sale->mina, "good again", "/v5", 1, entry);
    assert_status(&reply, 422); /* a blank in the key: the token was good */
    reply = reserve(sale, sale->mina, "again", "/v5", 1, entry);
    assert_status(&reply, 201);
    test_sale_audit(sale);
}

/* Else holding and giving back, again and again, would keep one inside for ever. */
static void a_hold_keeps_the_place_and_makes_no_token_longer(void **state)
{
    struct test_sale *sale = *state;
    char first[TOKEN_BYTES * 2], later[TOKEN_BYTES * 2], entry[TOKEN_BYTES * 2];
    put_admission(sale, "FIXED", 100, 10, 0);
    put_sale(sale, -1, ""); /* a hold lasts for 600 seconds, an entry for 300 */
    char fan[TEST_TOKEN_BYTES], proof[PATH_BYTES];
    test_sale_token(sale, 9, 0, fan);
    (void)join(sale, fan);
    struct http_reply reply = ask_until(sale, fan, "/waiting/me", "\"state\":\"ADMITTED\"");
    snprintf(proof, sizeof proof, "/waiting/proof?sequence=%lld",
             (long long)reply_number(&reply, "sequence"));
    read_text(&reply, "entryExpiresAt", first);
    read_text(&reply, "entryToken", entry);
    reply = reserve(sale, fan, "kept", "", 9, entry);
    assert_status(&reply, 201);
    (void)ask_until(sale, NULL, proof, "\"kind\":\"KEPT\"");
    reply = ask(sale, "GET", fan, "/waiting/me", NULL);
    read_text(&reply, "entryExpiresAt", later);
    assert_string_equal(later, first);
}

/* As the server would have sealed it an hour ago. */
static void seal_old_entry(const struct test_sale *sale, int64_t fan, char out[PASS_TEXT_BYTES])
{
    char folder[TEMPORARY_PATH_BYTES + 32], why[256];
    struct seals *seals;
    snprintf(folder, sizeof folder, "%s/%s", sale->folder, COMMAND_SEALS_FOLDER);
    assert_int_equal(seals_open(folder, why, &seals), STATUS_OK);
    struct pass pass = {PASS_ENTRY, {sale->option}, {fan}, 1, clock_wall_ms() - 3600 * 1000};
    pass_write(seals, &pass, out);
    seals_close(seals);
}

/* mina has pressed with "good" before. */
static void a_lost_answer_comes_again_after_the_token_has_expired(void **state)
{
    struct test_sale *sale = *state;
    char old[PASS_TEXT_BYTES], foreign[PASS_TEXT_BYTES];
    seal_old_entry(sale, MINA, old);
    seal_old_entry(sale, JOON, foreign);
    struct http_reply reply = reserve(sale, sale->mina, "good", "", 0, old);
    assert_status(&reply, 201);
    assert_true(text_equal(http_reply_field(&reply, "Idempotent-Replayed"), text_of("true")));
    assert_true(says(&reply, "\"state\":\"HOLD\""));
    reply = reserve(sale, sale->mina, "good", "/v5", 0, old);
    assert_status(&reply, 201);
    reply = reserve(sale, sale->mina, "good", "", 2, old);
    assert_no(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = reserve(sale, sale->mina, "new", "", 2, old);
    assert_no(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = reserve(sale, sale->joon, "good", "", 0, foreign); /* the key is mina's */
    assert_no(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = reserve(sale, sale->mina, "good", "", 0, foreign);
    assert_no(&reply, 403, "ENTRY_TOKEN_INVALID");
    test_sale_audit(sale);
}

static void a_full_house_lets_in_one_for_one(void **state)
{
    struct test_sale *sale = *state;
    char late[TEST_TOKEN_BYTES];
    test_sale_token(sale, 4, 0, late);
    put_admission(sale, "FIXED", 100, 1, 0);
    (void)join(sale, sale->joon); /* mina is inside */
    struct http_reply reply = ask(sale, "GET", sale->joon, "/waiting/me", NULL);
    assert_says(&reply, "\"state\":\"WAITING\"");
    (void)join(sale, late);
    reply = ask(sale, "DELETE", sale->mina, "/waiting/me", NULL);
    assert_says(&reply, "LEFT");
    (void)ask_until(sale, sale->joon, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply = ask(sale, "GET", late, "/waiting/me", NULL);
    assert_says(&reply, "\"state\":\"WAITING\"");
    put_admission(sale, "PAUSED", 100, 10, 0);
    (void)ask_until(sale, NULL, "/waiting/serving", "\"state\":\"PAUSED\"");
    put_admission(sale, "FIXED", 100, 10, 0);
    (void)ask_until(sale, late, "/waiting/me", "\"state\":\"ADMITTED\"");
}

/* --- by stream -------------------------------------------------------------------------------- */

static struct http_client *listen_to(struct test_sale *sale, const char *token)
{
    char path[PATH_BYTES];
    struct http_client *tab = server_process_connect(sale->server);
    snprintf(path, sizeof path, "/api/options/%lld/waiting/events", (long long)sale->option);
    struct http_reply reply =
        http_client_ask(tab, &(struct http_ask){.path = path, .token = token});
    assert_int_equal(reply.status, 200);
    return tab;
}

/* Other news may come before. */
static void assert_hears(struct http_client *tab, const char *name, const char *words)
{
    struct http_event event;
    do
        assert_true(http_client_event(tab, &event));
    while (!text_equal(event.name, text_of(name)) ||
           !memmem(event.data.bytes, event.data.size, words, strlen(words)));
}

static void both_tabs_of_a_fan_hear_when_it_is_the_turn(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES], one[TOKEN_BYTES * 2], other[TOKEN_BYTES * 2];
    test_sale_token(sale, 300, 0, token);
    put_admission(sale, "PAUSED", 100, 100, 0);
    struct http_reply reply = join(sale, token);
    assert_status(&reply, 201);
    struct http_client *phone = listen_to(sale, token), *laptop = listen_to(sale, token);
    assert_hears(phone, "serving", "\"state\":\"PAUSED\"");
    assert_hears(laptop, "serving", "\"waiting\":");
    put_admission(sale, "FIXED", 100, 100, 0);
    assert_hears(phone, "admitted", "\"claimBefore\":");
    assert_hears(laptop, "admitted", "\"turn\":");
    reply = ask_until(sale, token, "/waiting/me", "\"state\":\"ADMITTED\"");
    read_text(&reply, "entryToken", one);
    reply = ask(sale, "GET", token, "/waiting/me", NULL);
    read_text(&reply, "entryToken", other);
    assert_string_equal(one, other);
    http_client_close(phone);
    phone = listen_to(sale, token); /* back again: told at once */
    assert_hears(phone, "admitted", "\"sequence\":");
    http_client_close(phone);
    http_client_close(laptop);
}

static void the_position_can_be_computed_from_the_shared_document(void **state)
{
    struct test_sale *sale = *state;
    char fans[4][TEST_TOKEN_BYTES];
    put_admission(sale, "PAUSED", 100, 100, 0);
    for (int i = 0; i < 4; i++) {
        test_sale_token(sale, 310 + i, 0, fans[i]);
        struct http_reply reply = join(sale, fans[i]);
        assert_status(&reply, 201);
    }
    struct http_reply reply = ask(sale, "GET", fans[3], "/waiting/me", NULL);
    int64_t ahead = reply_number(&reply, "ahead");
    assert_int_equal(ahead, 3);
    int64_t turn = reply_number(&reply, "turn"), number = reply_number(&reply, "number");
    reply = ask(sale, "DELETE", fans[1], "/waiting/me", NULL);
    char gone[48];
    snprintf(gone, sizeof gone, ",%lld]]", (long long)turn - 2);
    reply = ask_until(sale, NULL, "/waiting/serving", gone);
    assert_true(reply_number(&reply, "number") > number);
    assert_true(reply_number(&reply, "since") <= number);
    reply = ask(sale, "GET", fans[3], "/waiting/me", NULL);
    assert_int_equal(reply_number(&reply, "ahead"), ahead - 1);
    put_admission(sale, "FIXED", 100, 100, 0);
}

/* The last one: the sale does not come back. */
static void the_end_of_the_sale_is_told_plainly(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES];
    test_sale_token(sale, 320, 0, token);
    put_admission(sale, "PAUSED", 100, 100, 0);
    struct http_reply reply = join(sale, token);
    assert_status(&reply, 201);
    struct http_client *tab = listen_to(sale, token);
    assert_hears(tab, "serving", "PAUSED");
    reply = ask(sale, "POST", sale->operator, "/sale/close", NULL);
    assert_says(&reply, "CLOSED");
    assert_hears(tab, "serving", "\"state\":\"CLOSED\"");
    test_sale_token(sale, 321, 0, token);
    reply = join(sale, token);
    assert_no(&reply, 409, "SALE_CLOSED");
    http_client_close(tab);
}

/* --- the hall --------------------------------------------------------------------------------- */

static void a_restart_keeps_the_line(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES];
    int64_t sequences[10];
    put_admission(sale, "PAUSED", 0, 0, 0);
    for (int i = 0; i < 10; i++) {
        test_sale_token(sale, 100 + i, 0, token);
        struct http_reply reply = join(sale, token);
        assert_status(&reply, 201);
        sequences[i] = reply_number(&reply, "sequence");
    }
    http_client_close(sale->client);
    server_process_kill(sale->server);
    server_process_destroy(sale->server);
    static const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                              NULL};
    sale->server = server_process_start(
        &(struct server_process_settings){.data = sale->folder, .environment = environment});
    sale->client = server_process_connect(sale->server);
    for (int i = 0; i < 10; i++) {
        test_sale_token(sale, 100 + i, 0, token);
        struct http_reply reply = join(sale, token);
        assert_status(&reply, 200);
        assert_int_equal(reply_number(&reply, "sequence"), sequences[i]);
        assert_int_equal(reply_number(&reply, "ahead"), i);
    }
    test_sale_audit(sale);
}

/* --- the operator ----------------------------------------------------------------------------- */

static void the_door_is_the_operators(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = ask(sale, "GET", sale->mina, "/admission", NULL);
    assert_no(&reply, 403, "FORBIDDEN");
    reply = ask(sale, "PUT", sale->operator, "/admission",
                "{\"mode\":\"FAST\",\"fansPerSecond\":-1,\"activeMax\":100001,\"entrySeconds\":9,"
                "\"challengeBits\":25}");
    assert_no(&reply, 422, "VALIDATION_FAILED");
    static const char *const fields[] = {"mode", "fansPerSecond", "activeMax", "entrySeconds",
                                         "challengeBits"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        assert_true(says(&reply, fields[i]));
    reply = ask(sale, "GET", sale->operator, "/admission", NULL);
    assert_says(&reply, "\"mode\":\"PAUSED\"");
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "GET",
                                                             .path = "/api/options/99/admission",
                                                             .token = sale->operator});
    assert_no(&reply, 404, "NOT_FOUND");
}

/* Tries until it fits, as a page would. */
static void solve(const struct test_sale *sale, const char *challenge, int64_t fan, int64_t bits,
                  char json[BODY_BYTES])
{
    char folder[TEMPORARY_PATH_BYTES + 32], why[256];
    struct seals *seals;
    snprintf(folder, sizeof folder, "%s/%s", sale->folder, COMMAND_SEALS_FOLDER);
    assert_int_equal(seals_open(folder, why, &seals), STATUS_OK);
    int64_t found = -1, set_at_ms;
    for (int i = 0; found < bits; i++) {
        char solution[16];
        snprintf(solution, sizeof solution, "%d", i);
        snprintf(json, BODY_BYTES, "{\"challenge\":\"%s\",\"solution\":\"%s\"}", challenge,
                 solution);
        assert_true(challenge_check(seals, text_of(challenge), text_of(solution),
                                    (struct option_id){sale->option}, (struct fan_id){fan},
                                    clock_wall_ms(), &found, &set_at_ms));
    }
    seals_close(seals);
}

static void joining_may_take_a_proof_of_work(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES], challenge[TOKEN_BYTES * 2], json[BODY_BYTES];
    test_sale_token(sale, 200, 0, token);
    put_admission(sale, "PAUSED", 0, 0, 4);
    struct http_reply reply = join(sale, token);
    assert_no(&reply, 403, "CHALLENGE_REQUIRED");
    reply = ask(sale, "GET", token, "/waiting/challenge", NULL);
    assert_int_equal(reply_number(&reply, "bits"), 4);
    read_text(&reply, "challenge", challenge);
    solve(sale, challenge, 200, 4, json);
    reply = ask(sale, "POST", token, "/waiting", json);
    assert_status(&reply, 201);
    reply = ask(sale, "POST", token, "/waiting", json);
    assert_status(&reply, 200);
    reply = ask(sale, "DELETE", token, "/waiting/me", NULL);
    assert_status(&reply, 200);
    reply = ask(sale, "POST", token, "/waiting", json); /* spent */
    assert_no(&reply, 403, "CHALLENGE_REQUIRED");
    test_sale_token(sale, 201, 0, token);
    reply = ask(sale, "POST", token, "/waiting", json); /* somebody else's */
    assert_no(&reply, 403, "CHALLENGE_REQUIRED");
    reply = ask(sale, "POST", token, "/waiting", "{\"challenge\":7,\"solution\":\"1\"}");
    assert_no(&reply, 422, "VALIDATION_FAILED");
    put_admission(sale, "FIXED", 100, 100, 0);
}

/* --- the proof -------------------------------------------------------------------------------- */

static void the_proof_tells_what_became_of_a_number(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = ask(sale, "GET", NULL, "/waiting/proof?sequence=1", NULL);
    assert_says(&reply, "\"kind\":\"JOINED\"");
    assert_says(&reply, "\"commitment\":\"");
    assert_true(reply_number(&reply, "number") > 0);
    reply = ask(sale, "GET", NULL, "/waiting/proof?sequence=x", NULL);
    assert_no(&reply, 422, "VALIDATION_FAILED");
    reply = ask(sale, "GET", NULL, "/waiting/proof/log", NULL);
    assert_says(&reply, "TICKETRUSH-LINE 1 ");
    assert_says(&reply, "\nHEAD ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fan_has_one_place_on_however_many_devices),
        cmocka_unit_test(who_never_joined_has_no_place),
        cmocka_unit_test(the_door_opens_with_a_token_and_with_no_other),
        cmocka_unit_test(a_lost_answer_comes_again_after_the_token_has_expired),
        cmocka_unit_test(a_full_house_lets_in_one_for_one),
        cmocka_unit_test(a_restart_keeps_the_line),
        cmocka_unit_test(the_door_is_the_operators),
        cmocka_unit_test(joining_may_take_a_proof_of_work),
        cmocka_unit_test(the_proof_tells_what_became_of_a_number),
        cmocka_unit_test(both_tabs_of_a_fan_hear_when_it_is_the_turn),
        cmocka_unit_test(the_position_can_be_computed_from_the_shared_document),
        cmocka_unit_test(a_hold_keeps_the_place_and_makes_no_token_longer),
        cmocka_unit_test(the_end_of_the_sale_is_told_plainly),
    };
    return cmocka_run_group_tests(tests, open_sale, close_sale);
}
