/*
 * client.c — libuv and llhttp, from the side of those who ask.
 *
 *            connected                 client_send             answer heard
 *    DOWN ------------> IDLE ----------------------> ASKED ------------------> IDLE
 *      ^    (CONNECTING)  |                            |
 *      +---- CLOSING <----+--- closed, broken, late ---+  (a request is told as lost)
 *
 * A request goes out with one write() and its answer comes in with one read(), both on this thread:
 * no queue, no copy but the body's. A write the socket does not take whole is finished by libuv.
 * An answer is handed on after the parser has returned, so that a listener may send at once.
 */
#include "rush/client.h"

#include <llhttp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "base/random.h"
#include "limits.h"
#include "rush/due.h"
#include "rush/patience.h"

enum link_state {
    LINK_DOWN, /* waits for its moment to connect */
    LINK_CONNECTING,
    LINK_IDLE,
    LINK_ASKED,
    LINK_CLOSING,
};

enum { FIELD_BYTES = 16, VALUE_BYTES = 12, READ_BYTES = 64 * 1024, LATE_CHECK_MS = 500 };

struct link {
    struct client *client;
    enum link_state state;
    uint32_t number;
    uint32_t failure_count; /* since the last answer */
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    int64_t asked_us;

    llhttp_t parser;
    bool heard; /* the whole answer is here */
    bool stays; /* the server keeps the connection */
    bool in_value;
    char field[FIELD_BYTES], value[VALUE_BYTES]; /* of the header being read, cut */
    size_t field_size, value_size;
    int64_t retry_after_seconds;
    char *body;
    size_t body_size, body_capacity;
};

struct client {
    uv_loop_t loop;
    uv_timer_t wake_timer, connect_timer, late_timer;
    uv_signal_t interrupt;
    llhttp_settings_t parser_settings;
    struct sockaddr_storage address;
    struct client_listener *listener;
    struct random random;
    struct due to_connect;
    struct client_counts counts;
    bool stopping;
    char read_bytes[READ_BYTES];
    uint32_t link_count;
    struct link links[];
};

/* --- time ------------------------------------------------------------------------------------- */

/* Rounded up: a timer that comes too early would come twice. */
static uint64_t timer_ms(int64_t at_us)
{
    int64_t left_us = at_us - clock_monotonic_us();
    return left_us > 0 ? (uint64_t)(left_us + 999) / 1000 : 0;
}

static void on_wake(uv_timer_t *timer)
{
    struct client *client = container_of(timer, struct client, wake_timer);
    client->listener->on_wake(client->listener);
}

void client_wake_at(struct client *client, int64_t at_us)
{
    if (client->stopping)
        return;
    uv_update_time(&client->loop);
    int failed = uv_timer_start(&client->wake_timer, on_wake, timer_ms(at_us), 0);
    must(!failed); /* continues in on_wake */
}

/* --- losing and finding the server ------------------------------------------------------------ */

static void connect_due(struct client *client);

static void on_connect_due(uv_timer_t *timer)
{
    connect_due(container_of(timer, struct client, connect_timer));
}

static void connect_later(struct link *link)
{
    struct client *client = link->client;
    int64_t wait_us = patience_connect_us(link->failure_count++, &client->random);
    due_add(&client->to_connect, clock_monotonic_us() + wait_us, link->number);
    uv_update_time(&client->loop);
    uint64_t wait_ms = timer_ms(due_next_us(&client->to_connect));
    int failed = uv_timer_start(&client->connect_timer, on_connect_due, wait_ms, 0);
    must(!failed); /* continues in on_connect_due */
}

static void on_closed(uv_handle_t *handle)
{
    struct link *link = container_of((uv_tcp_t *)handle, struct link, tcp);
    link->state = LINK_DOWN;
    if (!link->client->stopping)
        connect_later(link);
}

/* Whatever the link was doing is over; who asked is told. */
static void drop(struct link *link)
{
    struct client *client = link->client;
    enum link_state was = link->state;
    if (was == LINK_CLOSING || was == LINK_DOWN)
        return;
    link->state = LINK_CLOSING;
    if (was == LINK_IDLE || was == LINK_ASKED)
        client->counts.up--;
    uv_close((uv_handle_t *)&link->tcp, on_closed);
    if (was == LINK_ASKED && !client->stopping) {
        client->counts.lost++;
        client->listener->on_lost(client->listener, link->number);
    }
}

