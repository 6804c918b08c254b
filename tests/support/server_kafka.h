/*
 * server_kafka.h — a real Apache Kafka for tests, in KRaft mode, that can be killed and started
 * again on its ports and its data.
 *
 * Thread   One thread at a time.
 * Memory   server_kafka_destroy() ends the broker and removes its folder. The broker itself takes
 *          400 MB.
 * Promise  It is one broker and its own controller, without topics of its own accord: who wants
 *          one makes it.
 * Failure  As real_server.h says.
 * Found    The jars in the folder TICKETRUSH_KAFKA_JARS, else build/kafka: tools/kafka.sh brings
 *          them.
 */
#ifndef SUPPORT_SERVER_KAFKA_H
#define SUPPORT_SERVER_KAFKA_H

#include "support/real_server.h"

struct server_kafka;

/* A new broker with an empty data folder. NULL and words when it is not installed. */
struct server_kafka *server_kafka_start(char out_why[SERVER_WHY_BYTES]);
void server_kafka_destroy(struct server_kafka *server); /* NULL is welcome */

/* 127.0.0.1:PORT */
const char *server_kafka_address(const struct server_kafka *server);

/* SIGKILL: nothing is tidied, its files are as they were written. */
void server_kafka_kill(struct server_kafka *server);
/* On the same ports and data; returns when it takes requests. */
void server_kafka_restart(struct server_kafka *server);

/* Stands still, connections open: the worst of neighbours. */
void server_kafka_pause(struct server_kafka *server);
void server_kafka_resume(struct server_kafka *server);

/* For with_servers: one that is ended by real_server.destroy(). */
struct real_server *server_kafka_shared(char out_why[SERVER_WHY_BYTES]);

/* The shared broker's address, or NULL: then says by name that its tests are skipped. */
const char *kafka_address_or_skip(void);

/* A beginning for the names of one test's topics and groups: "t1234.7." */
enum { KAFKA_PREFIX_BYTES = 32 };
void kafka_prefix_make(char out_prefix[KAFKA_PREFIX_BYTES]);

#endif
