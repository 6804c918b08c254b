/*
 * bus_kafka.h — the bus on Apache Kafka, by librdkafka.
 *
 * Thread   As bus.h says; a thread of its own looks after the producer.
 * Memory   BUS_QUEUED_KIB_MAX of messages under way, BUS_FETCHED_KIB_MAX a consumer.
 * Promise  An idempotent producer with acks=all: a message is in the log of every replica in sync,
 *          once, when on_done(STATUS_OK) comes. That outlives the death of the broker's process;
 *          whether it outlives a power cut of all replicas is a matter of the cluster. Positions
 *          are committed when the caller says so, never by themselves. Partitions change hands
 *          cooperatively (cooperative-sticky), and one after the other.
 * Topics   `prefix` and the topic's name; ".dead" behind it for its dead letters, which have one
 *          partition and carry reason, topic, partition and offset as headers. What is not there is
 *          made, as soon as a broker answers; a topic that is there keeps its own partitions.
 * Failure  The broker need not be there, at the start or ever: then bus_ready() says no and
 *          bus_produce() STATUS_BUSY. Deliveries and the looks at a broker that is away run through
 *          `breaker`.
 */
#ifndef BUS_BUS_KAFKA_H
#define BUS_BUS_KAFKA_H

#include "bus/bus.h"

struct breaker;

struct bus_kafka_settings {
    const char *brokers; /* host:port, several with commas */
    const char *prefix;  /* of topics and groups: "ticketrush." */
    const struct bus_topic *const *topics;
    struct breaker *breaker;
};

enum { BUS_KAFKA_WHY_BYTES = 256 };

/* STATUS_INVALID when the settings cannot be used; out_why gets words. */
MUST_USE enum status bus_kafka_open(const struct bus_kafka_settings *settings,
                                    char out_why[BUS_KAFKA_WHY_BYTES], struct bus **out_bus);

#endif
