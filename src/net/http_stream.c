/*
 * http_stream.c — from a request to a stream, and what happens to it then.
 *
 * A stream that keeps up needs no memory here: a leaflet goes from its own bytes to the socket
 * (uv_try_write) and nothing is kept. Only what the socket does not take makes an outbox, which
 * goes again when it is empty:
 *
 *     flying    the leaflet libuv has the rest of: a hold, and no copy
 *     waiting   leaflets in order, counted and weighed
 *     latest    the newest shared document; a newer one takes its place
 *
 * One leaflet flies at a time, so that what is behind it can still be replaced. The connection is
 * STREAMING without an outbox and STALLED with one; the two states have different deadlines.
 */
#include "net/http_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "net/http_refusal.h"
#include "net/leaflet_private.h"
#include "net/stream_private.h"
#include "net/websocket_reader.h"

enum stream_ending { STREAM_STAYS, STREAM_ENDS };

enum {
    CLOSE_GOING_AWAY = 1001,
    CLOSE_POLICY = 1008,
    CLOSE_INTERNAL = 1011,
    CLOSE_TRY_LATER = 1013,
    RETRY_LINE_BYTES = 32,
};

struct waiting {
    struct list link;
    struct leaflet *leaflet;
};

struct stream_outbox {
    uv_write_t write;
    struct http_stream *stream;
    struct leaflet *flying;
    struct list waiting;
    size_t waiting_count, waiting_bytes;
    struct leaflet *latest;
};

static enum http_stream_kind kind_of(const struct http_stream *stream)
{
    return (enum http_stream_kind)stream->kind;
}

static uv_stream_t *socket_of(const struct http_stream *stream)
{
    return (uv_stream_t *)&stream->connection->socket;
}

bool http_stream_is_open(const struct http_stream *stream)
{
    if (!stream->connection || stream->ending == STREAM_ENDS)
        return false;
    enum connection_state state = (enum connection_state)stream->connection->state;
    return state == CONNECTION_STREAMING || state == CONNECTION_STALLED;
}

/* --- the outbox ------------------------------------------------------------------------------- */

static struct stream_outbox *outbox_of(struct http_stream *stream)
{
    if (stream->outbox)
        return stream->outbox;
    struct stream_outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return NULL;
    outbox->stream = stream;
    list_init(&outbox->waiting);
    stream->outbox = outbox;
    return outbox;
}

/* The caller has the hold of what comes out. */
static struct leaflet *take_waiting(struct stream_outbox *outbox, enum http_stream_kind kind)
{
    struct list *first = list_pop_front(&outbox->waiting);
    if (!first)
        return NULL;
    struct waiting *waiting = container_of(first, struct waiting, link);
    struct leaflet *leaflet = waiting->leaflet;
    outbox->waiting_count--;
    outbox->waiting_bytes -= leaflet_bytes(leaflet, kind).size;
    free(waiting);
    return leaflet;
}

static struct leaflet *take_next(struct stream_outbox *outbox, enum http_stream_kind kind)
{
    struct leaflet *next = take_waiting(outbox, kind);
    if (next)
        return next;
    next = outbox->latest;
    outbox->latest = NULL;
    return next;
}

static void outbox_destroy(struct http_stream *stream)
{
    struct stream_outbox *outbox = stream->outbox;
    if (!outbox)
        return;
    for (struct leaflet *left = take_next(outbox, kind_of(stream)); left;
         left = take_next(outbox, kind_of(stream)))
        leaflet_drop(left);
    leaflet_drop(outbox->flying);
    free(outbox);
    stream->outbox = NULL;
}

static bool queue(struct stream_outbox *outbox, enum http_stream_kind kind, struct leaflet *leaflet)
{
    struct waiting *waiting = malloc(sizeof *waiting);
    if (!waiting)
        return false;
    waiting->leaflet = leaflet_keep(leaflet);
    outbox->waiting_count++;
    outbox->waiting_bytes += leaflet_bytes(leaflet, kind).size;
    list_push_back(&outbox->waiting, &waiting->link);
    return true;
}

