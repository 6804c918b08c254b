/*
 * net_test.h — a real server on a free port and a client that can misbehave; for the tests of net/.
 *
 * Thread   The test's thread is the client; handlers run on the server's loops.
 * Memory   Everything a stage or a client takes it gives back in its close.
 * Use      Behind <cmocka.h>.
 * Time     The server's clock is a number (stage_now_ms) that only a test moves. Nothing sleeps: a
 *          client waits for bytes or for the close, and gives up after PATIENCE_MS as a test that
 *          failed.
 */
#ifndef NET_NET_TEST_H
#define NET_NET_TEST_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "base/mailbox.h"
#include "net/http_server.h"
#include "net/loop.h"

enum { PATIENCE_MS = 30000, RECEIVED_BYTES = 4 * 1024 * 1024, LARGE_BYTES = 2 * 1024 * 1024 };

static _Atomic int64_t stage_now_ms;

static inline int64_t stage_clock(void)
{
    return atomic_load(&stage_now_ms);
}

/* --- the server's side ------------------------------------------------------------------------ */

struct http_app {          /* what the handlers of these tests share */
    struct mailbox parked; /* requests that wait for the other thread, or for the test */
    pthread_t other;
    atomic_int observed_status, observed_count;
    struct static_files *files;
};

struct parked {
    struct list letter;
    struct loop_note note;
    struct http_request *request;
};

struct stage {
    struct http_app app;
    struct http_server *server;
    uint16_t port;
};

static inline void answer_words(struct http_request *request, const char *words)
{
    const struct http_answer answer = {
        .status = 200, .type = text_of("text/plain"), .body = text_of(words)};
    http_answer(request, &answer);
}

static inline void handle_hello(struct http_app *app, struct http_request *request)
{
    (void)app;
    answer_words(request, "hello");
}

static inline void handle_echo(struct http_app *app, struct http_request *request)
{
    (void)app;
    const struct http_answer answer = {.status = 201, .body = http_body(request)};
    http_answer(request, &answer);
}

static inline void handle_item(struct http_app *app, struct http_request *request)
{
    (void)app;
    const struct http_field fields[] = {
        {text_of("X-Good"), text_of("good")},
        {text_of("X-Bad"), http_query(request, "value")},
    };
    const struct http_answer answer = {
        .status = 200, .body = http_param(request, 0), .fields = fields, .field_count = 2};
    http_answer(request, &answer);
}

static inline void handle_large(struct http_app *app, struct http_request *request)
{
    (void)app;
    char *bytes = arena_take(http_arena(request), LARGE_BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        bytes[i] = (char)('a' + i % 23);
    const struct http_answer answer = {.status = 200, .body = text_make(bytes, LARGE_BYTES)};
    http_answer(request, &answer);
}

static inline void on_return(struct loop_note *note)
{
    struct parked *parked = container_of(note, struct parked, note);
    const struct http_answer answer = {.status = 200, .body = http_path(parked->request)};
    http_answer(parked->request, &answer);
}

/* Answered from another thread: the one of the stage, or the test itself (stage_release_one). */
static inline void handle_parked(struct http_app *app, struct http_request *request)
{
    struct parked *parked = arena_take(http_arena(request), sizeof *parked);
    assert_non_null(parked);
    parked->request = request;
    parked->note.on_arrive = on_return;
    bool was_empty = false;
    assert_true(mailbox_put(&app->parked, &parked->letter, &was_empty));
}

static inline void send_back(struct list *letter)
{
    struct parked *parked = container_of(letter, struct parked, letter);
    loop_post(http_loop(parked->request), &parked->note);
}

static inline void *send_back_all(void *argument)
{
    struct http_app *app = argument;
    struct list arrived;
    list_init(&arrived);
    while (mailbox_wait(&app->parked, &arrived, SIZE_MAX) > 0)
        for (struct list *one = list_pop_front(&arrived); one; one = list_pop_front(&arrived))
            send_back(one);
    return NULL;
}

static inline void observe_answer(struct http_app *app, const struct http_observation *observation)
{
    assert_true(observation->duration_us >= 0);
    atomic_store(&app->observed_status, observation->status);
    atomic_fetch_add(&app->observed_count, 1);
}

static const struct http_route stage_routes[] = {
    {HTTP_METHOD_GET, "/hello", handle_hello, 0},
    {HTTP_METHOD_POST, "/echo", handle_echo, 0},
    {HTTP_METHOD_PUT, "/echo", handle_echo, 0},
    {HTTP_METHOD_POST, "/small", handle_echo, 8},
    {HTTP_METHOD_POST, "/huge", handle_echo, 1024 * 1024},
    {HTTP_METHOD_GET, "/large", handle_large, 0},
    {HTTP_METHOD_GET, "/parked/{id}", handle_parked, 0},
    {HTTP_METHOD_GET, "/items/{id}", handle_item, 0},
};

static inline struct http_server_settings stage_settings(struct stage *stage)
{
    return (struct http_server_settings){
        .address = "127.0.0.1",
        .loop_count = 2,
        .connections_max = 1000,
        .header_timeout_ms = 1000,
        .body_timeout_ms = 2000,
        .idle_timeout_ms = 3000,
        .drain_ms = 20000,
        .now_ms = stage_clock,
        .routes = stage_routes,
        .route_count = sizeof stage_routes / sizeof stage_routes[0],
        .app = &stage->app,
    };
}

static inline void stage_open_with(struct stage *stage, const struct http_server_settings *settings)
{
    char why[256];
    mailbox_init(&stage->app.parked, 10000);
    enum status status = http_server_create(settings, observe_answer, why, &stage->server);
    if (status != STATUS_OK)
        print_message("%s\n", why);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(http_server_start(stage->server), STATUS_OK);
    stage->port = http_server_port(stage->server);
}

static inline void stage_open(struct stage *stage)
{
    struct http_server_settings settings = stage_settings(stage);
    stage_open_with(stage, &settings);
}

/* With one loop, for stories where the order of events on two connections matters. */
static inline void stage_open_alone(struct stage *stage)
{
    struct http_server_settings settings = stage_settings(stage);
    settings.loop_count = 1;
    stage_open_with(stage, &settings);
}

/* From here on parked requests are answered by a thread of their own. */
static inline void stage_start_other(struct stage *stage)
{
    assert_int_equal(pthread_create(&stage->app.other, NULL, send_back_all, &stage->app), 0);
}

static inline void stage_stop_other(struct stage *stage)
{
    mailbox_close(&stage->app.parked);
    assert_int_equal(pthread_join(stage->app.other, NULL), 0);
}

/* Waits until a request is parked, and takes it. */
static inline struct list *stage_take_parked(struct stage *stage)
{
    struct list arrived;
    list_init(&arrived);
    assert_int_equal(mailbox_wait(&stage->app.parked, &arrived, 1), 1);
    struct list *letter = list_pop_front(&arrived);
    return letter;
}

static inline void stage_close(struct stage *stage)
{
    http_server_destroy(stage->server);
    mailbox_deinit(&stage->app.parked);
}

/* --- the client's side ------------------------------------------------------------------------ */

struct client {
    int fd;
    char *bytes; /* received and not looked at yet */
    size_t size;
};

struct reply {
    int status;
    char head[8192];
    char *body; /* terminated; good until the next reply */
    size_t body_size;
};

static inline void client_connect_small(struct client *client, uint16_t port, int receive_bytes)
{
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(client->fd >= 0);
    if (receive_bytes > 0)
        assert_int_equal(
            setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes), 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(client->fd, (struct sockaddr *)&address, sizeof address), 0);
    client->bytes = malloc(RECEIVED_BYTES);
    assert_non_null(client->bytes);
    client->size = 0;
}

