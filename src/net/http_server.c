/*
 * http_server.c — opens the sockets, makes the loops, starts and ends them.
 *
 * SO_REUSEPORT gives every loop a queue of its own at the same port, and the kernel deals the
 * clients out. Its price: a second server of the same user could slip in unnoticed. So the port is
 * bound once without the option first; that fails when anybody else has it.
 */
#include "net/http_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "net/http_loop.h"

struct http_server {
    struct http_shared shared;
    uint16_t port;
    bool stopped;
    size_t loop_count;
    struct http_loop loops[];
};

enum { DESCRIPTORS_OF_OTHERS = 256 }; /* databases, pipes, logs */

/* --- sockets ---------------------------------------------------------------------------------- */

static bool read_address(const char *words, uint16_t port, struct sockaddr_storage *out_address)
{
    return uv_ip4_addr(words, port, (struct sockaddr_in *)out_address) == 0 ||
           uv_ip6_addr(words, port, (struct sockaddr_in6 *)out_address) == 0;
}

static socklen_t size_of(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/* Accepted sockets inherit TCP_NODELAY. */
static bool set_options(int fd, bool share)
{
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           (!share || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
}

/* -1 and errno when it cannot be bound. */
static int bind_one(const struct sockaddr_storage *address, bool share)
{
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (set_options(fd, share) && bind(fd, (const struct sockaddr *)address, size_of(address)) == 0)
        return fd;
    int why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

static bool port_is_free(const struct sockaddr_storage *address)
{
    int fd = bind_one(address, false);
    if (fd < 0)
        return false;
    (void)close(fd);
    return true;
}

/* Learns the port that the kernel chose, for the listeners after the first. */
static void learn_port(struct http_server *server, int fd, struct sockaddr_storage *address)
{
    socklen_t size = sizeof *address;
    int failed = getsockname(fd, (struct sockaddr *)address, &size);
    must(!failed);
    server->port =
        ntohs(address->ss_family == AF_INET ? ((struct sockaddr_in *)address)->sin_port
                                            : ((struct sockaddr_in6 *)address)->sin6_port);
}

static enum status open_loops(struct http_server *server, char out_why[256])
{
    const struct http_server_settings *settings = &server->shared.settings;
    struct sockaddr_storage address = {0};
    if (!read_address(settings->address, settings->port, &address)) {
        (void)snprintf(out_why, 256, "\"%.100s\" is not an IP address", settings->address);
        return STATUS_INVALID;
    }
    bool is_free = settings->port == 0 || port_is_free(&address);
    for (size_t i = 0; is_free && i < server->loop_count; i++) {
        int fd = bind_one(&address, true);
        if (fd < 0)
            break;
        learn_port(server, fd, &address);
        enum status status = http_loop_open(&server->loops[i], &server->shared, i, fd);
        if (status != STATUS_OK) {
            (void)snprintf(out_why, 256, "cannot listen: %s", status_name(status));
            return status;
        }
        if (i + 1 == server->loop_count)
            return STATUS_OK;
    }
    (void)snprintf(out_why, 256, "cannot bind %.100s port %u: %s", settings->address,
                   (unsigned)settings->port, strerrordesc_np(errno));
    return STATUS_IO;
}

/* --- the process ------------------------------------------------------------------------------ */

static void raise_descriptor_limit(size_t connections_max)
{
    struct rlimit limit;
    rlim_t wanted = connections_max + DESCRIPTORS_OF_OTHERS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* what is missing shows as refused connections */
}

static void fill_in(struct http_server_settings *settings)
{
    if (settings->loop_count == 0)
        settings->loop_count = 1;
    if (settings->connections_max == 0)
        settings->connections_max = HTTP_CONNECTIONS_MAX;
    if (settings->connections_per_address_max == 0)
        settings->connections_per_address_max = HTTP_CONNECTIONS_PER_ADDRESS_MAX;
    if (settings->streams_max == 0)
        settings->streams_max = HTTP_STREAMS_MAX;
    if (!settings->origins)
        settings->origins = "";
    if (settings->header_timeout_ms == 0)
        settings->header_timeout_ms = HTTP_HEADER_TIMEOUT_MS;
    if (settings->body_timeout_ms == 0)
        settings->body_timeout_ms = HTTP_BODY_TIMEOUT_MS;
    if (settings->idle_timeout_ms == 0)
        settings->idle_timeout_ms = HTTP_IDLE_TIMEOUT_MS;
    if (settings->drain_ms == 0)
        settings->drain_ms = HTTP_DRAIN_MS;
}

static enum status fill_shared(struct http_shared *shared,
                               const struct http_server_settings *settings)
{
    shared->router = http_router_create(settings->routes, settings->route_count);
    shared->addresses =
        addresses_create(settings->connections_max, settings->connections_per_address_max);
    random_secret(&shared->id_key, sizeof shared->id_key);
    return shared->router && shared->addresses ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status http_server_create(const struct http_server_settings *settings, http_observer *observer,
                               char out_why[256], struct http_server **out_server)
{
    struct http_server_settings filled = *settings;
    fill_in(&filled);
    must(filled.loop_count <= LOOPS_MAX);

    (void)signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit(filled.connections_max);
    struct http_server *server =
        calloc(1, sizeof *server + filled.loop_count * sizeof(struct http_loop));
    if (!server) {
        (void)snprintf(out_why, 256, "memory is short");
        return STATUS_NO_MEMORY;
    }
    server->shared.settings = filled;
    server->shared.observer = observer;
    server->loop_count = filled.loop_count;

    enum status status = fill_shared(&server->shared, &filled);
    if (status != STATUS_OK) {
        (void)snprintf(out_why, 256, "memory is short");
        goto fail;
    }
    status = open_loops(server, out_why);
    if (status != STATUS_OK)
        goto fail;
    *out_server = server;
    return STATUS_OK;

fail:
    http_server_destroy(server);
    return status;
}

enum status http_server_start(struct http_server *server)
{
    for (size_t i = 0; i < server->loop_count; i++) {
        enum status status = http_loop_start(&server->loops[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

struct http_server_counts http_server_counts(const struct http_server *server)
{
    const struct http_shared *shared = &server->shared;
    struct http_server_counts counts = {.connections_open = atomic_load(&shared->connections_open),
                                        .streams_open = atomic_load(&shared->streams_open)};
    for (size_t i = 0; i < server->loop_count; i++) {
        const struct http_loop *home = &server->loops[i];
        counts.connections_accepted += atomic_load_explicit(&home->accepted, memory_order_relaxed);
        counts.connections_refused += atomic_load_explicit(&home->refused, memory_order_relaxed);
        counts.streams_refused +=
            atomic_load_explicit(&home->streams_refused, memory_order_relaxed);
        counts.requests += atomic_load_explicit(&home->requests, memory_order_relaxed);
    }
    return counts;
}

void http_server_stop(struct http_server *server)
{
    if (server->stopped)
        return;
    server->stopped = true;
    for (size_t i = 0; i < server->loop_count; i++)
        http_loop_begin_stop(&server->loops[i]);
    for (size_t i = 0; i < server->loop_count; i++)
        http_loop_join(&server->loops[i]);
}

void http_server_destroy(struct http_server *server)
{
    if (!server)
        return;
    http_server_stop(server);
    for (size_t i = 0; i < server->loop_count; i++)
        http_loop_close(&server->loops[i]);
    http_router_destroy(server->shared.router);
    addresses_destroy(server->shared.addresses);
    free(server);
}
