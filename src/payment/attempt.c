/*
 * attempt.c — talks with the gateway, and with whoever waits for the payment.
 *
 * An attempt without an answer waits for its next question (waits.h). The pause grows with the time
 * for which the payment has been unknown; that stands in the store, so a restart goes on where it
 * was.
 */
#include "base/container.h"
#include "payment/payments_inside.h"

/* --- ends ------------------------------------------------------------------------------------- */

void attempt_answer(struct attempt *attempt, enum payment_verdict verdict, enum status status)
{
    struct payment_wait *wait = attempt->wait;
    attempt->wait = NULL;
    if (!wait)
        return;
    wait->verdict = verdict;
    wait->status = status;
    wait->payment = attempt->payment;
    memcpy(wait->reason, attempt->request.reason, sizeof wait->reason);
    wait->on_answer(wait);
}

void attempt_finish(struct attempt *attempt, enum payment_verdict verdict, enum status status)
{
    attempt_answer(attempt, verdict, status);
    attempt_destroy(attempt);
}

void attempt_keep_for_later(struct attempt *attempt)
{
    waits_keep(&attempt->payments->waits, &attempt->between, 0);
}

void attempt_try_again_later(struct attempt *attempt)
{
    attempt_answer(attempt, PAYMENT_PENDING, STATUS_OK);
    attempt_keep_for_later(attempt);
}

/* A payment that was refunded on request was a success first, and its key answers so. */
enum payment_verdict attempt_verdict(const struct attempt *attempt)
{
    switch (attempt->payment.state) {
    case PAYMENT_CAPTURED:
    case PAYMENT_REFUNDED:
        return attempt->came_late ? PAYMENT_TOO_LATE : PAYMENT_DONE;
    case PAYMENT_FAILED:
        return PAYMENT_DECLINED;
    case PAYMENT_READY:
    case PAYMENT_UNKNOWN:
    case PAYMENT_AUTHORIZED:
    case PAYMENT_STATE_COUNT:
        return PAYMENT_PENDING;
    }
    return PAYMENT_PENDING;
}

enum status attempt_look_whether_late(struct attempt *attempt, struct store_connection *connection)
{
    enum status status = refund_store_find_late(connection, attempt->payment.id, &attempt->late);
    attempt->came_late = status == STATUS_OK;
    return status == STATUS_MISSING ? STATUS_OK : status;
}

/* --- the gateway ------------------------------------------------------------------------------ */

static void on_heard(struct gateway_request *request)
{
    struct attempt *attempt = container_of(request, struct attempt, request);
    attempt->verdict = request->verdict;
    attempt->heard = attempt->verdict != GATEWAY_UNKNOWN;
    attempt->asks_only = true; /* whatever comes now, it is never charged a second time */
    attempt_settle(attempt);
}

void attempt_call_gateway(struct attempt *attempt)
{
    struct gateway_request *request = &attempt->request;
    request->on_answer = on_heard; /* continues there */
    request->act = attempt->asks_only ? GATEWAY_ASK : GATEWAY_CHARGE;
    request->payment = attempt->payment.id;
    request->amount = attempt->payment.amount;
    request->order_id = text_of(attempt->payment.order_id);
    request->gateway_key = text_of(attempt->payment.gateway_key);
    gateway_submit(attempt->payments->gateway, request);
}

/* --- no answer -------------------------------------------------------------------------------- */

void attempt_wait_for_answer(struct attempt *attempt)
{
    struct payments *payments = attempt->payments;
    int64_t now_ms = payments->now_ms();
    attempt_answer(attempt, PAYMENT_PENDING, STATUS_OK);
    attempt->between.id = attempt->payment.id.value;
    int64_t pause_ms = waits_pause_ms(&payments->waits, now_ms - attempt->payment.unknown_since_ms);
    waits_keep(&payments->waits, &attempt->between, now_ms + pause_ms);
}

static enum status write_unknown(struct store_job *job, struct store_connection *connection)
{
    struct attempt *attempt = container_of(job, struct attempt, store_job);
    enum status status = payment_store_find(connection, attempt->payment.id, &attempt->payment);
    if (status != STATUS_OK || attempt->payment.state != PAYMENT_READY)
        return status;
    int64_t now_ms = attempt->payments->now_ms();
    status = payment_store_move(connection, &attempt->payment, PAYMENT_UNKNOWN, "", now_ms);
    attempt->payment.state = PAYMENT_UNKNOWN;
    attempt->payment.unknown_since_ms = now_ms;
    return status;
}

static void on_unknown_written(struct store_job *job, enum status status)
{
    struct attempt *attempt = container_of(job, struct attempt, store_job);
    if (status != STATUS_OK) {
        attempt->payment.state = PAYMENT_READY;
        attempt_try_again_later(attempt);
        return;
    }
    atomic_store(&attempt->unknown_since_ms, attempt->payment.unknown_since_ms);
    attempt_wait_for_answer(attempt);
}

/* From here on everybody can see that the money may be anywhere. */
void attempt_note_unknown(struct attempt *attempt)
{
    attempt->store_job.work = write_unknown;
    attempt->store_job.on_done = on_unknown_written;
    if (store_submit(attempt->payments->store, &attempt->store_job) != STATUS_OK)
        attempt_try_again_later(attempt);
}
