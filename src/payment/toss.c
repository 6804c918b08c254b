/*
 * toss.c — a table of what each answer means.
 *
 * An answer of 2xx must be a Payment object of our order and of our amount; anything else under
 * that status is garbage, and garbage is no answer. An answer of 4xx must be an error object; its
 * `code` decides. Everything that may pass (5xx, 429, garbage, a first request still being
 * processed) is asked again with the same key, so it cannot act twice.
 *
 * "Declined" is said only when the gateway has said no to this very request. When an earlier try
 * may have arrived, being shut out (401, 403) says nothing about it.
 */
#include "payment/toss.h"

#include <stdio.h>
#include <string.h>

#include "base/json_in.h"
#include "limits.h"

enum { CANCELS_READ = 200 };

struct payment_object {
    enum toss_status status;
    bool is_ours;        /* this order, this amount */
    bool has_our_cancel; /* one with our reason and amount */
};

static bool read_status(struct text word, enum toss_status *out_status)
{
    static const char *const names[TOSS_STATUS_COUNT] = {
        "READY",   "IN_PROGRESS", "WAITING_FOR_DEPOSIT", "DONE", "CANCELED", "PARTIAL_CANCELED",
        "ABORTED", "EXPIRED"};
    size_t index;
    bool found = text_among(word, names, TOSS_STATUS_COUNT, &index);
    if (found)
        *out_status = (enum toss_status)index;
    return found;
}

static bool has_our_cancel(const struct json_in *document, const struct toss_order *order)
{
    const struct json_in *cancels;
    if (text_empty(order->cancel_reason) ||
        json_in_read_array(document, "cancels", 1, CANCELS_READ, &cancels) != JSON_IN_OK)
        return false;
    for (size_t i = 0; i < json_in_array_count(cancels); i++) {
        const struct json_in *cancel = json_in_array_at(cancels, i);
        struct text reason;
        int64_t amount;
        if (json_in_is_object(cancel) &&
            json_in_read_text(cancel, "cancelReason", 1, 400, &reason) == JSON_IN_OK &&
            json_in_read_int(cancel, "cancelAmount", 1, ID_MAX, &amount) == JSON_IN_OK &&
            amount == order->amount && text_equal(reason, order->cancel_reason))
            return true;
    }
    return false;
}

/* False: these bytes are no Payment object. */
static bool read_payment(struct text body, const struct toss_order *order,
                         struct payment_object *out_payment)
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(body, &fault);
    if (!document)
        return false;
    struct text order_id, status;
    int64_t total = 0;
    bool good = json_in_is_object(document) &&
                json_in_read_text(document, "orderId", 1, 64, &order_id) == JSON_IN_OK &&
                json_in_read_text(document, "status", 1, 32, &status) == JSON_IN_OK &&
                read_status(status, &out_payment->status) &&
                json_in_read_int(document, "totalAmount", 0, ID_MAX, &total) == JSON_IN_OK;
    if (good) {
        bool is_refund = !text_empty(order->cancel_reason);
        out_payment->is_ours =
            text_equal(order_id, order->order_id) && (is_refund || total == order->amount);
        out_payment->has_our_cancel = has_our_cancel(document, order);
    }
    json_in_close(document);
    return good;
}

/* The gateway's own code; false: these bytes are no error object. */
static bool read_code(struct text body, char code[GATEWAY_REASON_BYTES])
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(body, &fault);
    if (!document)
        return false;
    struct text word;
    bool good =
        json_in_is_object(document) &&
        json_in_read_text(document, "code", 1, GATEWAY_REASON_BYTES - 1, &word) == JSON_IN_OK;
    if (good)
        snprintf(code, GATEWAY_REASON_BYTES, "%.*s", (int)word.size, word.bytes);
    json_in_close(document);
    return good;
}

/* --- what a payment there means --------------------------------------------------------------- */

