/*
 * gateway_toss.c — an errand for each request: a step, its tries, perhaps another step.
 *
 *     CHARGE   confirm ─▶ (said to be done before) query ─▶ answer
 *     ASK      query ─▶ (agreed upon, not confirmed, and the seats are kept) confirm ─▶ answer
 *     REFUND   cancel ─▶ (said to be done before) query for our cancellation ─▶ answer
 *
 * A refund is found again by its reason, which names it: "refund 17".
 */
#include "payment/gateway_toss.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/random.h"
#include "guard/breaker.h"
#include "limits.h"
#include "payment/http_calls.h"
#include "payment/toss.h"

enum { URL_BYTES = 256, STEPS_OF_ONE_ERRAND = 4, REASON_BYTES = 32 };

struct toss {
    struct gateway base;
    struct http_calls *calls;
    struct breaker *breaker;
    atomic_bool stopping;
    char url[URL_BYTES];
};

struct errand {
    struct http_call call;
    struct toss *toss;
    struct gateway_request *request;
    enum toss_step step;
    int step_count, try_count; /* steps so far; tries of this step */
    bool may_be_heard;         /* a try of this errand may have reached the gateway */
    struct breaker_call breaker_call;
    char cancel_reason[REASON_BYTES];
};

static void on_called(struct http_call *call);

/* --- what is sent ----------------------------------------------------------------------------- */

/* Ids and keys are words of letters and digits (api/payment_body.c), so they need no escaping. */
static void write_confirm(struct errand *errand)
{
    const struct gateway_request *request = errand->request;
    snprintf(errand->call.url, sizeof errand->call.url, "%s/v1/payments/confirm",
             errand->toss->url);
    snprintf(errand->call.body, sizeof errand->call.body,
             "{\"paymentKey\":\"%.*s\",\"orderId\":\"%.*s\",\"amount\":%lld}",
             (int)request->gateway_key.size, request->gateway_key.bytes,
             (int)request->order_id.size, request->order_id.bytes, (long long)request->amount);
    snprintf(errand->call.key, sizeof errand->call.key, "pay-%lld-%.*s",
             (long long)request->payment.value, (int)request->order_id.size,
             request->order_id.bytes);
}

static void write_cancel(struct errand *errand)
{
    const struct gateway_request *request = errand->request;
    snprintf(errand->call.url, sizeof errand->call.url, "%s/v1/payments/%.*s/cancel",
             errand->toss->url, (int)request->gateway_key.size, request->gateway_key.bytes);
    snprintf(errand->call.body, sizeof errand->call.body,
             "{\"cancelReason\":\"%s\",\"cancelAmount\":%lld}", errand->cancel_reason,
             (long long)request->amount);
    snprintf(errand->call.key, sizeof errand->call.key, "refund-%lld-%.*s",
             (long long)request->refund.value, (int)request->order_id.size,
             request->order_id.bytes);
}

static void write_query(struct errand *errand)
{
    const struct gateway_request *request = errand->request;
    snprintf(errand->call.url, sizeof errand->call.url, "%s/v1/payments/orders/%.*s",
             errand->toss->url, (int)request->order_id.size, request->order_id.bytes);
    errand->call.key[0] = '\0';
}

static void write_call(struct errand *errand)
{
    errand->call.on_done = on_called;
    errand->call.is_post = errand->step == TOSS_CONFIRM || errand->step == TOSS_CANCEL;
    switch (errand->step) {
    case TOSS_CONFIRM:
        write_confirm(errand);
        return;
    case TOSS_CANCEL:
        write_cancel(errand);
        return;
    case TOSS_QUERY:
    case TOSS_QUERY_CANCEL:
        write_query(errand);
        return;
    }
}

/* --- ends ------------------------------------------------------------------------------------- */

static void answer(struct errand *errand, enum gateway_verdict verdict)
{
    struct gateway_request *request = errand->request;
    free(errand);
    request->verdict = verdict;
    request->on_answer(request);
}

