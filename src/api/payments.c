/* payments.c — an order in, a payment out; whatever can go wrong in between is payment/'s
 * business. */
#include "api/payments.h"

#include <stdio.h>

#include "api/body.h"
#include "api/caller.h"
#include "api/payment_body.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/clock.h"
#include "base/container.h"
#include "booking/reservation_read.h"
#include "payment/payments.h"
#include "payment/refund_policy.h"

void payment_json(struct json_out *out, const struct payment *payment)
{
    json_out_int_field(out, "id", payment->id.value);
    json_out_int_field(out, "reservationId", payment->reservation.value);
    json_out_words_field(out, "state", payment_state_name(payment->state));
    json_out_words_field(out, "method", payment->gateway);
    json_out_words_field(out, "orderId", payment->order_id);
    json_out_int_field(out, "amount", payment->amount);
    json_out_words_field(out, "currency", "KRW");
    json_out_time_field(out, "createdAt", payment->created_at_ms);
}

/* --- paying ----------------------------------------------------------------------------------- */

struct paying {
    struct payment_wait wait;
    struct loop_note note;
    struct reading reading; /* when the reservation is not live: what became of it */
    struct http_app *app;
    struct http_request *request;
    struct payment_order order;
    struct reservation_view view;
};

static void answer_payment(struct paying *paying, int status)
{
    struct http_request *request = paying->request;
    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    payment_json(&out, &paying->wait.payment);
    json_out_object_end(&out);
    if (body.failed) {
        problem_no_memory(request);
        return;
    }
    char location[64];
    int size = snprintf(location, sizeof location, "/api/payments/%lld",
                        (long long)paying->wait.payment.id.value);
    struct http_field field = {text_of("Location"), text_make(location, (size_t)size)};
    http_answer(request, &(struct http_answer){.status = status,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(&body),
                                               .fields = &field,
                                               .field_count = 1});
}

static void answer_no(struct paying *paying, int status, const char *code, const char *detail)
{
    problem_answer(paying->request,
                   &(struct problem){.status = status, .code = code, .detail = detail});
}

static enum status read_what_became(struct reading *reading, struct store_connection *reader)
{
    struct paying *paying = container_of(reading, struct paying, reading);
    return reservation_read(reader, paying->order.fan, paying->order.reservation,
                            http_arena(paying->request), &paying->view);
}

static void answer_what_became(struct reading *reading, enum status status)
{
    struct paying *paying = container_of(reading, struct paying, reading);
    if (status == STATUS_MISSING)
        problem_not_found(paying->request, "There is no such reservation.");
    else if (paying->view.state == RESERVATION_EXPIRED)
        answer_no(paying, 410, "HOLD_EXPIRED", "The hold has ended; nothing was charged.");
    else
        answer_no(paying, 409, "WRONG_STATE", "This reservation has been cancelled or refunded.");
}

static void on_answered(struct loop_note *note)
{
    struct paying *paying = container_of(note, struct paying, note);
    switch (paying->wait.verdict) {
    case PAYMENT_DONE:
        answer_payment(paying, 201);
        return;
    case PAYMENT_PENDING:
        answer_payment(paying, 202);
        return;
    case PAYMENT_DECLINED:
        answer_no(paying, 402, "PAYMENT_DECLINED",
                  "The payment was declined. The seats stay yours until the hold ends.");
        return;
    case PAYMENT_TOO_LATE:
        answer_no(paying, 410, "HOLD_EXPIRED",
                  "The hold ended before the payment; the money goes back to you.");
        return;
    case PAYMENT_KEY_REUSED:
        answer_no(paying, 422, "IDEMPOTENCY_KEY_REUSED",
                  "This key came with another request before.");
        return;
    case PAYMENT_IN_PROGRESS:
        answer_no(paying, 409, "PAYMENT_IN_PROGRESS",
                  "Another payment of this reservation is under way.");
        return;
    case PAYMENT_ALREADY_PAID:
        answer_no(paying, 409, "ALREADY_PAID", "This reservation has been paid for.");
        return;
    case PAYMENT_BUSY:
        problem_status(paying->request, paying->wait.status);
        return;
    case PAYMENT_NOT_LIVE:
        paying->reading.read = read_what_became;
        paying->reading.answer = answer_what_became;
        reading_start(&paying->reading, paying->app, paying->request);
        return;
    }
}

static void on_paid(struct payment_wait *wait)
{
    struct paying *paying = container_of(wait, struct paying, wait);
    loop_post(http_loop(paying->request), &paying->note); /* continues in on_answered */
}

