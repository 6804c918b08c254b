/*
 * toss_gateway.c — plays the API of Toss Payments, as far as its public documentation goes and we
 * use it, with faults.
 *
 *     toss_gateway [--secret KEY] [--session-ms N] [--faults PERCENT] [--seed N]
 *                  [--webhook-secret KEY]
 *
 * It writes "… serves http://127.0.0.1:PORT" and runs until it is killed. POST /test/webhooks with
 * {"port": N} has it send webhooks to that port from then on.
 *
 * A payment is steered by the beginning of its paymentKey, up to the first `-`:
 *
 *     decline     says no
 *     stall       hears the first confirmation and neither acts nor answers
 *     lose        acts upon the first one and does not answer
 *     error       answers the first one with 500, without having acted
 *     halfway     acts upon the first one and answers 500
 *     garbage     acts upon the first one and answers with bytes that are nothing
 *     processing  says of the first repetition that the first is still being processed
 *     lose_cancel acts upon the first cancellation and does not answer
 *     keep        refuses cancellations
 *
 * With --faults, each confirmation and cancellation meets one of the faults by chance. Under an
 * idempotency key the first answer is given again, as documented. Everything is forgotten with the
 * process.
 *
 * One loop serves everything, so nothing here needs a lock; webhooks leave from a second thread.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/must.h"
#include "base/random.h"
#include "net/http_server.h"
#include "support/http_client.h"

enum {
    PAYMENTS_MOST = 20000,
    CANCELS_MOST = 16,
    KEYS_MOST = 60000,
    ANSWER_BYTES = 4096,
    WORD_BYTES = 256,
};

struct cancel {
    char reason[64];
    int64_t amount;
};

struct there { /* a payment */
    char key[WORD_BYTES], order_id[WORD_BYTES];
    const char *status;
    int64_t total, balance;
    int64_t began_at_ms;
    int confirm_count, cancel_try_count;
    size_t cancel_count;
    struct cancel cancels[CANCELS_MOST];
};

struct given { /* what was answered under an idempotency key */
    char key[WORD_BYTES];
    int status;
    struct there *payment;
    char code[64]; /* of a refusal */
};

struct notice { /* a webhook on its way */
    struct list letter;
    char body[ANSWER_BYTES];
    int number;
};

struct http_app {
    const char *secret, *webhook_secret;
    int64_t session_ms;
    int fault_percent;
    _Atomic uint16_t webhook_port; /* 0: none are sent */
    int notice_count;
    struct random chance;
    struct mailbox notices;
    size_t payment_count, given_count;
    struct there payments[PAYMENTS_MOST];
    struct given given[KEYS_MOST];
};

enum fault { FAULT_NONE, FAULT_STALL, FAULT_LOSE, FAULT_ERROR, FAULT_HALFWAY, FAULT_GARBAGE };

/* --- the book --------------------------------------------------------------------------------- */

static void copy(struct text text, char *room, size_t room_bytes)
{
    must(text.size < room_bytes);
    memcpy(room, text.bytes, text.size);
    room[text.size] = '\0';
}

static struct there *find(struct http_app *app, struct text word, bool by_order)
{
    for (size_t i = 0; i < app->payment_count; i++) {
        struct there *payment = &app->payments[i];
        if (text_equal(word, text_of(by_order ? payment->order_id : payment->key)))
            return payment;
    }
    return NULL;
}

static struct there *begin(struct http_app *app, struct text key, struct text order_id,
                           int64_t amount)
{
    must(app->payment_count < PAYMENTS_MOST);
    struct there *payment = &app->payments[app->payment_count++];
    copy(key, payment->key, sizeof payment->key);
    copy(order_id, payment->order_id, sizeof payment->order_id);
    payment->status = "IN_PROGRESS";
    payment->total = amount;
    payment->began_at_ms = clock_monotonic_ms();
    return payment;
}

static void expire(const struct http_app *app, struct there *payment)
{
    if (strcmp(payment->status, "IN_PROGRESS") == 0 &&
        clock_monotonic_ms() - payment->began_at_ms >= app->session_ms)
        payment->status = "EXPIRED";
}

static bool is_steered(const struct there *payment, const char *word)
{
    struct text rest;
    return text_equal(text_cut(text_of(payment->key), '-', &rest), text_of(word));
}

