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
#include "support/test_sale.h"

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

struct buyer { /* one fan with one reservation */
    struct test_sale *sale;
    char token[TEST_TOKEN_BYTES];
    int64_t reservation, amount, payment, first_seat;
};

static struct http_reply post(struct test_sale *sale, const char *token, const char *key,
                              const char *path, const char *json)
{
    return http_client_ask(
        sale->client,
        &(struct http_ask){
            .method = "POST", .path = path, .token = token, .idempotency_key = key, .json = json});
}

static struct http_reply get(struct test_sale *sale, const char *token, const char *path)
{
    return http_client_ask(sale->client, &(struct http_ask){.path = path, .token = token});
}

static void expect(const struct http_reply *reply, int status, const char *code)
{
    if (reply->status != status || (code && !http_reply_has_code(reply, code)))
        fail_msg("%d %.*s instead of %d %s", reply->status, (int)reply->body.size,
                 reply->body.bytes, status, code ? code : "");
}

static bool has(const struct http_reply *reply, const char *words)
{
    return memmem(reply->body.bytes, reply->body.size, words, strlen(words)) != NULL;
}

static struct http_reply hold_seats(struct buyer *buyer, const char *key)
{
    char json[160];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld,%lld]}",
             (long long)buyer->sale->option, (long long)buyer->first_seat,
             (long long)buyer->first_seat + 1);
    return post(buyer->sale, buyer->token, key, "/api/reservations", json);
}

static void hold(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *buyer)
{
    *buyer = (struct buyer){.sale = sale, .first_seat = sale->first_seat + seat_index};
    test_sale_token(sale, fan, 0, buyer->token);
    struct http_reply reply = hold_seats(buyer, "hold");
    expect(&reply, 201, NULL);
    buyer->reservation = reply_number(&reply, "id");
    buyer->amount = reply_number(&reply, "amount");
}

static struct http_reply pay_with(struct buyer *buyer, const char *key, const char *outcome)
{
    char path[96], json[128];
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)buyer->reservation);
    snprintf(json, sizeof json, "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"%s\"}}",
             outcome);
    return post(buyer->sale, buyer->token, key, path, json);
}

static void buy(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *buyer)
{
    hold(sale, fan, seat_index, buyer);
    struct http_reply reply = pay_with(buyer, "pay", "approve");
    expect(&reply, 201, NULL);
    buyer->payment = reply_number(&reply, "id");
}

static struct http_reply refund(struct buyer *buyer, const char *token, const char *key,
                                int64_t amount)
{
    char path[96], json[128];
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)buyer->payment);
    snprintf(json, sizeof json, "{\"amount\":%lld,\"reason\":\"ill\"}", (long long)amount);
    return post(buyer->sale, token, key, path, amount > 0 ? json : "{\"reason\":\"ill\"}");
}

static struct http_reply look(struct buyer *buyer, const char *token)
{
    char path[96];
    snprintf(path, sizeof path, "/api/payments/%lld", (long long)buyer->payment);
    return get(buyer->sale, token, path);
}

static void fetch_ticket(struct buyer *buyer, char out_json[TICKET_BYTES_MAX + 32])
{
    char path[96];
    snprintf(path, sizeof path, "/api/reservations/%lld/ticket", (long long)buyer->reservation);
    struct http_reply reply = get(buyer->sale, buyer->token, path);
    expect(&reply, 200, NULL);
    const char *found = memmem(reply.body.bytes, reply.body.size, "TR1.", 4);
    assert_non_null(found);
    snprintf(out_json, TICKET_BYTES_MAX + 32, "{\"ticket\":\"%.*s\"}", (int)strcspn(found, "\""),
             found);
}

/* --- giving back ------------------------------------------------------------------------------ */

