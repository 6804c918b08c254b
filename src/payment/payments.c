/*
 * payments.c — takes orders, and goes on with what is due.
 *
 * A webhook (payments_hint) ends an attempt's pause; it is never believed, only taken as a reason
 * to ask.
 */
#include "payment/payments.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "payment/payments_inside.h"

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

void attempt_destroy(struct attempt *attempt)
{
    struct payments *payments = attempt->payments;
    lock(payments);
    list_remove(&attempt->place);
    payments->under_way--;
    unlock(payments);
    free(attempt);
}

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
    attempt_prepare(attempt);
    status = booking_submit(payments->booking, &attempt->ask); /* goes on in attempt_begin.c */
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
            attempt_call_gateway(attempt);
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
        attempt_keep_for_later(attempt); /* otherwise continues in on_begun */
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
            attempt_settle(attempt);
        else
            attempt_call_gateway(attempt);
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
