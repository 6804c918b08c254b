/*
 * attempt_begin.c — the first turn: HOLD → PAYING, payment READY.
 *
 * When nobody can tell whether it was kept, the attempt is in doubt: the fan hears so, and the
 * attempt begins again until it finds its own payment or writes it anew. Until then nobody else
 * begins with its key; so a payment has one attempt, and one attempt only charges for it.
 */
#include "base/container.h"
#include "payment/payments_inside.h"

static struct text key_of(const struct attempt *attempt)
{
    return text_make(attempt->key, attempt->key_bytes);
}

static bool another_in_doubt(const struct attempt *attempt)
{
    const struct list *all = &attempt->payments->in_doubt;
    for (struct list *link = all->next; link != all; link = link->next) {
        const struct attempt *other = container_of(link, struct attempt, doubt);
        if (other != attempt && other->payment.fan.value == attempt->payment.fan.value &&
            text_equal(key_of(other), key_of(attempt)))
            return true;
    }
    return false;
}

static enum status find_key(struct booking_ask *ask, struct store_connection *connection,
                            bool *out_repeated)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    attempt->key_in_doubt = another_in_doubt(attempt);
    if (attempt->key_in_doubt) {
        *out_repeated = true;
        return STATUS_OK;
    }
    struct payment earlier;
    enum status status =
        payment_store_find_key(connection, attempt->payment.fan, key_of(attempt), &earlier);
    if (status == STATUS_MISSING)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    attempt->key_seen = earlier.request_hash == attempt->payment.request_hash;
    if (attempt->key_seen)
        attempt->payment = earlier;
    *out_repeated = true;
    return attempt_look_whether_late(attempt, connection);
}

static enum status write_ready(struct booking_ask *ask, struct store_connection *connection)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    attempt->payment.amount = ask->choice.amount;
    attempt->payment.created_at_ms = ask->now_ms;
    attempt->payment.updated_at_ms = ask->now_ms;
    attempt->written = true;
    int64_t grace_ms = ask->now_ms + BOOKING_PAYING_MS_MAX;
    attempt->request.kept_until_ms = ask->expires_at_ms > grace_ms ? ask->expires_at_ms : grace_ms;
    return payment_store_insert(connection, &attempt->payment, key_of(attempt),
                                &attempt->payment.id);
}

static void on_repeated(struct attempt *attempt, bool was_in_doubt)
{
    if (attempt->key_in_doubt)
        attempt_finish(attempt, PAYMENT_BUSY, STATUS_UNKNOWN);
    else if (!attempt->key_seen)
        attempt_finish(attempt, PAYMENT_KEY_REUSED, STATUS_OK);
    else if (was_in_doubt && attempt->payment.state == PAYMENT_READY)
        attempt_call_gateway(attempt); /* our own, kept after all */
    else
        attempt_finish(attempt, attempt_verdict(attempt), STATUS_OK);
}

/* payments_tick() begins again. */
static void doubt(struct attempt *attempt)
{
    attempt_answer(attempt, PAYMENT_BUSY, STATUS_UNKNOWN);
    if (!attempt->in_doubt)
        list_push_back(&attempt->payments->in_doubt, &attempt->doubt);
    attempt->in_doubt = true;
    attempt_keep_for_later(attempt);
}

static void on_begun(struct booking_ask *ask)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    bool was_in_doubt = attempt->in_doubt;
    if (was_in_doubt && ask->verdict != BOOKING_FAILED) {
        list_remove(&attempt->doubt);
        attempt->in_doubt = false;
    }
    switch (ask->verdict) {
    case BOOKING_DONE:
        attempt_call_gateway(attempt);
        return;
    case BOOKING_REPEATED:
        on_repeated(attempt, was_in_doubt);
        return;
    case BOOKING_WRONG_STATE:
        attempt_finish(attempt,
                       ask->state == RESERVATION_CONFIRMED ? PAYMENT_ALREADY_PAID
                                                           : PAYMENT_IN_PROGRESS,
                       STATUS_OK);
        return;
    case BOOKING_FAILED:
        if (was_in_doubt || (attempt->written && ask->status == STATUS_UNKNOWN))
            doubt(attempt);
        else
            attempt_finish(attempt, PAYMENT_BUSY, ask->status);
        return;
    case BOOKING_NOT_LIVE:
    case BOOKING_KEY_REUSED:
    case BOOKING_NO_SALE:
    case BOOKING_STRATEGY_MISMATCH:
    case BOOKING_LAB_ONLY:
    case BOOKING_NOT_OPEN_YET:
    case BOOKING_PRESALE_ONLY:
    case BOOKING_PAUSED:
    case BOOKING_CLOSED:
    case BOOKING_SOLD_OUT:
    case BOOKING_NO_SUCH_SEAT:
    case BOOKING_NO_SUCH_SECTION:
    case BOOKING_NO_SUCH_GROUP:
    case BOOKING_NO_SUCH_ALLOTMENT:
    case BOOKING_TOO_MANY_ALLOTMENTS:
    case BOOKING_SEAT_TAKEN:
    case BOOKING_LIMIT_EXCEEDED:
    case BOOKING_VERDICT_COUNT:
        attempt_finish(attempt, PAYMENT_NOT_LIVE, STATUS_OK);
        return;
    }
}

void attempt_prepare(struct attempt *attempt)
{
    attempt->ask = (struct booking_ask){.kind = BOOKING_PAY,
                                        .fan = attempt->payment.fan,
                                        .reservation = attempt->payment.reservation,
                                        .request_hash = attempt->payment.request_hash,
                                        .first = find_key,
                                        .also = write_ready,
                                        .on_answer = on_begun};
}
