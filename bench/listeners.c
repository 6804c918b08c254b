/*
 * listeners.c — fans who open an event stream and listen.
 *
 *     listeners PORT COUNT PATH TOKENS
 *
 * TOKENS is a file with a token a line, one for each listener. It says on its output, a line each:
 *
 *     open COUNT MS         half of them listen, and how long it took to open them; then it waits
 *                           for a line of input
 *     open COUNT MS         the same for all of them
 *     heard COUNT MS        a document, three times: how many heard it, and how long after it was
 *                           printed the last one did. It says when in a member "at"; where it has
 *                           none its id is the wall time in milliseconds
 *     again COUNT MS        everybody left and came back, spread over two seconds
 *
 * and then listens until its input ends. A client address has about 28,000 ports for one server,
 * and the kernel looks for a free one ever longer beyond half of them: so every 8,000 connections
 * come from another address of the loopback network.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_PER_ADDRESS = 8000,
    OPENING_MAX = 64, /* at once, where nothing else is asked for */
    RETURN_MS = 2000,
    DOCUMENTS = 3,
    PATIENCE_MS = 20000,
    RECEIVED_BYTES = 256 * 1024,
    EVENTS = 1024,
};

struct listener {
    int fd;
    bool listens; /* its head has come */
    int64_t heard_id;
};

struct crowd {
    int epoll;
    long port, count, begun, open, failed;
    const char *path;
    char **token;
    struct listener *listeners;
    int64_t document;   /* the one that is waited for; 0: the next one */
    int64_t printed_ms; /* when that was */
    int64_t newest;     /* of all that anybody has heard */
    int64_t after;      /* older ones do not count */
    long heard;
    int64_t heard_at_ms;
};

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- tokens ----------------------------------------------------------------------------------- */

static bool read_tokens(struct crowd *crowd, const char *name)
{
    FILE *file = fopen(name, "re");
    char *line = NULL;
    size_t capacity = 0;
    long found = 0;
    crowd->token = calloc((size_t)crowd->count, sizeof *crowd->token);
    while (file && crowd->token && found < crowd->count && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        crowd->token[found++] = strdup(line);
    }
    free(line);
    if (file)
        fclose(file);
    return found == crowd->count;
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool watch(const struct crowd *crowd, long number, int how, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)number};
    return epoll_ctl(crowd->epoll, how, crowd->listeners[number].fd, &event) == 0;
}

static void give_up(struct crowd *crowd, long number)
{
    struct listener *listener = &crowd->listeners[number];
    if (listener->fd >= 0)
        close(listener->fd);
    listener->fd = -1;
    crowd->open -= listener->listens;
    listener->listens = false;
    crowd->failed++;
}