static enum fault fault_of(struct http_app *app, const struct there *payment, bool first)
{
    static const struct {
        const char *word;
        enum fault fault;
    } rows[] = {{"stall", FAULT_STALL},
                {"lose", FAULT_LOSE},
                {"error", FAULT_ERROR},
                {"halfway", FAULT_HALFWAY},
                {"garbage", FAULT_GARBAGE}};
    for (size_t i = 0; first && i < sizeof rows / sizeof rows[0]; i++)
        if (is_steered(payment, rows[i].word))
            return rows[i].fault;
    if (random_below(&app->chance, 100) >= (uint64_t)app->fault_percent)
        return FAULT_NONE;
    return (enum fault)(1 + random_below(&app->chance, 5));
}

/* --- answers ---------------------------------------------------------------------------------- */

static void write_payment(struct json_out *out, const struct there *payment)
{
    json_out_object(out);
    json_out_words_field(out, "mId", "tickets");
    json_out_words_field(out, "version", "2022-11-16");
    json_out_words_field(out, "paymentKey", payment->key);
    json_out_words_field(out, "orderId", payment->order_id);
    json_out_words_field(out, "status", payment->status);
    json_out_words_field(out, "currency", "KRW");
    json_out_int_field(out, "totalAmount", payment->total);
    json_out_int_field(out, "balanceAmount", payment->balance);
    json_out_key(out, "cancels");
    if (payment->cancel_count == 0)
        json_out_null(out);
    else
        json_out_array(out);
    for (size_t i = 0; i < payment->cancel_count; i++) {
        json_out_object(out);
        json_out_words_field(out, "cancelReason", payment->cancels[i].reason);
        json_out_int_field(out, "cancelAmount", payment->cancels[i].amount);
        json_out_words_field(out, "cancelStatus", "DONE");
        json_out_object_end(out);
    }
    if (payment->cancel_count > 0)
        json_out_array_end(out);
    json_out_object_end(out);
}

static void answer_bytes(struct http_request *request, int status, struct text body)
{
    http_answer(request, &(struct http_answer){
                             .status = status, .type = text_of("application/json"), .body = body});
}

static void answer_payment(struct http_request *request, const struct there *payment)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), ANSWER_BYTES);
    struct json_out out = json_out_to(&body);
    write_payment(&out, payment);
    answer_bytes(request, 200, buffer_text(&body));
}

static void answer_code(struct http_request *request, int status, const char *code)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 256);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_words_field(&out, "code", code);
    json_out_words_field(&out, "message", "as documented");
    json_out_object_end(&out);
    answer_bytes(request, status, buffer_text(&body));
}

static bool is_ours(struct http_app *app, struct http_request *request)
{
    char plain[WORD_BYTES], expected[2 * WORD_BYTES] = "Basic ";
    int size = snprintf(plain, sizeof plain, "%s:", app->secret);
    sodium_bin2base64(expected + 6, sizeof expected - 6, (const unsigned char *)plain, (size_t)size,
                      sodium_base64_VARIANT_ORIGINAL);
    if (text_equal(http_header(request, "authorization"), text_of(expected)))
        return true;
    answer_code(request, 401, "UNAUTHORIZED_KEY");
    return false;
}

/* --- what was answered before under a key ----------------------------------------------------- */

static struct given *find_given(struct http_app *app, struct http_request *request)
{
    struct text key = http_header(request, "idempotency-key");
    for (size_t i = 0; key.size > 0 && i < app->given_count; i++)
        if (text_equal(key, text_of(app->given[i].key)))
            return &app->given[i];
    return NULL;
}

static void give(struct http_app *app, struct http_request *request, int status, const char *code,
                 struct there *payment)
{
    struct text key = http_header(request, "idempotency-key");
    if (key.size == 0)
        return;
    must(app->given_count < KEYS_MOST);
    struct given *given = &app->given[app->given_count++];
    copy(key, given->key, sizeof given->key);
    given->status = status;
    given->payment = payment;
    snprintf(given->code, sizeof given->code, "%s", code);
}

static bool answer_again(struct http_app *app, struct http_request *request)
{
    const struct given *given = find_given(app, request);
    if (!given)
        return false;
    if (given->status == 200)
        answer_payment(request, given->payment);
    else
        answer_code(request, given->status, given->code);
    return true;
}

