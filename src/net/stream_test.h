/*
 * stream_test.h — streams on a stage, and a way to do something on their loop; for the tests of
 * net/.
 *
 * Thread   The test's thread tells the loop what to do (on_loop) and waits until it is done.
 * Memory   The guests of one test, given back by guests_forget().
 * Use      Behind "net/net_test.h".
 */
#ifndef NET_STREAM_TEST_H
#define NET_STREAM_TEST_H

#include <semaphore.h>

#include "net/http_stream.h"

enum { GUESTS_MAX = 8, HEARD_BYTES = 256 * 1024 };

struct guest { /* one client that listens */
    struct http_stream stream;
    struct loop *loop;
    atomic_bool open;
    atomic_int closed_count;
    char heard[HEARD_BYTES]; /* what it said, every text behind a '|' */
    atomic_size_t heard_size;
};

static struct guest *guests[GUESTS_MAX];
static atomic_size_t guest_count;

static inline void on_guest_closed(struct http_stream *stream)
{
    struct guest *guest = container_of(stream, struct guest, stream);
    atomic_store(&guest->open, false);
    atomic_fetch_add(&guest->closed_count, 1);
}

static inline void on_guest_text(struct http_stream *stream, struct text text)
{
    struct guest *guest = container_of(stream, struct guest, stream);
    size_t at = atomic_load(&guest->heard_size);
    assert_true(at + text.size + 1 < HEARD_BYTES);
    guest->heard[at] = '|';
    memcpy(guest->heard + at + 1, text.bytes, text.size);
    atomic_store(&guest->heard_size, at + text.size + 1);
    if (text_equal(text, text_of("end me")))
        http_stream_end(stream, 4001);
}

static const struct http_stream_ops guest_ops = {.on_closed = on_guest_closed,
                                                 .on_text = on_guest_text};

static inline struct guest *guest_create(struct http_request *request)
{
    struct guest *guest = calloc(1, sizeof *guest);
    assert_non_null(guest);
    guest->loop = http_loop(request);
    return guest;
}

static inline void guest_keep(struct guest *guest, bool opened)
{
    if (!opened) {
        free(guest);
        return;
    }
    atomic_store(&guest->open, true);
    size_t number = atomic_load(&guest_count);
    assert_true(number < GUESTS_MAX);
    guests[number] = guest;
    atomic_store(&guest_count, number + 1);
}

static inline void handle_events(struct http_app *app, struct http_request *request)
{
    (void)app;
    struct guest *guest = guest_create(request);
    guest_keep(guest, http_stream_open_events(request, &guest->stream, &guest_ops));
}

static inline void handle_websocket(struct http_app *app, struct http_request *request)
{
    (void)app;
    struct http_websocket_rules rules = {.text_bytes_max = 60000};
    if (http_websocket_offers(request, "v12.stomp"))
        rules.protocol = "v12.stomp";
    struct guest *guest = guest_create(request);
    guest_keep(guest, http_stream_open_websocket(request, &guest->stream, &guest_ops, &rules));
}

static inline void on_late(struct loop_note *note)
{
    struct parked *parked = container_of(note, struct parked, note);
    handle_events(NULL, parked->request);
}

/* Opened when the test sends it back: stage_take_parked(), send_back(). */
static inline void handle_late(struct http_app *app, struct http_request *request)
{
    struct parked *parked = arena_take(http_arena(request), sizeof *parked);
    assert_non_null(parked);
    parked->request = request;
    parked->note.on_arrive = on_late;
    bool was_empty = false;
    assert_true(mailbox_put(&app->parked, &parked->letter, &was_empty));
}

static const struct http_route stream_routes[] = {
    {HTTP_METHOD_GET, "/hello", handle_hello, 0},
    {HTTP_METHOD_GET, "/parked/{id}", handle_parked, 0},
    {HTTP_METHOD_GET, "/events", handle_events, 0},
    {HTTP_METHOD_GET, "/late", handle_late, 0},
    {HTTP_METHOD_GET, "/ws", handle_websocket, 0},
};

static inline struct http_server_settings stream_settings(struct stage *stage)
{
    struct http_server_settings settings = stage_settings(stage);
    settings.loop_count = 1;
    settings.routes = stream_routes;
    settings.route_count = sizeof stream_routes / sizeof stream_routes[0];
    return settings;
}

static inline void stream_stage_open(struct stage *stage)
{
    struct http_server_settings settings = stream_settings(stage);
    stage_open_with(stage, &settings);
}

/* After stage_close(). */
static inline void guests_forget(void)
{
    for (size_t i = 0; i < atomic_load(&guest_count); i++)
        free(guests[i]);
    atomic_store(&guest_count, 0);
}

static inline struct guest *guest_number(size_t number)
{
    while (atomic_load(&guest_count) <= number)
        sched_yield();
    return guests[number];
}

static inline void wait_until_closed(struct guest *guest)
{
    while (atomic_load(&guest->closed_count) == 0)
        sched_yield();
    assert_int_equal(atomic_load(&guest->closed_count), 1);
}

/* Waits for `words`, and drops everything up to their end. */
static inline void hear(struct client *client, const char *words)
{
    for (;;) {
        const char *found = memmem(client->bytes, client->size, words, strlen(words));
        if (found) {
            client_drop(client, (size_t)(found - client->bytes) + strlen(words));
            return;
        }
        assert_true(client_receive(client));
    }
}

/* --- a story's beginning and end -------------------------------------------------------------- */

/* A stage, and somebody who comes to it: setup and teardown of a story. */
struct visit {
    struct stage stage;
    struct client client;
    struct reply reply;
};

static inline int visit_begin(void **state)
{
    static struct visit visit;
    visit = (struct visit){0};
    stream_stage_open(&visit.stage);
    *state = &visit;
    return 0;
}

