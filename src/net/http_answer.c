/*
 * http_answer.c — an answer on its way to the socket.
 *
 * While a connection's bytes are being read its answers are gathered in home->out and leave in one
 * write. An answer given at any other time leaves at once: it is put together behind what may be
 * gathered for another connection at that moment, and that stays untouched. uv_try_write() goes
 * first; only what the socket does not take is copied and queued.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "net/http_connection.h"

struct unsent { /* what the socket did not take */
    uv_write_t write;
    struct http_connection *connection;
    char bytes[];
};

static uv_stream_t *stream_of(struct http_connection *connection)
{
    return (uv_stream_t *)&connection->socket;
}

static void on_sent(uv_write_t *write, int failed)
{
    struct unsent *unsent = container_of(write, struct unsent, write);
    struct http_connection *connection = unsent->connection;
    free(unsent);
    if (failed)
        http_connection_close(connection);
    else if (connection->state == CONNECTION_SENDING &&
             uv_stream_get_write_queue_size(stream_of(connection)) == 0)
        http_connection_settle(connection);
}

static enum sent queue(struct http_connection *connection, const uv_buf_t *buffers, size_t count,
                       size_t skip_bytes)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += buffers[i].len;
    size_t left = total - skip_bytes;
    struct unsent *unsent = malloc(sizeof *unsent + left);
    if (!unsent)
        return SENT_NEVER;
    unsent->connection = connection;

    char *at = unsent->bytes;
    for (size_t i = 0; i < count; i++) {
        size_t skip = skip_bytes < buffers[i].len ? skip_bytes : buffers[i].len;
        memcpy(at, buffers[i].base + skip, buffers[i].len - skip);
        at += buffers[i].len - skip;
        skip_bytes -= skip;
    }
    uv_buf_t rest = {.base = unsent->bytes, .len = left};
    if (uv_write(&unsent->write, stream_of(connection), &rest, 1, on_sent) != 0) {
        free(unsent);
        return SENT_NEVER;
    }
    return SENT_LATER; /* continues in on_sent */
}

enum sent http_connection_send(struct http_connection *connection, const uv_buf_t *buffers,
                               size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += buffers[i].len;
    int taken = uv_try_write(stream_of(connection), buffers, (unsigned)count);
    if (taken == UV_EAGAIN)
        taken = 0;
    if (taken < 0)
        return SENT_NEVER;
    if ((size_t)taken == total)
        return SENT;
    return queue(connection, buffers, count, (size_t)taken);
}

/* False when the answer is not out yet, or never will be. */
static bool send_answer(struct http_connection *connection, const uv_buf_t *buffers, size_t count)
{
    switch (http_connection_send(connection, buffers, count)) {
    case SENT:
        return true;
    case SENT_LATER:
        connection->unsent_bytes = uv_stream_get_write_queue_size(stream_of(connection));
        http_connection_move(connection, CONNECTION_SENDING);
        return false;
    case SENT_NEVER:
        http_connection_close(connection);
        return false;
    }
    return false;
}

bool http_connection_flush(struct http_connection *connection)
{
    struct http_loop *home = connection->home;
    if (home->out_size == 0)
        return true;
    uv_buf_t gathered = {.base = home->out, .len = home->out_size};
    home->out_size = 0;
    connection->gathered_count = 0;
    return send_answer(connection, &gathered, 1);
}

/* --- answering -------------------------------------------------------------------------------- */

static size_t write_head(struct http_connection *connection, const struct http_request *request,
                         const struct http_answer *answer, char *out)
{
    const struct http_head head = {
        .answer = answer,
        .date = http_loop_date(connection->home),
        .request_id = text_make(request->id, sizeof request->id),
        .is_http_1_0 = request->is_http_1_0,
        .keep_alive = !connection->last,
    };
    return http_head_write(&head, out);
}

static bool has_body(const struct http_request *request, const struct http_answer *answer)
{
    return !request->is_head && answer->body.size > 0 && answer->status != 204 &&
           answer->status != 304;
}

/* Bytes of an answer, to the socket or behind the gathered ones; returns its size. */
static size_t give(struct http_connection *connection, const struct http_request *request,
                   const struct http_answer *answer)
{
    struct http_loop *home = connection->home;
    char *out = home->out + home->out_size;
    size_t size = write_head(connection, request, answer, out);
    size_t body_size = has_body(request, answer) ? answer->body.size : 0;
    size_t copied = body_size <= HTTP_ANSWER_COPIED_BYTES_MAX ? body_size : 0;
    if (copied > 0)
        memcpy(out + size, answer->body.bytes, copied);

    uv_buf_t buffers[2] = {
        {.base = out, .len = size + copied},
        {.base = (char *)(uintptr_t)answer->body.bytes, .len = body_size - copied},
    };
    size_t count = buffers[1].len > 0 ? 2 : 1;
    if (!connection->gathering) {
        if (send_answer(connection, buffers, count))
            http_connection_settle(connection);
        return size + body_size;
    }
    if (!connection->last)
        http_connection_move(connection, CONNECTION_IDLE); /* the next request may be read */
    home->out_size += size + copied;
    connection->gathered_count++;
    if (count == 2) {
        buffers[0] = (uv_buf_t){.base = home->out, .len = home->out_size};
        home->out_size = 0;
        connection->gathered_count = 0;
        (void)send_answer(connection, buffers, count);
    } else if (home->out_size > HTTP_GATHERED_BYTES_MAX ||
               connection->gathered_count == HTTP_PIPELINE_MAX) {
        (void)http_connection_flush(connection);
    }
    return size + body_size;
}

void http_connection_observe(const struct http_connection *connection,
                             const struct http_request *request, int status, size_t answer_bytes)
{
    struct http_loop *home = connection->home;
    home->request_count++;
    atomic_store_explicit(&home->requests, home->request_count, memory_order_relaxed);
    if (!home->shared->observer)
        return;
    const struct http_observation observation = {
        .route = request->match.route,
        .status = status,
        .duration_us = clock_monotonic_us() - request->started_us,
        .answer_bytes = answer_bytes,
        .loop = home->loop.index,
        .request_id = http_request_id(request),
    };
    home->shared->observer(home->shared->settings.app, &observation);
}

void http_answer(struct http_request *request, const struct http_answer *answer)
{
    must(!request->answered);
    request->answered = true;

    struct http_connection *connection = request->connection;
    if (connection->state != CONNECTION_CLOSING) {
        connection->last = answer->close || !request->keep_alive || connection->home->draining;
        size_t answer_bytes = give(connection, request, answer);
        http_connection_observe(connection, request, answer->status, answer_bytes);
    }
    if (!request->in_handler)
        http_connection_release(connection);
}
