/*
 * toss_test.c — the real binary pays through a program that plays Toss Payments, with all its
 * faults. What a fan hears, what the ledger says and what the gateway's book says agree in the end.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"
#include "support/test_sale.h"
#include "support/toss_process.h"

struct house {
    struct toss_process *gateway;
    struct test_sale *sale;
    int next_fan;
    char url[64];
    const char *settings[12]; /* of the server */
};

struct buyer {
    char token[TEST_TOKEN_BYTES];
    int64_t reservation, payment, amount;
};

static void fill_settings(struct house *house)
{
    static const char *const fixed[] = {
        "TICKETRUSH_GATEWAY=toss",
        "TICKETRUSH_GATEWAY_SECRET=" TOSS_SECRET,
        "TICKETRUSH_GATEWAY_WEBHOOK_SECRET=" TOSS_WEBHOOK_SECRET,
        "TICKETRUSH_GATEWAY_CONNECT_MS=300",
        "TICKETRUSH_GATEWAY_TOTAL_MS=300",
        "TICKETRUSH_WORKERS=2",
        "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
    };
    size_t count = sizeof fixed / sizeof fixed[0];
    memcpy(house->settings, fixed, sizeof fixed);
    house->settings[count] = house->url;
    house->settings[count + 1] = NULL;
}

static struct house *open_house(const char *const *arguments)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    house->gateway = toss_process_start(arguments);
    snprintf(house->url, sizeof house->url, "TICKETRUSH_GATEWAY_URL=http://127.0.0.1:%u",
             toss_process_port(house->gateway));
    fill_settings(house);
    house->sale = test_sale_open(house->settings);
    house->next_fan = 500;
    return house;
}

/* Webhooks under way are lost with the old one. */
static void restart(struct house *house)
{
    test_sale_restart(house->sale, house->settings);
    toss_process_notify(house->gateway, server_process_port(house->sale->server));
}

/* The key of the gateway is in no line of the log. */
static void expect_no_secret(const struct house *house)
{
    char line[4096];
    FILE *log = fopen(server_process_log(house->sale->server), "re");
    assert_non_null(log);
    while (fgets(line, sizeof line, log))
        if (strstr(line, TOSS_SECRET) || strstr(line, TOSS_WEBHOOK_SECRET))
            fail_msg("a secret in the log: %s", line);
    fclose(log);
}

static void close_house(struct house *house)
{
    expect_no_secret(house);
    test_sale_audit(house->sale);
    test_sale_close(house->sale);
    toss_process_destroy(house->gateway);
    free(house);
}

static struct http_reply ask(struct house *house, const char *method, const char *token,
                             const char *key, const char *path, const char *json)
{
    return http_client_ask(
        house->sale->client,
        &(struct http_ask){
            .method = method, .path = path, .token = token, .idempotency_key = key, .json = json});
}

static void hold(struct house *house, struct buyer *buyer)
{
    char json[96];
    int number = house->next_fan++;
    test_sale_token(house->sale, number, 0, buyer->token);
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"best\":{\"count\":1}}",
             (long long)house->sale->option);
    struct http_reply reply = ask(house, "POST", buyer->token, "hold", "/api/reservations", json);
    assert_int_equal(reply.status, 201);
    buyer->reservation = reply_number(&reply, "id");
    buyer->amount = reply_number(&reply, "amount");
}

/* `mood` steers the gateway. */
static struct http_reply pay(struct house *house, const struct buyer *buyer, const char *key,
                             const char *mood)
{
    char path[64], json[256];
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)buyer->reservation);
    snprintf(json, sizeof json,
             "{\"method\":\"toss\",\"gatewayData\":{\"paymentKey\":\"%s-%lld-%s\",\"orderId\":"
             "\"TR-%lld-%s\"}}",
             mood, (long long)buyer->reservation, key, (long long)buyer->reservation, key);
    return ask(house, "POST", buyer->token, key, path, json);
}

