/* gateway_builtin_test.c — what each outcome answers, and what a question finds out later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "payment/gateway.h"

static void on_answer(struct gateway_request *request)
{
    (void)request;
}

static enum gateway_verdict submit(struct gateway *gateway, struct gateway_request *request)
{
    request->on_answer = on_answer;
    gateway_submit(gateway, request); /* answers before it returns */
    return request->verdict;
}

static enum gateway_verdict charge(struct gateway *gateway, int64_t payment, const char *outcome,
                                   int64_t kept_until_ms)
{
    struct gateway_request request = {.act = GATEWAY_CHARGE,
                                      .payment = {payment},
                                      .amount = 1000,
                                      .data = text_of(outcome),
                                      .kept_until_ms = kept_until_ms};
    return submit(gateway, &request);
}

static enum gateway_verdict ask(struct gateway *gateway, int64_t payment)
{
    struct gateway_request request = {.act = GATEWAY_ASK, .payment = {payment}, .amount = 1000};
    return submit(gateway, &request);
}

static int open_gateway(void **state)
{
    *state = gateway_builtin_create();
    return *state ? 0 : -1;
}

static int close_gateway(void **state)
{
    gateway_destroy(*state);
    return 0;
}

static void a_stalled_answer_comes_after_some_questions(void **state)
{
    assert_int_equal(charge(*state, 1, "stall", 0), GATEWAY_UNKNOWN);
    for (int i = 0; i < GATEWAY_STALL_ASKS; i++)
        assert_int_equal(ask(*state, 1), GATEWAY_UNKNOWN);
    assert_int_equal(ask(*state, 1), GATEWAY_CAPTURED);
}

static void a_lost_answer_is_found_by_the_first_question(void **state)
{
    assert_int_equal(charge(*state, 2, "lose-answer", 0), GATEWAY_UNKNOWN);
    assert_int_equal(ask(*state, 2), GATEWAY_CAPTURED);
    assert_int_equal(ask(*state, 2), GATEWAY_CAPTURED);
}

static void late_money_comes_when_the_seats_are_not_kept_any_more(void **state)
{
    int64_t now_ms = clock_wall_ms();
    assert_int_equal(charge(*state, 3, "late", now_ms + 3600000), GATEWAY_UNKNOWN);
    assert_int_equal(ask(*state, 3), GATEWAY_UNKNOWN);
    assert_int_equal(charge(*state, 4, "late", now_ms - 3600000), GATEWAY_UNKNOWN);
    assert_int_equal(ask(*state, 4), GATEWAY_CAPTURED);
}

static void what_it_never_heard_of_was_not_charged(void **state)
{
    assert_int_equal(ask(*state, 5), GATEWAY_NEVER_HEARD);
}

static void a_place_that_owes_an_answer_is_not_given_away(void **state)
{
    assert_int_equal(charge(*state, 6, "lose-answer", 0), GATEWAY_UNKNOWN);
    assert_int_equal(charge(*state, 6 + GATEWAY_BOOK_MAX, "stall", 0), GATEWAY_DECLINED);
    assert_int_equal(ask(*state, 6), GATEWAY_CAPTURED);
    assert_int_equal(charge(*state, 6 + GATEWAY_BOOK_MAX, "stall", 0), GATEWAY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(a_stalled_answer_comes_after_some_questions),
        cmocka_unit_test(a_lost_answer_is_found_by_the_first_question),
        cmocka_unit_test(late_money_comes_when_the_seats_are_not_kept_any_more),
        cmocka_unit_test(what_it_never_heard_of_was_not_charged),
        cmocka_unit_test(a_place_that_owes_an_answer_is_not_given_away),
    };
    return cmocka_run_group_tests_name("built-in gateway", stories, open_gateway, close_gateway);
}
