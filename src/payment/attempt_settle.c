/*
 * attempt_settle.c — the last turn: PAYING → CONFIRMED or back to HOLD; or the money goes back.
 *
 * The gateway's verdict is kept in the attempt, so settling again never charges again. A step whose
 * commit failed, or had an unknown outcome, first looks whether it happened after all.
 */
#include "base/container.h"
#include "base/log.h"
#include "payment/payments_inside.h"

/* A last step whose commit had an unknown outcome may have happened after all. */
static enum status look_whether_settled(struct attempt *attempt,
                                        struct store_connection *connection, bool *out_settled)
{
    struct payment found;
    enum status status = payment_store_find(connection, attempt->payment.id, &found);
    if (status != STATUS_OK)
        return status;
    attempt->payment = found;
    *out_settled = !payment_is_open(found.state);
    if (!*out_settled)
        return STATUS_OK;
    return attempt_look_whether_late(attempt, connection);
}

static enum status find_settled(struct booking_ask *ask, struct store_connection *connection,
                                bool *out_repeated)
{
    return look_whether_settled(container_of(ask, struct attempt, ask), connection, out_repeated);
}

static enum status write_captured(struct booking_ask *ask, struct store_connection *connection)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    return payment_store_move(connection, &attempt->payment, PAYMENT_CAPTURED, "", ask->now_ms);
}

static enum status write_failed(struct booking_ask *ask, struct store_connection *connection)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    return payment_store_move(connection, &attempt->payment, PAYMENT_FAILED,
                              attempt->request.reason, ask->now_ms);
}

/* The reservation has ended: only the payment is left to be put right. Giving the money back is
   decided here, before the gateway hears of it: from now on no other step can take it. */
static enum status write_alone(struct store_job *job, struct store_connection *connection)
{
    struct attempt *attempt = container_of(job, struct attempt, store_job);
    struct payment *payment = &attempt->payment;
    int64_t now_ms = attempt->payments->now_ms();
    bool settled;
    enum status status = look_whether_settled(attempt, connection, &settled);
    if (status != STATUS_OK || settled)
        return status;
    if (attempt->verdict != GATEWAY_CAPTURED)
        return payment_store_move(connection, payment, PAYMENT_FAILED, "the reservation had ended",
                                  now_ms);
    status = payment_store_move(connection, payment, PAYMENT_CAPTURED, "", now_ms);
    if (status != STATUS_OK)
        return status;
    attempt->came_late = true;
    return refund_store_insert_late(connection, payment->id, payment->amount, now_ms,
                                    &attempt->late);
}

/* Carrying it out twice is harmless; forgetting it until the next start is not kind. */
static void carry_out_late(struct attempt *attempt)
{
    if (attempt->came_late && attempt->late.state == REFUND_REQUESTED)
        refunds_carry_out(attempt->payments->refunds, &attempt->late, &attempt->payment);
}

static void on_alone_written(struct store_job *job, enum status status)
{
    struct attempt *attempt = container_of(job, struct attempt, store_job);
    if (status != STATUS_OK) {
        attempt_try_again_later(attempt);
        return;
    }
    if (payment_is_open(attempt->payment.state))
        attempt->payment.state = attempt->came_late ? PAYMENT_CAPTURED : PAYMENT_FAILED;
    carry_out_late(attempt);
    attempt_finish(attempt, PAYMENT_TOO_LATE, STATUS_OK);
}

static void settle_alone(struct attempt *attempt)
{
    attempt->store_job.work = write_alone;
    attempt->store_job.on_done = on_alone_written;
    if (store_submit(attempt->payments->store, &attempt->store_job) != STATUS_OK)
        attempt_try_again_later(attempt);
}

static void submit_last(struct attempt *attempt, enum booking_kind kind);

/* A second answer finds the payment settled, and changes nothing. */
static void on_done(struct attempt *attempt)
{
    if (!attempt->request.answers_twice) {
        attempt_finish(attempt, attempt_verdict(attempt), STATUS_OK);
        return;
    }
    attempt->request.answers_twice = false;
    attempt_answer(attempt, attempt_verdict(attempt), STATUS_OK);
    attempt_settle(attempt);
}

static void on_settled(struct booking_ask *ask)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    bool captured = attempt->verdict == GATEWAY_CAPTURED;
    if (ask->verdict == BOOKING_DONE) {
        attempt->payment.state = captured ? PAYMENT_CAPTURED : PAYMENT_FAILED;
        on_done(attempt);
    } else if (ask->verdict == BOOKING_REPEATED) {
        carry_out_late(attempt);
        attempt_finish(attempt, attempt_verdict(attempt), STATUS_OK);
    } else if (ask->verdict == BOOKING_FAILED) {
        attempt_try_again_later(attempt);
    } else if (ask->kind == BOOKING_CONFIRM) { /* the hold has ended: its seats may be free still */
        submit_last(attempt, BOOKING_REVIVE);
    } else {
        if (captured)
            log_warn("payment came too late", log_int("payment", attempt->payment.id.value),
                     log_int("reservation", attempt->payment.reservation.value));
        settle_alone(attempt);
    }
}

static void submit_last(struct attempt *attempt, enum booking_kind kind)
{
    attempt->ask =
        (struct booking_ask){.kind = kind,
                             .fan = attempt->payment.fan,
                             .reservation = attempt->payment.reservation,
                             .first = find_settled,
                             .also = kind == BOOKING_UNPAY ? write_failed : write_captured,
                             .on_answer = on_settled};
    booking_submit_followup(attempt->payments->booking, &attempt->ask);
}

void attempt_settle(struct attempt *attempt)
{
    switch (attempt->verdict) {
    case GATEWAY_CAPTURED:
        submit_last(attempt, BOOKING_CONFIRM);
        return;
    case GATEWAY_DECLINED:
    case GATEWAY_NEVER_HEARD:
        submit_last(attempt, BOOKING_UNPAY);
        return;
    case GATEWAY_UNKNOWN:
        if (attempt->payment.state == PAYMENT_UNKNOWN)
            attempt_wait_for_answer(attempt);
        else
            attempt_note_unknown(attempt);
        return;
    }
}
