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
#include "support/waiting_sale.h"
#include "waiting/challenge.h"

enum { BODY_BYTES = 1024 };
enum { MINA = 1, JOON = 2, GOER = 20 }; /* the first two as test_sale.h numbers them */

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
    waiting_put_sale(sale, "v5", 3600, "");
    struct http_reply reply = waiting_join(sale, sale->mina);
    reply_must_be(&reply, 201);
    int64_t first = reply_number(&reply, "sequence");
    char receipt[WAITING_TEXT_BYTES], again[WAITING_TEXT_BYTES];
    reply_text(&reply, "receipt", receipt);
    struct http_client *phone = sale->client;
    sale->client = server_process_connect(sale->server); /* and the laptop */
    reply = waiting_join(sale, sale->mina);
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "sequence"), first);
    reply_text(&reply, "receipt", again);
    assert_string_equal(receipt, again);
    http_client_close(sale->client);
    sale->client = phone;

    reply = waiting_join(sale, sale->joon);
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "sequence"), first + 1);
    assert_int_equal(reply_number(&reply, "ahead"), 1);
    reply = waiting_ask(sale, "DELETE", sale->mina, "/waiting/me", NULL);
    reply_must_say(&reply, "\"state\":\"LEFT\"");
    reply = waiting_ask(sale, "GET", sale->joon, "/waiting/me", NULL);
    assert_int_equal(reply_number(&reply, "ahead"), 0);
    reply = waiting_join(sale, sale->mina);
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "sequence"), first + 2);
}

static void who_never_joined_has_no_place(void **state)
{
    struct test_sale *sale = *state;
    char stranger[TEST_TOKEN_BYTES];
    test_sale_token(sale, 77, 0, stranger);
    struct http_reply reply = waiting_ask(sale, "GET", stranger, "/waiting/me", NULL);
    reply_must_refuse(&reply, 404, "NOT_IN_LINE");
    reply = waiting_ask(sale, "DELETE", stranger, "/waiting/me", NULL);
    reply_must_refuse(&reply, 404, "NOT_IN_LINE");
    reply = waiting_ask(sale, "GET", stranger, "/waiting/events", NULL);
    reply_must_refuse(&reply, 404, "NOT_IN_LINE");
    reply = waiting_ask(sale, "GET", NULL, "/waiting/me", NULL);
    reply_must_refuse(&reply, 401, "UNAUTHENTICATED");
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "GET",
                                                             .path = "/api/options/99/waiting/me",
                                                             .token = stranger});
    reply_must_refuse(&reply, 404, "NOT_FOUND");
}

static void the_door_opens_with_a_token_and_with_no_other(void **state)
{
    struct test_sale *sale = *state;
    char entry[WAITING_TEXT_BYTES];
    waiting_put_admission(sale, "FIXED", 100, 10, 0);
    waiting_put_sale(sale, "v5", -1, "");
    (void)waiting_join(sale, sale->mina);
    struct http_reply reply =
        waiting_ask_until(sale, sale->mina, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", entry);
    assert_int_equal(reply_number(&reply, "ahead"), 0);

    reply = waiting_reserve(sale, sale->mina, "no-token", "", 0, NULL);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_REQUIRED");
    static const char *const versions[] = {"/v1", "/v2", "/v3", "/v4", "/v5"};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        reply = waiting_reserve(sale, sale->mina, "no-token", versions[i], 0, NULL);
        reply_must_refuse(&reply, 403, "ENTRY_TOKEN_REQUIRED");
    }
    reply = waiting_reserve(sale, sale->joon, "foreign", "", 0, entry);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    char forged[WAITING_TEXT_BYTES];
    for (size_t at = 0, size = strlen(entry); at < size; at += 7) {
        memcpy(forged, entry, sizeof forged);
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        reply = waiting_reserve(sale, sale->mina, "forged", "", 0, forged);
        reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    }
    reply = waiting_reserve(sale, sale->mina, "good", "", 0, entry);
    reply_must_be(&reply, 201);
    reply = waiting_reserve(sale, sale->mina, "good again", "/v5", 1, entry);
    reply_must_be(&reply, 422); /* a blank in the key: the token was good */
    reply = waiting_reserve(sale, sale->mina, "again", "/v5", 1, entry);
    reply_must_be(&reply, 201);
    test_sale_audit(sale);
}

