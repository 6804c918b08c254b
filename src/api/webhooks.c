/*
 * webhooks.c — the signature on the loop, for it takes microseconds; one row, written; then the
 * gateway is asked. The answer is 200 once the row is durable: what is answered otherwise comes
 * again. Without a signature nothing is written, and the answer tells nobody whether there is such
 * a payment.
 */
#include "api/webhooks.h"

#include "api/body.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "guard/limiter.h"
#include "payment/payments.h"
#include "payment/webhook.h"

struct hearing {
    struct writing writing; /* of a signed one */
    struct reading reading; /* of a hint */
    struct payment payment;
    struct webhook webhook;
    struct webhook_kept kept;
};

static void answer_thanks(struct http_request *request)
{
    http_answer(request, &(struct http_answer){.status = 200,
                                               .type = text_of("application/json"),
                                               .body = text_of("{}")});
}

static enum status write_webhook(struct writing *writing, struct store_connection *connection)
{
    struct hearing *hearing = container_of(writing, struct hearing, writing);
    return webhook_keep(connection, payments_gateway(writing->app->payments), &hearing->webhook,
                        clock_wall_ms(), &hearing->kept);
}

static void on_kept(struct writing *writing, enum status status)
{
    const struct hearing *hearing = container_of(writing, struct hearing, writing);
    const struct webhook_kept *kept = &hearing->kept;
    if (status != STATUS_OK) {
        problem_status(writing->request, STATUS_IO);
        return;
    }
    if (kept->matched)
        payments_hint(writing->app->payments, kept->payment.id);
    else if (!kept->repeated)
        log_warn("webhook of an unknown payment", log_words("order", hearing->webhook.order_id),
                 log_words("said", hearing->webhook.said));
    if (kept->disagrees && !kept->repeated)
        log_error("the gateway gave money back that nobody here has asked for",
                  log_int("payment", kept->payment.id.value));
    answer_thanks(writing->request);
}

/* --- hints ------------------------------------------------------------------------------------ */

static enum status find_payment(struct reading *reading, struct store_connection *reader)
{
    struct hearing *hearing = container_of(reading, struct hearing, reading);
    return payment_store_find_order(reader, text_of(payments_gateway(reading->app->payments)),
                                    text_of(hearing->webhook.order_id), &hearing->payment);
}

static void on_found(struct reading *reading, enum status status)
{
    const struct hearing *hearing = container_of(reading, struct hearing, reading);
    if (status == STATUS_OK)
        payments_hint(reading->app->payments, hearing->payment.id);
    answer_thanks(reading->request);
}

static void take_hint(struct hearing *hearing, struct http_app *app, struct http_request *request)
{
    int64_t wait_ms = limiter_ask(app->hint_limiter, 1, loop_now_ms(http_loop(request)));
    if (wait_ms > 0) {
        problem_answer(request,
                       &(struct problem){.status = 429,
                                         .code = "RATE_LIMITED",
                                         .detail = "Too many deliveries without a signature.",
                                         .retry_after_s = (wait_ms + 999) / 1000});
        return;
    }
    hearing->reading.read = find_payment;
    hearing->reading.answer = on_found;
    reading_start(&hearing->reading, app, request);
}

/* --- taking ----------------------------------------------------------------------------------- */

static void answer_refusal(struct http_request *request, int status, const char *code,
                           const char *detail)
{
    problem_answer(request, &(struct problem){.status = status, .code = code, .detail = detail});
}

static void take(struct hearing *hearing, struct http_app *app, struct http_request *request,
                 enum webhook_verdict verdict)
{
    switch (verdict) {
    case WEBHOOK_GOOD:
        hearing->writing.write = write_webhook;
        hearing->writing.answer = on_kept;
        writing_start(&hearing->writing, app, request);
        return;
    case WEBHOOK_UNSIGNED:
        take_hint(hearing, app, request);
        return;
    case WEBHOOK_OTHER:
        answer_thanks(request);
        return;
    case WEBHOOK_FORGED:
        answer_refusal(request, 401, "SIGNATURE_INVALID", "No signature fits this delivery.");
        return;
    case WEBHOOK_STALE:
        answer_refusal(request, 401, "DELIVERY_STALE", "This delivery was not sent just now.");
        return;
    case WEBHOOK_GARBAGE:
        answer_refusal(request, 422, "VALIDATION_FAILED", "This is no event of a payment.");
        return;
    }
}

void webhooks_payments_post(struct http_app *app, struct http_request *request)
{
    if (!text_equal(http_param(request, 0), text_of(payments_gateway(app->payments)))) {
        problem_not_found(request, "This server takes no webhooks of such a gateway.");
        return;
    }
    struct hearing *hearing = arena_take_zeroed(http_arena(request), sizeof *hearing);
    if (!hearing) {
        problem_no_memory(request);
        return;
    }
    struct webhook_delivery delivery = {
        .body = http_body(request),
        .signature = http_header(request, "tosspayments-webhook-signature"),
        .sent_at = http_header(request, "tosspayments-webhook-transmission-time"),
        .id = http_header(request, "tosspayments-webhook-transmission-id")};
    take(hearing, app, request,
         webhook_read(&delivery, text_of(app->webhook_secret), clock_wall_ms(), &hearing->webhook));
}

void payment_methods_get(struct http_app *app, struct http_request *request)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 256);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    json_out_object(&out);
    json_out_words_field(&out, "method", payments_gateway(app->payments));
    json_out_key(&out, "clientKey");
    if (app->gateway_client_key[0] != '\0')
        json_out_words(&out, app->gateway_client_key);
    else
        json_out_null(&out);
    json_out_object_end(&out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}