/* Whoever listened has gone before the stage closes, or it would wait for them. */
static inline int visit_end(void **state)
{
    struct visit *visit = *state;
    client_close(&visit->client);
    for (size_t i = 0; i < atomic_load(&guest_count); i++)
        wait_until_closed(guests[i]);
    reply_free(&visit->reply);
    stage_close(&visit->stage);
    guests_forget();
    return 0;
}

/* --- a client with a WebSocket ---------------------------------------------------------------- */

enum { FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8, FRAME_PING = 9, FRAME_PONG = 10 };

static const char websocket_request[] =
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
    "Upgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

static inline void websocket_connect(struct client *client, const struct stage *stage)
{
    struct reply reply = {0};
    client_connect(client, stage->port);
    client_send(client, websocket_request);
    client_send(client, "\r\n");
    client_read_as(client, &reply, false);
    assert_int_equal(reply.status, 101);
    assert_true(reply_has(&reply, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_true(reply_has(&reply, "\r\nUpgrade: websocket\r\n"));
    assert_true(reply_has(&reply, "\r\nConnection: Upgrade\r\n"));
    reply_free(&reply);
}

/* A masked frame; `first` has the opcode and the upper bits. Returns its size. */
static inline size_t frame_write(char *out, unsigned first, const char *bytes, size_t size)
{
    static const char mask[4] = {0x12, 0x34, 0x56, 0x78};
    char *at = out;
    *at++ = (char)first;
    if (size < 126) {
        *at++ = (char)(0x80 | size);
    } else {
        *at++ = (char)(0x80 | 126);
        *at++ = (char)(size >> 8);
        *at++ = (char)(size & 0xFF);
    }
    memcpy(at, mask, sizeof mask);
    at += sizeof mask;
    for (size_t i = 0; i < size; i++)
        *at++ = (char)(bytes[i] ^ mask[i % 4]);
    return (size_t)(at - out);
}

static inline void websocket_send(struct client *client, unsigned first, const char *bytes,
                                  size_t size)
{
    char frame[70000];
    client_send_bytes(client, frame, frame_write(frame, first, bytes, size));
}

static inline void websocket_say(struct client *client, const char *words)
{
    websocket_send(client, 0x80 | FRAME_TEXT, words, strlen(words));
}

struct frame {
    unsigned opcode;
    char bytes[70000]; /* terminated */
    size_t size;
};

/* One unmasked whole frame. */
static inline void websocket_read_frame(struct client *client, struct frame *frame)
{
    size_t head = 2;
    while (client->size < head)
        assert_true(client_receive(client));
    assert_int_equal(client->bytes[0] & 0xF0, 0x80);
    frame->opcode = (unsigned)client->bytes[0] & 0x0F;
    frame->size = (unsigned char)client->bytes[1];
    if (frame->size == 126) {
        head = 4;
        while (client->size < head)
            assert_true(client_receive(client));
        frame->size =
            (size_t)(unsigned char)client->bytes[2] << 8 | (unsigned char)client->bytes[3];
    }
    assert_true(frame->size < sizeof frame->bytes);
    while (client->size < head + frame->size)
        assert_true(client_receive(client));
    memcpy(frame->bytes, client->bytes + head, frame->size);
    frame->bytes[frame->size] = '\0';
    client_drop(client, head + frame->size);
}

static inline unsigned close_code(const struct frame *frame)
{
    assert_int_equal(frame->opcode, FRAME_CLOSE);
    if (frame->size < 2)
        return 0;
    return (unsigned)(unsigned char)frame->bytes[0] << 8 | (unsigned char)frame->bytes[1];
}

/* --- errands ---------------------------------------------------------------------------------- */

struct errand {
    struct loop_note note;
    sem_t done;
    struct guest *guest;
    void (*run)(struct errand *errand);
    struct leaflet *leaflet;
    enum status status;
    bool replaced;
};

static inline void on_errand(struct loop_note *note)
{
    struct errand *errand = container_of(note, struct errand, note);
    errand->run(errand);
    sem_post(&errand->done);
}

static inline void on_loop(struct errand *errand, struct guest *guest,
                           void (*run)(struct errand *errand))
{
    sem_init(&errand->done, 0, 0);
    errand->guest = guest;
    errand->run = run;
    errand->note.on_arrive = on_errand;
    loop_post(guest->loop, &errand->note);
    while (sem_wait(&errand->done) != 0)
        ;
    sem_destroy(&errand->done);
}

static inline void run_send(struct errand *errand)
{
    errand->status = http_stream_send(&errand->guest->stream, errand->leaflet);
}

static inline void run_show(struct errand *errand)
{
    errand->status = http_stream_show(&errand->guest->stream, errand->leaflet, &errand->replaced);
}

static inline void run_end(struct errand *errand)
{
    http_stream_end(&errand->guest->stream, 1000);
}

static inline enum status guest_send(struct guest *guest, uint64_t id, const char *json)
{
    struct errand errand = {.leaflet = leaflet_event(&(struct leaflet_event){
                                .name = "news", .id = id, .data = text_of(json)})};
    assert_non_null(errand.leaflet);
    on_loop(&errand, guest, run_send);
    leaflet_drop(errand.leaflet);
    return errand.status;
}

static inline bool guest_show(struct guest *guest, uint64_t id, struct text json)
{
    struct errand errand = {
        .leaflet = leaflet_event(&(struct leaflet_event){.name = "state", .id = id, .data = json})};
    assert_non_null(errand.leaflet);
    on_loop(&errand, guest, run_show);
    leaflet_drop(errand.leaflet);
    return errand.replaced;
}

static inline void guest_end(struct guest *guest)
{
    struct errand errand = {0};
    on_loop(&errand, guest, run_end);
}

#endif
