/*
 * payments.c — one attempt, as a walk through threads.
 *
 *     submit(PAY) ─▶ on_begun ─▶ call_gateway ─▶ on_heard ─▶ settle ─▶ on_settled ─▶ answered
 *       any thread    writer       writer         gateway                 writer
 *                                    ▲              │ no answer             │ commit failed
 *                                    │ due          ▼                       │
 *                                    └── waits ◀─ note_unknown              │
 *                                           ▲     writer                    │
 *                                           └───────────────────────────────┘
 *
 * The gateway's verdict is kept in the attempt, so settling again never charges again.
 *
 * An attempt without an answer waits for its next question (waits.h). The pause grows with the time
 * for which the payment has been unknown; that stands in the store, so a restart goes on where it
 * was. A webhook (payments_hint) ends the pause; it is never believed, only taken as a reason to
 * ask.
 *
 * When nobody can tell whether the first turn was kept, the attempt is in doubt: the fan hears so,
 * and the attempt begins again until it finds its own payment or writes it anew. Until then nobody
 * else begins with its key; so a payment has one attempt, and one attempt only charges for it.
 */
#include "payment/payments.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "limits.h"
#include "payment/waits.h"

struct payments {
    struct store *store;
    struct booking *booking;
    struct gateway *gateway;
    struct refunds *refunds;
    int64_t (*now_ms)(void);
    struct list in_doubt; /* attempts; the writer thread's */

    struct waits waits; /* attempts between two steps */

    pthread_mutex_t lock; /* of what follows */
    struct list all;      /* attempts */
    size_t under_way;
};

struct attempt {
    struct wait between; /* in `waits` */
    struct list place;   /* in `all` */
    struct list doubt;   /* in `in_doubt` */
    struct payments *payments;
    struct payment_wait *wait; /* NULL: nobody waits (any more) */
    struct payment payment;
    _Atomic int64_t unknown_since_ms; /* of the payment, for whoever counts */
    struct booking_ask ask;
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

static void lock(struct payments *payments)
{
    int failed = pthread_mutex_lock(&payments->lock);
    must(!failed);
}

static void unlock(struct payments *payments)
{
    int failed = pthread_mutex_unlock(&payments->lock);
    must(!failed);
}

static void attempt_destroy(struct attempt *attempt)
{
    struct payments *payments = attempt->payments;
    lock(payments);
    list_remove(&attempt->place);
    payments->under_way--;
    unlock(payments);
    free(attempt);
}

static void finish(struct attempt *attempt, enum payment_verdict verdict, enum status status)
{
    answer(attempt, verdict, status);
    attempt_destroy(attempt);
}

/* The next tick. */
static void keep_for_later(struct attempt *attempt)
{
    waits_keep(&attempt->payments->waits, &attempt->between, 0);
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
                                &attempt->payment.id);
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
    case PAYMENT_UNKNOWN:
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
        finish(attempt, PAYMENT_NOT_LIVE, STATUS_OK);
        return;
    }
}

/* --- the gateway ------------------------------------------------------------------------------ */

static void on_heard(struct gateway_request *request)
{
    struct attempt *attempt = container_of(request, struct attempt, request);
    attempt->verdict = request->verdict;
    attempt->heard = attempt->verdict != GATEWAY_UNKNOWN;
    attempt->asks_only = true; /* whatever comes now, it is never charged a second time */
    settle(attempt);
}

static void call_gateway(struct attempt *attempt)
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

static void wait_for_answer(struct attempt *attempt)
{
    struct payments *payments = attempt->payments;
    int64_t now_ms = payments->now_ms();
    answer(attempt, PAYMENT_PENDING, STATUS_OK);
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
        try_again_later(attempt);
        return;
    }
    atomic_store(&attempt->unknown_since_ms, attempt->payment.unknown_since_ms);
    wait_for_answer(attempt);
}

/* From here on everybody can see that the money may be anywhere. */
static void note_unknown(struct attempt *attempt)
{
    attempt->store_job.work = write_unknown;
    attempt->store_job.on_done = on_unknown_written;
    if (store_submit(attempt->payments->store, &attempt->store_job) != STATUS_OK)
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
    attempt->payment = found;
    *out_settled = !payment_is_open(found.state);
    if (!*out_settled)
        return STATUS_OK;
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
        try_again_later(attempt);
        return;
    }
    if (payment_is_open(attempt->payment.state))
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
        if (attempt->payment.state == PAYMENT_UNKNOWN)
            wait_for_answer(attempt);
        else
            note_unknown(attempt);
        return;
    }
}

/* --- from outside ----------------------------------------------------------------------------- */