/* The act has been done or refused; now the answer, or what becomes of it. */
static void answer_or_fail(struct http_request *request, enum fault fault, const char *code,
                           const struct there *payment)
{
    switch (fault) {
    case FAULT_STALL:
    case FAULT_LOSE:
        return; /* nobody will ever hear */
    case FAULT_ERROR:
    case FAULT_HALFWAY:
        answer_code(request, 500, "FAILED_INTERNAL_SYSTEM_PROCESSING");
        return;
    case FAULT_GARBAGE:
        answer_bytes(request, 200, text_of("{\"orderId\":\"TR-\\u00"));
        return;
    case FAULT_NONE:
        if (code[0] != '\0')
            answer_code(request, 400, code);
        else
            answer_payment(request, payment);
        return;
    }
}

/* --- webhooks --------------------------------------------------------------------------------- */

static void notify(struct http_app *app, const struct there *payment)
{
    if (app->webhook_port == 0)
        return;
    struct notice *notice = calloc(1, sizeof *notice);
    struct arena *arena = arena_create(8192, 65536);
    must(notice && arena);
    struct buffer body;
    char now[CLOCK_TEXT_BYTES];
    clock_write_iso(clock_wall_ms(), now);
    buffer_init(&body, arena, ANSWER_BYTES);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_words_field(&out, "eventType", "PAYMENT_STATUS_CHANGED");
    json_out_words_field(&out, "createdAt", now);
    json_out_key(&out, "data");
    write_payment(&out, payment);
    json_out_object_end(&out);
    copy(buffer_text(&body), notice->body, sizeof notice->body);
    arena_destroy(arena);
    notice->number = ++app->notice_count;
    bool was_empty;
    must(mailbox_put(&app->notices, &notice->letter, &was_empty));
}

static void sign(const struct http_app *app, const struct notice *notice, const char *now,
                 char out_signature[128])
{
    const char *secret = app->webhook_secret ? app->webhook_secret : "";
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)notice->body,
                                  strlen(notice->body));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)":", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)now, strlen(now));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(out_signature, 128, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
}

/* Each twice: at least once is all that was promised. */
static void deliver(const struct http_app *app, const struct notice *notice)
{
    char now[CLOCK_TEXT_BYTES], signature[128], bytes[ANSWER_BYTES + 1024];
    clock_write_iso(clock_wall_ms(), now);
    sign(app, notice, now, signature);
    int size = snprintf(bytes, sizeof bytes,
                        "POST /api/webhooks/payments/toss HTTP/1.1\r\nHost: us\r\n"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n"
                        "tosspayments-webhook-transmission-id: delivery-%d\r\n"
                        "tosspayments-webhook-transmission-time: %s\r\n"
                        "tosspayments-webhook-signature: v1:bm90IHRoaXMgb25l,%s\r\n\r\n%s",
                        strlen(notice->body), notice->number, now, signature, notice->body);
    must(size > 0 && (size_t)size < sizeof bytes);
    for (int i = 0; i < 2; i++) {
        struct http_client *client = http_client_open("127.0.0.1", app->webhook_port);
        struct http_reply reply;
        if (client && http_client_send(client, text_make(bytes, (size_t)size)))
            (void)http_client_read(client, false, &reply); /* whoever is there may be killed */
        http_client_close(client);
    }
}

static void *deliver_all(void *argument)
{
    struct http_app *app = argument;
    struct list notices;
    list_init(&notices);
    while (mailbox_wait(&app->notices, &notices, 1) > 0) {
        struct list *first = list_pop_front(&notices);
        must(first);
        struct notice *notice = container_of(first, struct notice, letter);
        deliver(app, notice);
        free(notice);
    }
    return NULL;
}

/* --- endpoints -------------------------------------------------------------------------------- */

static void confirm_new(struct http_app *app, struct http_request *request, struct there *payment)
{
    bool first = payment->confirm_count++ == 0;
    enum fault fault = fault_of(app, payment, first);
    const char *code = "";
    expire(app, payment);
    if (!first && payment->confirm_count == 2 && is_steered(payment, "processing")) {
        answer_code(request, 409, "IDEMPOTENT_REQUEST_PROCESSING");
        return;
    }
    if (fault == FAULT_STALL || fault == FAULT_ERROR) {
        answer_or_fail(request, fault, code, payment);
        return;
    }
    if (is_steered(payment, "decline"))
        code = "REJECT_CARD_COMPANY";
    else if (strcmp(payment->status, "IN_PROGRESS") != 0)
        code = strcmp(payment->status, "EXPIRED") == 0 ? "NOT_FOUND_PAYMENT_SESSION"
                                                       : "ALREADY_PROCESSED_PAYMENT";
    if (code[0] == '\0') {
        payment->status = "DONE";
        payment->balance = payment->total;
        notify(app, payment);
    } else if (is_steered(payment, "decline")) {
        payment->status = "ABORTED";
    }
    give(app, request, code[0] == '\0' ? 200 : 400, code, payment);
    if (is_steered(payment, "processing") && first)
        fault = FAULT_LOSE;
    answer_or_fail(request, fault, code, payment);
}

