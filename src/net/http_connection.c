/*
 * http_connection.c — the life of one connection.
 *
 * One request at a time: what a pipelining client sends ahead waits, so answers are in order
 * without any bookkeeping and no client can pile up work. Answers given while its bytes are being
 * read are gathered into one write. An answer goes to the socket at once; only what the socket does
 * not take is copied and queued, and nothing more is read until it is gone: a slow reader costs one
 * answer, never more.
 *
 * Reading is stopped (two system calls) only for clients that send ahead. While a handler works,
 * the socket stays open for reading, so that we hear when the client leaves; its request lives on
 * until it is answered, and the answer is dropped.
 */
#include "net/http_connection.h"

#include <stdlib.h>

#include "base/container.h"
#include "net/http_dispatch.h"
#include "net/http_refusal.h"
#include "net/stream_private.h"

static uv_stream_t *stream_of(struct http_connection *connection)
{
    return (uv_stream_t *)&connection->socket;
}

static void on_buffer(uv_handle_t *handle, size_t suggested_bytes, uv_buf_t *out_buffer);
static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer);

/* --- states ----------------------------------------------------------------------------------- */

#define TO(state) (1u << CONNECTION_##state)

static const uint16_t moves[CONNECTION_STATE_COUNT] = {
    [CONNECTION_IDLE] = TO(HEAD) | TO(BODY) | TO(HANDLING) | TO(SENDING) | TO(CLOSING),
    [CONNECTION_HEAD] = TO(BODY) | TO(HANDLING) | TO(SENDING) | TO(CLOSING),
    [CONNECTION_BODY] = TO(HANDLING) | TO(SENDING) | TO(CLOSING),
    [CONNECTION_HANDLING] =
        TO(IDLE) | TO(SENDING) | TO(READY) | TO(STREAMING) | TO(LINGERING) | TO(CLOSING),
    [CONNECTION_SENDING] = TO(SENDING) | TO(IDLE) | TO(HEAD) | TO(BODY) | TO(HANDLING) | TO(READY) |
                           TO(STREAMING) | TO(LINGERING) | TO(CLOSING),
    [CONNECTION_STREAMING] = TO(STREAMING) | TO(STALLED) | TO(LINGERING) | TO(CLOSING),
    [CONNECTION_STALLED] = TO(STALLED) | TO(STREAMING) | TO(LINGERING) | TO(CLOSING),
    [CONNECTION_READY] = TO(IDLE) | TO(CLOSING),
    [CONNECTION_LINGERING] = TO(CLOSING),
};

