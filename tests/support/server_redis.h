/*
 * server_redis.h — a real Redis for tests, that can be killed, stopped, flushed and started again
 * on its port.
 *
 * Thread   One thread at a time.
 * Memory   server_redis_destroy() ends the server and removes its folder.
 * Failure  As real_server.h says.
 */
#ifndef SUPPORT_SERVER_REDIS_H
#define SUPPORT_SERVER_REDIS_H

#include <stdbool.h>

#include "support/real_server.h"

struct server_redis;

struct server_redis_settings {
    bool durable;         /* every write is synced: a restart forgets nothing */
    const char *password; /* NULL: none */
};

/* A new, empty server. NULL and words when it is not installed. */
struct server_redis *server_redis_start(const struct server_redis_settings *settings,
                                        char out_why[SERVER_WHY_BYTES]);
void server_redis_destroy(struct server_redis *server); /* NULL is welcome */

const char *server_redis_url(const struct server_redis *server); /* redis://127.0.0.1:port */

void server_redis_kill(struct server_redis *server);
/* On the same port and data; returns when it answers. */
void server_redis_restart(struct server_redis *server);
void server_redis_flush(struct server_redis *server);
void server_redis_pause(struct server_redis *server); /* SIGSTOP: whoever asks it waits */
void server_redis_resume(struct server_redis *server);

/* For with_servers: one that is ended by real_server.destroy(). */
struct real_server *server_redis_shared(char out_why[SERVER_WHY_BYTES]);

/* The shared server's URL with a prefix that nobody else has; NULL: then it has said by name that
   these tests are skipped. Good until the next call. */
const char *redis_url_or_skip(void);

/* All keys of this client's prefix, as a server without a disk that starts anew. */
struct redis;
void redis_lose_everything(struct redis *redis);

#endif
