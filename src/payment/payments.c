/*
 * payments.c — one attempt, as a walk through threads.
 *
 *     submit(PAY) ─▶ on_begun ─▶ call_gateway ─▶ settle ─▶ on_settled ─▶ answered, freed
 *       any thread    writer        worker                   writer
 *                                                              │ commit failed
 *                                                 retries ◀────┘   (payments_tick settles again)
 *
 * The gateway's verdict is kept in the attempt, so settling again never charges again.
 *
 * When nobody can tell whether the first turn was kept, the attempt is in doubt: the fan hears so,
 * and the attempt begins again until it finds its own payment or writes it anew. Until then nobody
 * else begins with its key; so a payment has one attempt, and one attempt only charges for it.
 */
#include "payment/payments.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/must.h"
#include "base/workers.h"
#include "limits.h"

struct payments {
    struct store *store;
    struct booking *booking;
    struct workers *workers;
    struct gateway *gateway;
    struct refunds *refunds;
    struct mailbox retries; /* attempts whose first or last step has to be tried again */
    struct list in_doubt;   /* attempts; the writer thread's */
    _Atomic size_t under_way;
};

struct attempt {
    struct list letter; /* in `retries` */
    struct list doubt;  /* in `in_doubt` */
    struct payments *payments;
    struct payment_wait *wait; /* NULL: nobody waits (any more) */
    struct payment payment;
    struct booking_ask ask;
    struct worker_job worker_job;
    struct store_job store_job;
    struct gateway_request request;
    enum gateway_verdict verdict;
    bool asks_only; /* it may have been charged already: ask, do not charge */
    bool heard;     /* `verdict` is the gateway's word */
    bool key_seen;
    bool came_late; /* the hold had ended, and the house gives the money back */
    struct refund late;
    bool written; /* the first turn has written the payment; whether it was kept is another thing */
    bool in_doubt;     /* nobody knows yet */
    bool key_in_doubt; /* another attempt with this key is */
    size_t key_bytes;
    char key[IDEMPOTENCY_KEY_BYTES_MAX];
    char data[PAYMENT_DATA_BYTES_MAX];
};

static void call_gateway(struct attempt *attempt);
static void settle(struct attempt *attempt);

/* --- ends ------------------------------------------------------------------------------------- */

static void answer(struct attempt *attempt, enum payment_verdict verdict, enum status status)
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

static void finish(struct attempt *attempt, enum payment_verdict verdict, enum status status)
{
    answer(attempt, verdict, status);
    atomic_fetch_sub(&attempt->payments->under_way, 1);
    free(attempt);
}

static void keep_for_later(struct attempt *attempt)
{
    bool was_empty;
    bool put = mailbox_put_always(&attempt->payments->retries, &attempt->letter, &was_empty);
    must(put);
}

static void try_again_later(struct attempt *attempt)
{
    answer(attempt, PAYMENT_PENDING, STATUS_OK);
    keep_for_later(attempt);
}

/* --- the first turn --------------------------------------------------------------------------- */

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

static enum status look_whether_late(struct attempt *attempt, struct store_connection *connection)
{
    enum status status = refund_store_find_late(connection, attempt->payment.id, &attempt->late);
    attempt->came_late = status == STATUS_OK;
    return status == STATUS_MISSING ? STATUS_OK : status;
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
    return look_whether_late(attempt, connection);
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
                                attempt->payments->gateway->ops->name, &attempt->payment.id);
}

/* A payment that was refunded on request was a success first, and its key answers so. */
static enum payment_verdict verdict_of(const struct attempt *attempt)
{
    switch (attempt->payment.state) {
    case PAYMENT_CAPTURED:
    case PAYMENT_REFUNDED:
        return attempt->came_late ? PAYMENT_TOO_LATE : PAYMENT_DONE;
    case PAYMENT_FAILED:
        return PAYMENT_DECLINED;
    case PAYMENT_READY:
    case PAYMENT_AUTHORIZED:
    case PAYMENT_STATE_COUNT:
        return PAYMENT_PENDING;
    }
    return PAYMENT_PENDING;
}

static void on_repeated(struct attempt *attempt, bool was_in_doubt)
{
    if (attempt->key_in_doubt)
        finish(attempt, PAYMENT_BUSY, STATUS_UNKNOWN);
    else if (!attempt->key_seen)
        finish(attempt, PAYMENT_KEY_REUSED, STATUS_OK);
    else if (was_in_doubt && attempt->payment.state == PAYMENT_READY)
        call_gateway(attempt); /* our own, kept after all */
    else
        finish(attempt, verdict_of(attempt), STATUS_OK);
}

