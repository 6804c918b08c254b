/* score_test.c — which drawer an answer goes into, and how fast they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rush/score.h"

static struct score score;

static void the_busiest_second_is_the_one_with_most_answers(void **state)
{
    (void)state;
    score = (struct score){0};
    for (int64_t i = 0; i < 10; i++)
        score_answer(&score, 500000 + i);
    for (int64_t i = 0; i < 30; i++)
        score_answer(&score, 1200000 + i);
    score_answer(&score, 9000000);
    assert_int_equal(score.answers, 41);
    assert_int_equal(score.busiest_second, 30);
}

static void winners_and_losers_are_timed_apart(void **state)
{
    (void)state;
    struct answer won = {.status = 201}, lost = {.status = 409};
    assert_int_equal(score_kind_of(FAN_RESERVING, &won), SCORE_WIN);
    assert_int_equal(score_kind_of(FAN_RESERVING, &lost), SCORE_LOSE);
    assert_int_equal(score_kind_of(FAN_BENDING, &lost), SCORE_REPEAT);
    assert_int_equal(score_kind_of(FAN_DECLINING, &lost), SCORE_PAY);
    assert_int_equal(score_kind_of(FAN_CANCELLING, &won), SCORE_CANCEL);
}

static void a_fans_wait_and_the_servers_work_are_two_numbers(void **state)
{
    (void)state;
    score = (struct score){0};
    score_time(&score, SCORE_PAY, 100, 700, 1000);
    assert_int_equal(score.from_due[SCORE_PAY].longest_us, 900);
    assert_int_equal(score.on_wire[SCORE_PAY].longest_us, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_busiest_second_is_the_one_with_most_answers),
        cmocka_unit_test(winners_and_losers_are_timed_apart),
        cmocka_unit_test(a_fans_wait_and_the_servers_work_are_two_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