struct payments *payments_create(const struct payments_settings *settings)
{
    struct payments *payments = calloc(1, sizeof *payments);
    if (!payments)
        return NULL;
    payments->store = settings->store;
    payments->booking = settings->booking;
    payments->gateway = settings->gateway;
    payments->now_ms = settings->now_ms ? settings->now_ms : clock_wall_ms;
    payments->refunds = refunds_create(settings->store, settings->booking, settings->gateway,
                                       payments->now_ms, settings->seed);
    if (!payments->refunds) {
        free(payments);
        return NULL;
    }
    int failed = pthread_mutex_init(&payments->lock, NULL);
    must(!failed);
    list_init(&payments->in_doubt);
    list_init(&payments->all);
    waits_init(&payments->waits, settings->seed);
    return payments;
}

void payments_destroy(struct payments *payments)
{
    if (!payments)
        return;
    struct list *link;
    while ((link = list_pop_front(&payments->all)) != NULL) /* the next start takes them up again */
        free(container_of(link, struct attempt, place));
    pthread_mutex_destroy(&payments->lock);
    waits_deinit(&payments->waits);
    refunds_destroy(payments->refunds);
    free(payments);
}

static enum status attempt_create(struct payments *payments, struct attempt **out_attempt)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        return STATUS_NO_MEMORY;
    attempt->payments = payments;
    lock(payments);
    bool room = payments->under_way < PAYMENTS_UNDER_WAY_MAX;
    if (room) {
        payments->under_way++;
        list_push_back(&payments->all, &attempt->place);
    }
    unlock(payments);
    if (!room) {
        free(attempt);
        return STATUS_FULL;
    }
    *out_attempt = attempt;
    return STATUS_OK;
}

static void fill_attempt(struct attempt *attempt, const struct payment_order *order)
{
    memcpy(attempt->key, order->key.bytes, order->key.size);
    attempt->key_bytes = order->key.size;
    if (order->gateway_data.size > 0)
        memcpy(attempt->data, order->gateway_data.bytes, order->gateway_data.size);
    attempt->request.data = text_make(attempt->data, order->gateway_data.size);
    struct payment *payment = &attempt->payment;
    *payment = (struct payment){
        .reservation = order->reservation, .fan = order->fan, .request_hash = order->request_hash};
    payment_name(payment, attempt->payments->gateway->ops->name, order->order_id, order->key);
    must(order->gateway_key.size <= GATEWAY_KEY_BYTES_MAX);
    if (order->gateway_key.size > 0)
        memcpy(payment->gateway_key, order->gateway_key.bytes, order->gateway_key.size);
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
    fill_attempt(attempt, order);
    attempt->ask = (struct booking_ask){.kind = BOOKING_PAY,
                                        .fan = order->fan,
                                        .reservation = order->reservation,
                                        .request_hash = order->request_hash,
                                        .first = find_key,
                                        .also = write_ready,
                                        .on_answer = on_begun};
    status = booking_submit(payments->booking, &attempt->ask); /* continues in on_begun */
    if (status != STATUS_OK)
        attempt_destroy(attempt);
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
            atomic_store(&attempt->unknown_since_ms, open[i].unknown_since_ms);
            attempt->asks_only = true;
            attempt->request.kept_until_ms = open[i].created_at_ms + BOOKING_PAYING_MS_MAX;
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
    struct list due;
    list_init(&due);
    waits_take(&payments->waits, payments->now_ms(), &due);
    struct list *link;
    while ((link = list_pop_front(&due)) != NULL) {
        struct attempt *attempt = container_of(link, struct attempt, between.letter);
        if (attempt->in_doubt)
            begin_again(attempt);
        else if (attempt->heard)
            settle(attempt);
        else
            call_gateway(attempt);
    }
}

void payments_hint(struct payments *payments, struct payment_id id)
{
    waits_hurry(&payments->waits, id.value);
}

const char *payments_gateway(const struct payments *payments)
{
    return payments->gateway->ops->name;
}

struct refunds *payments_refunds(struct payments *payments)
{
    return payments->refunds;
}

struct payments_reading payments_read(struct payments *payments)
{
    struct payments_reading reading = {.oldest_unknown_at_ms = 0};
    lock(payments);
    reading.under_way_count = payments->under_way;
    for (struct list *link = payments->all.next; link != &payments->all; link = link->next) {
        int64_t since_ms =
            atomic_load(&container_of(link, struct attempt, place)->unknown_since_ms);
        if (since_ms == 0)
            continue;
        reading.unknown_count++;
        if (reading.oldest_unknown_at_ms == 0 || since_ms < reading.oldest_unknown_at_ms)
            reading.oldest_unknown_at_ms = since_ms;
    }
    unlock(payments);
    return reading;
}

size_t payments_under_way(struct payments *payments)
{
    return payments_read(payments).under_way_count + refunds_under_way(payments->refunds);
}