static void a_fan_gives_everything_back_and_the_seats_are_for_sale_again(void **state)
{
    struct buyer fan, other;
    buy(*state, 101, 0, &fan);
    struct http_reply reply = refund(&fan, fan.token, "back", 0);
    expect(&reply, 201, NULL);
    assert_true(has(&reply, "\"state\":\"DONE\""));
    assert_int_equal(reply_number(&reply, "amount"), fan.amount);
    int64_t id = reply_number(&reply, "id");

    reply = refund(&fan, fan.token, "back", 0); /* the same request: the same refund */
    expect(&reply, 201, NULL);
    assert_int_equal(reply_number(&reply, "id"), id);
    char path[96];
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)fan.payment);
    reply = post(*state, fan.token, "back", path, "{\"reason\":\"well again\"}");
    expect(&reply, 422, "IDEMPOTENCY_KEY_REUSED");
    reply = refund(&fan, fan.token, "a-part", 5); /* parts are the operators' */
    expect(&reply, 422, "VALIDATION_FAILED");
    reply = refund(&fan, fan.token, "back-2", 0);
    expect(&reply, 409, "ALREADY_REFUNDED");

    reply = look(&fan, fan.token);
    assert_true(has(&reply, "\"state\":\"REFUNDED\"") && has(&reply, "\"reason\":\"ill\""));
    reply = pay_with(&fan, "pay", "approve"); /* its key still tells what it did */
    expect(&reply, 201, NULL);
    hold(*state, 102, 0, &other);
}

static void a_part_goes_back_and_the_seats_stay(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    buy(sale, 111, 2, &fan);
    struct http_reply reply = refund(&fan, sale->operator, "part", 1000);
    expect(&reply, 201, NULL);
    reply = look(&fan, fan.token);
    assert_true(has(&reply, "\"state\":\"CAPTURED\"") && has(&reply, "\"amount\":-1000"));
    reply = refund(&fan, sale->operator, "too-much", fan.amount - 999);
    expect(&reply, 422, "VALIDATION_FAILED");
    assert_true(has(&reply, "\"field\":\"amount\""));
    char ticket[TICKET_BYTES_MAX + 32];
    fetch_ticket(&fan, ticket);
    reply = refund(&fan, fan.token, "rest", 0);
    expect(&reply, 201, NULL);
    assert_int_equal(reply_number(&reply, "amount"), fan.amount - 1000);
    reply = post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    expect(&reply, 409, "TICKET_VOID");
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
    buy(sale, 121, 4, &fan);
    hold(sale, 122, 6, &unpaid);
    buy(sale, 123, 8, &other);
    char before[TEST_FINGERPRINT_BYTES], after[TEST_FINGERPRINT_BYTES], path[96];
    test_sale_fingerprint(sale, before);
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)fan.payment);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = post(sale, fan.token, "bad", path, cases[i].json);
        expect(&reply, cases[i].status, cases[i].code);
    }
    struct http_reply reply = post(sale, fan.token, NULL, path, "{\"reason\":\"x\"}");
    expect(&reply, 400, "IDEMPOTENCY_KEY_REQUIRED");
    reply = refund(&fan, other.token, "mine", 0);
    expect(&reply, 404, "NOT_FOUND");
    reply = refund(&fan, NULL, "nobody", 0);
    expect(&reply, 401, "UNAUTHENTICATED");
    reply = look(&fan, other.token);
    expect(&reply, 404, "NOT_FOUND");
    test_sale_fingerprint(sale, after);
    assert_string_equal(before, after);
}

static void nothing_is_given_back_of_a_declined_payment(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    hold(sale, 131, 10, &fan);
    struct http_reply reply = pay_with(&fan, "no", "decline");
    expect(&reply, 402, "PAYMENT_DECLINED");
    reply = pay_with(&fan, "yes", "approve");
    expect(&reply, 201, NULL);
    int64_t declined = reply_number(&reply, "id") - 1;
    fan.payment = declined;
    reply = refund(&fan, sale->operator, "of-nothing", 0);
    expect(&reply, 409, "NOT_CAPTURED");
}