static void confirm(struct http_app *app, struct http_request *request)
{
    struct json_in_fault fault;
    struct text key, order_id;
    int64_t amount;
    if (!is_ours(app, request))
        return;
    struct json_in *document = json_in_open(http_body(request), &fault);
    bool good = document && json_in_read_text(document, "paymentKey", 1, 200, &key) == JSON_IN_OK &&
                json_in_read_text(document, "orderId", 6, 64, &order_id) == JSON_IN_OK &&
                json_in_read_int(document, "amount", 1, ID_MAX, &amount) == JSON_IN_OK;
    struct there *payment = good ? find(app, key, false) : NULL;
    if (good && !payment)
        payment = begin(app, key, order_id, amount);
    bool same =
        payment && payment->total == amount && text_equal(order_id, text_of(payment->order_id));
    json_in_close(document);
    if (!good || !same)
        answer_code(request, 400, "INVALID_REQUEST");
    else if (payment->confirm_count > 1 || !is_steered(payment, "processing")) {
        if (!answer_again(app, request))
            confirm_new(app, request, payment);
    } else {
        confirm_new(app, request, payment);
    }
}

static void look(struct http_app *app, struct http_request *request, bool by_order)
{
    if (!is_ours(app, request))
        return;
    struct there *payment = find(app, http_param(request, 0), by_order);
    if (!payment) {
        answer_code(request, 404, "NOT_FOUND_PAYMENT");
        return;
    }
    expire(app, payment);
    answer_payment(request, payment);
}

static void look_key(struct http_app *app, struct http_request *request)
{
    look(app, request, false);
}

static void look_order(struct http_app *app, struct http_request *request)
{
    look(app, request, true);
}

static const char *carry_out_cancel(struct http_app *app, struct there *payment, int64_t amount,
                                    struct text reason)
{
    bool has_money =
        strcmp(payment->status, "DONE") == 0 || strcmp(payment->status, "PARTIAL_CANCELED") == 0;
    if (is_steered(payment, "keep"))
        return "NOT_CANCELABLE_PAYMENT";
    if (!has_money)
        return "ALREADY_CANCELED_PAYMENT";
    if (amount > payment->balance || payment->cancel_count == CANCELS_MOST)
        return "NOT_CANCELABLE_AMOUNT";
    struct cancel *cancel = &payment->cancels[payment->cancel_count++];
    cancel->amount = amount;
    copy(reason, cancel->reason, sizeof cancel->reason);
    payment->balance -= amount;
    payment->status = payment->balance == 0 ? "CANCELED" : "PARTIAL_CANCELED";
    notify(app, payment);
    return "";
}

static void cancel(struct http_app *app, struct http_request *request)
{
    struct json_in_fault unread;
    struct text reason;
    int64_t amount = 0;
    if (!is_ours(app, request))
        return;
    struct there *payment = find(app, http_param(request, 0), false);
    if (!payment) {
        answer_code(request, 404, "NOT_FOUND_PAYMENT");
        return;
    }
    if (answer_again(app, request))
        return;
    bool first = payment->cancel_try_count++ == 0;
    enum fault fault = fault_of(app, payment, false);
    if (is_steered(payment, "lose_cancel") && first)
        fault = FAULT_LOSE;
    struct json_in *document = json_in_open(http_body(request), &unread);
    bool good = document &&
                json_in_read_text(document, "cancelReason", 1, 60, &reason) == JSON_IN_OK &&
                json_in_read_int(document, "cancelAmount", 1, ID_MAX, &amount) == JSON_IN_OK;
    const char *code = "INVALID_REQUEST";
    bool acts = fault != FAULT_STALL && fault != FAULT_ERROR;
    if (good && acts)
        code = carry_out_cancel(app, payment, amount, reason);
    json_in_close(document);
    if (acts)
        give(app, request, code[0] == '\0' ? 200 : 400, code, payment);
    answer_or_fail(request, fault, code, payment);
}

