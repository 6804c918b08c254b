/*
 * news.c — the outbox's table, and the one who empties it.
 *
 *     news_write      in the transaction of what happened
 *     publisher_tick  reads the oldest that are not marked, puts them on the bus
 *     on_arrived      the bus has one of them for good
 *     mark            all have arrived or failed: those that arrived are marked, in a store_job
 *
 * Of several servers on one database the one that sells does it (booking_sells()): a second one
 * would read the same rows before they are marked.
 *
 * Until a batch is marked no other is read, so nothing is handed on twice but after a crash, or
 * when the bus or the marks failed. A batch has one piece about a reservation at most; the next
 * one waits until the first is marked, for the bus keeps an order only between a message that has
 * arrived and the next.
 *
 * The order is that of the ids, and an id is taken inside the transaction that it tells of. What
 * happens to one reservation happens in transactions one after the other, each of which sees what
 * the one before wrote; so its ids grow with time even where two reservations' commits overtake
 * each other. That is why each piece bears a mark of its own instead of one position for all: a
 * lower id that is committed later is still found.
 */
#include "payment/news.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bus/bus.h"
#include "limits.h"

struct letter { /* one piece on its way */
    struct bus_message message;
    struct publisher *publisher;
    struct news news;
    bool is_sent;
    enum status status; /* what the bus said */
};

struct publisher {
    struct store *store;
    struct store_connection *reader;
    struct bus *bus;
    struct store_job job;
    int64_t now_ms;
    size_t count; /* of `batch` */
    struct letter batch[NEWS_BATCH_MAX];
    atomic_bool busy; /* a batch is on its way, or being marked */
    _Atomic size_t on_the_way;
    _Atomic uint64_t handed_on_count;
    _Atomic size_t waiting_count;
    _Atomic int64_t oldest_waiting_at_ms;
};

const struct bus_topic news_topic = {
    .name = "payments", .partition_count = NEWS_PARTITIONS, .kept_ms = NEWS_KEPT_MS};

static const char *const names[NEWS_KIND_COUNT] = {"UNKNOWN", "CAPTURED", "FAILED", "REFUND_DONE",
                                                   "REFUND_FAILED"};

static const struct sql INSERT = {
    "INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};
static const struct sql WAITING = {
    "SELECT id, reservation_id, payment_id, refund_id, kind, amount, at_ms FROM payment_news"
    " WHERE published_at_ms IS NULL ORDER BY id LIMIT $1"};
static const struct sql MARK = {"UPDATE payment_news SET published_at_ms = $1 WHERE id = $2"};

const char *news_kind_name(enum news_kind kind)
{
    return names[kind];
}

enum status news_write(struct store_connection *connection, const struct news *news)
{
    struct sql_value values[] = {
        sql_int(news->reservation.value), sql_int(news->payment.value), sql_int(news->refund.value),
        sql_words(names[news->kind]),     sql_int(news->amount),        sql_int(news->at_ms)};
    return store_run(connection, &INSERT, values, 6, NULL);
}

size_t news_json(const struct news *news, char out_json[NEWS_JSON_BYTES])
{
    char at[CLOCK_TEXT_BYTES], refund[24] = "null";
    clock_write_iso(news->at_ms, at);
    if (news->refund.value > 0)
        snprintf(refund, sizeof refund, "%lld", (long long)news->refund.value);
    int size = snprintf(out_json, NEWS_JSON_BYTES,
                        "{\"id\":%lld,\"kind\":\"%s\",\"reservationId\":%lld,\"paymentId\":%lld,"
                        "\"refundId\":%s,\"amount\":%lld,\"at\":\"%s\"}",
                        (long long)news->id, names[news->kind], (long long)news->reservation.value,
                        (long long)news->payment.value, refund, (long long)news->amount, at);
    return (size_t)size;
}

/* --- reading what waits ----------------------------------------------------------------------- */

struct publisher *publisher_create(struct store *store, struct store_connection *reader,
                                   struct bus *bus)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return NULL;
    publisher->store = store;
    publisher->reader = reader;
    publisher->bus = bus;
    return publisher;
}

void publisher_destroy(struct publisher *publisher)
{
    free(publisher);
}

static bool kind_from_text(struct text text, enum news_kind *out_kind)
{
    size_t index;
    bool found = text_among(text, names, NEWS_KIND_COUNT, &index);
    if (found)
        *out_kind = (enum news_kind)index;
    return found;
}

/* News that a clock can write: whatever stands in the store. */
static bool read_news(const struct rows *rows, struct news *out_news)
{
    *out_news = (struct news){.id = rows_int(rows, 0),
                              .reservation = {rows_int(rows, 1)},
                              .payment = {rows_int(rows, 2)},
                              .refund = {rows_int(rows, 3)},
                              .amount = rows_int(rows, 5),
                              .at_ms = rows_int(rows, 6)};
    return kind_from_text(rows_text(rows, 4), &out_news->kind) && clock_can_write(out_news->at_ms);
}

