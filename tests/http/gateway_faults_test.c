/*
 * gateway_faults_test.c — every fault of the gateway `test` ends as it should: with a ticket and
 * one charge, or with the hold and none. Faults are asked for, or drawn from a seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "payment/gateway_moods.h"
#include "support/buyer.h"

static int open_sale(void **state)
{
    /* a story may look as often as it wants */
    static const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                              NULL};
    *state = test_sale_open(environment);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_audit(*state);
    test_sale_close(*state);
    return 0;
}

/* A first answer of 202 names the payment too. */
static void pay(struct buyer *buyer, enum gateway_mood mood, int status)
{
    struct http_reply reply = buyer_pay(buyer, "pay", gateway_mood_name(mood));
    reply_must_be(&reply, status);
    if (status != 402)
        buyer->payment = reply_number(&reply, "id");
}

/* --- on request ------------------------------------------------------------------------------- */

static void an_answer_that_stalls_or_is_lost_comes_in_the_end(void **state)
{
    static const enum gateway_mood moods[] = {GATEWAY_MOOD_STALL, GATEWAY_MOOD_LOSE_ANSWER};
    struct buyer fans[2];
    for (int i = 0; i < 2; i++) {
        buyer_hold(*state, 161 + i, 2 * i, &fans[i]);
        pay(&fans[i], moods[i], 202);
    }
    for (int i = 0; i < 2; i++) {
        buyer_look_until(&fans[i], "CAPTURED");
        struct http_reply reply = buyer_pay(&fans[i], "pay", gateway_mood_name(moods[i]));
        reply_must_be(&reply, 201);
        assert_int_equal(reply_number(&reply, "id"), fans[i].payment);
    }
}

static void a_second_answer_changes_nothing(void **state)
{
    struct buyer fan;
    buyer_hold(*state, 171, 4, &fan);
    pay(&fan, GATEWAY_MOOD_ANSWER_TWICE, 201);
    struct http_reply reply = buyer_refund(&fan, fan.token, "back", 0); /* behind the second one */
    reply_must_be(&reply, 201);
    reply = buyer_look(&fan, fan.token);
    assert_true(http_reply_says(&reply, "\"state\":\"REFUNDED\""));
}

static void what_the_gateway_never_heard_of_costs_nothing_and_is_paid_anew(void **state)
{
    struct buyer fan;
    buyer_hold(*state, 172, 6, &fan);
    pay(&fan, GATEWAY_MOOD_NEVER, 202);
    struct http_reply reply = buyer_look_until(&fan, "FAILED");
    assert_true(http_reply_says(&reply, "\"ledger\":[]"));
    reply = buyer_pay(&fan, "pay", gateway_mood_name(GATEWAY_MOOD_NEVER));
    reply_must_refuse(&reply, 402, "PAYMENT_DECLINED");
    reply = buyer_pay(&fan, "pay-again", "approve");
    reply_must_be(&reply, 201);
}

/* It stays without an answer far longer than this story lasts. */
static void operators_see_which_payments_have_no_answer(void **state)
{
    struct test_sale *sale = *state;
    struct buyer fan;
    buyer_hold(sale, 174, 10, &fan);
    pay(&fan, GATEWAY_MOOD_LATE, 202);
    buyer_look_until(&fan, "UNKNOWN");
    struct http_reply reply = sale_get(sale, sale->operator, "/api/admin/payments/open");
    reply_must_be(&reply, 200);
    assert_int_equal(reply_number(&reply, "id"), fan.payment);
    assert_int_equal(reply_number(&reply, "fanId"), 174);
    assert_true(http_reply_says(&reply, "\"unknownSince\":\"20"));
    reply = buyer_look(&fan, sale->operator);
    reply_must_be(&reply, 200);
    reply = buyer_look(&fan, sale->joon);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = sale_get(sale, fan.token, "/api/admin/payments/open");
    reply_must_refuse(&reply, 403, "FORBIDDEN");
}

static void an_overtaken_answer_comes_all_the_same(void **state)
{
    struct buyer fan;
    buyer_hold(*state, 173, 8, &fan);
    pay(&fan, GATEWAY_MOOD_OVERTAKEN, 201);
}

/* --- by chance -------------------------------------------------------------------------------- */

enum { FANS = 8 };