void http_connection_move(struct http_connection *connection, enum connection_state to)
{
    struct http_loop *home = connection->home;
    must(moves[connection->state] & (1u << to));

    list_remove(&connection->link);
    home->connection_count[connection->state]--;
    connection->state = (uint8_t)to;
    connection->since_ms = loop_now_ms(&home->loop);
    home->connection_count[to]++;
    list_push_back(&home->in[to], &connection->link);
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void forget(struct http_connection *connection)
{
    struct http_loop *home = connection->home;
    list_remove(&connection->link);
    home->connection_count[connection->state]--;
    free(connection->ahead);
    free(connection);
    http_loop_connection_gone(home);
}

static void give_back(struct http_connection *connection)
{
    http_loop_give_back(connection->home, connection->request);
    connection->request = NULL;
}

void http_connection_release(struct http_connection *connection)
{
    give_back(connection);
    if (connection->closed)
        forget(connection);
}

static void on_closed(uv_handle_t *handle)
{
    struct http_connection *connection = container_of(handle, struct http_connection, socket);
    struct http_shared *shared = connection->home->shared;
    if (connection->counted) {
        addresses_leave(shared->addresses, connection->address);
        (void)atomic_fetch_sub(&shared->connections_open, 1);
    }
    connection->closed = true;
    stream_gone(connection);
    if (!connection->request)
        forget(connection);
}

void http_connection_close(struct http_connection *connection)
{
    if (connection->state == CONNECTION_CLOSING)
        return;
    http_connection_move(connection, CONNECTION_CLOSING);
    struct http_request *request = connection->request;
    if (request && !request->handed_over)
        give_back(connection);
    uv_close((uv_handle_t *)&connection->socket, on_closed); /* continues in on_closed */
}

void http_connection_forget(struct http_connection *connection)
{
    must(connection->closed);
    must(connection->request);
    http_connection_release(connection);
}

/*
 * After the last answer. A close with unread bytes in the kernel becomes a reset, which may
 * overtake the answer; so where more may come, we say that we are done and read on for a while.
 */
void http_connection_leave(struct http_connection *connection)
{
    struct http_loop *home = connection->home;
    bool linger = (connection->unread || connection->ahead) && !connection->peer_done &&
                  !home->draining &&
                  home->connection_count[CONNECTION_LINGERING] < HTTP_LINGERING_MAX;
    uv_os_fd_t fd = -1;
    if (!linger || uv_fileno((uv_handle_t *)&connection->socket, &fd) != 0 ||
        shutdown(fd, SHUT_WR) != 0) {
        http_connection_close(connection);
        return;
    }
    http_connection_move(connection, CONNECTION_LINGERING);
    free(connection->ahead);
    connection->ahead = NULL;
    (void)uv_read_start(stream_of(connection), on_buffer, on_read); /* where it was stopped */
}

void http_connection_settle(struct http_connection *connection)
{
    struct http_request *request = connection->request;
    bool owed = request && request->handed_over && !request->answered;
    if (owed) { /* gathered answers went out, and the handler of the next request is at work */
        http_connection_move(connection, CONNECTION_HANDLING);
    } else if (connection->last || connection->home->draining) {
        http_connection_leave(connection);
    } else if (connection->ahead) {
        http_connection_move(connection, CONNECTION_READY);
        loop_ring(&connection->home->loop); /* continues in http_connection_continue */
    } else if (connection->peer_done) {
        http_connection_close(connection);
    } else if (request &&
               !request->handed_over) { /* gathered answers went out before its end came */
        http_connection_move(connection, request->head_done ? CONNECTION_BODY : CONNECTION_HEAD);
    } else {
        http_connection_move(connection, CONNECTION_IDLE);
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool begin_request(struct http_connection *connection)
{
    struct http_request *request = http_loop_take_request(connection->home);
    if (!request) {
        http_connection_close(connection);
        return false;
    }
    request->connection = connection;
    request->peer = text_of(connection->peer);
    connection->request = request;
    return true;
}

/*
 * Lets `speak` answer, now or later; whoever answers within the call keeps the request until its
 * end.
 */
static void hand_over(struct http_connection *connection,
                      void (*speak)(struct http_shared *shared, struct http_request *request))
{
    struct http_request *request = connection->request;
    http_connection_move(connection, CONNECTION_HANDLING);
    request->handed_over = true;
    request->in_handler = true;
    speak(connection->home->shared, request);
    request->in_handler = false;
    if (request->answered)
        give_back(
            connection); /* even if it was closed meanwhile: libuv says so from the loop only */
}

static void refuse(struct http_connection *connection, int status, const char *code,
                   const char *detail)
{
    connection->request->refusal = (struct http_refusal){status, code, detail};
    connection->unread = true;
    hand_over(connection, http_dispatch_refusal);
}

static void say_continue(struct http_connection *connection)
{
    static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct http_request *request = connection->request;
    if (!request->wants_continue || request->raw_body_size > 0 || request->body_size > 0)
        return;
    request->wants_continue = false;
    if (!http_connection_flush(connection))
        return;
    uv_buf_t buffer = {.base = (char *)(uintptr_t)words, .len = sizeof words - 1};
    if (http_connection_send(connection, &buffer, 1) == SENT_NEVER)
        http_connection_close(connection);
}

static void wait_for_more(struct http_connection *connection)
{
    enum connection_state wait = connection->request->head_done ? CONNECTION_BODY : CONNECTION_HEAD;
    if (connection->state !=
        wait) /* the time runs from the first byte of the head, or of the body */
        http_connection_move(connection, wait);
    say_continue(connection);
}

/* Long bodies take much memory, and more while they grow: only for whom the endpoints know. */
static bool sends_too_much(const struct http_connection *connection)
{
    const struct http_server_settings *settings = &connection->home->shared->settings;
    struct http_request *request = connection->request;
    if (!request->head_done || request->may_send_much || !settings->may_send_much)
        return false;
    if (request->body_size <= HTTP_BODY_BYTES_MAX && request->body_announced <= HTTP_BODY_BYTES_MAX)
        return false;
    request->may_send_much = settings->may_send_much(settings->app, request);
    return !request->may_send_much;
}

static void answer_without_body(struct http_connection *connection)
{
    connection->request->body_size = 0;
    connection->request->keep_alive = false;
    connection->unread = true;
    hand_over(connection, http_dispatch);
}

static bool may_read(const struct http_connection *connection)
{
    return connection->state == CONNECTION_IDLE || connection->state == CONNECTION_HEAD ||
           connection->state == CONNECTION_BODY;
}

/* Request by request, until one must wait; returns how many bytes were taken. */
static size_t read_requests(struct http_connection *connection, struct text bytes)
{
    size_t taken = 0;
    while (taken < bytes.size && may_read(connection) && !connection->last) {
        if (!connection->request && !begin_request(connection))
            break;
        struct http_request *request = connection->request;
        size_t more = 0;
        enum http_reading reading =
            http_request_read(request, text_make(bytes.bytes + taken, bytes.size - taken), &more);
        taken += more;
        switch (reading) {
        case HTTP_READING_MORE:
            if (sends_too_much(connection))
                answer_without_body(connection);
            else
                wait_for_more(connection);
            break;
        case HTTP_READING_WHOLE:
            hand_over(connection, http_dispatch);
            break;
        case HTTP_READING_REFUSED:
            connection->unread = true;
            hand_over(connection, http_dispatch_refusal);
            break;
        }
    }
    return taken;
}

static bool is_stream(const struct http_connection *connection)
{
    return connection->state == CONNECTION_STREAMING || connection->state == CONNECTION_STALLED;
}

static size_t process(struct http_connection *connection, struct text bytes)
{
    connection->gathering = true;
    size_t taken = read_requests(connection, bytes);
    connection->gathering = false;
    if (connection->state == CONNECTION_CLOSING) {
        connection->home->out_size = 0;
        return taken;
    }
    bool is_out = http_connection_flush(connection);
    if (is_out && connection->last && connection->state == CONNECTION_HANDLING &&
        !connection->request) {
        connection->unread = connection->unread || taken < bytes.size;
        http_connection_leave(connection);
    }
    return taken;
}

static void keep_ahead(struct http_connection *connection, struct text bytes)
{
    (void)uv_read_stop(stream_of(connection));
    connection->ahead = malloc(bytes.size);
    if (!connection->ahead) {
        http_connection_close(connection);
        return;
    }
    memcpy(connection->ahead, bytes.bytes, bytes.size);
    connection->ahead_at = 0;
    connection->ahead_size = (uint32_t)bytes.size;
}

static void take_bytes(struct http_connection *connection, struct text bytes)
{
    size_t taken = 0;
    switch ((enum connection_state)connection->state) {
    case CONNECTION_IDLE:
    case CONNECTION_HEAD:
    case CONNECTION_BODY:
        taken = process(connection, bytes);
        break;
    case CONNECTION_STREAMING:
    case CONNECTION_STALLED:
        stream_hear(connection, bytes);
        return;
    case CONNECTION_LINGERING:
        connection->lingering_bytes += bytes.size;
        if (connection->lingering_bytes > HTTP_LINGER_BYTES_MAX)
            http_connection_close(connection);
        return;
    case CONNECTION_HANDLING:
    case CONNECTION_SENDING:
    case CONNECTION_READY:
    case CONNECTION_CLOSING:
    case CONNECTION_STATE_COUNT:
        break;
    }
    bool waits =
        connection->state == CONNECTION_HANDLING || connection->state == CONNECTION_SENDING;
    if (taken < bytes.size && is_stream(connection))
        http_connection_close(connection); /* it spoke before it was asked to */
    else if (waits && taken < bytes.size)
        keep_ahead(connection, text_make(bytes.bytes + taken, bytes.size - taken));
}

static void on_peer_done(struct http_connection *connection)
{
    connection->peer_done = true;
    switch ((enum connection_state)connection->state) {
    case CONNECTION_IDLE:
    case CONNECTION_STREAMING:
    case CONNECTION_STALLED:
    case CONNECTION_LINGERING:
        http_connection_close(connection);
        return;
    case CONNECTION_HEAD:
    case CONNECTION_BODY:
        refuse(connection, 400, "BAD_REQUEST", "The request ended in the middle.");
        return;
    case CONNECTION_HANDLING:
    case CONNECTION_SENDING:
    case CONNECTION_READY:
    case CONNECTION_CLOSING:
    case CONNECTION_STATE_COUNT:
        return; /* it may still read its answer */
    }
}

static void on_buffer(uv_handle_t *handle, size_t suggested_bytes, uv_buf_t *out_buffer)
{
    (void)suggested_bytes;
    struct http_connection *connection = container_of(handle, struct http_connection, socket);
    *out_buffer = (uv_buf_t){.base = connection->home->read_bytes, .len = HTTP_READ_BYTES};
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct http_connection *connection = container_of(stream, struct http_connection, socket);
    if (size > 0)
        take_bytes(connection, text_make(buffer->base, (size_t)size));
    else if (size == UV_EOF)
        on_peer_done(connection);
    else if (size < 0)
        http_connection_close(connection);
}

void http_connection_continue(struct http_connection *connection)
{
    http_connection_move(connection, CONNECTION_IDLE);
    char *ahead = connection->ahead;
    struct text rest =
        text_make(ahead + connection->ahead_at, connection->ahead_size - connection->ahead_at);
    size_t taken = process(connection, rest);
    if (connection->state == CONNECTION_CLOSING || connection->state == CONNECTION_LINGERING)
        return; /* `ahead` goes with the connection, or is gone */
    connection->ahead_at += (uint32_t)taken;
    if (connection->ahead_at < connection->ahead_size)
        return; /* its turn comes when this answer is out */
    connection->ahead = NULL;
    free(ahead);
    if (uv_read_start(stream_of(connection), on_buffer, on_read) != 0)
        http_connection_close(connection);
}

/* --- time ------------------------------------------------------------------------------------- */

static void lapse_sending(struct http_connection *connection)
{
    size_t unsent_bytes = uv_stream_get_write_queue_size(stream_of(connection));
    if (unsent_bytes == connection->unsent_bytes) {
        http_connection_close(connection);
        return;
    }
    connection->unsent_bytes = unsent_bytes; /* slow, but alive */
    http_connection_move(connection, (enum connection_state)connection->state);
}

void http_connection_lapse(struct http_connection *connection)
{
    switch ((enum connection_state)connection->state) {
    case CONNECTION_IDLE:
    case CONNECTION_LINGERING:
        http_connection_close(connection);
        return;
    case CONNECTION_HEAD:
        refuse(connection, 408, "REQUEST_TIMEOUT", "The headers did not come in time.");
        return;
    case CONNECTION_BODY:
        refuse(connection, 408, "REQUEST_TIMEOUT", "The body did not come in time.");
        return;
    case CONNECTION_SENDING:
    case CONNECTION_STALLED:
        lapse_sending(connection);
        return;
    case CONNECTION_STREAMING:
        stream_lapse(connection);
        return;
    case CONNECTION_HANDLING:
    case CONNECTION_READY:
    case CONNECTION_CLOSING:
    case CONNECTION_STATE_COUNT:
        must(false); /* these have no deadline */
    }
}

/* --- arriving --------------------------------------------------------------------------------- */

static void count_in(struct http_connection *connection)
{
    struct http_shared *shared = connection->home->shared;
    size_t before = atomic_fetch_add(&shared->connections_open, 1);
    connection->counted = before < shared->settings.connections_max &&
                          addresses_enter(shared->addresses, connection->address);
    if (!connection->counted)
        (void)atomic_fetch_sub(&shared->connections_open, 1);
}

static void learn_peer(struct http_connection *connection)
{
    struct sockaddr_storage peer = {0};
    int size = sizeof peer;
    (void)uv_tcp_getpeername(&connection->socket, (struct sockaddr *)&peer, &size);
    connection->address = address_of(&peer);
    address_write(connection->address, connection->peer);
}

static void welcome(struct http_connection *connection)
{
    struct http_loop *home = connection->home;
    count_in(connection);
    (void)atomic_fetch_add_explicit(connection->counted ? &home->accepted : &home->refused, 1,
                                    memory_order_relaxed);
    if (uv_read_start(stream_of(connection), on_buffer, on_read) != 0) {
        http_connection_close(connection);
    } else if (!connection->counted && begin_request(connection)) {
        refuse(connection, 503, "TOO_MANY_CONNECTIONS", "There are too many connections.");
    }
}

void http_connection_accept(struct http_loop *home)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    home->accept_owed = !connection;
    if (!connection)
        return; /* libuv keeps the client and waits; the next sweep asks again */
    connection->home = home;
    connection->state = CONNECTION_IDLE;
    connection->since_ms = loop_now_ms(&home->loop);
    home->connection_count[CONNECTION_IDLE]++;
    list_push_back(&home->in[CONNECTION_IDLE], &connection->link);
    int failed = uv_tcp_init(&home->loop.uv, &connection->socket);
    must(!failed); /* without an address family it opens nothing */
    if (uv_accept((uv_stream_t *)&home->listener, stream_of(connection)) != 0) {
        http_connection_close(connection);
        return;
    }
    learn_peer(connection);
    welcome(connection);
}