static void on_late_check(uv_timer_t *timer)
{
    struct client *client = container_of(timer, struct client, late_timer);
    int64_t too_old_us = clock_monotonic_us() - (int64_t)RUSH_ANSWER_TIMEOUT_MS * 1000;
    for (uint32_t i = 0; i < client->link_count; i++) {
        struct link *link = &client->links[i];
        if (link->state == LINK_ASKED && link->asked_us < too_old_us) {
            client->counts.timed_out++;
            drop(link);
        }
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

static struct link *link_of(llhttp_t *parser)
{
    return container_of(parser, struct link, parser);
}

static int on_message_begin(llhttp_t *parser)
{
    struct link *link = link_of(parser);
    if (link->state != LINK_ASKED || link->heard)
        return -1; /* nobody asked */
    link->body_size = 0;
    link->field_size = link->value_size = 0;
    link->in_value = false;
    link->retry_after_seconds = 0;
    return 0;
}

static void add_cut(char *bytes, size_t *size, size_t size_max, const char *more, size_t more_size)
{
    size_t taken = more_size < size_max - *size ? more_size : size_max - *size;
    memcpy(bytes + *size, more, taken);
    *size += taken;
}

static void finish_header(struct link *link)
{
    struct text field = text_make(link->field, link->field_size);
    int64_t seconds = 0;
    if (text_equal_nocase(field, text_of("retry-after")) &&
        text_to_int64(text_make(link->value, link->value_size), &seconds) && seconds > 0)
        link->retry_after_seconds = seconds;
    link->field_size = link->value_size = 0;
    link->in_value = false;
}

static int on_header_field(llhttp_t *parser, const char *at, size_t size)
{
    struct link *link = link_of(parser);
    if (link->in_value)
        finish_header(link);
    add_cut(link->field, &link->field_size, FIELD_BYTES, at, size);
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t size)
{
    struct link *link = link_of(parser);
    link->in_value = true;
    add_cut(link->value, &link->value_size, VALUE_BYTES, at, size);
    return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
    finish_header(link_of(parser));
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    struct link *link = link_of(parser);
    if (size > RUSH_ANSWER_BYTES_MAX - link->body_size)
        return -1;
    size_t needed = link->body_size + size;
    if (needed > link->body_capacity) {
        char *grown = realloc(link->body, needed * 2);
        if (!grown)
            return -1;
        link->body = grown;
        link->body_capacity = needed * 2;
    }
    memcpy(link->body + link->body_size, at, size);
    link->body_size = needed;
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct link *link = link_of(parser);
    link->heard = true;
    link->stays = llhttp_should_keep_alive(parser); /* the parser forgets it when we return */
    return 0;
}

static void hand_on(struct link *link)
{
    struct client *client = link->client;
    struct answer_raw answer = {.status = link->parser.status_code,
                                .retry_after_seconds = link->retry_after_seconds,
                                .body = text_make(link->body, link->body_size)};
    link->heard = false;
    link->failure_count = 0;
    link->state = LINK_IDLE;
    client->listener->on_answer(client->listener, link->number, &answer);
    if (!link->stays || client->stopping)
        drop(link);
    else
        client->listener->on_ready(client->listener, link->number);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out_room)
{
    (void)suggested;
    struct link *link = container_of((uv_tcp_t *)handle, struct link, tcp);
    *out_room = uv_buf_init(link->client->read_bytes, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    struct link *link = container_of((uv_tcp_t *)stream, struct link, tcp);
    if (size == 0)
        return;
    if (size < 0 || llhttp_execute(&link->parser, room->base, (size_t)size) != HPE_OK)
        drop(link);
    else if (link->heard)
        hand_on(link);
}

/* --- connecting ------------------------------------------------------------------------------- */

static void on_connected(uv_connect_t *connect, int failure)
{
    struct link *link = container_of(connect, struct link, connect);
    struct client *client = link->client;
    if (link->state != LINK_CONNECTING)
        return; /* dropped meanwhile */
    if (failure || uv_read_start((uv_stream_t *)&link->tcp, on_room, on_read) != 0) {
        drop(link);
        return;
    }
    uv_tcp_nodelay(&link->tcp, 1);
    llhttp_init(&link->parser, HTTP_RESPONSE, &client->parser_settings);
    link->heard = false;
    link->state = LINK_IDLE;
    client->counts.connected++;
    client->counts.up++;
    client->listener->on_ready(client->listener, link->number);
}

static void connect_link(struct link *link)
{
    struct client *client = link->client;
    must(link->state == LINK_DOWN);
    int failed = uv_tcp_init(&client->loop, &link->tcp);
    must(!failed);
    link->state = LINK_CONNECTING;
    if (uv_tcp_connect(&link->connect, &link->tcp, (const struct sockaddr *)&client->address,
                       on_connected) != 0)
        drop(link); /* else continues in on_connected */
}

static void connect_due(struct client *client)
{
    uint32_t number = 0;
    int64_t at_us = 0;
    while (due_take(&client->to_connect, clock_monotonic_us(), &number, &at_us))
        connect_link(&client->links[number]);
    if (due_next_us(&client->to_connect) == INT64_MAX)
        return;
    uv_update_time(&client->loop);
    uint64_t wait_ms = timer_ms(due_next_us(&client->to_connect));
    int failed = uv_timer_start(&client->connect_timer, on_connect_due, wait_ms, 0);
    must(!failed);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void on_written(uv_write_t *write, int failure)
{
    struct link *link = container_of(write, struct link, write);
    free(write->data);
    if (failure)
        drop(link);
}

/* The rest of a request that the socket did not take. */
static bool write_rest(struct link *link, const char *rest, size_t size)
{
    char *copy = malloc(size);
    if (!copy)
        return false;
    memcpy(copy, rest, size);
    link->write.data = copy;
    uv_buf_t buffer = uv_buf_init(copy, (unsigned)size);
    if (uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1, on_written) == 0)
        return true; /* continues in on_written */
    free(copy);
    return false;
}

bool client_is_ready(const struct client *client, uint32_t connection)
{
    must(connection < client->link_count);
    return client->links[connection].state == LINK_IDLE;
}

void client_send(struct client *client, uint32_t connection, struct text request)
{
    must(connection < client->link_count);
    struct link *link = &client->links[connection];
    must(link->state == LINK_IDLE);

    link->state = LINK_ASKED;
    link->asked_us = clock_monotonic_us();
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)request.bytes, (unsigned)request.size);
    int written = uv_try_write((uv_stream_t *)&link->tcp, &buffer, 1);
    size_t done = written > 0 ? (size_t)written : 0;
    if (written < 0 && written != UV_EAGAIN) {
        drop(link);
        return;
    }
    if (done < request.size && !write_rest(link, request.bytes + done, request.size - done))
        drop(link);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_interrupt(uv_signal_t *signal, int number)
{
    (void)number;
    struct client *client = container_of(signal, struct client, interrupt);
    client->listener->on_interrupt(client->listener);
}

static bool read_address(const struct night_address *address, struct sockaddr_storage *out_address)
{
    return uv_ip4_addr(address->host, address->port, (struct sockaddr_in *)out_address) == 0 ||
           uv_ip6_addr(address->host, address->port, (struct sockaddr_in6 *)out_address) == 0;
}

static void init_links(struct client *client)
{
    llhttp_settings_init(&client->parser_settings);
    client->parser_settings.on_message_begin = on_message_begin;
    client->parser_settings.on_header_field = on_header_field;
    client->parser_settings.on_header_value = on_header_value;
    client->parser_settings.on_headers_complete = on_headers_complete;
    client->parser_settings.on_body = on_body;
    client->parser_settings.on_message_complete = on_message_complete;
    for (uint32_t i = 0; i < client->link_count; i++)
        client->links[i] = (struct link){.client = client, .number = i};
}

static void init_handles(struct client *client)
{
    /* None of these can fail on a loop that stands (libuv's documentation). */
    uv_timer_init(&client->loop, &client->wake_timer);
    uv_timer_init(&client->loop, &client->connect_timer);
    uv_timer_init(&client->loop, &client->late_timer);
    uv_signal_init(&client->loop, &client->interrupt);
}

enum status client_create(const struct night_address *address, uint32_t connection_count,
                          uint64_t seed, struct client_listener *listener,
                          struct client **out_client)
{
    must(connection_count > 0);
    size_t size = sizeof(struct client) + connection_count * sizeof(struct link);
    struct client *client = calloc(1, size);
    if (!client)
        return STATUS_NO_MEMORY;
    client->link_count = connection_count;
    client->listener = listener;
    random_init(&client->random, seed);
    init_links(client);

    enum status status = due_init(&client->to_connect, connection_count);
    if (status == STATUS_OK && !read_address(address, &client->address))
        status = STATUS_INVALID;
    if (status == STATUS_OK && uv_loop_init(&client->loop) != 0)
        status = STATUS_IO;
    if (status != STATUS_OK) {
        due_deinit(&client->to_connect);
        free(client);
        return status;
    }
    init_handles(client);
    *out_client = client;
    return STATUS_OK;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void client_destroy(struct client *client)
{
    if (!client)
        return;
    client->stopping = true;
    uv_walk(&client->loop, close_handle, NULL);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    int failed = uv_loop_close(&client->loop);
    must(!failed);
    for (uint32_t i = 0; i < client->link_count; i++)
        free(client->links[i].body);
    due_deinit(&client->to_connect);
    free(client);
}

void client_run(struct client *client)
{
    signal(SIGPIPE, SIG_IGN); /* a server that is gone is told by write() */
    uv_signal_start(&client->interrupt, on_interrupt, SIGINT);
    uv_timer_start(&client->late_timer, on_late_check, LATE_CHECK_MS, LATE_CHECK_MS);
    for (uint32_t i = 0; i < client->link_count; i++)
        connect_link(&client->links[i]);
    uv_run(&client->loop, UV_RUN_DEFAULT); /* until client_stop() */
}

void client_stop(struct client *client)
{
    client->stopping = true;
    for (uint32_t i = 0; i < client->link_count; i++)
        drop(&client->links[i]);
    uv_timer_stop(&client->wake_timer);
    uv_timer_stop(&client->connect_timer);
    uv_timer_stop(&client->late_timer);
    uv_signal_stop(&client->interrupt);
}

struct client_counts client_counts(const struct client *client)
{
    return client->counts;
}