/* No tries are left, or none may be made. */
static void give_up(struct errand *errand)
{
    struct gateway_request *request = errand->request;
    if (request->act == GATEWAY_CHARGE && !errand->may_be_heard) {
        snprintf(request->reason, sizeof request->reason, "the gateway cannot be reached");
        answer(errand, GATEWAY_NEVER_HEARD);
        return;
    }
    answer(errand, GATEWAY_UNKNOWN);
}

/* --- tries ------------------------------------------------------------------------------------ */

static void try_once(struct errand *errand, int64_t pause_ms)
{
    struct toss *toss = errand->toss;
    int64_t now_ms = clock_monotonic_ms();
    if (!breaker_enter(toss->breaker, &errand->breaker_call, now_ms)) {
        give_up(errand);
        return;
    }
    errand->try_count++;
    errand->breaker_call.entered_at_ms += pause_ms; /* the pause is ours, not the gateway's */
    errand->call.start_at_ms = now_ms + pause_ms;
    write_call(errand);
    http_calls_submit(toss->calls, &errand->call); /* continues in on_called */
}

static void try_again(struct errand *errand)
{
    struct random chance;
    uint64_t seed;
    if (errand->try_count >= GATEWAY_TRIES_MAX || atomic_load(&errand->toss->stopping)) {
        give_up(errand);
        return;
    }
    random_secret(&seed, sizeof seed);
    random_init(&chance, seed);
    int64_t longest_ms = GATEWAY_PAUSE_MS << errand->try_count;
    try_once(errand, 1 + (int64_t)random_below(&chance, (uint64_t)longest_ms)); /* full jitter */
}

