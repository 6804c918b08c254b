/*
 * news.c — the outbox's table, and the one who empties it.
 *
 *     news_write      in the transaction of what happened
 *     publisher_tick  reads the oldest that are not marked, hands them on, marks those taken
 *
 * Marking is a store_job; until it has ended no further batch is read, so nothing is handed on
 * twice but after a crash, or when the marks could not be written.
 *
 * The order is that of the ids, and an id is taken inside the transaction that it tells of. What
 * happens to one reservation happens in transactions one after the other, each of which sees what
 * the one before wrote; so its ids grow with time even where two reservations' commits overtake
 * each other. That is why each piece bears a mark of its own instead of one position for all:
 * a lower id that is committed later is still found.
 */
#include "payment/news.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/container.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/must.h"
#include "limits.h"

struct publisher {
    struct store *store;
    struct store_connection *reader;
    struct news_sink *sink;
    struct store_job job;
    int64_t now_ms;
    size_t taken; /* of `batch`: to be marked */
    struct news batch[NEWS_BATCH_MAX];
    _Atomic bool marking;
    _Atomic uint64_t handed_on_count;
    _Atomic size_t waiting_count;
    _Atomic int64_t oldest_waiting_at_ms;
};

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

void news_json(const struct news *news, struct buffer *out_bytes)
{
    struct json_out out = json_out_to(out_bytes);
    json_out_object(&out);
    json_out_int_field(&out, "id", news->id);
    json_out_words_field(&out, "kind", names[news->kind]);
    json_out_int_field(&out, "reservationId", news->reservation.value);
    json_out_int_field(&out, "paymentId", news->payment.value);
    json_out_key(&out, "refundId");
    if (news->refund.value > 0)
        json_out_int(&out, news->refund.value);
    else
        json_out_null(&out);
    json_out_int_field(&out, "amount", news->amount);
    json_out_time_field(&out, "at", news->at_ms);
    json_out_object_end(&out);
}

/* --- handing it on ---------------------------------------------------------------------------- */

struct publisher *publisher_create(struct store *store, struct store_connection *reader,
                                   struct news_sink *sink)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return NULL;
    publisher->store = store;
    publisher->reader = reader;
    publisher->sink = sink;
    return publisher;
}

void publisher_destroy(struct publisher *publisher)
{
    free(publisher);
}

static bool kind_from_text(struct text text, enum news_kind *out_kind)
{
    for (int kind = 0; kind < NEWS_KIND_COUNT; kind++) {
        if (text_equal(text, text_of(names[kind]))) {
            *out_kind = (enum news_kind)kind;
            return true;
        }
    }
    return false;
}

static enum status read_batch(struct publisher *publisher, size_t *out_count)
{
    struct sql_value values[] = {sql_int(NEWS_BATCH_MAX)};
    struct rows rows;
    enum status status = store_query(publisher->reader, &WAITING, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    bool sound = true;
    while (sound && count < NEWS_BATCH_MAX && rows_next(&rows)) {
        struct news *news = &publisher->batch[count];
        *news = (struct news){.id = rows_int(&rows, 0),
                              .reservation = {rows_int(&rows, 1)},
                              .payment = {rows_int(&rows, 2)},
                              .refund = {rows_int(&rows, 3)},
                              .amount = rows_int(&rows, 5),
                              .at_ms = rows_int(&rows, 6)};
        sound = kind_from_text(rows_text(&rows, 4), &news->kind);
        count += sound;
    }
    status = rows_end(&rows);
    *out_count = count;
    return status == STATUS_OK && !sound ? STATUS_INVALID : status;
}

static enum status write_marks(struct store_job *job, struct store_connection *connection)
{
    struct publisher *publisher = container_of(job, struct publisher, job);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < publisher->taken; i++) {
        struct sql_value values[] = {sql_int(publisher->now_ms), sql_int(publisher->batch[i].id)};
        status = store_run(connection, &MARK, values, 2, NULL);
    }
    return status;
}

static void on_marked(struct store_job *job, enum status status)
{
    struct publisher *publisher = container_of(job, struct publisher, job);
    if (status != STATUS_OK)
        log_warn("news will be handed on again", log_words("status", status_name(status)));
    atomic_store(&publisher->marking, false);
}

static void mark(struct publisher *publisher)
{
    atomic_store(&publisher->marking, true);
    publisher->job.work = write_marks;
    publisher->job.on_done = on_marked;
    if (store_submit(publisher->store, &publisher->job) != STATUS_OK)
        atomic_store(&publisher->marking, false); /* the next tick hands it on again */
}

void publisher_tick(struct publisher *publisher, int64_t now_ms)
{
    size_t count = 0;
    if (atomic_load(&publisher->marking))
        return;
    enum status status = read_batch(publisher, &count);
    if (status != STATUS_OK)
        log_error("news cannot be read", log_words("status", status_name(status)));
    atomic_store(&publisher->waiting_count, count);
    atomic_store(&publisher->oldest_waiting_at_ms, count > 0 ? publisher->batch[0].at_ms : 0);
    if (count == 0)
        return;
    publisher->now_ms = now_ms;
    publisher->taken = 0;
    publisher->sink->take(publisher->sink, publisher->batch, count, &publisher->taken);
    must(publisher->taken <= count);
    atomic_fetch_add(&publisher->handed_on_count, publisher->taken);
    if (publisher->taken > 0)
        mark(publisher);
}

struct publisher_reading publisher_read(struct publisher *publisher)
{
    return (struct publisher_reading){.handed_on_count = atomic_load(&publisher->handed_on_count),
                                      .waiting_count = atomic_load(&publisher->waiting_count),
                                      .oldest_waiting_at_ms =
                                          atomic_load(&publisher->oldest_waiting_at_ms)};
}