static void a_gate_without_a_network_knows_a_genuine_ticket(void **state)
{
    struct test_sale *sale = *state;
    struct buyer fan;
    char json[TICKET_BYTES_MAX + 32], ticket[TICKET_BYTES_MAX], path[96];
    buy(sale, 181, 22, &fan);
    fetch_ticket(&fan, json);
    size_t size = strcspn(json + strlen("{\"ticket\":\""), "\"");
    snprintf(ticket, sizeof ticket, "%.*s", (int)size, json + strlen("{\"ticket\":\""));

    struct http_reply reply = get(sale, NULL, "/api/tickets/key");
    expect(&reply, 200, NULL);
    const char *const environment[] = {sale->data_setting, NULL};
    static const char *const print[] = {"ticket", "key", NULL};
    struct outcome *outcome = run_binary(sale->folder, print, environment, NULL);
    assert_int_equal(outcome->exit_code, 0);
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(outcome->output, "\n"), outcome->output);
    assert_true(has(&reply, key));
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

    reply = refund(&fan, fan.token, "back", 0);
    expect(&reply, 201, NULL);
    snprintf(path, sizeof path, "/api/options/%lld/tickets/void", (long long)sale->option);
    reply = get(sale, sale->operator, path);
    expect(&reply, 200, NULL);
    snprintf(key, sizeof key, "%lld", (long long)fan.reservation);
    assert_true(has(&reply, key));
}

/* --- a whole date ----------------------------------------------------------------------------- */

static void all_of_a_date_goes_back_once_its_sale_is_closed(void **state)
{
    struct test_sale *sale = test_sale_open(NULL);
    struct buyer fans[5];
    char path[64], close[64];
    (void)state;
    for (int i = 0; i < 5; i++)
        buy(sale, 101 + i, 2 * i, &fans[i]);
    snprintf(path, sizeof path, "/api/options/%lld/refunds", (long long)sale->option);
    snprintf(close, sizeof close, "/api/options/%lld/sale/close", (long long)sale->option);
    struct http_reply reply = post(sale, sale->operator, "all", path, "{\"reason\":\"ill\"}");
    expect(&reply, 409, "SALE_NOT_CLOSED");
    reply = post(sale, sale->operator, NULL, close, NULL);
    expect(&reply, 200, NULL);
    reply = post(sale, fans[0].token, "all", path, "{\"reason\":\"ill\"}");
    expect(&reply, 403, "FORBIDDEN");
    reply = post(sale, sale->operator, "all", path, "{\"reason\":\"ill\"}");
    expect(&reply, 202, NULL);
    int64_t run = reply_number(&reply, "id");
    reply = post(sale, sale->operator, "all", path, "{\"reason\":\"ill\"}");
    expect(&reply, 202, NULL);
    assert_int_equal(reply_number(&reply, "id"), run);
    do
        reply = get(sale, sale->operator, path);
    while (!has(&reply, "\"state\":\"DONE\""));
    assert_int_equal(reply_number(&reply, "doneCount"), 5);
    assert_int_equal(reply_number(&reply, "leftCount"), 0);
    reply = look(&fans[4], fans[4].token);
    assert_true(has(&reply, "\"state\":\"REFUNDED\""));
    test_sale_audit(sale);
    test_sale_close(sale);
}

/* --- a gateway with moods --------------------------------------------------------------------- */

static void an_answer_that_stalls_or_is_lost_comes_in_the_end(void **state)
{
    static const char *const outcomes[] = {"stall", "lose-answer"};
    enum { LOOKS_MAX = 200000 }; /* the server asks within a second: far fewer are needed */
    for (int i = 0; i < 2; i++) {
        struct buyer fan;
        hold(*state, 161 + i, 16 + 2 * i, &fan);
        struct http_reply reply = pay_with(&fan, "pay", outcomes[i]);
        expect(&reply, 202, NULL);
        fan.payment = reply_number(&reply, "id");
        int look_count = 0;
        do
            reply = look(&fan, fan.token);
        while (!has(&reply, "\"state\":\"CAPTURED\"") && ++look_count < LOOKS_MAX);
        assert_true(has(&reply, "\"state\":\"CAPTURED\""));
        reply = pay_with(&fan, "pay", outcomes[i]);
        expect(&reply, 201, NULL);
        assert_int_equal(reply_number(&reply, "id"), fan.payment);
    }
}

