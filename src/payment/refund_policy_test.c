/* refund_policy_test.c — what comes back, to the won. Time is a number we pass in. */
#include "payment/refund_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY INT64_C(86400000)
#define STARTS (INT64_C(100) * DAY)

static const struct refund_policy usual = {
    .free_days = 10, .fee_percent = 10, .fee_per_seat = 1000};

static const struct {
    struct refund_policy policy;
    int64_t left, seats, now_ms;
    bool possible;
    int64_t amount, fee_won;
} cases[] = {
    /* free until ten days before */
    {{10, 10, 1000}, 99000, 1, STARTS - 10 * DAY - 1, true, 99000, 0},
    {{10, 10, 1000}, 99000, 1, STARTS - 10 * DAY, true, 88100, 10900},
    {{10, 10, 1000}, 198000, 2, STARTS - 1, true, 176200, 21800},
    {{10, 10, 1000}, 99000, 1, STARTS, false, 0, 0},

    /* the odd won is the fan's */
    {{1, 33, 0}, 101, 1, STARTS - 1, true, 68, 33},
    {{1, 99, 0}, 1, 1, STARTS - 1, true, 1, 0},
    {{1, 1, 0}, 99, 1, STARTS - 1, true, 99, 0},

    /* never more than there is, and nothing back is no refund */
    {{1, 100, 0}, 5000, 1, STARTS - 1, false, 0, 0},
    {{1, 0, 1000}, 900, 1, STARTS - 1, false, 0, 0},

    /* no fees at all: until the start */
    {{0, 0, 0}, 99000, 1, STARTS - 1, true, 99000, 0},
    {{30, 0, 0}, 99000, 1, STARTS - 1, true, 99000, 0},
    {{0, 0, 0}, 0, 1, 0, false, 0, 0},
};

static void each_case_comes_out_to_the_won(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct refund_quote quote = {0};
        struct refund_case asked = {.left = cases[i].left,
                                    .seat_count = cases[i].seats,
                                    .starts_at_ms = STARTS,
                                    .now_ms = cases[i].now_ms};
        assert_int_equal(refund_policy_quote(&cases[i].policy, &asked, &quote), cases[i].possible);
        if (!cases[i].possible)
            continue;
        assert_int_equal(quote.amount, cases[i].amount);
        assert_int_equal(quote.fee_won, cases[i].fee_won);
    }
}

static void no_won_is_ever_lost(void **state)
{
    (void)state;
    for (int64_t left = 1; left < 100000; left += 37) {
        struct refund_quote quote;
        struct refund_case asked = {
            .left = left, .seat_count = 3, .starts_at_ms = STARTS, .now_ms = STARTS - DAY};
        refund_policy_quote(&usual, &asked, &quote);
        assert_int_equal(quote.amount + quote.fee_won, left);
        assert_true(quote.amount >= 0 && quote.fee_won >= 0);
        assert_int_equal(quote.free_until_ms, STARTS - 10 * DAY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_comes_out_to_the_won),
        cmocka_unit_test(no_won_is_ever_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