/* Else holding and giving back, again and again, would keep one inside for ever. */
static void a_hold_keeps_the_place_and_makes_no_token_longer(void **state)
{
    struct test_sale *sale = *state;
    char first[WAITING_TEXT_BYTES], later[WAITING_TEXT_BYTES], entry[WAITING_TEXT_BYTES];
    waiting_put_admission(sale, "FIXED", 100, 10, 0);
    waiting_put_sale(sale, "v5", -1, ""); /* a hold lasts for 600 seconds, an entry for 300 */
    char fan[TEST_TOKEN_BYTES], proof[BODY_BYTES];
    test_sale_token(sale, 9, 0, fan);
    (void)waiting_join(sale, fan);
    struct http_reply reply = waiting_ask_until(sale, fan, "/waiting/me", "\"state\":\"ADMITTED\"");
    snprintf(proof, sizeof proof, "/waiting/proof?sequence=%lld",
             (long long)reply_number(&reply, "sequence"));
    reply_text(&reply, "entryExpiresAt", first);
    reply_text(&reply, "entryToken", entry);
    reply = waiting_reserve(sale, fan, "kept", "", 9, entry);
    reply_must_be(&reply, 201);
    (void)waiting_ask_until(sale, NULL, proof, "\"kind\":\"KEPT\"");
    reply = waiting_ask(sale, "GET", fan, "/waiting/me", NULL);
    reply_text(&reply, "entryExpiresAt", later);
    assert_string_equal(later, first);
}

static char given_up[WAITING_TEXT_BYTES]; /* an entry token of GOER's first place */