/* As documented: one line of money a confirmation or cancellation. */
static void list_transactions(struct http_app *app, struct http_request *request)
{
    if (!is_ours(app, request))
        return;
    struct buffer body;
    buffer_init(&body, http_arena(request), 65536);
    struct json_out out = json_out_to(&body);
    json_out_array(&out);
    for (size_t i = 0; i < app->payment_count; i++) {
        const struct there *payment = &app->payments[i];
        bool captured = payment->balance > 0 || payment->cancel_count > 0;
        for (size_t j = 0; captured && j <= payment->cancel_count; j++) {
            json_out_object(&out);
            json_out_words_field(&out, "paymentKey", payment->key);
            json_out_words_field(&out, "orderId", payment->order_id);
            json_out_words_field(&out, "status", j == 0 ? "DONE" : "CANCELED");
            json_out_int_field(&out, "amount",
                               j == 0 ? payment->total : -payment->cancels[j - 1].amount);
            json_out_words_field(&out, "currency", "KRW");
            json_out_object_end(&out);
        }
    }
    json_out_array_end(&out);
    answer_bytes(request, 200, buffer_text(&body));
}

static void send_webhooks(struct http_app *app, struct http_request *request)
{
    struct json_in_fault fault;
    int64_t port = 0;
    struct json_in *document = json_in_open(http_body(request), &fault);
    if (document && json_in_read_int(document, "port", 0, UINT16_MAX, &port) == JSON_IN_OK)
        atomic_store(&app->webhook_port, (uint16_t)port);
    json_in_close(document);
    answer_bytes(request, 200, text_of("{}"));
}

static void nothing_here(struct http_app *app, struct http_request *request)
{
    (void)app;
    answer_code(request, 404, "NOT_FOUND");
}

static void observe(struct http_app *app, const struct http_observation *observation)
{
    (void)app;
    (void)observation;
}

/* --- the program ------------------------------------------------------------------------------ */

static void read_options(int argument_count, char **arguments, struct http_app *app)
{
    static const struct option options[] = {{"secret", required_argument, NULL, 's'},
                                            {"session-ms", required_argument, NULL, 'e'},
                                            {"faults", required_argument, NULL, 'f'},
                                            {"seed", required_argument, NULL, 'r'},
                                            {"webhook-secret", required_argument, NULL, 'k'},
                                            {0}};
    int option;
    uint64_t seed = 1;
    app->secret = "test_sk_of_the_tests";
    app->webhook_secret = "";
    app->session_ms = 600000;
    while ((option = getopt_long(argument_count, arguments, "", options, NULL)) != -1) {
        if (option == 's')
            app->secret = optarg;
        else if (option == 'e')
            app->session_ms = strtoll(optarg, NULL, 10);
        else if (option == 'f')
            app->fault_percent = (int)strtol(optarg, NULL, 10);
        else if (option == 'r')
            seed = strtoull(optarg, NULL, 10);
        else if (option == 'k')
            app->webhook_secret = optarg;
        else
            exit(2);
    }
    random_init(&app->chance, seed);
}

int main(int argument_count, char **arguments)
{
    static const struct http_route routes[] = {
        {HTTP_METHOD_POST, "/v1/payments/confirm", confirm, 0},
        {HTTP_METHOD_GET, "/v1/payments/{paymentKey}", look_key, 0},
        {HTTP_METHOD_GET, "/v1/payments/orders/{orderId}", look_order, 0},
        {HTTP_METHOD_POST, "/v1/payments/{paymentKey}/cancel", cancel, 0},
        {HTTP_METHOD_GET, "/v1/transactions", list_transactions, 0},
        {HTTP_METHOD_POST, "/test/webhooks", send_webhooks, 0},
    };
    static struct http_app app;
    char why[256];
    pthread_t thread;
    struct http_server *server;
    log_set_level(LOG_OFF);
    must(sodium_init() >= 0);
    read_options(argument_count, arguments, &app);
    mailbox_init(&app.notices, PAYMENTS_MOST);
    must(pthread_create(&thread, NULL, deliver_all, &app) == 0);
    struct http_server_settings settings = {.address = "127.0.0.1",
                                            .loop_count = 1,
                                            .routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .fallback = nothing_here,
                                            .app = &app};
    if (http_server_create(&settings, observe, why, &server) != STATUS_OK ||
        http_server_start(server) != STATUS_OK)
        return 1;
    printf("toss_gateway serves http://127.0.0.1:%u\n", http_server_port(server));
    fflush(stdout);
    pause();
    return 0;
}