void payments_post(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {"method", "gatewayData", NULL};
    struct identity identity;
    struct text key;
    int64_t id;
    if (!caller_fan(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such reservation.", &id) ||
        !body_idempotency_key(request, &key))
        return;
    struct paying *paying = arena_take_zeroed(http_arena(request), sizeof *paying);
    if (!paying) {
        problem_no_memory(request);
        return;
    }
    paying->app = app;
    paying->request = request;
    struct json_in *document = body_open(request, known);
    if (!document)
        return;
    paying->order = (struct payment_order){.fan = identity.fan, .reservation = {id}, .key = key};
    bool good =
        payment_body_read(request, document, payments_gateway(app->payments), &paying->order);
    json_in_close(document);
    if (!good)
        return;
    paying->wait.on_answer = on_paid;
    paying->note.on_arrive = on_answered;
    if (payments_pay(app->payments, &paying->order, &paying->wait) != STATUS_OK)
        problem_busy(request);
}

/* --- looking ---------------------------------------------------------------------------------- */

struct looking {
    struct reading reading;
    struct http_request *request;
    struct fan_id fan;
    bool by_operator; /* who may see everybody's */
    struct payment_id id;
    struct payment payment;
    struct buffer ledger, refunds; /* JSON arrays */
    struct text failure;           /* of a FAILED one */
    struct refund_quote quote;
    bool refund_possible;
};

static enum status read_ledger(struct looking *looking, struct store_connection *reader)
{
    static const struct sql entries = {"SELECT account, amount, created_at_ms FROM ledger_entry"
                                       " WHERE payment_id = $1 ORDER BY id"};
    struct sql_value values[] = {sql_int(looking->id.value)};
    struct rows rows;
    enum status status = store_query(reader, &entries, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    struct json_out out = json_out_to(&looking->ledger);
    json_out_array(&out);
    while (rows_next(&rows)) {
        json_out_object(&out);
        json_out_text_field(&out, "account", rows_text(&rows, 0));
        json_out_int_field(&out, "amount", rows_int(&rows, 1));
        json_out_time_field(&out, "createdAt", rows_int(&rows, 2) < 0 ? 0 : rows_int(&rows, 2));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    return rows_end(&rows);
}

static enum status read_refunds(struct looking *looking, struct store_connection *reader)
{
    static const struct sql refunds = {
        "SELECT id, amount, state, reason, created_at_ms, fee FROM refund WHERE payment_id = $1"
        " ORDER BY id"};
    struct sql_value values[] = {sql_int(looking->id.value)};
    struct rows rows;
    enum status status = store_query(reader, &refunds, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    struct json_out out = json_out_to(&looking->refunds);
    json_out_array(&out);
    while (rows_next(&rows)) {
        json_out_object(&out);
        json_out_int_field(&out, "id", rows_int(&rows, 0));
        json_out_int_field(&out, "amount", rows_int(&rows, 1));
        json_out_int_field(&out, "fee", rows_int(&rows, 5));
        json_out_text_field(&out, "state", rows_text(&rows, 2));
        json_out_text_field(&out, "reason", rows_text(&rows, 3));
        json_out_time_field(&out, "createdAt", rows_int(&rows, 4) < 0 ? 0 : rows_int(&rows, 4));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    return rows_end(&rows);
}

static enum status read_failure(struct looking *looking, struct store_connection *reader)
{
    static const struct sql failure = {"SELECT failure FROM payment WHERE id = $1"};
    struct sql_value values[] = {sql_int(looking->id.value)};
    struct rows rows;
    enum status status = store_query(reader, &failure, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    if (rows_next(&rows))
        looking->failure = arena_copy(http_arena(looking->request), rows_text(&rows, 0));
    return rows_end(&rows);
}

static enum status read_payment(struct reading *reading, struct store_connection *reader)
{
    struct looking *looking = container_of(reading, struct looking, reading);
    enum status status = payment_store_find(reader, looking->id, &looking->payment);
    bool is_own = looking->payment.fan.value == looking->fan.value;
    if (status == STATUS_OK && !is_own && !looking->by_operator)
        status = STATUS_MISSING;
    if (status == STATUS_OK)
        status = read_ledger(looking, reader);
    if (status == STATUS_OK && looking->payment.state == PAYMENT_FAILED)
        status = read_failure(looking, reader);
    if (status == STATUS_OK)
        status = refunds_quote(reader, &looking->payment, clock_wall_ms(), &looking->quote,
                               &looking->refund_possible);
    return status == STATUS_OK ? read_refunds(looking, reader) : status;
}

static void write_outlook(struct json_out *out, const struct looking *looking)
{
    json_out_key(out, "unknownSince");
    if (looking->payment.state == PAYMENT_UNKNOWN)
        json_out_time(out, looking->payment.unknown_since_ms);
    else
        json_out_null(out);
    json_out_key(out, "failure");
    if (looking->payment.state == PAYMENT_FAILED)
        json_out_text(out, looking->failure);
    else
        json_out_null(out);
    json_out_key(out, "refundQuote");
    if (!looking->refund_possible) {
        json_out_null(out);
        return;
    }
    json_out_object(out);
    json_out_int_field(out, "amount", looking->quote.amount);
    json_out_int_field(out, "fee", looking->quote.fee_won);
    json_out_time_field(out, "freeUntil", looking->quote.free_until_ms);
    json_out_object_end(out);
}

static void answer_looking(struct reading *reading, enum status status)
{
    struct looking *looking = container_of(reading, struct looking, reading);
    if (status == STATUS_MISSING) {
        problem_not_found(looking->request, "There is no such payment.");
        return;
    }
    if (looking->ledger.failed || looking->refunds.failed) {
        problem_no_memory(looking->request);
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(looking->request), 1024);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    payment_json(&out, &looking->payment);
    json_out_time_field(&out, "updatedAt", looking->payment.updated_at_ms);
    write_outlook(&out, looking);
    json_out_key(&out, "ledger");
    json_out_raw(&out, buffer_text(&looking->ledger));
    json_out_key(&out, "refunds");
    json_out_raw(&out, buffer_text(&looking->refunds));
    json_out_object_end(&out);
    body_answer(looking->request, 200, &body);
}

void payments_get(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_fan(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such payment.", &id))
        return;
    struct looking *looking = arena_take_zeroed(http_arena(request), sizeof *looking);
    if (!looking) {
        problem_no_memory(request);
        return;
    }
    looking->request = request;
    looking->fan = identity.fan;
    looking->by_operator = identity.role != ROLE_FAN;
    looking->id = (struct payment_id){id};
    buffer_init(&looking->ledger, http_arena(request), 512);
    buffer_init(&looking->refunds, http_arena(request), 256);
    looking->reading.read = read_payment;
    looking->reading.answer = answer_looking;
    reading_start(&looking->reading, app, request);
}