static struct http_reply look(struct house *house, const struct buyer *buyer)
{
    char path[64];
    snprintf(path, sizeof path, "/api/payments/%lld", (long long)buyer->payment);
    return ask(house, "GET", buyer->token, NULL, path, NULL);
}

/* The gateway answers in the end; a test that waits for ever is ended from outside. */
static struct http_reply look_until(struct house *house, const struct buyer *buyer,
                                    const char *words)
{
    struct http_reply reply;
    do
        reply = look(house, buyer);
    while (!http_reply_says(&reply, words));
    return reply;
}

static struct http_reply refund(struct house *house, const struct buyer *buyer)
{
    char path[64];
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)buyer->payment);
    return ask(house, "POST", buyer->token, "back", path, "{\"reason\":\"ill\"}");
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_payment_is_confirmed_once_and_given_back_once(void **state)
{
    struct buyer fan;
    hold(*state, &fan);
    struct http_reply reply = pay(*state, &fan, "pay", "good");
    assert_int_equal(reply.status, 201);
    assert_true(http_reply_says(&reply, "\"method\":\"toss\""));
    fan.payment = reply_number(&reply, "id");
    reply = pay(*state, &fan, "pay", "good");
    assert_int_equal(reply.status, 201);
    assert_int_equal(reply_number(&reply, "id"), fan.payment);
    reply = refund(*state, &fan);
    assert_int_equal(reply.status, 201);
    look_until(*state, &fan, "\"state\":\"REFUNDED\"");
}

static void a_decline_keeps_the_hold(void **state)
{
    struct buyer fan;
    hold(*state, &fan);
    struct http_reply reply = pay(*state, &fan, "first", "decline");
    assert_int_equal(reply.status, 402);
    reply = pay(*state, &fan, "second", "good");
    assert_int_equal(reply.status, 201);
}

/* Whatever happens to the first confirmation, it ends as one that was captured. */
static void faults_of_the_first_try_do_no_harm(void **state)
{
    static const char *const moods[] = {"stall",   "lose",    "error",
                                        "halfway", "garbage", "processing"};
    for (size_t i = 0; i < sizeof moods / sizeof moods[0]; i++) {
        struct buyer fan;
        hold(*state, &fan);
        struct http_reply reply = pay(*state, &fan, "pay", moods[i]);
        assert_true(reply.status == 201 || reply.status == 202);
        fan.payment = reply_number(&reply, "id");
        reply = look_until(*state, &fan, "\"state\":\"CAPTURED\"");
        assert_true(http_reply_says(&reply, "\"unknownSince\":null"));
    }
}

static void a_lost_answer_to_a_refund_gives_back_once(void **state)
{
    struct buyer fan;
    hold(*state, &fan);
    struct http_reply reply = pay(*state, &fan, "pay", "lose_cancel");
    assert_int_equal(reply.status, 201);
    fan.payment = reply_number(&reply, "id");
    reply = refund(*state, &fan);
    assert_true(reply.status == 201 || reply.status == 202);
    look_until(*state, &fan, "\"state\":\"REFUNDED\"");
}

static void a_refused_refund_changes_nothing(void **state)
{
    struct buyer fan;
    hold(*state, &fan);
    struct http_reply reply = pay(*state, &fan, "pay", "keep");
    assert_int_equal(reply.status, 201);
    fan.payment = reply_number(&reply, "id");
    reply = refund(*state, &fan);
    assert_int_equal(reply.status, 409);
    assert_true(http_reply_has_code(&reply, "REFUND_REFUSED"));
    look_until(*state, &fan, "\"state\":\"CAPTURED\"");
}

