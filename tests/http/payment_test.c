/*
 * payment_test.c — money and tickets from the outside: pay, give back, go in.
 *
 * Each story holds seats of its own with a fan of its own, so none depends on another; at the end
 * the audit looks at all of them together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/store.h"
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

static void fetch_ticket(struct buyer *buyer, char out_json[TICKET_BYTES_MAX + 32])
{
    char path[96];
    snprintf(path, sizeof path, "/api/reservations/%lld/ticket", (long long)buyer->reservation);
    struct http_reply reply = sale_get(buyer->sale, buyer->token, path);
    reply_must_be(&reply, 200);
    const char *found = memmem(reply.body.bytes, reply.body.size, "TR1.", 4);
    assert_non_null(found);
    snprintf(out_json, TICKET_BYTES_MAX + 32, "{\"ticket\":\"%.*s\"}", (int)strcspn(found, "\""),
             found);
}

/* --- giving back ------------------------------------------------------------------------------ */

static void a_fan_gives_everything_back_and_the_seats_are_for_sale_again(void **state)
{
    struct buyer fan, other;
    buyer_buy(*state, 101, 0, &fan);
    struct http_reply reply = buyer_refund(&fan, fan.token, "back", 0);
    reply_must_be(&reply, 201);
    assert_true(http_reply_says(&reply, "\"state\":\"DONE\""));
    assert_int_equal(reply_number(&reply, "amount"), fan.amount);
    int64_t id = reply_number(&reply, "id");

    reply = buyer_refund(&fan, fan.token, "back", 0); /* the same request: the same refund */
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "id"), id);
    char path[96];
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)fan.payment);
    reply = sale_post(*state, fan.token, "back", path, "{\"reason\":\"well again\"}");
    reply_must_refuse(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = buyer_refund(&fan, fan.token, "a-part", 5); /* parts are the operators' */
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    reply = buyer_refund(&fan, fan.token, "back-2", 0);
    reply_must_refuse(&reply, 409, "ALREADY_REFUNDED");

    reply = buyer_look(&fan, fan.token);
    assert_true(http_reply_says(&reply, "\"state\":\"REFUNDED\"") &&
                http_reply_says(&reply, "\"reason\":\"ill\""));
    reply = buyer_pay(&fan, "pay", "approve"); /* its key still tells what it did */
    reply_must_be(&reply, 201);
    buyer_hold(*state, 102, 0, &other);
}

static void a_part_goes_back_and_the_seats_stay(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    buyer_buy(sale, 111, 2, &fan);
    struct http_reply reply = buyer_refund(&fan, sale->operator, "part", 1000);
    reply_must_be(&reply, 201);
    reply = buyer_look(&fan, fan.token);
    assert_true(http_reply_says(&reply, "\"state\":\"CAPTURED\"") &&
                http_reply_says(&reply, "\"amount\":-1000"));
    reply = buyer_refund(&fan, sale->operator, "too-much", fan.amount - 999);
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
    assert_true(http_reply_says(&reply, "\"field\":\"amount\""));
    char ticket[TICKET_BYTES_MAX + 32];
    fetch_ticket(&fan, ticket);
    reply = buyer_refund(&fan, fan.token, "rest", 0);
    reply_must_be(&reply, 201);
    assert_int_equal(reply_number(&reply, "amount"), fan.amount - 1000);
    reply = sale_post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    reply_must_refuse(&reply, 409, "TICKET_VOID");
}

static void a_refund_that_is_none_changes_nothing(void **state)
{
    static const struct {
        const char *json;
        int status;
        const char *code;
    } cases[] = {
        {"{}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"\"}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":7}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"x\",\"amount\":0}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"x\",\"amount\":-5}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"x\",\"amount\":\"5\"}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"x\",\"amount\":9007199254740991}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":\"x\",\"fan\":2}", 422, "VALIDATION_FAILED"},
        {"{\"reason\":", 400, "MALFORMED_JSON"},
    };
    struct buyer fan, other, unpaid;
    struct test_sale *sale = *state;
    buyer_buy(sale, 121, 4, &fan);
    buyer_hold(sale, 122, 6, &unpaid);
    buyer_buy(sale, 123, 8, &other);
    char before[TEST_FINGERPRINT_BYTES], after[TEST_FINGERPRINT_BYTES], path[96];
    test_sale_fingerprint(sale, before);
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)fan.payment);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = sale_post(sale, fan.token, "bad", path, cases[i].json);
        reply_must_refuse(&reply, cases[i].status, cases[i].code);
    }
    struct http_reply reply = sale_post(sale, fan.token, NULL, path, "{\"reason\":\"x\"}");
    reply_must_refuse(&reply, 400, "IDEMPOTENCY_KEY_REQUIRED");
    reply = buyer_refund(&fan, other.token, "mine", 0);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    reply = buyer_refund(&fan, NULL, "nobody", 0);
    reply_must_refuse(&reply, 401, "UNAUTHENTICATED");
    reply = buyer_look(&fan, other.token);
    reply_must_refuse(&reply, 404, "NOT_FOUND");
    test_sale_fingerprint(sale, after);
    assert_string_equal(before, after);
}

static void nothing_is_given_back_of_a_declined_payment(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    buyer_hold(sale, 131, 10, &fan);
    struct http_reply reply = buyer_pay(&fan, "no", "decline");
    reply_must_refuse(&reply, 402, "PAYMENT_DECLINED");
    reply = buyer_pay(&fan, "yes", "approve");
    reply_must_be(&reply, 201);
    int64_t declined = reply_number(&reply, "id") - 1;
    fan.payment = declined;
    reply = buyer_refund(&fan, sale->operator, "of-nothing", 0);
    reply_must_refuse(&reply, 409, "NOT_CAPTURED");
}