static void a_second_answer_changes_nothing(void **state)
{
    struct buyer fan;
    hold(*state, 171, 20, &fan);
    struct http_reply reply = pay_with(&fan, "pay", "answer-twice");
    expect(&reply, 201, NULL);
    fan.payment = reply_number(&reply, "id");
    reply = refund(&fan, fan.token, "back", 0); /* comes behind the second answer */
    expect(&reply, 201, NULL);
    reply = look(&fan, fan.token);
    assert_true(has(&reply, "\"state\":\"REFUNDED\""));
}

/* --- the gate --------------------------------------------------------------------------------- */

static void a_ticket_opens_the_gate_once(void **state)
{
    struct buyer fan;
    struct test_sale *sale = *state;
    char ticket[TICKET_BYTES_MAX + 32];
    buy(sale, 141, 12, &fan);
    fetch_ticket(&fan, ticket);
    struct http_reply reply = post(sale, fan.token, NULL, "/api/tickets/verify", ticket);
    expect(&reply, 403, "FORBIDDEN");
    reply = post(sale, sale->operator, "gate-1", "/api/tickets/verify", ticket);
    expect(&reply, 200, NULL);
    assert_true(has(&reply, "\"valid\":true") && has(&reply, "\"usedAt\":"));
    assert_int_equal(reply_number(&reply, "reservationId"), fan.reservation);
    reply = post(sale, sale->operator, "gate-1", "/api/tickets/verify", ticket);
    expect(&reply, 200, NULL); /* the answer was lost: the same request is the same use */
    reply = post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    expect(&reply, 409, "TICKET_USED");
    assert_true(has(&reply, "\"usedAt\":"));
    reply = refund(&fan, fan.token, "inside", 0);
    expect(&reply, 409, "TICKET_USED");

    ticket[20] = ticket[20] == 'A' ? 'B' : 'A';
    reply = post(sale, sale->operator, NULL, "/api/tickets/verify", ticket);
    expect(&reply, 422, "TICKET_INVALID");
    reply = post(sale, sale->operator, NULL, "/api/tickets/verify", "{\"ticket\":\"TR1.x\"}");
    expect(&reply, 422, "TICKET_INVALID");
    reply = post(sale, sale->operator, NULL, "/api/tickets/verify", "{}");
    expect(&reply, 422, "VALIDATION_FAILED");
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
    buy(sale, 151, 14, &fan);
    struct store *store = test_sale_store(sale);
    struct store_job job = {.work = start_concert};
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    store_close(store);
    struct http_reply reply = refund(&fan, fan.token, "late", 0);
    expect(&reply, 409, "REFUND_TOO_LATE");
    reply = refund(&fan, sale->operator, "kind", 0);
    expect(&reply, 201, NULL);
}

static int run(enum database_kind kind)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(a_fan_gives_everything_back_and_the_seats_are_for_sale_again),
        cmocka_unit_test(a_part_goes_back_and_the_seats_stay),
        cmocka_unit_test(a_refund_that_is_none_changes_nothing),
        cmocka_unit_test(nothing_is_given_back_of_a_declined_payment),
        cmocka_unit_test(a_gate_without_a_network_knows_a_genuine_ticket),
        cmocka_unit_test(all_of_a_date_goes_back_once_its_sale_is_closed),
        cmocka_unit_test(an_answer_that_stalls_or_is_lost_comes_in_the_end),
        cmocka_unit_test(a_second_answer_changes_nothing),
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