static void an_order_of_another_reservation_is_refused(void **state)
{
    struct buyer fan, other;
    hold(*state, &fan);
    hold(*state, &other);
    char path[64], json[256];
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)other.reservation);
    snprintf(json, sizeof json,
             "{\"method\":\"toss\",\"gatewayData\":{\"paymentKey\":\"good-1\",\"orderId\":"
             "\"TR-%lld-a\"}}",
             (long long)fan.reservation);
    struct http_reply reply = ask(*state, "POST", other.token, "pay", path, json);
    assert_int_equal(reply.status, 422);
    assert_true(http_reply_says(&reply, "gatewayData.orderId"));
    reply = ask(*state, "POST", other.token, "pay", path, "{\"method\":\"test\"}");
    assert_int_equal(reply.status, 422);
}

/* With two workers, eight payments without an answer would stop every page, if they had to wait on
   one. */
static void others_are_served_while_the_gateway_stalls(void **state)
{
    enum { STALLED = 8 };
    struct house *house = *state;
    struct buyer fans[STALLED], other;
    struct http_client *clients[STALLED];
    hold(house, &other);
    for (int i = 0; i < STALLED; i++) {
        char bytes[2048], json[256];
        hold(house, &fans[i]);
        int size = snprintf(json, sizeof json,
                            "{\"method\":\"toss\",\"gatewayData\":{\"paymentKey\":\"stall-%d\","
                            "\"orderId\":\"TR-%lld-a\"}}",
                            i, (long long)fans[i].reservation);
        int all = snprintf(bytes, sizeof bytes,
                           "POST /api/reservations/%lld/payments HTTP/1.1\r\nHost: x\r\n"
                           "Authorization: Bearer %s\r\nIdempotency-Key: pay\r\n"
                           "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                           (long long)fans[i].reservation, fans[i].token, size, json);
        assert_true(all > 0 && (size_t)all < sizeof bytes);
        clients[i] = server_process_connect(house->sale->server);
        assert_true(http_client_send(clients[i], text_make(bytes, (size_t)all)));
    }
    struct http_reply reply = ask(house, "GET", other.token, NULL, "/api/reservations", NULL);
    assert_int_equal(reply.status, 200);
    for (int i = 0; i < STALLED; i++) {
        assert_true(http_client_read(clients[i], false, &reply));
        assert_true(reply.status == 201 || reply.status == 202);
        fans[i].payment = reply_number(&reply, "id");
        http_client_close(clients[i]);
        look_until(house, &fans[i], "\"state\":\"CAPTURED\"");
    }
}

static struct http_reply deliver(struct house *house, const char *fields, const char *order)
{
    char json[256];
    snprintf(
        json, sizeof json,
        "{\"eventType\":\"PAYMENT_STATUS_CHANGED\",\"createdAt\":\"2026-11-21T12:00:00.000000\","
        "\"data\":{\"orderId\":\"%s\",\"status\":\"DONE\"}}",
        order);
    return http_client_ask(house->sale->client,
                           &(struct http_ask){.method = "POST",
                                              .path = "/api/webhooks/payments/toss",
                                              .fields = fields,
                                              .json = json});
}

static int64_t count_webhooks(const struct house *house)
{
    static const struct sql kept = {"SELECT count(*) FROM webhook"};
    struct store_connection *reader;
    struct store *store = test_sale_store(house->sale);
    int64_t count = -1;
    assert_int_equal(store_reader_open(store, &reader), STATUS_OK);
    assert_int_equal(store_query_int(reader, &kept, NULL, 0, &count), STATUS_OK);
    store_reader_close(reader);
    store_close(store);
    return count;
}

/* As Toss Payments sends them of payments. What is said is not believed: it is asked about. */
static void an_unsigned_webhook_is_a_hint_that_leaves_no_trace(void **state)
{
    struct house *house = open_house(NULL);
    struct buyer fans[2];
    char order[64];
    (void)state;
    hold(house, &fans[0]);
    struct http_reply reply = pay(house, &fans[0], "pay", "lose");
    fans[0].payment = reply_number(&reply, "id");
    snprintf(order, sizeof order, "TR-%lld-pay", (long long)fans[0].reservation);
    reply = deliver(house, NULL, order);
    assert_int_equal(reply.status, 200);
    look_until(house, &fans[0], "\"state\":\"CAPTURED\"");

    hold(house, &fans[1]);
    reply = pay(house, &fans[1], "pay", "decline");
    assert_int_equal(reply.status, 402);
    snprintf(order, sizeof order, "TR-%lld-pay", (long long)fans[1].reservation);
    reply = deliver(house, NULL, order); /* a lie */
    assert_int_equal(reply.status, 200);
    reply = deliver(house, NULL, "TR-999999-nobody");
    assert_int_equal(reply.status, 200);
    reply = pay(house, &fans[1], "pay", "decline");
    assert_int_equal(reply.status, 402);
    assert_int_equal(count_webhooks(house), 0);
    close_house(house);
}

/* Each is delivered twice. */
static void webhooks_are_heard_and_strangers_are_not(void **state)
{
    static const char heard[] = "ticketrush_http_requests_total{route=\"/api/webhooks/payments/"
                                "{gateway}\",method=\"POST\",status=\"200\"} 2\n";
    struct house *house = open_house(NULL);
    struct buyer fan;
    (void)state;
    toss_process_notify(house->gateway, server_process_port(house->sale->server));
    hold(house, &fan);
    struct http_reply reply = pay(house, &fan, "pay", "lose");
    fan.payment = reply_number(&reply, "id");
    look_until(house, &fan, "\"state\":\"CAPTURED\"");
    do
        reply = ask(house, "GET", NULL, NULL, "/metrics", NULL);
    while (!http_reply_says(&reply, heard));

    reply = deliver(house, "tosspayments-webhook-signature: v1:AAAA\r\n", "TR-1-a");
    assert_int_equal(reply.status, 401);
    assert_true(http_reply_has_code(&reply, "SIGNATURE_INVALID"));
    reply = ask(house, "POST", NULL, NULL, "/api/webhooks/payments/toss", "{}");
    assert_int_equal(reply.status, 422);
    reply = ask(house, "POST", NULL, NULL, "/api/webhooks/payments/test", "{}");
    assert_int_equal(reply.status, 404);
    close_house(house);
}

/* Each line of the gateway's own list, as the settlement file wants it. */
static char *transactions_of(const struct house *house)
{
    static const char fields[] = "Authorization: Basic dGVzdF9za19vZl90aGVfdGVzdHM6\r\n";
    struct http_client *client = http_client_open("127.0.0.1", toss_process_port(house->gateway));
    assert_non_null(client);
    struct http_reply reply =
        http_client_ask(client, &(struct http_ask){.path = "/v1/transactions", .fields = fields});
    assert_int_equal(reply.status, 200);
    char *lines = calloc(1, reply.body.size + 1);
    assert_non_null(lines);
    memcpy(lines, reply.body.bytes, reply.body.size);
    for (char *c = lines; *c; c++) /* [{…},{…}] → {…}\n{…} */
        if (*c == '[' || *c == ']' || (*c == ',' && c[1] == '{'))
            *c = '\n';
    http_client_close(client);
    return lines;
}

/* What the server was killed over and the gateway never acted upon ends as FAILED here, too. */
static bool is_captured_in_the_end(struct house *house, const struct buyer *buyer)
{
    struct http_reply reply;
    do
        reply = look(house, buyer);
    while (http_reply_says(&reply, "\"state\":\"READY\"") ||
           http_reply_says(&reply, "\"state\":\"UNKNOWN\""));
    return http_reply_says(&reply, "\"state\":\"CAPTURED\"");
}

/* Every third confirmation or cancellation meets a fault, from a seed; the server is killed in the
   middle. In the end both books say the same. */
static void a_gateway_full_of_faults_and_a_kill_leave_the_books_equal(void **state)
{
    enum { FANS = 18 };
    static const char *const arguments[] = {"--faults",     "33",   "--seed", "7",
                                            "--session-ms", "3000", NULL};
    struct house *house = open_house(arguments);
    struct buyer fans[FANS];
    (void)state;
    toss_process_notify(house->gateway, server_process_port(house->sale->server));
    for (int i = 0; i < FANS; i++) {
        hold(house, &fans[i]);
        struct http_reply reply = pay(house, &fans[i], "pay", "good");
        assert_true(reply.status == 201 || reply.status == 202 || reply.status == 402);
        fans[i].payment = reply.status == 402 ? 0 : reply_number(&reply, "id");
        if (i == FANS / 2)
            restart(house);
    }
    for (int i = 0; i < FANS; i++) {
        if (fans[i].payment == 0)
            continue;
        if (!is_captured_in_the_end(house, &fans[i]) || i % 3 > 0)
            continue;
        struct http_reply reply = refund(house, &fans[i]);
        assert_true(reply.status == 201 || reply.status == 202);
        look_until(house, &fans[i], "\"state\":\"REFUNDED\"");
    }
    static const char *const reconcile[] = {"reconcile", "-", NULL};
    const char *const environment[] = {
        house->sale->data_setting,
        house->sale->database ? database_setting(house->sale->database) : NULL, NULL};
    char *lines = transactions_of(house);
    struct outcome *outcome = run_binary(house->sale->folder, reconcile, environment, lines);
    if (outcome->exit_code != 0)
        fail_msg("%s%s", outcome->output, outcome->errors);
    free(outcome);
    free(lines);
    close_house(house);
}

/* The file is what the gateway's API gives. */
static void a_settlement_file_is_held_against_our_book(void **state)
{
    struct house *house = open_house(NULL);
    struct buyer fan, other;
    (void)state;
    hold(house, &fan);
    hold(house, &other);
    assert_int_equal(pay(house, &fan, "pay", "good").status, 201);
    assert_int_equal(pay(house, &other, "pay", "good").status, 201);
    char same[256], strange[512];
    snprintf(same, sizeof same,
             "{\"orderId\":\"TR-%lld-pay\",\"status\":\"DONE\",\"amount\":%lld}\n\n"
             "{\"orderId\":\"TR-%lld-pay\",\"status\":\"DONE\",\"amount\":%lld,\"mId\":\"x\"}\n",
             (long long)fan.reservation, (long long)fan.amount, (long long)other.reservation,
             (long long)other.amount);
    snprintf(strange, sizeof strange,
             "{\"orderId\":\"TR-%lld-pay\",\"status\":\"DONE\",\"amount\":1}\n"
             "{\"orderId\":\"TR-0-x\",\"status\":\"CANCELED\",\"amount\":-5}\n",
             (long long)fan.reservation);
    static const char *const arguments[] = {"reconcile", "-", NULL};
    const char *const environment[] = {
        house->sale->data_setting,
        house->sale->database ? database_setting(house->sale->database) : NULL, NULL};
    struct outcome *outcome = run_binary(house->sale->folder, arguments, environment, same);
    assert_int_equal(outcome->exit_code, 0);
    free(outcome);
    outcome = run_binary(house->sale->folder, arguments, environment, strange);
    assert_int_equal(outcome->exit_code, 1);
    assert_non_null(strstr(outcome->output, "there 1\n"));
    assert_non_null(strstr(outcome->output, "TR-0-x: taken there 0, given back 5; no such"));
    assert_non_null(strstr(outcome->output, "not in the file"));
    assert_non_null(strstr(outcome->output, "3 differences"));
    free(outcome);
    outcome = run_binary(house->sale->folder, arguments, environment, "{\"orderId\":\"TR-1\"}\n");
    assert_int_equal(outcome->exit_code, 1);
    assert_non_null(strstr(outcome->errors, "line 1 is no transaction"));
    free(outcome);
    close_house(house);
}

static void a_gateway_that_is_down_declines_at_once_and_keeps_the_hold(void **state)
{
    (void)state;
    struct house *house = open_house(NULL);
    struct buyer fan;
    hold(house, &fan);
    toss_process_kill(house->gateway);
    struct http_reply reply = pay(house, &fan, "pay", "good");
    assert_int_equal(reply.status, 402);
    close_house(house);
}

/* Connections are taken, by the kernel, and nobody ever says a word. */
static uint16_t open_silent_port(int *out_socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    *out_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*out_socket, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(*out_socket, SOMAXCONN), 0);
    assert_int_equal(getsockname(*out_socket, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* Whoever starts it hears that nobody serves, also when a payment is open that nobody can be asked
   about: the end would wait for it, and then look like an orderly stop. */
static void a_start_without_its_port_fails_and_takes_up_no_payment(void **state)
{
    (void)state;
    static const char *const serve[] = {"serve", NULL};
    struct house house = {.next_fan = 500};
    struct buyer fan;
    char listen_setting[64];
    int silent;
    uint16_t port = open_silent_port(&silent);
    snprintf(house.url, sizeof house.url, "TICKETRUSH_GATEWAY_URL=http://127.0.0.1:%u", port);
    snprintf(listen_setting, sizeof listen_setting, "TICKETRUSH_LISTEN=127.0.0.1:%u", port);
    fill_settings(&house);
    house.sale = test_sale_open(house.settings);
    hold(&house, &fan);
    assert_int_equal(pay(&house, &fan, "pay", "good").status, 202);
    server_process_kill(house.sale->server);

    const char *const environment[] = {house.sale->data_setting,
                                       house.url,
                                       listen_setting,
                                       "TICKETRUSH_GATEWAY=toss",
                                       ("TICKETRUSH_GATEWAY_SECRET=" TOSS_SECRET),
                                       "TICKETRUSH_DRAIN_MS=100",
                                       house.sale->database ? database_setting(house.sale->database)
                                                            : NULL,
                                       NULL};
    struct outcome *outcome = run_binary(house.sale->folder, serve, environment, NULL);
    assert_non_null(strstr(outcome->errors, "cannot bind"));
    assert_null(strstr(outcome->errors, "payments taken up"));
    assert_int_equal(outcome->exit_code, 1);
    free(outcome);
    test_sale_close(house.sale);
    close(silent);
}

/* --- all together ----------------------------------------------------------------------------- */

static int open_first(void **state)
{
    *state = open_house(NULL);
    return 0;
}

static int close_first(void **state)
{
    close_house(*state);
    return 0;
}

static int run(enum database_kind kind)
{
    test_sale_use(kind);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_is_confirmed_once_and_given_back_once),
        cmocka_unit_test(a_decline_keeps_the_hold),
        cmocka_unit_test(faults_of_the_first_try_do_no_harm),
        cmocka_unit_test(a_lost_answer_to_a_refund_gives_back_once),
        cmocka_unit_test(a_refused_refund_changes_nothing),
        cmocka_unit_test(an_order_of_another_reservation_is_refused),
        cmocka_unit_test(others_are_served_while_the_gateway_stalls),
        cmocka_unit_test(webhooks_are_heard_and_strangers_are_not),
        cmocka_unit_test(an_unsigned_webhook_is_a_hint_that_leaves_no_trace),
        cmocka_unit_test(a_gateway_full_of_faults_and_a_kill_leave_the_books_equal),
        cmocka_unit_test(a_settlement_file_is_held_against_our_book),
        cmocka_unit_test(a_gateway_that_is_down_declines_at_once_and_keeps_the_hold),
        cmocka_unit_test(a_start_without_its_port_fails_and_takes_up_no_payment),
    };
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, open_first, close_first);
}

int main(void)
{
    return databases_each(run);
}
