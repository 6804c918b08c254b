/*
 * client.h — keep-alive HTTP/1.1 connections to one server, one request at a time on each.
 *
 * Thread   client_run() owns the calling thread; every call below it comes from its listener.
 * Memory   About 20 kB a connection; an answer's body is good until the listener returns.
 * Time     Monotonic microseconds (clock_monotonic_us).
 * Failure  A lost connection is no failure of the client: it connects again, with back-off and
 *          jitter, for as long as it runs. A request that was sent and never answered is told as
 *          "lost": it may or may not have been done.
 * Limits   RUSH_CONNECTIONS_MAX, RUSH_ANSWER_BYTES_MAX, RUSH_ANSWER_TIMEOUT_MS.
 */
#ifndef RUSH_CLIENT_H
#define RUSH_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "rush/answer.h"
#include "rush/night.h"

struct client;

/* All required; called on the client's thread. */
struct client_listener {
    /* The connection may send: it has just been made, or its answer has just been heard. */
    void (*on_ready)(struct client_listener *listener, uint32_t connection);
    void (*on_answer)(struct client_listener *listener, uint32_t connection,
                      const struct answer_raw *answer);
    /* The request on this connection will not be answered. */
    void (*on_lost)(struct client_listener *listener, uint32_t connection);
    /* The moment of client_wake_at() has come. */
    void (*on_wake)(struct client_listener *listener);
    /* Somebody pressed Ctrl-C. */
    void (*on_interrupt)(struct client_listener *listener);
};

struct client_counts {
    uint64_t connected, lost, timed_out;
    uint32_t up; /* connections that stand now */
};

/* STATUS_NO_MEMORY, or STATUS_IO when the machine gives no loop. */
MUST_USE enum status client_create(const struct night_address *address, uint32_t connection_count,
                                   uint64_t seed, struct client_listener *listener,
                                   struct client **out_client);
void client_destroy(struct client *client); /* NULL is welcome; not while it runs */

/* Connects, then lives until client_stop(). */
void client_run(struct client *client);
void client_stop(struct client *client);

/* A connection that was ready may have been lost since, without a word: nobody had asked. */
bool client_is_ready(const struct client *client, uint32_t connection);

/* On a ready connection. Continues in on_answer or on_lost, the latter even before it returns. */
void client_send(struct client *client, uint32_t connection, struct text request);

/* One moment at a time: a later call replaces it. */
void client_wake_at(struct client *client, int64_t at_us);

struct client_counts client_counts(const struct client *client);

#endif