static void begin(struct crowd *crowd)
{
    long number = crowd->begun++;
    struct listener *listener = &crowd->listeners[number];
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr =
            htonl(INADDR_LOOPBACK + 1 + (in_addr_t)(number / CONNECTIONS_PER_ADDRESS))};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((in_port_t)crowd->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int late_port = 1; /* the port is chosen by connect(), which knows the other end */
    *listener = (struct listener){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    bool under_way =
        listener->fd >= 0 &&
        setsockopt(listener->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late_port,
                   sizeof late_port) == 0 &&
        bind(listener->fd, (struct sockaddr *)&from, sizeof from) == 0 &&
        (connect(listener->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS) &&
        watch(crowd, number, EPOLL_CTL_ADD, EPOLLOUT);
    if (!under_way)
        give_up(crowd, number);
}

static void ask(struct crowd *crowd, long number)
{
    char request[2048];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                        crowd->path, crowd->token[number]);
    if (send(crowd->listeners[number].fd, request, (size_t)size, MSG_NOSIGNAL) != size ||
        !watch(crowd, number, EPOLL_CTL_MOD, EPOLLIN))
        give_up(crowd, number);
}

/* --- listening -------------------------------------------------------------------------------- */

/* "at":"2026-12-01T11:00:41.120Z", somewhere behind; or else the id says it. */
static int64_t printed_at_ms(const char *event, int64_t id)
{
    struct tm day = {0};
    const char *at = strstr(event, "\"at\":\"");
    const char *point = at ? strptime(at + 6, "%Y-%m-%dT%H:%M:%S", &day) : NULL;
    if (!point || *point != '.')
        return id;
    return (int64_t)timegm(&day) * 1000 + strtol(point + 1, NULL, 10);
}

static void count_document(struct crowd *crowd, struct listener *listener, const char *event)
{
    int64_t id = strtoll(event, NULL, 10), before = listener->heard_id;
    crowd->newest = id > crowd->newest ? id : crowd->newest;
    if (id <= before || id <= crowd->after)
        return;
    listener->heard_id = id;
    if (crowd->document == 0) {
        crowd->document = id;
        crowd->printed_ms = printed_at_ms(event, id);
    }
    if (id < crowd->document || before >= crowd->document)
        return; /* an older one, or it was counted by an older one */
    crowd->heard++;
    crowd->heard_at_ms = wall_ms();
}

static void hear(struct crowd *crowd, long number)
{
    static char bytes[RECEIVED_BYTES + 1];
    struct listener *listener = &crowd->listeners[number];
    ssize_t size = recv(listener->fd, bytes, RECEIVED_BYTES, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        give_up(crowd, number);
        return;
    }
    bytes[size] = '\0';
    if (!listener->listens) {
        if (strncmp(bytes, "HTTP/1.1 200 ", 13) != 0) {
            fprintf(stderr, "listeners: %.60s\n", bytes);
            give_up(crowd, number);
            return;
        }
        listener->listens = true;
        crowd->open++;
    }
    for (const char *at = bytes; (at = strstr(at, "\nid: ")) != NULL; at += 5)
        count_document(crowd, listener, at + 5);
    if (strncmp(bytes, "id: ", 4) == 0)
        count_document(crowd, listener, bytes + 4);
}

static void turn(struct crowd *crowd, int patience_ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(crowd->epoll, events, EVENTS, patience_ms);
    for (int i = 0; i < count; i++) {
        long number = (long)events[i].data.u64;
        if (crowd->listeners[number].fd < 0)
            continue;
        if (events[i].events & EPOLLOUT)
            ask(crowd, number);
        else
            hear(crowd, number);
    }
}

/* --- the three measurements ------------------------------------------------------------------- */

/* Up to `count`, evenly over `spread_ms`; returns how long it took until the last one listened. */
static int64_t open_up_to(struct crowd *crowd, long count, int64_t spread_ms)
{
    int64_t start_ms = wall_ms();
    while (crowd->open + crowd->failed < count) {
        int64_t passed_ms = wall_ms() - start_ms;
        if (passed_ms > PATIENCE_MS)
            break;
        long due = spread_ms == 0 || passed_ms >= spread_ms ? count
                                                            : (long)(count * passed_ms / spread_ms);
        while (crowd->begun < due &&
               (spread_ms > 0 || crowd->begun - crowd->open - crowd->failed < OPENING_MAX))
            begin(crowd);
        turn(crowd, 1);
    }
    return wall_ms() - start_ms;
}

static void say(const char *what, long count, int64_t took_ms)
{
    printf("%s %ld %lld\n", what, count, (long long)took_ms);
    fflush(stdout);
}

static void hear_document(struct crowd *crowd)
{
    int64_t start_ms = wall_ms();
    crowd->after = crowd->newest;
    crowd->document = 0;
    crowd->heard = 0;
    while (crowd->heard < crowd->open && wall_ms() - start_ms < PATIENCE_MS)
        turn(crowd, 100);
    say("heard", crowd->heard, crowd->heard_at_ms - crowd->printed_ms);
}

static void leave_all(struct crowd *crowd)
{
    for (long i = 0; i < crowd->count; i++)
        if (crowd->listeners[i].fd >= 0)
            close(crowd->listeners[i].fd);
}

static void open_and_wait(struct crowd *crowd, long count)
{
    int64_t took_ms = open_up_to(crowd, count, 0);
    say("open", crowd->open, took_ms);
    for (int c = getchar(); c != '\n' && c != EOF; c = getchar())
        ;
}

static void measure(struct crowd *crowd)
{
    open_and_wait(crowd, crowd->count / 2);
    open_and_wait(crowd, crowd->count);
    for (int i = 0; i < DOCUMENTS; i++)
        hear_document(crowd);
    leave_all(crowd);
    crowd->begun = crowd->open = crowd->failed = 0;
    int64_t took_ms = open_up_to(crowd, crowd->count, RETURN_MS);
    say("again", crowd->open, took_ms);
    while (getchar() != EOF)
        ;
}

int main(int count, char **words)
{
    if (count != 5) {
        fputs("usage: listeners PORT COUNT PATH TOKENS\n", stderr);
        return 2;
    }
    struct crowd crowd = {.port = strtol(words[1], NULL, 10),
                          .count = strtol(words[2], NULL, 10),
                          .path = words[3],
                          .epoll = epoll_create1(0)};
    crowd.listeners = calloc((size_t)crowd.count, sizeof *crowd.listeners);
    if (!crowd.listeners || crowd.epoll < 0 || !read_tokens(&crowd, words[4])) {
        fputs("listeners: a token for each is needed\n", stderr);
        return 1;
    }
    measure(&crowd);
    return crowd.open == crowd.count ? 0 : 1;
}
