/*
 * server_redis.c — redis-server with its settings on the command line, and PING until it answers.
 *
 * It is asked by bytes of its protocol on a socket of its own: what these tests test is our client,
 * so the server is not handled through it; but a prefix is the client's, and so is losing it.
 */
#include "support/server_redis.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "base/random.h"
#include "redis/redis.h"

enum { PATH_BYTES = TEMPORARY_PATH_BYTES + 16, TRIES = 5 };

static const char program[] = "/usr/bin/redis-server";

struct server_redis {
    struct real_server shared;
    struct server_redis_settings settings;
    char folder[TEMPORARY_PATH_BYTES];
    char log[PATH_BYTES];
    uint16_t port;
    pid_t pid; /* 0: over */
};

/* --- a word with it --------------------------------------------------------------------------- */

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(end >= 0);
    if (connect(end, (struct sockaddr *)&address, sizeof address) == 0)
        return end;
    close(end);
    return -1;
}

/* Whether its answer begins with `expected`. */
static bool says(const struct server_redis *server, const char *command, const char *expected)
{
    char line[256], answer[256] = "";
    int end = connect_to(server->port);
    if (end < 0)
        return false;
    int size = 0;
    if (server->settings.password)
        size = snprintf(line, sizeof line, "AUTH %s\r\n", server->settings.password);
    size += snprintf(line + size, sizeof line - (size_t)size, "%s\r\nQUIT\r\n", command);
    size_t got = 0;
    if (send(end, line, (size_t)size, MSG_NOSIGNAL) == size)
        for (ssize_t more; got < sizeof answer - 1 &&
                           (more = recv(end, answer + got, sizeof answer - 1 - got, 0)) > 0;)
            got += (size_t)more;
    close(end);
    const char *from = answer;
    if (server->settings.password && strncmp(from, "+OK\r\n", 5) == 0)
        from += 5;
    return strncmp(from, expected, strlen(expected)) == 0;
}

/* --- running ---------------------------------------------------------------------------------- */

static bool wait_until_ready(struct server_redis *server)
{
    int code;
    int64_t give_up_at_ms = clock_monotonic_ms() + SERVER_START_MS;
    while (!says(server, "PING", "+PONG")) {
        if (server_is_over(server->pid, &code)) {
            server->pid = 0;
            return false;
        }
        if (clock_monotonic_ms() > give_up_at_ms) {
            server_redis_kill(server);
            return false;
        }
        server_pause();
    }
    return true;
}

static bool run(struct server_redis *server)
{
    char port[16];
    snprintf(port, sizeof port, "%u", (unsigned)server->port);
    const char *const arguments[] = {program,
                                     "--port",
                                     port,
                                     "--bind",
                                     "127.0.0.1",
                                     "--dir",
                                     server->folder,
                                     "--save",
                                     "",
                                     "--appendonly",
                                     server->settings.durable ? "yes" : "no",
                                     "--appendfsync",
                                     "always",
                                     "--requirepass",
                                     server->settings.password ? server->settings.password : "",
                                     NULL};
    const struct server_command command = {.arguments = arguments,
                                           .folder = server->folder,
                                           .log = server->log,
                                           .death_signal = SIGKILL};
    server->pid = server_spawn(&command);
    return wait_until_ready(server);
}

static bool run_on_a_free_port(struct server_redis *server)
{
    for (int i = 0; i < TRIES; i++) {
        server->port = server_free_port();
        if (run(server))
            return true;
    }
    return false;
}

static void destroy_shared(struct real_server *shared)
{
    server_redis_destroy(container_of(shared, struct server_redis, shared));
}

struct server_redis *server_redis_start(const struct server_redis_settings *settings,
                                        char out_why[SERVER_WHY_BYTES])
{
    if (access(program, X_OK) != 0) {
        snprintf(out_why, SERVER_WHY_BYTES, "Redis is not installed (package redis-server)");
        return NULL;
    }
    struct server_redis *server = calloc(1, sizeof *server);
    must(server);
    server->settings = *settings;
    temporary_folder_make(server->folder);
    snprintf(server->log, sizeof server->log, "%s/log", server->folder);
    if (!run_on_a_free_port(server)) {
        server_tail(server->log, out_why);
        server_redis_destroy(server);
        return NULL;
    }
    server->shared = (struct real_server){
        .name = "Redis", .variable = "TICKETRUSH_TEST_REDIS", .destroy = destroy_shared};
    snprintf(server->shared.address, sizeof server->shared.address, "redis://%s%s%s127.0.0.1:%u",
             settings->password ? ":" : "", settings->password ? settings->password : "",
             settings->password ? "@" : "", (unsigned)server->port);
    return server;
}

struct real_server *server_redis_shared(char out_why[SERVER_WHY_BYTES])
{
    struct server_redis *server = server_redis_start(&(struct server_redis_settings){0}, out_why);
    return server ? &server->shared : NULL;
}

const char *server_redis_url(const struct server_redis *server)
{
    return server->shared.address;
}

void server_redis_kill(struct server_redis *server)
{
    must(server->pid > 0);
    must(kill(server->pid, SIGKILL) == 0);
    server_wait(server->pid);
    server->pid = 0;
}

void server_redis_restart(struct server_redis *server)
{
    if (server->pid > 0)
        server_redis_kill(server);
    must(run(server));
}

void server_redis_flush(struct server_redis *server)
{
    bool flushed = says(server, "FLUSHALL", "+OK");
    must(flushed);
}

void server_redis_pause(struct server_redis *server)
{
    must(kill(server->pid, SIGSTOP) == 0);
}

void server_redis_resume(struct server_redis *server)
{
    must(kill(server->pid, SIGCONT) == 0);
}

void server_redis_destroy(struct server_redis *server)
{
    if (!server)
        return;
    if (server->pid > 0)
        server_redis_kill(server);
    temporary_folder_remove(server->folder);
    free(server);
}

const char *redis_url_or_skip(void)
{
    static char url[SERVER_ADDRESS_BYTES + 32];
    const char *shared = getenv("TICKETRUSH_TEST_REDIS");
    if (!shared) {
        fputs("skipped on Redis: TICKETRUSH_TEST_REDIS names no server\n", stderr);
        return NULL;
    }
    uint64_t number;
    random_secret(&number, sizeof number);
    snprintf(url, sizeof url, "%s/?prefix=test-%016llx", shared, (unsigned long long)number);
    return url;
}

void redis_lose_everything(struct redis *redis)
{
    struct redis_reply reply;
    struct arena *arena = arena_create(4096, 65536);
    must(arena);
    struct text words[] = {
        text_of("EVAL"),
        text_of("for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end"),
        text_of("0"), redis_key(redis, arena, "*", text_of(""))};
    must(redis_ask(redis, arena, words, 4, &reply) == STATUS_OK);
    arena_destroy(arena);
}
