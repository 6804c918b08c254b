/*
 * news.h — what happened to payments, for whoever wants to know: an outbox.
 *
 * News is written in the transaction of what it tells, so it is there exactly when that happened.
 * The publisher puts it on the bus in the order of its ids — of one reservation: in the order in
 * which things happened — and marks it once the bus has it for good. A crash in between hands it on
 * again: at least once, and the id tells repeats.
 *
 * Thread   news_write(): the writer thread, inside a transaction. The publisher: news_tick() from
 *          one thread; the rest happens on the store's writer.
 * Memory   A publisher holds NEWS_BATCH_MAX pieces.
 * Limits   NEWS_BATCH_MAX in one go; the next ones follow with the next tick.
 */
#ifndef PAYMENT_NEWS_H
#define PAYMENT_NEWS_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"
#include "store/store.h"

enum news_kind {
    NEWS_UNKNOWN, /* the gateway does not answer */
    NEWS_CAPTURED,
    NEWS_FAILED,
    NEWS_REFUND_DONE,
    NEWS_REFUND_FAILED,
    NEWS_KIND_COUNT,
};

/* "UNKNOWN", "CAPTURED", … as the store and the receivers spell them. */
const char *news_kind_name(enum news_kind kind);

struct news {
    int64_t id;
    struct reservation_id reservation; /* the key: one reservation's news stays in order */
    struct payment_id payment;
    struct refund_id refund; /* 0: not about a refund */
    enum news_kind kind;
    int64_t amount; /* won */
    int64_t at_ms;
};

/* The id is the store's. */
MUST_USE enum status news_write(struct store_connection *connection, const struct news *news);

/* {"id":…,"kind":"CAPTURED","reservationId":…,"paymentId":…,"refundId":null,"amount":…,"at":"…"} */
enum { NEWS_JSON_BYTES = 256 };
size_t news_json(const struct news *news, char out_json[NEWS_JSON_BYTES]);

/* --- handing it on ---------------------------------------------------------------------------- */

struct bus;
struct bus_topic;

/* "payments": the key is the reservation's id, the value news_json(). */
extern const struct bus_topic news_topic;

struct publisher;

/* Borrows all three; the bus knows news_topic. NULL when memory is short. */
struct publisher *publisher_create(struct store *store, struct store_connection *reader,
                                   struct bus *bus);
/* After the bus and the store's writer; NULL is welcome. */
void publisher_destroy(struct publisher *publisher);

/* Hands on what waits, unless the batch before is still on its way. */
void publisher_tick(struct publisher *publisher, int64_t now_ms);

struct publisher_reading {
    uint64_t handed_on_count;
    size_t waiting_count;         /* at the last look, at most NEWS_BATCH_MAX */
    int64_t oldest_waiting_at_ms; /* 0: none waits */
};
struct publisher_reading publisher_read(struct publisher *publisher);

#endif