static inline void client_connect(struct client *client, uint16_t port)
{
    client_connect_small(client, port, 0);
}

/* Harmless for one who never came, or has gone. */
static inline void client_close(struct client *client)
{
    if (client->bytes)
        (void)close(client->fd);
    free(client->bytes);
    client->bytes = NULL;
}

static inline void client_send_bytes(struct client *client, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server has closed; the test sees that when it reads */
        bytes += sent;
        size -= (size_t)sent;
    }
}

static inline void client_send(struct client *client, const char *words)
{
    client_send_bytes(client, words, strlen(words));
}

/* Waits for more; false when the server has closed. */
static inline bool client_receive(struct client *client)
{
    struct pollfd wait = {.fd = client->fd, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
    assert_true(client->size < RECEIVED_BYTES);
    ssize_t size = recv(client->fd, client->bytes + client->size, RECEIVED_BYTES - client->size, 0);
    if (size <= 0)
        return false;
    client->size += (size_t)size;
    return true;
}

static inline void client_drop(struct client *client, size_t size)
{
    memmove(client->bytes, client->bytes + size, client->size - size);
    client->size -= size;
}

static inline size_t head_size_of(const struct client *client)
{
    const char *end = client->size > 0 ? memmem(client->bytes, client->size, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - client->bytes) + 4 : 0;
}

static inline bool reply_has(const struct reply *reply, const char *line)
{
    return strstr(reply->head, line) != NULL;
}

static inline size_t reply_length(const struct reply *reply)
{
    const char *found = strstr(reply->head, "\r\nContent-Length: ");
    return found ? strtoul(found + sizeof "\r\nContent-Length: " - 1, NULL, 10) : 0;
}

/* One answer, `body_expected` false for HEAD. */
static inline void client_read_as(struct client *client, struct reply *reply, bool body_expected)
{
    while (head_size_of(client) == 0)
        assert_true(client_receive(client));
    size_t head_size = head_size_of(client);
    assert_true(head_size < sizeof reply->head);
    memcpy(reply->head, client->bytes, head_size);
    reply->head[head_size] = '\0';
    client_drop(client, head_size);
    assert_memory_equal(reply->head, "HTTP/1.1 ", 9);
    reply->status = (int)strtol(reply->head + 9, NULL, 10);

    reply->body_size = body_expected && reply->status != 304 ? reply_length(reply) : 0;
    while (client->size < reply->body_size)
        assert_true(client_receive(client));
    free(reply->body);
    reply->body = malloc(reply->body_size + 1);
    assert_non_null(reply->body);
    memcpy(reply->body, client->bytes, reply->body_size);
    reply->body[reply->body_size] = '\0';
    client_drop(client, reply->body_size);
}

static inline void client_read(struct client *client, struct reply *reply)
{
    client_read_as(client, reply, true);
}

static inline bool client_is_closed(struct client *client)
{
    return client->size == 0 && !client_receive(client);
}

/* Sends `request` on a connection of its own and reads one answer. */
static inline void ask_once(const struct stage *stage, const char *request, struct reply *reply)
{
    struct client client;
    client_connect(&client, stage->port);
    client_send(&client, request);
    client_read(&client, reply);
    client_close(&client);
}

static inline void reply_free(struct reply *reply)
{
    free(reply->body);
    reply->body = NULL;
}

/*
 * Waits, without sleeping, until a server of one loop has heard everything that was sent before: a
 * loop meets its sockets in the order in which they had something for it.
 */
static inline void stage_settle(const struct stage *stage)
{
    struct reply reply = {0};
    ask_once(stage, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
}

#endif