/* One under which FANS payments meet every mood but LATE, which takes half a minute. */
static uint64_t seed_of_a_colourful_night(struct gateway_chance *chance)
{
    for (chance->seed = 1;; chance->seed++) {
        int counts[GATEWAY_MOOD_COUNT] = {0}, met = 0;
        for (int64_t id = 1; id <= FANS; id++)
            counts[gateway_mood_draw(chance, (struct payment_id){id})]++;
        for (int mood = 0; mood < GATEWAY_MOOD_COUNT; mood++)
            met += counts[mood] > 0;
        if (met == GATEWAY_MOOD_COUNT - 1 && counts[GATEWAY_MOOD_LATE] == 0)
            return chance->seed;
    }
}

static void a_seed_says_which_payment_meets_what(void **state)
{
    static const struct {
        int status; /* of the first answer */
        const char *state;
    } ends[GATEWAY_MOOD_COUNT] = {
        [GATEWAY_MOOD_APPROVE] = {201, "CAPTURED"},
        [GATEWAY_MOOD_DECLINE] = {402, "FAILED"},
        [GATEWAY_MOOD_STALL] = {202, "CAPTURED"},
        [GATEWAY_MOOD_LOSE_ANSWER] = {202, "CAPTURED"},
        [GATEWAY_MOOD_ANSWER_TWICE] = {201, "CAPTURED"},
        [GATEWAY_MOOD_LATE] = {202, "CAPTURED"},
        [GATEWAY_MOOD_NEVER] = {202, "FAILED"},
        [GATEWAY_MOOD_OVERTAKEN] = {201, "CAPTURED"},
    };
    struct gateway_chance chance = {.faults_of_10000 = 8000, .declines_of_10000 = 1000};
    char seed[64];
    (void)state;
    snprintf(seed, sizeof seed, "TICKETRUSH_GATEWAY_SEED=%llu",
             (unsigned long long)seed_of_a_colourful_night(&chance));
    const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                       "TICKETRUSH_GATEWAY_FAULTS=80%",
                                       "TICKETRUSH_GATEWAY_DECLINES=10%", seed, NULL};
    struct test_sale *sale = test_sale_open(environment);
    struct buyer fans[FANS];
    for (int64_t i = 0; i < FANS; i++) {
        enum gateway_mood drawn = gateway_mood_draw(&chance, (struct payment_id){i + 1});
        buyer_hold(sale, 101 + i, 2 * i, &fans[i]);
        pay(&fans[i], GATEWAY_MOOD_APPROVE, ends[drawn].status);
    }
    for (int64_t i = 0; i < FANS; i++) {
        enum gateway_mood drawn = gateway_mood_draw(&chance, (struct payment_id){i + 1});
        if (ends[drawn].status != 402)
            buyer_look_until(&fans[i], ends[drawn].state);
    }
    test_sale_audit(sale);
    test_sale_close(sale);
}

static void real_money_meets_no_drill(void **state)
{
    (void)state;
    static const char *const environment[] = {"TICKETRUSH_GATEWAY=toss",
                                              "TICKETRUSH_GATEWAY_SECRET=secret",
                                              "TICKETRUSH_GATEWAY_FAULTS=5%", NULL};
    static const char *const serve[] = {"serve", NULL};
    char folder[TEMPORARY_PATH_BYTES];
    temporary_folder_make(folder);
    struct outcome *outcome = run_binary(folder, serve, environment, NULL);
    assert_int_not_equal(outcome->exit_code, 0);
    assert_non_null(strstr(outcome->errors, "gateway_faults and gateway_declines are of `test`"));
    free(outcome);
    temporary_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(an_answer_that_stalls_or_is_lost_comes_in_the_end),
        cmocka_unit_test(a_second_answer_changes_nothing),
        cmocka_unit_test(what_the_gateway_never_heard_of_costs_nothing_and_is_paid_anew),
        cmocka_unit_test(operators_see_which_payments_have_no_answer),
        cmocka_unit_test(an_overtaken_answer_comes_all_the_same),
        cmocka_unit_test(a_seed_says_which_payment_meets_what),
        cmocka_unit_test(real_money_meets_no_drill),
    };
    return cmocka_run_group_tests_name("faults of the gateway", stories, open_sale, close_sale);
}
