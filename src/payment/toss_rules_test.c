/* toss_rules_test.c — what each answer of the gateway means for a payment or a refund. */
#include "payment/toss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct toss_order order = {
    .order_id = {"TR-1-a", 6}, .amount = 99000, .is_kept = true};
static const struct toss_order heard = {
    .order_id = {"TR-1-a", 6}, .amount = 99000, .may_be_heard = true};
static const struct toss_order refund = {
    .order_id = {"TR-1-a", 6}, .amount = 50000, .cancel_reason = {"refund 7", 8}};

#define PAYMENT(status) "{\"orderId\":\"TR-1-a\",\"status\":\"" status "\",\"totalAmount\":99000}"
#define CODE(code) "{\"code\":\"" code "\",\"message\":\"words\"}"
#define CANCELED(reason, amount)                                                                   \
    "{\"orderId\":\"TR-1-a\",\"status\":\"PARTIAL_CANCELED\",\"totalAmount\":99000,\"cancels\":[{" \
    "\"cancelReason\":\"" reason "\",\"cancelAmount\":" amount "}]}"

static const struct {
    enum toss_step step;
    const struct toss_order *order;
    int status;
    const char *body;
    enum toss_next next;
} cases[] = {
    {TOSS_CONFIRM, &order, 200, PAYMENT("DONE"), TOSS_NEXT_CAPTURED},
    {TOSS_QUERY, &order, 200, PAYMENT("DONE"), TOSS_NEXT_CAPTURED},
    {TOSS_QUERY, &order, 200, PAYMENT("EXPIRED"), TOSS_NEXT_DECLINED},
    {TOSS_QUERY, &order, 200, PAYMENT("ABORTED"), TOSS_NEXT_DECLINED},
    {TOSS_QUERY, &order, 200, PAYMENT("CANCELED"), TOSS_NEXT_DECLINED},
    {TOSS_QUERY, &order, 200, PAYMENT("PARTIAL_CANCELED"), TOSS_NEXT_UNKNOWN},
    {TOSS_QUERY, &order, 200, PAYMENT("IN_PROGRESS"), TOSS_NEXT_CONFIRM},
    {TOSS_QUERY, &heard, 200, PAYMENT("IN_PROGRESS"), TOSS_NEXT_UNKNOWN}, /* the seats are gone */
    {TOSS_CONFIRM, &order, 200, PAYMENT("WAITING_FOR_DEPOSIT"), TOSS_NEXT_UNKNOWN},

    /* never believed */
    {TOSS_CONFIRM, &order, 200, "", TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 200, "{\"status\":\"DONE\"}", TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 200, PAYMENT("PAID"), TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 200,
     "{\"orderId\":\"TR-2-a\",\"status\":\"DONE\",\"totalAmount\":99000}", TOSS_NEXT_UNKNOWN},
    {TOSS_CONFIRM, &order, 200, "{\"orderId\":\"TR-1-a\",\"status\":\"DONE\",\"totalAmount\":1}",
     TOSS_NEXT_UNKNOWN},
    {TOSS_CONFIRM, &order, 302, PAYMENT("DONE"), TOSS_NEXT_AGAIN},

    /* refusals */
    {TOSS_CONFIRM, &order, 400, CODE("REJECT_CARD_COMPANY"), TOSS_NEXT_DECLINED},
    {TOSS_CONFIRM, &order, 400, CODE("ALREADY_PROCESSED_PAYMENT"), TOSS_NEXT_QUERY},
    {TOSS_CONFIRM, &order, 404, CODE("NOT_FOUND_PAYMENT_SESSION"), TOSS_NEXT_NEVER_HEARD},
    {TOSS_CONFIRM, &order, 401, CODE("UNAUTHORIZED_KEY"), TOSS_NEXT_NEVER_HEARD},
    {TOSS_CONFIRM, &heard, 401, CODE("UNAUTHORIZED_KEY"), TOSS_NEXT_UNKNOWN},
    {TOSS_CONFIRM, &order, 409, CODE("IDEMPOTENT_REQUEST_PROCESSING"), TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 400, CODE("PROVIDER_ERROR"), TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 400, "<html>", TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 429, CODE("TOO_MANY"), TOSS_NEXT_AGAIN},
    {TOSS_CONFIRM, &order, 503, "", TOSS_NEXT_AGAIN},
    {TOSS_QUERY, &order, 404, CODE("NOT_FOUND_PAYMENT"), TOSS_NEXT_NEVER_HEARD},
    {TOSS_QUERY, &order, 403, CODE("FORBIDDEN_REQUEST"), TOSS_NEXT_UNKNOWN},
    {TOSS_QUERY, &order, 400, CODE("INVALID_REQUEST"), TOSS_NEXT_UNKNOWN},

    /* refunds */
    {TOSS_CANCEL, &refund, 200, CANCELED("refund 7", "50000"), TOSS_NEXT_CAPTURED},
    {TOSS_CANCEL, &refund, 200, CANCELED("refund 6", "50000"), TOSS_NEXT_AGAIN},
    {TOSS_CANCEL, &refund, 400, CODE("ALREADY_CANCELED_PAYMENT"), TOSS_NEXT_QUERY},
    {TOSS_CANCEL, &refund, 400, CODE("NOT_CANCELABLE_AMOUNT"), TOSS_NEXT_DECLINED},
    {TOSS_CANCEL, &refund, 401, CODE("UNAUTHORIZED_KEY"), TOSS_NEXT_UNKNOWN},
    {TOSS_QUERY_CANCEL, &refund, 200, CANCELED("refund 7", "50000"), TOSS_NEXT_CAPTURED},
    {TOSS_QUERY_CANCEL, &refund, 200, CANCELED("refund 7", "49999"), TOSS_NEXT_DECLINED},
    {TOSS_QUERY_CANCEL, &refund, 200, PAYMENT("CANCELED"), TOSS_NEXT_DECLINED},
    {TOSS_QUERY_CANCEL, &refund, 500, "", TOSS_NEXT_AGAIN},
};

static void each_answer_means_one_thing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char reason[GATEWAY_REASON_BYTES] = "";
        enum toss_next next = toss_decide(cases[i].step, cases[i].order, cases[i].status,
                                          text_of(cases[i].body), reason);
        if (next != cases[i].next)
            fail_msg("case %zu (%d %s): %d", i, cases[i].status, cases[i].body, (int)next);
    }
}

static void a_refusal_says_why(void **state)
{
    (void)state;
    char reason[GATEWAY_REASON_BYTES] = "";
    toss_decide(TOSS_CONFIRM, &order, 400, text_of(CODE("REJECT_CARD_COMPANY")), reason);
    assert_string_equal(reason, "REJECT_CARD_COMPANY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_means_one_thing),
        cmocka_unit_test(a_refusal_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
