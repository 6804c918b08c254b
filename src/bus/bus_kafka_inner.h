/*
 * bus_kafka_inner.h — what the two files of the adapter share: the producer's and the consumers'.
 *
 * Thread   As the functions say.
 * Memory   None of its own.
 */
#ifndef BUS_BUS_KAFKA_INNER_H
#define BUS_BUS_KAFKA_INNER_H

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "bus/bus_kafka.h"

enum { KAFKA_NAME_BYTES = 128 };

#define KAFKA_DEAD_SUFFIX ".dead"
#define KAFKA_REASON_HEADER "reason"

struct kafka_bus {
    struct bus bus;
    char brokers[256];
    char prefix[64];
    struct breaker *breaker;

    pthread_rwlock_t producer_lock; /* held for writing only where the producer is replaced */
    rd_kafka_t *producer;
    pthread_t keeper;
    bool started;
    atomic_bool closing;
    atomic_bool topics_there; /* all of ours exist */
    atomic_bool up;           /* a broker has answered, and nothing has failed since */
    atomic_bool broken;       /* the producer is of no more use: another has to be made */

    _Atomic uint64_t produced_count, refused_count, failed_count, taken_count, committed_count,
        redelivered_count, dead_count, under_way_count, lag_count;
};

static inline struct kafka_bus *kafka_of(struct bus *bus)
{
    return (struct kafka_bus *)(void *)bus; /* its first member */
}

/* The name in Kafka of a topic or of its dead letters. */
void kafka_topic_name(const struct kafka_bus *kafka, const struct bus_topic *topic,
                      enum bus_letters letters, char out_name[KAFKA_NAME_BYTES]);

/* Any thread: the counterpart of bus_produce() for a topic of this name. `headers` may be NULL;
   they are given back on failure. */
enum status kafka_send(struct kafka_bus *kafka, const char *topic_name, struct bus_message *message,
                       rd_kafka_headers_t *headers);

/* One setting of librdkafka; the words are ours, so it knows them. */
void kafka_set(rd_kafka_conf_t *conf, const char *name, const char *value);

/* What producer and consumers have in common. */
rd_kafka_conf_t *kafka_conf(const struct kafka_bus *kafka);

/* --- bus_kafka_consumer.c: the ops of a consumer ---------------------------------------------- */

enum status kafka_consumer_open(struct bus *bus, const char *group, const struct bus_topic *topic,
                                enum bus_letters letters, struct bus_consumer **out_consumer);
void kafka_consumer_close(struct bus_consumer *consumer);
enum status kafka_take(struct bus_consumer *consumer, struct bus_record out_records[], size_t most,
                       int64_t wait_ms, size_t *out_count);
enum status kafka_commit(struct bus_consumer *consumer);
void kafka_again(struct bus_consumer *consumer);
enum status kafka_bury(struct bus_consumer *consumer, const struct bus_record *record,
                       struct text reason);

#endif