/* payments_tick() begins again. */
static void doubt(struct attempt *attempt)
{
    answer(attempt, PAYMENT_BUSY, STATUS_UNKNOWN);
    if (!attempt->in_doubt)
        list_push_back(&attempt->payments->in_doubt, &attempt->doubt);
    attempt->in_doubt = true;
    keep_for_later(attempt);
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
        call_gateway(attempt);
        return;
    case BOOKING_REPEATED:
        on_repeated(attempt, was_in_doubt);
        return;
    case BOOKING_WRONG_STATE:
        finish(attempt,
               ask->state == RESERVATION_CONFIRMED ? PAYMENT_ALREADY_PAID : PAYMENT_IN_PROGRESS,
               STATUS_OK);
        return;
    case BOOKING_FAILED:
        if (was_in_doubt || (attempt->written && ask->status == STATUS_UNKNOWN))
            doubt(attempt);
        else
            finish(attempt, PAYMENT_BUSY, ask->status);
        return;
    case BOOKING_NOT_LIVE:
    case BOOKING_KEY_REUSED:
    case BOOKING_NO_SALE:
    case BOOKING_STRATEGY_MISMATCH:
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
        finish(attempt, PAYMENT_NOT_LIVE, STATUS_OK);
        return;
    }
}

/* --- the gateway ------------------------------------------------------------------------------ */

static void on_worker(struct worker_job *job, size_t worker)
{
    (void)worker;
    struct attempt *attempt = container_of(job, struct attempt, worker_job);
    struct gateway *gateway = attempt->payments->gateway;
    attempt->request.payment = attempt->payment.id;
    attempt->request.amount = attempt->payment.amount;
    attempt->verdict = attempt->asks_only ? gateway_ask(gateway, &attempt->request)
                                          : gateway_charge(gateway, &attempt->request);
    attempt->heard = attempt->verdict != GATEWAY_UNKNOWN;
    attempt->asks_only = true; /* whatever comes now, it is never charged a second time */
    settle(attempt);
}

static void call_gateway(struct attempt *attempt)
{
    attempt->worker_job.work = on_worker;
    if (workers_submit(attempt->payments->workers, &attempt->worker_job) != STATUS_OK)
        try_again_later(attempt);
}

/* --- the last turn ---------------------------------------------------------------------------- */

/* A last step whose commit had an unknown outcome may have happened after all. */
static enum status look_whether_settled(struct attempt *attempt,
                                        struct store_connection *connection, bool *out_settled)
{
    struct payment found;
    enum status status = payment_store_find(connection, attempt->payment.id, &found);
    if (status != STATUS_OK)
        return status;
    *out_settled = found.state != PAYMENT_READY;
    if (!*out_settled)
        return STATUS_OK;
    attempt->payment = found;
    return look_whether_late(attempt, connection);
}

static enum status find_settled(struct booking_ask *ask, struct store_connection *connection,
                                bool *out_repeated)
{
    return look_whether_settled(container_of(ask, struct attempt, ask), connection, out_repeated);
}

static enum status write_captured(struct booking_ask *ask, struct store_connection *connection)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    return payment_store_move(connection, attempt->payment.id, PAYMENT_READY, PAYMENT_CAPTURED,
                              attempt->payment.amount, "", ask->now_ms);
}

static enum status write_failed(struct booking_ask *ask, struct store_connection *connection)
{
    struct attempt *attempt = container_of(ask, struct attempt, ask);
    return payment_store_move(connection, attempt->payment.id, PAYMENT_READY, PAYMENT_FAILED,
                              attempt->payment.amount, attempt->request.reason, ask->now_ms);
}

/* The reservation has ended: only the payment is left to be put right. Giving the money back is
   decided here, before the gateway hears of it: from now on no other step can take it. */
static enum status write_alone(struct store_job *job, struct store_connection *connection)
{
    struct attempt *attempt = container_of(job, struct attempt, store_job);
    struct payment *payment = &attempt->payment;
    int64_t now_ms = clock_wall_ms();
    bool settled;
    enum status status = look_whether_settled(attempt, connection, &settled);
    if (status != STATUS_OK || settled)
        return status;
    if (attempt->verdict != GATEWAY_CAPTURED)
        return payment_store_move(connection, payment->id, PAYMENT_READY, PAYMENT_FAILED,
                                  payment->amount, "the reservation had ended", now_ms);
    status = payment_store_move(connection, payment->id, PAYMENT_READY, PAYMENT_CAPTURED,
                                payment->amount, "", now_ms);
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
        try_again_later(attempt);
        return;
    }
    if (attempt->payment.state == PAYMENT_READY)
        attempt->payment.state = attempt->came_late ? PAYMENT_CAPTURED : PAYMENT_FAILED;
    carry_out_late(attempt);
    finish(attempt, PAYMENT_TOO_LATE, STATUS_OK);
}

static void settle_alone(struct attempt *attempt)
{
    attempt->store_job.work = write_alone;
    attempt->store_job.on_done = on_alone_written;
    if (store_submit(attempt->payments->store, &attempt->store_job) != STATUS_OK)
        try_again_later(attempt);
}

static void submit_last(struct attempt *attempt, enum booking_kind kind);

/* A second answer finds the payment settled, and changes nothing. */
static void on_done(struct attempt *attempt)
{
    if (!attempt->request.answers_twice) {
        finish(attempt, verdict_of(attempt), STATUS_OK);
        return;
    }
    attempt->request.answers_twice = false;
    answer(attempt, verdict_of(attempt), STATUS_OK);
    settle(attempt);
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
        finish(attempt, verdict_of(attempt), STATUS_OK);
    } else if (ask->verdict == BOOKING_FAILED) {
        try_again_later(attempt);
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

static void settle(struct attempt *attempt)
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
        attempt->heard = false;
        try_again_later(attempt);
        return;
    }
}