/* The room counts on it: another fan has the room inside. */
static void who_leaves_is_outside_whatever_the_token_says(void **state)
{
    struct test_sale *sale = *state;
    char goer[TEST_TOKEN_BYTES], entry[WAITING_TEXT_BYTES];
    test_sale_token(sale, GOER, 0, goer);
    (void)waiting_join(sale, goer);
    struct http_reply reply =
        waiting_ask_until(sale, goer, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", given_up);
    reply = waiting_reserve(sale, goer, "inside", "", 20, given_up);
    reply_must_be(&reply, 201);
    reply = waiting_ask(sale, "DELETE", goer, "/waiting/me", NULL);
    reply_must_say(&reply, "LEFT");
    reply = waiting_reserve(sale, goer, "outside", "", 21, given_up);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = waiting_reserve(sale, goer, "inside", "", 20, given_up); /* a lost answer */
    reply_must_be(&reply, 201);

    (void)waiting_join(sale, goer);
    reply = waiting_ask_until(sale, goer, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", entry);
    reply = waiting_reserve(sale, goer, "with-the-old-one", "", 21, given_up);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = waiting_reserve(sale, goer, "with-the-new-one", "", 21, entry);
    reply_must_be(&reply, 201);
    reply = waiting_ask(sale, "DELETE", goer, "/waiting/me", NULL);
    reply_must_say(&reply, "LEFT");
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
    struct http_reply reply = waiting_reserve(sale, sale->mina, "good", "", 0, old);
    reply_must_be(&reply, 201);
    assert_true(text_equal(http_reply_field(&reply, "Idempotent-Replayed"), text_of("true")));
    assert_true(http_reply_says(&reply, "\"state\":\"HOLD\""));
    reply = waiting_reserve(sale, sale->mina, "good", "/v5", 0, old);
    reply_must_be(&reply, 201);
    reply = waiting_reserve(sale, sale->mina, "good", "", 2, old);
    reply_must_refuse(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = waiting_reserve(sale, sale->mina, "new", "", 2, old);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = waiting_reserve(sale, sale->joon, "good", "", 0, foreign); /* the key is mina's */
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    reply = waiting_reserve(sale, sale->mina, "good", "", 0, foreign);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    test_sale_audit(sale);
}

static void a_full_house_lets_in_one_for_one(void **state)
{
    struct test_sale *sale = *state;
    char late[TEST_TOKEN_BYTES];
    test_sale_token(sale, 4, 0, late);
    waiting_put_admission(sale, "FIXED", 100, 1, 0);
    (void)waiting_join(sale, sale->joon); /* mina is inside */
    struct http_reply reply = waiting_ask(sale, "GET", sale->joon, "/waiting/me", NULL);
    reply_must_say(&reply, "\"state\":\"WAITING\"");
    (void)waiting_join(sale, late);
    reply = waiting_ask(sale, "DELETE", sale->mina, "/waiting/me", NULL);
    reply_must_say(&reply, "LEFT");
    (void)waiting_ask_until(sale, sale->joon, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply = waiting_ask(sale, "GET", late, "/waiting/me", NULL);
    reply_must_say(&reply, "\"state\":\"WAITING\"");
    waiting_put_admission(sale, "PAUSED", 100, 10, 0);
    (void)waiting_ask_until(sale, NULL, "/waiting/serving", "\"state\":\"PAUSED\"");
    waiting_put_admission(sale, "FIXED", 100, 10, 0);
    (void)waiting_ask_until(sale, late, "/waiting/me", "\"state\":\"ADMITTED\"");
}

/* --- by stream -------------------------------------------------------------------------------- */

static void both_tabs_of_a_fan_hear_when_it_is_the_turn(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES], one[WAITING_TEXT_BYTES], other[WAITING_TEXT_BYTES];
    test_sale_token(sale, 300, 0, token);
    waiting_put_admission(sale, "PAUSED", 100, 100, 0);
    struct http_reply reply = waiting_join(sale, token);
    reply_must_be(&reply, 201);
    struct http_client *phone = waiting_listen(sale, token), *laptop = waiting_listen(sale, token);
    waiting_must_hear(phone, "serving", "\"state\":\"PAUSED\"");
    waiting_must_hear(laptop, "serving", "\"waiting\":");
    waiting_put_admission(sale, "FIXED", 100, 100, 0);
    waiting_must_hear(phone, "admitted", "\"claimBefore\":");
    waiting_must_hear(laptop, "admitted", "\"turn\":");
    reply = waiting_ask_until(sale, token, "/waiting/me", "\"state\":\"ADMITTED\"");
    reply_text(&reply, "entryToken", one);
    reply = waiting_ask(sale, "GET", token, "/waiting/me", NULL);
    reply_text(&reply, "entryToken", other);
    assert_string_equal(one, other);
    http_client_close(phone);
    phone = waiting_listen(sale, token); /* back again: told at once */
    waiting_must_hear(phone, "admitted", "\"sequence\":");
    http_client_close(phone);
    http_client_close(laptop);
}

static void the_position_can_be_computed_from_the_shared_document(void **state)
{
    struct test_sale *sale = *state;
    char fans[4][TEST_TOKEN_BYTES];
    waiting_put_admission(sale, "PAUSED", 100, 100, 0);
    for (int i = 0; i < 4; i++) {
        test_sale_token(sale, 310 + i, 0, fans[i]);
        struct http_reply reply = waiting_join(sale, fans[i]);
        reply_must_be(&reply, 201);
    }
    struct http_reply reply = waiting_ask(sale, "GET", fans[3], "/waiting/me", NULL);
    int64_t ahead = reply_number(&reply, "ahead");
    assert_int_equal(ahead, 3);
    int64_t turn = reply_number(&reply, "turn"), number = reply_number(&reply, "number");
    reply = waiting_ask(sale, "DELETE", fans[1], "/waiting/me", NULL);
    char gone[48];
    snprintf(gone, sizeof gone, ",%lld]]", (long long)turn - 2);
    reply = waiting_ask_until(sale, NULL, "/waiting/serving", gone);
    assert_true(reply_number(&reply, "number") > number);
    assert_true(reply_number(&reply, "since") <= number);
    reply = waiting_ask(sale, "GET", fans[3], "/waiting/me", NULL);
    assert_int_equal(reply_number(&reply, "ahead"), ahead - 1);
    waiting_put_admission(sale, "FIXED", 100, 100, 0);
}

/* The last one: the sale does not come back. */
static void the_end_of_the_sale_is_told_plainly(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES];
    test_sale_token(sale, 320, 0, token);
    waiting_put_admission(sale, "PAUSED", 100, 100, 0);
    struct http_reply reply = waiting_join(sale, token);
    reply_must_be(&reply, 201);
    struct http_client *tab = waiting_listen(sale, token);
    waiting_must_hear(tab, "serving", "PAUSED");
    reply = waiting_ask(sale, "POST", sale->operator, "/sale/close", NULL);
    reply_must_say(&reply, "CLOSED");
    waiting_must_hear(tab, "serving", "\"state\":\"CLOSED\"");
    test_sale_token(sale, 321, 0, token);
    reply = waiting_join(sale, token);
    reply_must_refuse(&reply, 409, "SALE_CLOSED");
    http_client_close(tab);
}

/* --- the hall --------------------------------------------------------------------------------- */

static void a_restart_keeps_the_line(void **state)
{
    struct test_sale *sale = *state;
    char token[TEST_TOKEN_BYTES];
    int64_t sequences[10];
    waiting_put_admission(sale, "PAUSED", 0, 0, 0);
    for (int i = 0; i < 10; i++) {
        test_sale_token(sale, 100 + i, 0, token);
        struct http_reply reply = waiting_join(sale, token);
        reply_must_be(&reply, 201);
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
        struct http_reply reply = waiting_join(sale, token);
        reply_must_be(&reply, 200);
        assert_int_equal(reply_number(&reply, "sequence"), sequences[i]);
        assert_int_equal(reply_number(&reply, "ahead"), i);
    }
    test_sale_token(sale, GOER, 0, token);
    struct http_reply reply = waiting_reserve(sale, token, "later", "", 22, given_up);
    reply_must_refuse(&reply, 403, "ENTRY_TOKEN_INVALID");
    test_sale_audit(sale);
}

/* --- the operator ----------------------------------------------------------------------------- */

static void the_door_is_the_operators(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = waiting_ask(sale, "GET", sale->mina, "/admission", NULL);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    reply = waiting_ask(
        sale, "PUT", sale->operator, "/admission",
        "{\"mode\":\"FAST\",\"fansPerSecond\":-1,\"activeMax\":100001,\"entrySeconds\":9,"
        "\"challengeBits\":25}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    static const char *const fields[] = {"mode", "fansPerSecond", "activeMax", "entrySeconds",
                                         "challengeBits"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        assert_true(http_reply_says(&reply, fields[i]));
    reply = waiting_ask(sale, "GET", sale->operator, "/admission", NULL);
    reply_must_say(&reply, "\"mode\":\"PAUSED\"");
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "GET",
                                                             .path = "/api/options/99/admission",
                                                             .token = sale->operator});
    reply_must_refuse(&reply, 404, "NOT_FOUND");
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
    char token[TEST_TOKEN_BYTES], challenge[WAITING_TEXT_BYTES], json[BODY_BYTES];
    test_sale_token(sale, 200, 0, token);
    waiting_put_admission(sale, "PAUSED", 0, 0, 4);
    struct http_reply reply = waiting_join(sale, token);
    reply_must_refuse(&reply, 403, "CHALLENGE_REQUIRED");
    reply = waiting_ask(sale, "GET", token, "/waiting/challenge", NULL);
    assert_int_equal(reply_number(&reply, "bits"), 4);
    reply_text(&reply, "challenge", challenge);
    solve(sale, challenge, 200, 4, json);
    reply = waiting_ask(sale, "POST", token, "/waiting", json);
    reply_must_be(&reply, 201);
    reply = waiting_ask(sale, "POST", token, "/waiting", json);
    reply_must_be(&reply, 200);
    reply = waiting_ask(sale, "DELETE", token, "/waiting/me", NULL);
    reply_must_be(&reply, 200);
    reply = waiting_ask(sale, "POST", token, "/waiting", json); /* spent */
    reply_must_refuse(&reply, 403, "CHALLENGE_REQUIRED");
    test_sale_token(sale, 201, 0, token);
    reply = waiting_ask(sale, "POST", token, "/waiting", json); /* somebody else's */
    reply_must_refuse(&reply, 403, "CHALLENGE_REQUIRED");
    reply = waiting_ask(sale, "POST", token, "/waiting", "{\"challenge\":7,\"solution\":\"1\"}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    waiting_put_admission(sale, "FIXED", 100, 100, 0);
}

/* --- the proof -------------------------------------------------------------------------------- */

static void the_proof_tells_what_became_of_a_number(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = waiting_ask(sale, "GET", NULL, "/waiting/proof?sequence=1", NULL);
    reply_must_say(&reply, "\"kind\":\"JOINED\"");
    reply_must_say(&reply, "\"commitment\":\"");
    assert_true(reply_number(&reply, "number") > 0);
    reply = waiting_ask(sale, "GET", NULL, "/waiting/proof?sequence=x", NULL);
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    reply = waiting_ask(sale, "GET", NULL, "/waiting/proof/log", NULL);
    reply_must_say(&reply, "TICKETRUSH-LINE 1 ");
    reply_must_say(&reply, "\nHEAD ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fan_has_one_place_on_however_many_devices),
        cmocka_unit_test(who_never_joined_has_no_place),
        cmocka_unit_test(the_door_opens_with_a_token_and_with_no_other),
        cmocka_unit_test(a_lost_answer_comes_again_after_the_token_has_expired),
        cmocka_unit_test(who_leaves_is_outside_whatever_the_token_says),
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
