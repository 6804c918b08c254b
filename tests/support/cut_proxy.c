/*
 * cut_proxy.c — pairs of sockets and one poll.
 *
 * The answer to a COMMIT is a message that holds the word itself, with a zero behind it: that is
 * looked for in what the server sends. By then the commit has happened, and the client will never
 * hear of it: the one case in which nobody knows.
 */
#include "support/cut_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"

enum { PAIRS_MAX = 128, CHUNK_BYTES = 64 * 1024 };

struct pair {
    int client, server; /* -1: free */
};

struct cut_proxy {
    int listener, bell;
    uint16_t port, target;
    pthread_t thread;
    _Atomic bool over, cut_answer, cut_all, hang_then, hangs;
    _Atomic int cut_count;
    struct pair pairs[PAIRS_MAX];
    char chunk[CHUNK_BYTES];
};

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void end_pair(struct pair *pair)
{
    if (pair->client >= 0) {
        close(pair->client);
        close(pair->server);
    }
    *pair = (struct pair){-1, -1};
}

static void accept_one(struct cut_proxy *proxy)
{
    static const int yes = 1;
    struct sockaddr_in address = loopback(proxy->target);
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server >= 0);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (size_t i = 0; i < PAIRS_MAX; i++) {
        if (proxy->pairs[i].client >= 0)
            continue;
        proxy->pairs[i] = (struct pair){client, server};
        if (connect(server, (struct sockaddr *)&address, sizeof address) != 0)
            end_pair(&proxy->pairs[i]);
        return;
    }
    close(client);
    close(server);
}

static bool send_all(int to, const char *bytes, ssize_t size)
{
    while (size > 0) {
        ssize_t sent = send(to, bytes, (size_t)size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= sent;
    }
    return true;
}

static void pass_on(struct cut_proxy *proxy, struct pair *pair, bool from_server)
{
    int from = from_server ? pair->server : pair->client;
    int to = from_server ? pair->client : pair->server;
    ssize_t size = recv(from, proxy->chunk, sizeof proxy->chunk, 0);
    if (size > 0 && from_server && proxy->cut_answer &&
        memmem(proxy->chunk, (size_t)size, "COMMIT", sizeof "COMMIT")) {
        proxy->cut_answer = false;
        proxy->hangs = proxy->hang_then;
        proxy->cut_count++;
        end_pair(pair);
        return;
    }
    if (size <= 0 || !send_all(to, proxy->chunk, size))
        end_pair(pair);
}

static void cut_everything(struct cut_proxy *proxy)
{
    proxy->cut_all = false;
    for (size_t i = 0; i < PAIRS_MAX; i++) {
        proxy->cut_count += proxy->pairs[i].client >= 0;
        end_pair(&proxy->pairs[i]);
    }
}

static size_t watch(const struct cut_proxy *proxy, struct pollfd *out_watched)
{
    out_watched[0] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    out_watched[1] = (struct pollfd){.fd = proxy->bell, .events = POLLIN};
    if (proxy->hangs) {
        out_watched[0].fd = -1;
        return 2;
    }
    for (size_t i = 0; i < PAIRS_MAX; i++) { /* poll() passes over -1 */
        out_watched[2 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].client, .events = POLLIN};
        out_watched[3 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].server, .events = POLLIN};
    }
    return 2 + 2 * (size_t)PAIRS_MAX;
}

static void *run(void *argument)
{
    struct cut_proxy *proxy = argument;
    struct pollfd watched[2 + 2 * PAIRS_MAX];
    while (!proxy->over) {
        size_t watched_count = watch(proxy, watched);
        must(poll(watched, watched_count, -1) > 0);
        if (proxy->cut_all)
            cut_everything(proxy);
        for (size_t i = 0; i < (watched_count - 2) / 2; i++) {
            if (watched[2 + 2 * i].revents && proxy->pairs[i].client >= 0)
                pass_on(proxy, &proxy->pairs[i], false);
            if (watched[3 + 2 * i].revents && proxy->pairs[i].client >= 0)
                pass_on(proxy, &proxy->pairs[i], true);
        }
        if (watched[1].revents)
            must(read(proxy->bell, &(uint64_t){0}, sizeof(uint64_t)) == sizeof(uint64_t));
        if (watched[0].revents) /* last: a new pair may take a place that was watched */
            accept_one(proxy);
    }
    return NULL;
}

static void ring(const struct cut_proxy *proxy)
{
    must(write(proxy->bell, &(uint64_t){1}, sizeof(uint64_t)) == sizeof(uint64_t));
}

struct cut_proxy *cut_proxy_open(uint16_t port)
{
    struct cut_proxy *proxy = calloc(1, sizeof *proxy);
    must(proxy);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    proxy->target = port;
    proxy->bell = eventfd(0, EFD_CLOEXEC);
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(proxy->listener >= 0 && proxy->bell >= 0);
    must(bind(proxy->listener, (struct sockaddr *)&address, sizeof address) == 0);
    must(listen(proxy->listener, PAIRS_MAX) == 0);
    must(getsockname(proxy->listener, (struct sockaddr *)&address, &size) == 0);
    proxy->port = ntohs(address.sin_port);
    for (size_t i = 0; i < PAIRS_MAX; i++)
        proxy->pairs[i] = (struct pair){-1, -1};
    must(pthread_create(&proxy->thread, NULL, run, proxy) == 0);
    return proxy;
}

void cut_proxy_close(struct cut_proxy *proxy)
{
    if (!proxy)
        return;
    proxy->over = true;
    ring(proxy);
    pthread_join(proxy->thread, NULL);
    for (size_t i = 0; i < PAIRS_MAX; i++)
        end_pair(&proxy->pairs[i]);
    close(proxy->listener);
    close(proxy->bell);
    free(proxy);
}

uint16_t cut_proxy_port(const struct cut_proxy *proxy)
{
    return proxy->port;
}

void cut_proxy_cut_answer(struct cut_proxy *proxy)
{
    proxy->cut_answer = true;
}

void cut_proxy_cut_answer_and_hang(struct cut_proxy *proxy)
{
    proxy->hang_then = true;
    proxy->cut_answer = true;
}

void cut_proxy_hang(struct cut_proxy *proxy)
{
    proxy->hangs = true;
    ring(proxy);
}

void cut_proxy_go_on(struct cut_proxy *proxy)
{
    proxy->hang_then = false;
    proxy->hangs = false;
    ring(proxy);
}

void cut_proxy_cut_all(struct cut_proxy *proxy)
{
    proxy->cut_all = true;
    ring(proxy);
}

int cut_proxy_cut_count(const struct cut_proxy *proxy)
{
    return proxy->cut_count;
}