static void go_to(struct errand *errand, enum toss_step step)
{
    errand->step = step;
    errand->try_count = 0;
    if (++errand->step_count > STEPS_OF_ONE_ERRAND || atomic_load(&errand->toss->stopping))
        give_up(errand);
    else
        try_once(errand, 0);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void follow(struct errand *errand, enum toss_next next)
{
    switch (next) {
    case TOSS_NEXT_CAPTURED:
        answer(errand, GATEWAY_CAPTURED);
        return;
    case TOSS_NEXT_DECLINED:
        answer(errand, GATEWAY_DECLINED);
        return;
    case TOSS_NEXT_NEVER_HEARD:
        answer(errand, GATEWAY_NEVER_HEARD);
        return;
    case TOSS_NEXT_UNKNOWN:
        answer(errand, GATEWAY_UNKNOWN);
        return;
    case TOSS_NEXT_AGAIN:
        try_again(errand);
        return;
    case TOSS_NEXT_QUERY:
        go_to(errand, errand->step == TOSS_CANCEL ? TOSS_QUERY_CANCEL : TOSS_QUERY);
        return;
    case TOSS_NEXT_CONFIRM:
        go_to(errand, TOSS_CONFIRM);
        return;
    }
}

static enum toss_next read_answer(struct errand *errand)
{
    const struct http_call *call = &errand->call;
    struct gateway_request *request = errand->request;
    struct toss_order order = {.order_id = request->order_id,
                               .amount = request->amount,
                               .may_be_heard = errand->may_be_heard,
                               .is_kept = request->kept_until_ms > clock_wall_ms() &&
                                          request->gateway_key.size > 0};
    if (request->act == GATEWAY_REFUND)
        order.cancel_reason = text_of(errand->cancel_reason);
    enum toss_next next = toss_decide(errand->step, &order, call->status,
                                      text_make(call->answer, call->answer_bytes), request->reason);
    if (call->status == 401 || call->status == 403)
        log_error("the gateway does not accept our key", log_int("status", call->status));
    return next;
}

static void on_called(struct http_call *call)
{
    struct errand *errand = container_of(call, struct errand, call);
    bool answered = call->outcome == HTTP_CALL_ANSWERED;
    enum toss_next next = answered ? read_answer(errand) : TOSS_NEXT_AGAIN;
    breaker_leave(errand->toss->breaker, &errand->breaker_call,
                  toss_is_ill(next) ? BREAKER_FAILED : BREAKER_WORKED, clock_monotonic_ms());
    if (call->outcome != HTTP_CALL_NOT_SENT)
        errand->may_be_heard = true;
    follow(errand, next);
}

/* --- the port --------------------------------------------------------------------------------- */

static enum toss_step first_step(enum gateway_act act)
{
    switch (act) {
    case GATEWAY_CHARGE:
        return TOSS_CONFIRM;
    case GATEWAY_ASK:
        return TOSS_QUERY;
    case GATEWAY_REFUND:
        return TOSS_CANCEL;
    }
    return TOSS_QUERY;
}

static void toss_submit(struct gateway *gateway, struct gateway_request *request)
{
    struct errand *errand = calloc(1, sizeof *errand);
    if (!errand) { /* nothing was sent; what was sent before is still to be found out */
        request->verdict = request->act == GATEWAY_CHARGE ? GATEWAY_NEVER_HEARD : GATEWAY_UNKNOWN;
        request->on_answer(request);
        return;
    }
    errand->toss = container_of(gateway, struct toss, base);
    errand->request = request;
    errand->may_be_heard = request->act != GATEWAY_CHARGE;
    request->reason[0] = '\0';
    request->answers_twice = false;
    snprintf(errand->cancel_reason, sizeof errand->cancel_reason, "refund %lld",
             (long long)request->refund.value);
    go_to(errand, first_step(request->act));
}

static void toss_destroy(struct gateway *gateway)
{
    struct toss *toss = container_of(gateway, struct toss, base);
    atomic_store(&toss->stopping, true);
    http_calls_destroy(toss->calls);
    free(toss);
}

static const struct gateway_ops toss_ops = {
    .name = "toss",
    .page_origins = "https://js.tosspayments.com https://*.tosspayments.com https://*.toss.im",
    .submit = toss_submit,
    .destroy = toss_destroy,
};

/* What begins like this machine's address may be another's name: http://127.0.0.1.example. */
static bool is_this_machine(const char *url)
{
    static const char host[] = "http://127.0.0.1";
    if (strncmp(url, host, sizeof host - 1) != 0)
        return false;
    const char *rest = url + sizeof host - 1;
    if (*rest == ':')
        rest += 1 + strspn(rest + 1, "0123456789");
    return *rest == '\0' || *rest == '/';
}

enum status gateway_toss_open(const struct gateway_toss_settings *settings, char out_why[256],
                              struct gateway **out_gateway)
{
    bool is_url = strncmp(settings->url, "https://", 8) == 0 || is_this_machine(settings->url);
    if (!is_url || strlen(settings->url) >= URL_BYTES) {
        snprintf(out_why, 256, "gateway_url must begin with https://");
        return STATUS_INVALID;
    }
    if (settings->secret_key[0] == '\0') {
        snprintf(out_why, 256, "the gateway's secret key is missing: TICKETRUSH_GATEWAY_SECRET");
        return STATUS_INVALID;
    }
    struct toss *toss = calloc(1, sizeof *toss);
    if (!toss)
        return STATUS_NO_MEMORY;
    toss->base.ops = &toss_ops;
    snprintf(toss->url, sizeof toss->url, "%s", settings->url);
    struct breaker_settings breaker = breaker_usual("gateway", settings->total_timeout_ms / 2);
    toss->breaker = breakers_add(settings->breakers, &breaker);
    struct http_calls_settings calls = {.secret = settings->secret_key,
                                        .connect_timeout_ms = settings->connect_timeout_ms,
                                        .total_timeout_ms = settings->total_timeout_ms};
    enum status status = http_calls_create(&calls, &toss->calls);
    if (status != STATUS_OK) {
        snprintf(out_why, 256, "the gateway's thread cannot be started");
        free(toss);
        return status;
    }
    *out_gateway = &toss->base;
    return STATUS_OK;
}