static enum status read_batch(struct publisher *publisher)
{
    struct sql_value values[] = {sql_int(NEWS_BATCH_MAX)};
    struct rows rows;
    enum status status = store_query(publisher->reader, &WAITING, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    bool sound = true;
    while (sound && count < NEWS_BATCH_MAX && rows_next(&rows)) {
        sound = read_news(&rows, &publisher->batch[count].news);
        count += sound;
    }
    status = rows_end(&rows);
    publisher->count = count;
    return status == STATUS_OK && !sound ? STATUS_INVALID : status;
}

/* --- marking what has arrived ----------------------------------------------------------------- */

static enum status write_marks(struct store_job *job, struct store_connection *connection)
{
    struct publisher *publisher = container_of(job, struct publisher, job);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < publisher->count; i++) {
        const struct letter *letter = &publisher->batch[i];
        struct sql_value values[] = {sql_int(publisher->now_ms), sql_int(letter->news.id)};
        if (letter->is_sent && letter->status == STATUS_OK)
            status = store_run(connection, &MARK, values, 2, NULL);
    }
    return status;
}

static void on_marked(struct store_job *job, enum status status)
{
    struct publisher *publisher = container_of(job, struct publisher, job);
    if (status != STATUS_OK)
        log_warn("news will be handed on again", log_words("status", status_name(status)));
    atomic_store(&publisher->busy, false);
}

static void mark(struct publisher *publisher)
{
    publisher->job.work = write_marks;
    publisher->job.on_done = on_marked;
    if (store_submit(publisher->store, &publisher->job) != STATUS_OK)
        atomic_store(&publisher->busy, false); /* the next tick hands it on again */
}

/* --- handing it on ---------------------------------------------------------------------------- */

static void let_go(struct publisher *publisher)
{
    if (atomic_fetch_sub(&publisher->on_the_way, 1) == 1)
        mark(publisher);
}

static void on_arrived(struct bus_message *message, enum status status)
{
    struct letter *letter = container_of(message, struct letter, message);
    letter->status = status;
    if (status == STATUS_OK)
        atomic_fetch_add(&letter->publisher->handed_on_count, 1);
    let_go(letter->publisher);
}

/* An earlier piece about the same reservation is in this batch: it must have arrived before. */
static bool must_wait(const struct publisher *publisher, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (publisher->batch[i].news.reservation.value ==
            publisher->batch[index].news.reservation.value)
            return true;
    return false;
}

static void send(struct publisher *publisher, struct letter *letter)
{
    char key[24], json[NEWS_JSON_BYTES];
    int key_size = snprintf(key, sizeof key, "%lld", (long long)letter->news.reservation.value);
    letter->publisher = publisher;
    letter->message = (struct bus_message){.topic = &news_topic,
                                           .key = text_make(key, (size_t)key_size),
                                           .value = text_make(json, news_json(&letter->news, json)),
                                           .on_done = on_arrived};
    letter->is_sent = true;
    letter->status = STATUS_UNKNOWN;
    atomic_fetch_add(&publisher->on_the_way, 1);
    if (bus_produce(publisher->bus, &letter->message) == STATUS_OK)
        return;
    letter->is_sent = false;
    atomic_fetch_sub(&publisher->on_the_way, 1); /* never the last: publisher_tick() holds one */
}

void publisher_tick(struct publisher *publisher, int64_t now_ms)
{
    if (atomic_load(&publisher->busy))
        return;
    enum status status = read_batch(publisher);
    if (status != STATUS_OK)
        log_error("news cannot be read", log_words("status", status_name(status)));
    size_t count = publisher->count;
    atomic_store(&publisher->waiting_count, count);
    atomic_store(&publisher->oldest_waiting_at_ms, count > 0 ? publisher->batch[0].news.at_ms : 0);
    if (count == 0 || !bus_ready(publisher->bus))
        return;
    publisher->now_ms = now_ms;
    atomic_store(&publisher->busy, true);
    atomic_store(&publisher->on_the_way, 1); /* until all are sent */
    for (size_t i = 0; i < count; i++) {
        publisher->batch[i].is_sent = false;
        if (!must_wait(publisher, i))
            send(publisher, &publisher->batch[i]);
    }
    let_go(publisher); /* continues in on_arrived, and when all have: mark */
}

struct publisher_reading publisher_read(struct publisher *publisher)
{
    return (struct publisher_reading){.handed_on_count = atomic_load(&publisher->handed_on_count),
                                      .waiting_count = atomic_load(&publisher->waiting_count),
                                      .oldest_waiting_at_ms =
                                          atomic_load(&publisher->oldest_waiting_at_ms)};
}