static enum toss_next decide_charge(enum toss_step step, const struct toss_order *order,
                                    enum toss_status status)
{
    switch (status) {
    case TOSS_DONE:
        return TOSS_NEXT_CAPTURED;
    case TOSS_IN_PROGRESS:
        return step == TOSS_QUERY && order->is_kept ? TOSS_NEXT_CONFIRM : TOSS_NEXT_UNKNOWN;
    case TOSS_READY:
    case TOSS_WAITING_FOR_DEPOSIT:
    case TOSS_PARTIAL_CANCELED: /* by somebody else: a person has to look */
        return TOSS_NEXT_UNKNOWN;
    case TOSS_CANCELED:
    case TOSS_ABORTED:
    case TOSS_EXPIRED:
    case TOSS_STATUS_COUNT:
        return TOSS_NEXT_DECLINED;
    }
    return TOSS_NEXT_UNKNOWN;
}

static enum toss_next decide_good(enum toss_step step, const struct toss_order *order,
                                  struct text body, char reason[GATEWAY_REASON_BYTES])
{
    struct payment_object payment = {0};
    if (!read_payment(body, order, &payment))
        return TOSS_NEXT_AGAIN;
    if (!payment.is_ours) { /* never believed, never declined: a person has to look */
        snprintf(reason, GATEWAY_REASON_BYTES, "the gateway tells of another payment");
        return TOSS_NEXT_UNKNOWN;
    }
    switch (step) {
    case TOSS_CONFIRM:
    case TOSS_QUERY:
        return decide_charge(step, order, payment.status);
    case TOSS_CANCEL:
        return payment.has_our_cancel ? TOSS_NEXT_CAPTURED : TOSS_NEXT_AGAIN;
    case TOSS_QUERY_CANCEL:
        return payment.has_our_cancel ? TOSS_NEXT_CAPTURED : TOSS_NEXT_DECLINED;
    }
    return TOSS_NEXT_UNKNOWN;
}

/* --- what a refusal means --------------------------------------------------------------------- */

static bool is_one_of(const char *code, const char *const *codes)
{
    for (; *codes; codes++)
        if (strcmp(code, *codes) == 0)
            return true;
    return false;
}

static enum toss_next decide_bad(enum toss_step step, const struct toss_order *order, int status,
                                 const char *code)
{
    static const char *const under_way[] = {"IDEMPOTENT_REQUEST_PROCESSING",
                                            "PROVIDER_ERROR",
                                            "FAILED_INTERNAL_SYSTEM_PROCESSING",
                                            "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
                                            "UNKNOWN_PAYMENT_ERROR",
                                            NULL};
    static const char *const done_before[] = {"ALREADY_PROCESSED_PAYMENT",
                                              "ALREADY_CANCELED_PAYMENT", NULL};
    static const char *const not_there[] = {"NOT_FOUND_PAYMENT", "NOT_FOUND_PAYMENT_SESSION", NULL};
    bool asks = step == TOSS_QUERY || step == TOSS_QUERY_CANCEL;
    if (is_one_of(code, under_way))
        return TOSS_NEXT_AGAIN;
    if (is_one_of(code, done_before))
        return asks ? TOSS_NEXT_UNKNOWN : TOSS_NEXT_QUERY;
    if (status == 401 || status == 403) /* our key: for the fan nothing has been decided */
        return asks || order->may_be_heard || step == TOSS_CANCEL ? TOSS_NEXT_UNKNOWN
                                                                  : TOSS_NEXT_NEVER_HEARD;
    if (is_one_of(code, not_there))
        return step == TOSS_QUERY_CANCEL ? TOSS_NEXT_DECLINED : TOSS_NEXT_NEVER_HEARD;
    return asks ? TOSS_NEXT_UNKNOWN : TOSS_NEXT_DECLINED;
}

enum toss_next toss_decide(enum toss_step step, const struct toss_order *order, int status,
                           struct text body, char reason[GATEWAY_REASON_BYTES])
{
    char code[GATEWAY_REASON_BYTES] = "";
    if (status >= 200 && status < 300)
        return decide_good(step, order, body, reason);
    if (status < 400 || status >= 500 || status == 408 || status == 429 || !read_code(body, code))
        return TOSS_NEXT_AGAIN;
    snprintf(reason, GATEWAY_REASON_BYTES, "%s", code);
    return decide_bad(step, order, status, code);
}

bool toss_is_ill(enum toss_next next)
{
    return next == TOSS_NEXT_AGAIN;
}
