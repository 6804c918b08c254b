/*
 * payment_body.c — `method` names the gateway; `gatewayData` is that gateway's business.
 *
 * A client of `toss` brings the order's id, because the gateway's script in the page asks for it
 * before we hear of the payment. It has to begin with the reservation's: so no payment that was
 * made there for one reservation can be shown to us for another.
 */
#include "api/payment_body.h"

#include <stdio.h>

#include "api/problem.h"
#include "base/hash.h"
#include "payment/gateway_moods.h"

static bool is_word(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '=';
        if (!good)
            return false;
    }
    return text.size > 0;
}

static bool copy(struct http_request *request, struct text text, struct text *out_copy)
{
    *out_copy = arena_copy(http_arena(request), text);
    if (out_copy->bytes)
        return true;
    problem_no_memory(request);
    return false;
}

/* --- test ------------------------------------------------------------------------------------- */

static bool read_outcome(struct http_request *request, const struct json_in *data,
                         struct text *out_outcome)
{
    static const char *const known[] = {"outcome", NULL};
    enum gateway_mood mood;
    *out_outcome = text_of("approve");
    if (!data)
        return true;
    if (json_in_unknown_key(data, known).bytes) {
        problem_validation(request, "gatewayData",
                           "The test gateway takes an object with outcome.");
        return false;
    }
    enum json_in_verdict verdict = json_in_read_text(data, "outcome", 1, 32, out_outcome);
    if (verdict == JSON_IN_ABSENT)
        return true;
    if (verdict == JSON_IN_OK && gateway_mood_read(*out_outcome, &mood))
        return true;
    problem_validation(
        request, "gatewayData.outcome",
        "The test gateway knows \"approve\", \"decline\", \"stall\", \"lose-answer\", "
        "\"answer-twice\", \"late\", \"never\" and \"out-of-order\".");
    return false;
}

/* --- toss ------------------------------------------------------------------------------------- */

static bool is_order_of(struct text order_id, struct reservation_id reservation)
{
    char start[40];
    int size = snprintf(start, sizeof start, "TR-%lld-", (long long)reservation.value);
    return is_word(order_id) && order_id.size > (size_t)size &&
           text_starts(order_id, text_of(start));
}

static bool read_toss(struct http_request *request, const struct json_in *data,
                      struct payment_order *order)
{
    static const char *const known[] = {"paymentKey", "orderId", NULL};
    struct text key, order_id;
    if (!data || json_in_unknown_key(data, known).bytes) {
        problem_validation(request, "gatewayData",
                           "This gateway takes an object with paymentKey and orderId.");
        return false;
    }
    if (json_in_read_text(data, "paymentKey", 1, GATEWAY_KEY_BYTES_MAX, &key) != JSON_IN_OK ||
        !is_word(key)) {
        problem_validation(request, "gatewayData.paymentKey",
                           "Expected the key that the gateway's script gave the page.");
        return false;
    }
    if (json_in_read_text(data, "orderId", 1, PAYMENT_ORDER_BYTES_MAX, &order_id) != JSON_IN_OK ||
        !is_order_of(order_id, order->reservation)) {
        problem_validation(request, "gatewayData.orderId",
                           "Expected TR-, this reservation's id, -, and letters and digits.");
        return false;
    }
    return copy(request, key, &order->gateway_key) && copy(request, order_id, &order->order_id);
}

/* --- both ------------------------------------------------------------------------------------- */

static bool read_data(struct http_request *request, const struct json_in *document, bool is_test,
                      struct payment_order *order)
{
    const struct json_in *data = NULL;
    struct text outcome;
    enum json_in_verdict verdict = json_in_read_object(document, "gatewayData", &data);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT) {
        problem_field(request, "gatewayData", verdict, "an object");
        return false;
    }
    if (!is_test)
        return read_toss(request, data, order);
    return read_outcome(request, data, &outcome) && copy(request, outcome, &order->gateway_data);
}

static int64_t hash_order(struct http_request *request, const struct payment_order *order)
{
    struct buffer words;
    buffer_init(&words, http_arena(request), 512);
    buffer_add_int(&words, order->reservation.value);
    buffer_add_char(&words, ' ');
    buffer_add(&words, order->gateway_data);
    buffer_add_char(&words, ' ');
    buffer_add(&words, order->order_id);
    buffer_add_char(&words, ' ');
    buffer_add(&words, order->gateway_key);
    return words.failed ? 0 : hash_lasting(buffer_text(&words));
}

bool payment_body_read(struct http_request *request, const struct json_in *document,
                       const char *gateway, struct payment_order *order)
{
    struct text method;
    enum json_in_verdict verdict = json_in_read_text(document, "method", 1, 32, &method);
    if (verdict != JSON_IN_OK) {
        problem_field(request, "method", verdict, "the name of a gateway, such as \"test\"");
        return false;
    }
    if (!text_equal(method, text_of(gateway))) {
        problem_validation(request, "method",
                           "There is no such gateway here: see GET /api/payment-methods.");
        return false;
    }
    if (!read_data(request, document, text_equal(method, text_of("test")), order))
        return false;
    order->request_hash = hash_order(request, order);
    return true;
}
