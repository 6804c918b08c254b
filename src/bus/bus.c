/* bus.c — the contract, checked once for all adapters. */
#include "bus/bus.h"

#include <pthread.h>

#include "base/container.h"

bool bus_knows(const struct bus *bus, const struct bus_topic *topic)
{
    for (const struct bus_topic *const *known = bus->topics; *known; known++)
        if (*known == topic)
            return true;
    return false;
}

/* --- producing -------------------------------------------------------------------------------- */

enum status bus_produce(struct bus *bus, struct bus_message *message)
{
    must(message->on_done);
    must(!text_empty(message->key) && message->key.size <= BUS_KEY_BYTES_MAX);
    must(message->value.size <= BUS_VALUE_BYTES_MAX);
    must(bus_knows(bus, message->topic));
    return bus->ops->produce(bus, message);
}

struct proxy { /* stands in for the message of a caller that waits */
    struct bus_message message;
    pthread_mutex_t lock;
    pthread_cond_t rung;
    bool done;
    enum status status;
};

static void on_proxy_done(struct bus_message *message, enum status status)
{
    struct proxy *proxy = container_of(message, struct proxy, message);
    pthread_mutex_lock(&proxy->lock);
    proxy->status = status;
    proxy->done = true;
    pthread_cond_signal(&proxy->rung);
    pthread_mutex_unlock(&proxy->lock);
}

enum status bus_produce_and_wait(struct bus *bus, struct bus_message *message)
{
    struct proxy proxy = {
        .message = *message,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .rung = PTHREAD_COND_INITIALIZER,
    };
    proxy.message.on_done = on_proxy_done;
    enum status status = bus_produce(bus, &proxy.message);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&proxy.lock);
    while (!proxy.done)
        pthread_cond_wait(&proxy.rung, &proxy.lock);
    pthread_mutex_unlock(&proxy.lock);
    return proxy.status;
}

bool bus_ready(struct bus *bus)
{
    return bus->ops->ready(bus);
}

/* --- consuming -------------------------------------------------------------------------------- */

enum status bus_consumer_open(struct bus *bus, const char *group, const struct bus_topic *topic,
                              enum bus_letters letters, struct bus_consumer **out_consumer)
{
    must(bus_knows(bus, topic));
    return bus->ops->consumer_open(bus, group, topic, letters, out_consumer);
}

void bus_consumer_close(struct bus_consumer *consumer)
{
    if (consumer)
        consumer->bus->ops->consumer_close(consumer);
}

enum status bus_consumer_take(struct bus_consumer *consumer, struct bus_record out_records[],
                              size_t most, int64_t wait_ms, size_t *out_count)
{
    must(most > 0 && most <= BUS_BATCH_MAX);
    must(wait_ms >= 0);
    return consumer->bus->ops->take(consumer, out_records, most, wait_ms, out_count);
}

enum status bus_consumer_commit(struct bus_consumer *consumer)
{
    return consumer->bus->ops->commit(consumer);
}

void bus_consumer_again(struct bus_consumer *consumer)
{
    consumer->bus->ops->again(consumer);
}

enum status bus_consumer_bury(struct bus_consumer *consumer, const struct bus_record *record,
                              const char *reason)
{
    struct text words = text_of(reason);
    must(!text_empty(words));
    if (words.size > BUS_REASON_BYTES_MAX)
        words.size = BUS_REASON_BYTES_MAX;
    return consumer->bus->ops->bury(consumer, record, words);
}

/* --- numbers and life ------------------------------------------------------------------------- */

struct bus_counts bus_counts(struct bus *bus)
{
    return bus->ops->counts(bus);
}

void bus_close(struct bus *bus)
{
    if (bus)
        bus->ops->close(bus);
}
