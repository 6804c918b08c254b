/* gateway_builtin_test.c — what each mood answers, and what a question finds out later. */
#include "payment/gateway_builtin.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "limits.h"

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

static enum gateway_verdict refund(struct gateway *gateway, int64_t refund)
{
    struct gateway_request request = {
        .act = GATEWAY_REFUND, .payment = {1}, .refund = {refund}, .amount = 1000};
    return submit(gateway, &request);
}

static int open_gateway(void **state)
{
    static const struct gateway_chance none;
    *state = gateway_builtin_create(&none);
    return *state ? 0 : -1;
}

static int close_gateway(void **state)
{
    gateway_destroy(*state);
    return 0;
}

static void it_approves_and_declines_as_it_is_told(void **state)
{
    assert_int_equal(charge(*state, 20, "", 0), GATEWAY_CAPTURED);
    assert_int_equal(charge(*state, 21, "approve", 0), GATEWAY_CAPTURED);
    assert_int_equal(charge(*state, 22, "decline", 0), GATEWAY_DECLINED);
}

static void an_answer_that_comes_twice_says_so(void **state)
{
    struct gateway_request request = {
        .act = GATEWAY_CHARGE, .payment = {23}, .amount = 1000, .data = text_of("answer-twice")};
    assert_int_equal(submit(*state, &request), GATEWAY_CAPTURED);
    assert_true(request.answers_twice);
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

static void what_never_arrived_was_not_charged(void **state)
{
    assert_int_equal(charge(*state, 9, "never", 0), GATEWAY_UNKNOWN);
    assert_int_equal(ask(*state, 9), GATEWAY_NEVER_HEARD);
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

/* --- answers out of order --------------------------------------------------------------------- */

enum { OVERTAKEN = 3 };

static struct heard { /* in which order the answers came */
    pthread_mutex_t lock;
    pthread_cond_t all_there;
    int64_t payments[OVERTAKEN + 1];
    enum gateway_verdict verdicts[OVERTAKEN + 1];
    int count;
} heard = {.lock = PTHREAD_MUTEX_INITIALIZER, .all_there = PTHREAD_COND_INITIALIZER};

static void on_heard(struct gateway_request *request)
{
    pthread_mutex_lock(&heard.lock);
    heard.payments[heard.count] = request->payment.value;
    heard.verdicts[heard.count++] = request->verdict;
    pthread_cond_signal(&heard.all_there);
    pthread_mutex_unlock(&heard.lock);
}

static void submit_overtaken(struct gateway *gateway, struct gateway_request requests[OVERTAKEN])
{
    heard.count = 0;
    for (int i = 0; i < OVERTAKEN; i++) {
        requests[i] = (struct gateway_request){.act = GATEWAY_CHARGE,
                                               .on_answer = on_heard,
                                               .payment = {30 + i},
                                               .amount = 1000,
                                               .data = text_of("out-of-order")};
        gateway_submit(gateway, &requests[i]);
    }
}

/* Three that are to be overtaken and a fourth; were they answered in the reverse order? */
static bool are_overtaken(struct gateway *gateway)
{
    struct gateway_request requests[OVERTAKEN];
    struct gateway_request later = {
        .act = GATEWAY_CHARGE, .on_answer = on_heard, .payment = {39}, .amount = 1000};
    submit_overtaken(gateway, requests);
    gateway_submit(gateway, &later);
    pthread_mutex_lock(&heard.lock);
    while (heard.count < OVERTAKEN + 1)
        pthread_cond_wait(&heard.all_there, &heard.lock);
    pthread_mutex_unlock(&heard.lock);
    static const int64_t order[] = {39, 32, 31, 30};
    for (int i = 0; i < OVERTAKEN + 1; i++)
        assert_int_equal(heard.verdicts[i], GATEWAY_CAPTURED);
    return memcmp(heard.payments, order, sizeof order) == 0;
}

static void who_pays_later_is_answered_first(void **state)
{
    while (!are_overtaken(*state)) /* a machine that stood still between two of them */
        continue;
}

static void whoever_waits_when_it_stops_is_answered(void **state)
{
    (void)state;
    void *gateway;
    struct gateway_request requests[OVERTAKEN];
    assert_int_equal(open_gateway(&gateway), 0);
    submit_overtaken(gateway, requests);
    gateway_destroy(gateway);
    assert_int_equal(heard.count, OVERTAKEN);
}

/* --- by chance -------------------------------------------------------------------------------- */

static void a_share_of_payments_meets_what_the_seed_says(void **state)
{
    (void)state;
    struct gateway_chance chance = {.declines_of_10000 = 3000, .seed = 5};
    struct gateway *gateway = gateway_builtin_create(&chance);
    assert_non_null(gateway);
    for (int64_t id = 1; id <= 100; id++) {
        bool declined = gateway_mood_draw(&chance, (struct payment_id){id}) == GATEWAY_MOOD_DECLINE;
        assert_int_equal(charge(gateway, id, "approve", 0),
                         declined ? GATEWAY_DECLINED : GATEWAY_CAPTURED);
        assert_int_equal(charge(gateway, id, "answer-twice", 0), GATEWAY_CAPTURED);
    }
    gateway_destroy(gateway);
}

static void a_refund_whose_answer_was_lost_is_done_when_asked_again(void **state)
{
    (void)state;
    static const struct gateway_chance always = {.faults_of_10000 = 10000, .seed = 5};
    struct gateway *gateway = gateway_builtin_create(&always);
    assert_non_null(gateway);
    assert_int_equal(refund(gateway, 1), GATEWAY_UNKNOWN);
    assert_int_equal(refund(gateway, 1 + GATEWAY_BOOK_MAX), GATEWAY_CAPTURED); /* no place */
    assert_int_equal(refund(gateway, 1), GATEWAY_CAPTURED);
    gateway_destroy(gateway);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(it_approves_and_declines_as_it_is_told),
        cmocka_unit_test(an_answer_that_comes_twice_says_so),
        cmocka_unit_test(a_stalled_answer_comes_after_some_questions),
        cmocka_unit_test(a_lost_answer_is_found_by_the_first_question),
        cmocka_unit_test(late_money_comes_when_the_seats_are_not_kept_any_more),
        cmocka_unit_test(what_never_arrived_was_not_charged),
        cmocka_unit_test(what_it_never_heard_of_was_not_charged),
        cmocka_unit_test(a_place_that_owes_an_answer_is_not_given_away),
        cmocka_unit_test(who_pays_later_is_answered_first),
        cmocka_unit_test(whoever_waits_when_it_stops_is_answered),
        cmocka_unit_test(a_share_of_payments_meets_what_the_seed_says),
        cmocka_unit_test(a_refund_whose_answer_was_lost_is_done_when_asked_again),
    };
    return cmocka_run_group_tests_name("built-in gateway", stories, open_gateway, close_gateway);
}
