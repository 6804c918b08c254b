/*
 * server_redis.h — a real Redis server on a free port of 127.0.0.1, for tests to use, kill and
 * start again.
 *
 * Thread   One thread at a time.
 * Memory   A server owns its folder: server_redis_destroy() removes it.
 * Failure  NULL when there is no redis-server on this machine; everything else that goes wrong ends
 *          the test with words.
 * Waiting  A server is up when it answers PING. One whose test dies is killed by the kernel.
 */
#ifndef SUPPORT_SERVER_REDIS_H
#define SUPPORT_SERVER_REDIS_H

#include <stdbool.h>
#include <sys/types.h>

struct server_redis;

struct server_redis_settings {
    bool durable;         /* append-only file, synced at every write: a restart forgets nothing */
    const char *password; /* NULL: none */
};

struct server_redis *server_redis_start(const struct server_redis_settings *settings);
void server_redis_destroy(struct server_redis *server); /* NULL is welcome */

const char *server_redis_url(const struct server_redis *server); /* redis://127.0.0.1:port */
pid_t server_redis_pid(const struct server_redis *server);

void server_redis_kill(struct server_redis *server); /* SIGKILL, and waits */
void server_redis_restart(
    struct server_redis *server); /* on the same port; kills it when it runs */
void server_redis_flush(struct server_redis *server);
void server_redis_pause(struct server_redis *server); /* SIGSTOP: connections hang */
void server_redis_resume(struct server_redis *server);

/*
 * The address of the server that all tests share (TICKETRUSH_TEST_REDIS, see with_servers), with a
 * key prefix that no other test has; without one, a server of this test's own. NULL: there is none.
 */
const char *server_redis_shared(void);

#endif