static void a_gate_without_a_network_knows_a_genuine_ticket(void **state)
{
    struct test_sale *sale = *state;
    struct buyer fan;
    char json[TICKET_BYTES_MAX + 32], ticket[TICKET_BYTES_MAX], path[96];
    buyer_buy(sale, 181, 22, &fan);
    fetch_ticket(&fan, json);
    size_t size = strcspn(json + strlen("{\"ticket\":\""), "\"");
    snprintf(ticket, sizeof ticket, "%.*s", (int)size, json + strlen("{\"ticket\":\""));

    struct http_reply reply = sale_get(sale, NULL, "/api/tickets/key");
    reply_must_be(&reply, 200);
    const char *const environment[] = {sale->data_setting, NULL};
    static const char *const print[] = {"ticket", "key", NULL};
    struct outcome *outcome = run_binary(sale->folder, print, environment, NULL);
    assert_int_equal(outcome->exit_code, 0);
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(outcome->output, "\n"), outcome->output);
    assert_true(http_reply_says(&reply, key));
    free(outcome);

    const char *const check[] = {"ticket", "check", "--key", key, ticket, NULL};
    outcome = run_binary(sale->folder, check, NULL, NULL);
    assert_int_equal(outcome->exit_code, 0);
    assert_non_null(strstr(outcome->output, "genuine"));
    free(outcome);
    ticket[10] = ticket[10] == 'x' ? 'y' : 'x';
    outcome = run_binary(sale->folder, check, NULL, NULL);
    assert_int_equal(outcome->exit_code, 1);
    free(outcome);

    reply = buyer_refund(&fan, fan.token, "back", 0);
    reply_must_be(&reply, 201);
    snprintf(path, sizeof path, "/api/options/%lld/tickets/void", (long long)sale->option);
    reply = sale_get(sale, sale->operator, path);
    reply_must_be(&reply, 200);
    snprintf(key, sizeof key, "%lld", (long long)fan.reservation);
    assert_true(http_reply_says(&reply, key));
}

/* --- the gate --------------------------------------------------------------------------------- */

static void a_ticket_opens_the_gate_once(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    char ticket[TICKET_BYTES_MAX + 32];
    buyer_buy(sale, 141, 12, &fan);
    fetch_ticket(&fan, ticket);
    struct http_reply reply = sale_post(sale, fan.token, NULL, "/api/tickets/verify", ticket);
    reply_must_refuse(&reply, 403, "FORBIDDEN");
    reply = sale_post(sale, sale->operator, "gate-1", "/api/tickets/verify", ticket);
    reply_must_be(&reply, 200);
    assert_true(http_reply_says(&reply, "\"valid\":true") &&
                http_reply_says(&reply, "\"usedAt\":"));
    assert_int_equal(reply_number(&reply, "reservationId"), fan.reservation);
    reply = sale_post(sale, sale->operator, "gate-1", "/api/tickets/verify", ticket);
    reply_must_be(&reply, 200); /* the answer was lost: the same request is the same use */
    reply = sale_post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    reply_must_refuse(&reply, 409, "TICKET_USED");
    assert_true(http_reply_says(&reply, "\"usedAt\":"));
    reply = buyer_refund(&fan, fan.token, "inside", 0);
    reply_must_refuse(&reply, 409, "TICKET_USED");

    ticket[20] = ticket[20] == 'A' ? 'B' : 'A';
    reply = sale_post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    reply_must_refuse(&reply, 422, "TICKET_INVALID");
    reply = sale_post(sale, sale->operator, NULL, "/api/tickets/verify", "{\"ticket\":\"TR1.x\"}");
    reply_must_refuse(&reply, 422, "TICKET_INVALID");
    reply = sale_post(sale, sale->operator, NULL, "/api/tickets/verify", "{}");
    reply_must_refuse(&reply, 422, "VALIDATION_FAILED");
}

static enum status start_concert(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "UPDATE concert_option SET starts_at_ms = 1000;");
}

/* The last story: the concert has started for everybody. */
static void after_the_start_only_operators_give_back(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    buyer_buy(sale, 151, 14, &fan);
    struct store *store = test_sale_store(sale);
    struct store_job job = {.work = start_concert};
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    store_close(store);
    struct http_reply reply = buyer_refund(&fan, fan.token, "late", 0);
    reply_must_refuse(&reply, 409, "REFUND_TOO_LATE");
    reply = buyer_refund(&fan, sale->operator, "kind", 0);
    reply_must_be(&reply, 201);
}

static int run(enum database_kind kind)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(a_fan_gives_everything_back_and_the_seats_are_for_sale_again),
        cmocka_unit_test(a_part_goes_back_and_the_seats_stay),
        cmocka_unit_test(a_refund_that_is_none_changes_nothing),
        cmocka_unit_test(nothing_is_given_back_of_a_declined_payment),
        cmocka_unit_test(a_gate_without_a_network_knows_a_genuine_ticket),
        cmocka_unit_test(a_ticket_opens_the_gate_once),
        cmocka_unit_test(after_the_start_only_operators_give_back),
    };
    test_sale_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, open_sale, close_sale);
}

int main(void)
{
    return databases_each(run);
}