/* --- from outside ----------------------------------------------------------------------------- */

struct payments *payments_create(struct store *store, struct booking *booking,
                                 struct workers *workers, struct gateway *gateway)
{
    struct payments *payments = calloc(1, sizeof *payments);
    if (!payments)
        return NULL;
    payments->store = store;
    payments->booking = booking;
    payments->workers = workers;
    payments->gateway = gateway;
    payments->refunds = refunds_create(store, booking, workers, gateway);
    if (!payments->refunds) {
        free(payments);
        return NULL;
    }
    mailbox_init(&payments->retries, PAYMENTS_UNDER_WAY_MAX);
    list_init(&payments->in_doubt);
    return payments;
}

void payments_destroy(struct payments *payments)
{
    if (!payments)
        return;
    struct list left;
    list_init(&left);
    mailbox_take(&payments->retries, &left, SIZE_MAX);
    struct list *link;
    while ((link = list_pop_front(&left)) != NULL) /* the next start takes them up again */
        free(container_of(link, struct attempt, letter));
    mailbox_deinit(&payments->retries);
    refunds_destroy(payments->refunds);
    free(payments);
}

static enum status attempt_create(struct payments *payments, struct attempt **out_attempt)
{
    if (atomic_fetch_add(&payments->under_way, 1) >= PAYMENTS_UNDER_WAY_MAX) {
        atomic_fetch_sub(&payments->under_way, 1);
        return STATUS_FULL;
    }
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt) {
        atomic_fetch_sub(&payments->under_way, 1);
        return STATUS_NO_MEMORY;
    }
    attempt->payments = payments;
    list_init(&attempt->letter);
    *out_attempt = attempt;
    return STATUS_OK;
}

enum status payments_pay(struct payments *payments, const struct payment_order *order,
                         struct payment_wait *wait)
{
    must(order->key.size <= IDEMPOTENCY_KEY_BYTES_MAX);
    must(order->gateway_data.size <= PAYMENT_DATA_BYTES_MAX);

    struct attempt *attempt;
    enum status status = attempt_create(payments, &attempt);
    if (status != STATUS_OK)
        return status;
    attempt->wait = wait;
    memcpy(attempt->key, order->key.bytes, order->key.size);
    attempt->key_bytes = order->key.size;
    if (order->gateway_data.size > 0)
        memcpy(attempt->data, order->gateway_data.bytes, order->gateway_data.size);
    attempt->request.data = text_make(attempt->data, order->gateway_data.size);
    attempt->payment = (struct payment){
        .reservation = order->reservation, .fan = order->fan, .request_hash = order->request_hash};
    attempt->ask = (struct booking_ask){.kind = BOOKING_PAY,
                                        .fan = order->fan,
                                        .reservation = order->reservation,
                                        .request_hash = order->request_hash,
                                        .first = find_key,
                                        .also = write_ready,
                                        .on_answer = on_begun};
    status = booking_submit(payments->booking, &attempt->ask); /* continues in on_begun */
    if (status != STATUS_OK) {
        atomic_fetch_sub(&payments->under_way, 1);
        free(attempt);
    }
    return status;
}

enum status payments_take_up(struct payments *payments, struct store_connection *reader,
                             size_t *out_count)
{
    enum { PAGE = 64 };
    struct payment open[PAGE];
    struct payment_id after = {0};
    size_t total = 0, count = PAGE;
    while (count == PAGE) {
        enum status status = payment_store_open(reader, after, open, PAGE, &count);
        for (size_t i = 0; status == STATUS_OK && i < count; i++) {
            struct attempt *attempt;
            status = attempt_create(payments, &attempt);
            if (status != STATUS_OK)
                break;
            attempt->payment = open[i];
            attempt->asks_only = true;
            after = open[i].id;
            total++;
            call_gateway(attempt);
        }
        if (status != STATUS_OK)
            return status;
    }
    *out_count = total;
    return refunds_take_up(payments->refunds, reader, out_count);
}

static void begin_again(struct attempt *attempt)
{
    if (booking_submit(attempt->payments->booking, &attempt->ask) != STATUS_OK)
        keep_for_later(attempt); /* otherwise continues in on_begun */
}

void payments_tick(struct payments *payments)
{
    refunds_tick(payments->refunds);
    struct list again;
    list_init(&again);
    mailbox_take(&payments->retries, &again, SIZE_MAX);
    struct list *link;
    while ((link = list_pop_front(&again)) != NULL) {
        struct attempt *attempt = container_of(link, struct attempt, letter);
        if (attempt->in_doubt)
            begin_again(attempt);
        else if (attempt->heard)
            settle(attempt);
        else
            call_gateway(attempt);
    }
}

struct refunds *payments_refunds(struct payments *payments)
{
    return payments->refunds;
}

size_t payments_under_way(const struct payments *payments)
{
    return atomic_load(&payments->under_way) + refunds_under_way(payments->refunds);
}