static bool has_room(const struct stream_outbox *outbox, size_t bytes)
{
    return outbox->waiting_count < HTTP_STREAM_QUEUE_MAX &&
           outbox->waiting_bytes + bytes <= HTTP_STREAM_QUEUE_BYTES_MAX;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void on_flown(uv_write_t *write, int failed);

/* The rest of a leaflet that the socket did not take. */
static void fly(struct http_stream *stream, struct leaflet *leaflet, struct text rest)
{
    struct http_connection *connection = stream->connection;
    struct stream_outbox *outbox = outbox_of(stream);
    uv_buf_t buffer = {.base = (char *)(uintptr_t)rest.bytes, .len = rest.size};
    if (!outbox || uv_write(&outbox->write, socket_of(stream), &buffer, 1, on_flown) != 0) {
        http_connection_close(connection);
        return;
    }
    outbox->flying = leaflet_keep(leaflet); /* continues in on_flown */
    connection->unsent_bytes = uv_stream_get_write_queue_size(socket_of(stream));
    http_connection_move(connection, CONNECTION_STALLED);
}

/* Nothing flies: as much as the socket takes, without a copy. */
static void write_now(struct http_stream *stream, struct leaflet *leaflet)
{
    struct http_connection *connection = stream->connection;
    struct text bytes = leaflet_bytes(leaflet, kind_of(stream));
    uv_buf_t buffer = {.base = (char *)(uintptr_t)bytes.bytes, .len = bytes.size};
    int taken = uv_try_write(socket_of(stream), &buffer, 1);
    if (taken == UV_EAGAIN)
        taken = 0;
    if (taken < 0)
        http_connection_close(connection);
    else if ((size_t)taken < bytes.size)
        fly(stream, leaflet, text_make(bytes.bytes + taken, bytes.size - (size_t)taken));
}

/* Everything is with the kernel. */
static void settle(struct http_stream *stream)
{
    struct http_connection *connection = stream->connection;
    outbox_destroy(stream);
    if (stream->ending == STREAM_ENDS)
        http_connection_leave(connection);
    else
        http_connection_move(connection, CONNECTION_STREAMING);
}

static void write_on(struct http_stream *stream)
{
    while (!stream->outbox->flying) {
        struct leaflet *next = take_next(stream->outbox, kind_of(stream));
        if (!next) {
            settle(stream);
            return;
        }
        write_now(stream, next);
        leaflet_drop(next);
        if (stream->connection->state == CONNECTION_CLOSING)
            return;
    }
}

static void on_flown(uv_write_t *write, int failed)
{
    struct stream_outbox *outbox = container_of(write, struct stream_outbox, write);
    struct http_stream *stream = outbox->stream;
    leaflet_drop(outbox->flying);
    outbox->flying = NULL;
    if (stream->connection->state == CONNECTION_CLOSING)
        return; /* stream_gone() comes next */
    if (failed)
        http_connection_close(stream->connection);
    else
        write_on(stream);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* With an outbox, or sent at once: a leaflet of ours is never refused. */
static void send_always(struct http_stream *stream, struct leaflet *leaflet)
{
    struct http_connection *connection = stream->connection;
    if (!stream->outbox) {
        http_connection_move(connection, CONNECTION_STREAMING);
        write_now(stream, leaflet);
    } else if (!queue(stream->outbox, kind_of(stream), leaflet)) {
        http_connection_close(connection);
    }
}

enum status http_stream_send(struct http_stream *stream, struct leaflet *leaflet)
{
    if (!http_stream_is_open(stream))
        return STATUS_MISSING;
    size_t size = leaflet_bytes(leaflet, kind_of(stream)).size;
    if (stream->outbox && !has_room(stream->outbox, size))
        return STATUS_FULL;
    send_always(stream, leaflet);
    return STATUS_OK;
}

enum status http_stream_show(struct http_stream *stream, struct leaflet *leaflet,
                             bool *out_replaced)
{
    bool replaced = false;
    bool is_open = http_stream_is_open(stream);
    if (is_open && stream->outbox) {
        replaced = stream->outbox->latest != NULL;
        leaflet_drop(stream->outbox->latest);
        stream->outbox->latest = leaflet_keep(leaflet);
    } else if (is_open) {
        send_always(stream, leaflet);
    }
    if (out_replaced)
        *out_replaced = replaced;
    return is_open ? STATUS_OK : STATUS_MISSING;
}

/* --- messages that are here in part ----------------------------------------------------------- */

static void forget_reader(struct http_stream *stream)
{
    struct websocket_reader *reader = stream->reader;
    if (!reader)
        return;
    if (!list_empty(&reader->link))
        stream->connection->home->partial_count--;
    list_remove(&reader->link);
    websocket_reader_destroy(reader);
    stream->reader = NULL;
}

/* The time runs from the first byte of a message. False when the loop has too many of them. */
static bool watch_reader(struct http_stream *stream, bool has_ended_one)
{
    struct http_loop *home = stream->connection->home;
    struct websocket_reader *reader = stream->reader;
    if (!list_empty(&reader->link) && !has_ended_one)
        return true;
    if (list_empty(&reader->link) && home->partial_count == WEBSOCKET_PARTIAL_MAX)
        return false;
    home->partial_count += list_empty(&reader->link);
    list_remove(&reader->link);
    list_push_back(&home->partial, &reader->link);
    reader->stream = stream;
    reader->since_ms = loop_now_ms(&home->loop);
    return true;
}

/* --- ending ----------------------------------------------------------------------------------- */

static void end_when_sent(struct http_stream *stream)
{
    stream->ending = STREAM_ENDS;
    stream->connection->unread = stream->kind == HTTP_STREAM_WEBSOCKET; /* its own close comes */
    if (!stream->outbox)
        http_connection_leave(stream->connection);
}

/* The callee drops the words; NULL: memory was too short for them. */
static void end_with(struct http_stream *stream, struct leaflet *last_words)
{
    if (!last_words) {
        http_connection_close(stream->connection);
        return;
    }
    send_always(stream, last_words);
    leaflet_drop(last_words);
    if (http_stream_is_open(stream))
        end_when_sent(stream);
}

static struct leaflet *print_close(uint16_t code)
{
    char frame[WEBSOCKET_CLOSE_FRAME_BYTES];
    websocket_close_frame(code, frame);
    return leaflet_raw(HTTP_STREAM_WEBSOCKET, frame, sizeof frame);
}

void http_stream_end(struct http_stream *stream, uint16_t code)
{
    if (!http_stream_is_open(stream))
        return;
    if (stream->kind == HTTP_STREAM_WEBSOCKET)
        end_with(stream, print_close(code));
    else
        end_when_sent(stream);
}

static size_t retry_line(struct http_loop *home, int64_t least_ms, int64_t most_ms,
                         char out[RETRY_LINE_BYTES])
{
    int64_t retry_ms =
        least_ms + (int64_t)random_below(&home->random, (uint64_t)(most_ms - least_ms) + 1);
    return (size_t)snprintf(out, RETRY_LINE_BYTES, "retry: %lld\n\n", (long long)retry_ms);
}

static void say_goodbye(struct http_stream *stream)
{
    if (stream->kind == HTTP_STREAM_WEBSOCKET) {
        http_stream_end(stream, CLOSE_GOING_AWAY);
        return;
    }
    char line[RETRY_LINE_BYTES];
    size_t size = retry_line(stream->connection->home, HTTP_STREAM_RETRY_LEAST_MS,
                             HTTP_STREAM_GOODBYE_RETRY_MS, line);
    if (http_stream_is_open(stream))
        end_with(stream, leaflet_raw(HTTP_STREAM_EVENTS, line, size));
}

/* Each leaves its list, at once or when the last of it is out: those that stall are met once. */
static void say_goodbye_to(struct http_loop *home, enum connection_state state)
{
    for (size_t left = home->connection_count[state]; left > 0; left--) {
        struct list *first = list_first(&home->in[state]);
        if (!first)
            return;
        struct http_connection *connection = container_of(first, struct http_connection, link);
        say_goodbye(connection->stream);
        if (connection->state == state)
            http_connection_move(connection, state); /* to the end of the list */
    }
}

void stream_goodbye_all(struct http_loop *home)
{
    say_goodbye_to(home, CONNECTION_STALLED);
    say_goodbye_to(home, CONNECTION_STREAMING);
}

void stream_gone(struct http_connection *connection)
{
    struct http_stream *stream = connection->stream;
    if (!stream)
        return;
    outbox_destroy(stream);
    forget_reader(stream);
    connection->stream = NULL;
    stream->connection = NULL;
    (void)atomic_fetch_sub(&connection->home->shared->streams_open, 1);
    stream->ops->on_closed(stream);
}

/* --- hearing ---------------------------------------------------------------------------------- */

struct hearing {
    struct websocket_hearing base;
    struct http_stream *stream;
};

static void on_text(struct websocket_hearing *base, struct text text)
{
    struct hearing *hearing = container_of(base, struct hearing, base);
    struct http_stream *stream = hearing->stream;
    if (http_stream_is_open(stream) && stream->ops->on_text)
        stream->ops->on_text(stream, text);
    base->stop = !http_stream_is_open(stream);
}

/* Pongs, and a close frame when this was the end. */
static void reply(struct http_stream *stream, const struct websocket_hearing *hearing,
                  enum websocket_verdict verdict)
{
    if (!http_stream_is_open(stream))
        return;
    struct leaflet *words = leaflet_raw(HTTP_STREAM_WEBSOCKET, hearing->reply, hearing->reply_size);
    if (verdict == WEBSOCKET_ENDS || !words) {
        end_with(stream, words);
        return;
    }
    enum status status = hearing->reply_size > 0 ? http_stream_send(stream, words) : STATUS_OK;
    leaflet_drop(words);
    if (status == STATUS_FULL) /* it pings and does not listen */
        http_stream_end(stream, CLOSE_POLICY);
}

static void read_on(struct http_stream *stream, struct text bytes)
{
    struct hearing hearing = {
        .base = {.text_bytes_max = stream->text_bytes_max, .on_text = on_text}, .stream = stream};
    while (bytes.size > 0 && http_stream_is_open(stream)) {
        size_t taken = 0;
        hearing.base.reply_size = 0;
        enum websocket_verdict verdict =
            websocket_read(stream->reader, &hearing.base, bytes, &taken);
        bytes = text_make(bytes.bytes + taken, bytes.size - taken);
        reply(stream, &hearing.base, verdict);
    }
    if (!http_stream_is_open(stream) || websocket_reader_is_idle(stream->reader))
        forget_reader(stream);
    else if (!watch_reader(stream, hearing.base.message_count > 0))
        http_stream_end(stream, CLOSE_TRY_LATER);
}

static void hear_websocket(struct http_stream *stream, struct text bytes)
{
    stream->pings = 0; /* whatever it says, it is there */
    if (!stream->reader)
        stream->reader = websocket_reader_create();
    if (stream->reader)
        read_on(stream, bytes);
    else
        http_stream_end(stream, CLOSE_INTERNAL);
}

void stream_hear(struct http_connection *connection, struct text bytes)
{
    struct http_stream *stream = connection->stream;
    if (stream->kind == HTTP_STREAM_EVENTS)
        http_connection_close(connection); /* it has nothing to say */
    else if (stream->ending != STREAM_ENDS)
        hear_websocket(stream, bytes);
}

/* --- time ------------------------------------------------------------------------------------- */

void stream_lapse(struct http_connection *connection)
{
    struct http_stream *stream = connection->stream;
    if (stream->kind == HTTP_STREAM_WEBSOCKET && stream->pings == HTTP_STREAM_PINGS_MAX) {
        http_connection_close(connection);
        return;
    }
    stream->pings++;
    send_always(stream, connection->home->heartbeat[stream->kind]);
}

void stream_sweep_partial(struct http_loop *home)
{
    int64_t now_ms = loop_now_ms(&home->loop);
    for (;;) {
        struct list *first = list_first(&home->partial);
        if (!first)
            return;
        struct websocket_reader *reader = container_of(first, struct websocket_reader, link);
        if (now_ms - reader->since_ms < home->shared->settings.body_timeout_ms)
            return;
        struct http_stream *stream = reader->stream;
        forget_reader(stream);
        http_stream_end(stream, CLOSE_POLICY);
    }
}

bool stream_prepare(struct http_loop *home)
{
    static const char comment[] = ":\n\n";
    static const unsigned char ping[] = {0x89, 0x00};
    list_init(&home->partial);
    random_init(&home->random, home->shared->id_key + home->loop.index);
    home->heartbeat[HTTP_STREAM_EVENTS] =
        leaflet_raw(HTTP_STREAM_EVENTS, comment, sizeof comment - 1);
    home->heartbeat[HTTP_STREAM_WEBSOCKET] = leaflet_raw(HTTP_STREAM_WEBSOCKET, ping, sizeof ping);
    return home->heartbeat[HTTP_STREAM_EVENTS] && home->heartbeat[HTTP_STREAM_WEBSOCKET];
}

void stream_unprepare(struct http_loop *home)
{
    leaflet_drop(home->heartbeat[HTTP_STREAM_EVENTS]);
    leaflet_drop(home->heartbeat[HTTP_STREAM_WEBSOCKET]);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void refuse(struct http_request *request, const struct http_problem *problem)
{
    struct http_loop *home = request->connection->home;
    (void)atomic_fetch_add_explicit(&home->streams_refused, 1, memory_order_relaxed);
    http_refuse(request, problem);
}

static void refuse_full(struct http_request *request)
{
    enum { RETRY_AFTER_LEAST_S = 2, RETRY_AFTER_SPREAD_S = 8 };
    struct http_loop *home = request->connection->home;
    char seconds[16];
    (void)snprintf(seconds, sizeof seconds, "%u",
                   RETRY_AFTER_LEAST_S +
                       (unsigned)random_below(&home->random, RETRY_AFTER_SPREAD_S + 1));
    const struct http_field retry_after = {text_of("Retry-After"), text_of(seconds)};
    refuse(request, &(struct http_problem){.status = 503,
                                           .code = "TOO_MANY_STREAMS",
                                           .detail = "As many as can be served listen already.",
                                           .fields = &retry_after,
                                           .field_count = 1});
}

bool stream_may_open(struct http_request *request)
{
    struct http_connection *connection = request->connection;
    struct http_shared *shared = connection->home->shared;
    if (connection->state == CONNECTION_CLOSING) {
        http_answer(request, &(struct http_answer){.status = 200}); /* to nobody */
        return false;
    }
    if (connection->ahead || connection->peer_done) {
        refuse(request, &(struct http_problem){.status = 400,
                                               .code = "BAD_REQUEST",
                                               .detail = "Who asks for a stream listens to it, and "
                                                         "sends nothing meanwhile.",
                                               .close = true});
        return false;
    }
    size_t before = atomic_fetch_add(&shared->streams_open, 1);
    if (before < shared->settings.streams_max && !connection->home->draining)
        return true;
    (void)atomic_fetch_sub(&shared->streams_open, 1);
    refuse_full(request);
    return false;
}

/* A peer that is gone without a word is noticed when a heartbeat is not acknowledged. */
static void watch_peer(struct http_connection *connection)
{
    const unsigned patience_ms = HTTP_STREAM_USER_TIMEOUT_MS;
    uv_os_fd_t fd = -1;
    if (uv_fileno((uv_handle_t *)&connection->socket, &fd) == 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
}

/* The head goes the way of every answer, behind those that are gathered. */
static void send_head(struct http_connection *connection, const struct http_head *head,
                      struct text first)
{
    struct http_loop *home = connection->home;
    char *out = home->out + home->out_size;
    size_t size = http_head_write(head, out);
    if (first.size > 0)
        memcpy(out + size, first.bytes, first.size);
    size += first.size;
    if (connection->gathering) {
        home->out_size += size;
        (void)http_connection_flush(connection);
        return;
    }
    uv_buf_t buffer = {.base = out, .len = size};
    if (http_connection_send(connection, &buffer, 1) == SENT_NEVER)
        http_connection_close(connection);
}

void stream_open(struct http_request *request, struct http_stream *stream,
                 const struct http_answer *answer, struct text first)
{
    struct http_connection *connection = request->connection;
    bool is_events = stream->kind == HTTP_STREAM_EVENTS;
    const struct http_head head = {
        .answer = answer,
        .form = is_events ? HTTP_HEAD_ENDLESS : HTTP_HEAD_WEBSOCKET,
        .date = http_loop_date(connection->home),
        .request_id = http_request_id(request),
        .is_http_1_0 = request->is_http_1_0,
    };
    must(!request->answered);
    request->answered = true;
    connection->stream = stream;
    stream->connection = connection;
    stream->outbox = NULL;
    stream->reader = NULL;
    stream->pings = 0;
    stream->ending = STREAM_STAYS;

    send_head(connection, &head, first);
    if (connection->state != CONNECTION_CLOSING) {
        watch_peer(connection);
        http_connection_move(connection, CONNECTION_STREAMING);
        http_connection_observe(connection, request, answer->status, 0);
    }
    if (!request->in_handler)
        http_connection_release(connection);
}

bool http_stream_open_events(struct http_request *request, struct http_stream *stream,
                             const struct http_stream_ops *ops)
{
    must(ops->on_closed);
    const struct http_field fields[] = {
        {text_of("Cache-Control"), text_of("no-store")},
        {text_of("X-Accel-Buffering"), text_of("no")}, /* nginx hands on what comes at once */
    };
    const struct http_answer answer = {.status = 200,
                                       .type = text_of("text/event-stream"),
                                       .fields = fields,
                                       .field_count = sizeof fields / sizeof fields[0]};
    if (request->is_head) {
        http_answer(request, &answer);
        return false;
    }
    if (!stream_may_open(request))
        return false;
    char line[RETRY_LINE_BYTES];
    size_t size = retry_line(request->connection->home, HTTP_STREAM_RETRY_LEAST_MS,
                             HTTP_STREAM_RETRY_MOST_MS, line);
    stream->ops = ops;
    stream->kind = HTTP_STREAM_EVENTS;
    stream->text_bytes_max = 0;
    stream_open(request, stream, &answer, text_make(line, size));
    return true;
}

uint64_t http_last_event_id(const struct http_request *request)
{
    int64_t id;
    struct text words = http_header(request, "last-event-id");
    return text_to_int64(words, &id) && id > 0 ? (uint64_t)id : 0;
}
