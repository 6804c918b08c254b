/* refunds.c — an order in, a refund out; the steps between are payment/refunds.h's. */
#include "api/refunds.h"

#include <stdio.h>

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "base/container.h"
#include "base/hash.h"
#include "net/loop.h"
#include "payment/payments.h"

struct refunding {
    struct refund_wait wait;
    struct loop_note note;
    struct http_request *request;
    struct refund_order order;
};

static void answer_refund(const struct refunding *refunding, int status)
{
    const struct refund *refund = &refunding->wait.refund;
    struct buffer body;
    buffer_init(&body, http_arena(refunding->request), 512);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_int_field(&out, "id", refund->id.value);
    json_out_int_field(&out, "paymentId", refund->payment.value);
    json_out_int_field(&out, "amount", refund->amount);
    json_out_int_field(&out, "fee", refund->fee_won);
    json_out_words_field(&out, "currency", "KRW");
    json_out_words_field(&out, "state", refund_state_name(refund->state));
    json_out_time_field(&out, "createdAt", refund->created_at_ms);
    json_out_object_end(&out);
    body_answer(refunding->request, status, &body);
}

static void answer_no(const struct refunding *refunding, int status, const char *code,
                      const char *detail)
{
    problem_answer(refunding->request,
                   &(struct problem){.status = status, .code = code, .detail = detail});
}

static void answer_too_much(const struct refunding *refunding)
{
    char words[96];
    snprintf(words, sizeof words, "No more than %lld won are left of this payment.",
             (long long)refunding->wait.left);
    problem_validation(refunding->request, "amount", words);
}

static void on_answered(struct loop_note *note)
{
    struct refunding *refunding = container_of(note, struct refunding, note);
    switch (refunding->wait.verdict) {
    case REFUND_VERDICT_DONE:
        answer_refund(refunding, 201);
        return;
    case REFUND_VERDICT_PENDING:
        answer_refund(refunding, 202);
        return;
    case REFUND_VERDICT_REFUSED:
        answer_no(refunding, 409, "REFUND_REFUSED", "The gateway refused; nothing has changed.");
        return;
    case REFUND_VERDICT_KEY_REUSED:
        answer_no(refunding, 422, "IDEMPOTENCY_KEY_REUSED",
                  "This key came with another request before.");
        return;
    case REFUND_VERDICT_NO_PAYMENT:
        problem_not_found(refunding->request, "There is no such payment.");
        return;
    case REFUND_VERDICT_NOT_CAPTURED:
        answer_no(refunding, 409, "NOT_CAPTURED", "Nothing was taken by this payment.");
        return;
    case REFUND_VERDICT_ALREADY_REFUNDED:
        answer_no(refunding, 409, "ALREADY_REFUNDED", "All of this payment has been given back.");
        return;
    case REFUND_VERDICT_IN_PROGRESS:
        answer_no(refunding, 409, "REFUND_IN_PROGRESS",
                  "Another refund of this payment is under way.");
        return;
    case REFUND_VERDICT_TOO_MUCH:
        answer_too_much(refunding);
        return;
    case REFUND_VERDICT_TOO_LATE:
        answer_no(refunding, 409, "REFUND_TOO_LATE",
                  "The concert has started, or nothing would come back.");
        return;
    case REFUND_VERDICT_TICKET_USED:
        answer_no(refunding, 409, "TICKET_USED", "The ticket has opened the gate already.");
        return;
    case REFUND_VERDICT_BUSY:
        problem_status(refunding->request, refunding->wait.status);
        return;
    }
}

static void on_refunded(struct refund_wait *wait)
{
    struct refunding *refunding = container_of(wait, struct refunding, wait);
    loop_post(http_loop(refunding->request), &refunding->note); /* continues in on_answered */
}

static bool read_order(struct refunding *refunding, const struct json_in *document)
{
    struct text reason;
    enum json_in_verdict verdict =
        json_in_read_int(document, "amount", 1, ID_MAX, &refunding->order.amount);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT) {
        problem_field(refunding->request, "amount", verdict, "a whole number of won from 1");
        return false;
    }
    if (verdict == JSON_IN_OK && !refunding->order.by_operator) {
        problem_validation(refunding->request, "amount",
                           "Seats are given back as a whole: leave the amount out.");
        return false;
    }
    verdict = json_in_read_text(document, "reason", 1, REFUND_REASON_BYTES_MAX, &reason);
    if (verdict != JSON_IN_OK) {
        problem_field(refunding->request, "reason", verdict, "a text of 1 to 200 bytes");
        return false;
    }
    refunding->order.reason = arena_copy(http_arena(refunding->request), reason);
    if (!refunding->order.reason.bytes) {
        problem_no_memory(refunding->request);
        return false;
    }
    return true;
}

static int64_t hash_order(const struct refunding *refunding)
{
    struct buffer words;
    buffer_init(&words, http_arena(refunding->request), 256);
    buffer_add_int(&words, refunding->order.payment.value);
    buffer_add_char(&words, ' ');
    buffer_add_int(&words, refunding->order.amount);
    buffer_add_char(&words, ' ');
    buffer_add(&words, refunding->order.reason);
    return words.failed ? 0 : hash_lasting(buffer_text(&words));
}

void refunds_post(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {"amount", "reason", NULL};
    struct identity identity;
    struct text key;
    int64_t id;
    if (!caller_fan(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such payment.", &id) ||
        !body_idempotency_key(request, &key))
        return;
    struct refunding *refunding = arena_take_zeroed(http_arena(request), sizeof *refunding);
    if (!refunding) {
        problem_no_memory(request);
        return;
    }
    refunding->request = request;
    refunding->order = (struct refund_order){.asked_by = identity.fan,
                                             .by_operator = identity.role != ROLE_FAN,
                                             .payment = {id},
                                             .key = key};
    struct json_in *document = body_open(request, known);
    if (!document)
        return;
    bool good = read_order(refunding, document);
    json_in_close(document);
    if (!good)
        return;
    refunding->order.request_hash = hash_order(refunding);
    refunding->wait.on_answer = on_refunded;
    refunding->note.on_arrive = on_answered;
    if (refunds_ask(payments_refunds(app->payments), &refunding->order, &refunding->wait) !=
        STATUS_OK)
        problem_busy(request);
}
