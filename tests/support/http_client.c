/* http_client.c — a blocking socket and one growing buffer; each answer is cut from its front. */
#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"

struct http_client {
    int socket;
    char *bytes; /* received, from the start of the current answer */
    size_t size, capacity;
    size_t answer_size; /* of the answer handed out last, dropped by the next read */
    char *body;         /* of a chunked answer, put together */
};

/* --- connecting ------------------------------------------------------------------------------- */

static bool connect_to(int descriptor, const char *host, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = CLIENT_PATIENCE_MS / 1000};
    int on = 1;

    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return false;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
}

struct http_client *http_client_open(const char *host, uint16_t port)
{
    struct http_client *client = calloc(1, sizeof *client);
    must(client);
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket >= 0 && connect_to(client->socket, host, port))
        return client;
    http_client_close(client);
    return NULL;
}

void http_client_close(struct http_client *client)
{
    if (!client)
        return;
    if (client->socket >= 0)
        close(client->socket);
    free(client->bytes);
    free(client->body);
    free(client);
}

bool http_client_send(struct http_client *client, struct text bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(client->socket, bytes.bytes, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = text_make(bytes.bytes + sent, bytes.size - (size_t)sent);
    }
    return true;
}

void http_client_half_close(struct http_client *client)
{
    shutdown(client->socket, SHUT_WR);
}

/* --- receiving -------------------------------------------------------------------------------- */

static bool receive_more(struct http_client *client)
{
    if (client->size == client->capacity) {
        client->capacity = client->capacity ? client->capacity * 2 : 16 * 1024;
        must(client->capacity <= CLIENT_ANSWER_BYTES_MAX);
        client->bytes = realloc(client->bytes, client->capacity);
        must(client->bytes);
    }
    ssize_t got =
        recv(client->socket, client->bytes + client->size, client->capacity - client->size, 0);
    if (got <= 0)
        return false;
    client->size += (size_t)got;
    return true;
}

static bool receive_until(struct http_client *client, size_t size)
{
    while (client->size < size)
        if (!receive_more(client))
            return false;
    return true;
}

/* Receives until `mark` stands at or behind `from`; *out_end is the place behind it. */
static bool receive_mark(struct http_client *client, size_t from, const char *mark, size_t *out_end)
{
    size_t mark_size = strlen(mark);
    for (;;) {
        const char *found = client->size > from
                                ? memmem(client->bytes + from, client->size - from, mark, mark_size)
                                : NULL;
        if (found) {
            *out_end = (size_t)(found - client->bytes) + mark_size;
            return true;
        }
        if (!receive_more(client))
            return false;
    }
}

/* Forgets the answer handed out last; what is behind it moves to the front. */
static void drop_answer(struct http_client *client)
{
    if (client->answer_size == 0)
        return;
    memmove(client->bytes, client->bytes + client->answer_size, client->size - client->answer_size);
    client->size -= client->answer_size;
    client->answer_size = 0;
}

/* --- bodies ----------------------------------------------------------------------------------- */

/* One chunk behind *at goes behind body_size; *out_last tells the empty one. */
static bool read_chunk(struct http_client *client, size_t *at, size_t *body_size, bool *out_last)
{
    size_t line_end;
    if (!receive_mark(client, *at, "\r\n", &line_end))
        return false;
    size_t chunk_size = strtoul(client->bytes + *at, NULL, 16);
    must(chunk_size <= CLIENT_ANSWER_BYTES_MAX);
    if (!receive_until(client, line_end + chunk_size + 2))
        return false;
    client->body = realloc(client->body, *body_size + chunk_size + 1);
    must(client->body);
    memcpy(client->body + *body_size, client->bytes + line_end, chunk_size);
    *body_size += chunk_size;
    *at = line_end + chunk_size + 2;
    *out_last = chunk_size == 0;
    return true;
}

static bool read_chunked(struct http_client *client, size_t at, struct http_reply *reply)
{
    size_t body_size = 0;
    bool last = false;
    while (!last)
        if (!read_chunk(client, &at, &body_size, &last))
            return false;
    reply->body = text_make(client->body, body_size);
    client->answer_size = at;
    return true;
}

static bool read_body(struct http_client *client, size_t at, struct http_reply *reply)
{
    if (text_equal_nocase(http_reply_field(reply, "transfer-encoding"), text_of("chunked")))
        return read_chunked(client, at, reply);

    int64_t size = 0;
    struct text length = http_reply_field(reply, "content-length");
    if (text_equal(http_reply_field(reply, "content-type"), text_of("text/event-stream")) &&
        !length.bytes) {
        size = 0;               /* events follow */
    } else if (!length.bytes) { /* until the end of the connection */
        while (receive_more(client))
            continue;
        size = (int64_t)(client->size - at);
    } else if (!text_to_int64(length, &size) || !receive_until(client, at + (size_t)size)) {
        return false;
    }
    reply->body = text_make(client->bytes + at, (size_t)size);
    client->answer_size = at + (size_t)size;
    return true;
}

/* --- heads ------------------------------------------------------------------------------------ */

static bool read_status(struct text line, struct http_reply *reply)
{
    struct text rest;
    int64_t status;
    if (!text_starts(line, text_of("HTTP/1.1 ")))
        return false;
    text_cut(line, ' ', &rest);
    if (!text_to_int64(text_cut(rest, ' ', &rest), &status))
        return false;
    reply->status = (int)status;
    return true;
}

static bool read_fields(struct text lines, struct http_reply *reply)
{
    while (!text_empty(lines)) {
        struct text value;
        struct text name = text_cut(text_trim(text_cut(lines, '\n', &lines)), ':', &value);
        if (text_empty(name))
            continue;
        if (reply->field_count == CLIENT_FIELDS_MAX)
            return false;
        reply->field_names[reply->field_count] = name;
        reply->field_values[reply->field_count++] = text_trim(value);
    }
    return true;
}

static bool read_head(struct http_client *client, size_t head_size, struct http_reply *reply)
{
    *reply = (struct http_reply){0};
    struct text fields;
    struct text line = text_cut(text_make(client->bytes, head_size), '\n', &fields);
    return read_status(line, reply) && read_fields(fields, reply);
}

/* Receiving the body may move the bytes, so the head is read again when all of them are there. */
bool http_client_read(struct http_client *client, bool to_head, struct http_reply *out_reply)
{
    size_t head_size;
    drop_answer(client);
    if (!receive_mark(client, 0, "\r\n\r\n", &head_size) ||
        !read_head(client, head_size, out_reply))
        return false;
    client->answer_size = head_size;
    if (to_head || out_reply->status < 200 || out_reply->status == 204 || out_reply->status == 304)
        return true;
    if (!read_body(client, head_size, out_reply))
        return false;
    struct text body = out_reply->body;
    bool read_again = read_head(client, head_size, out_reply);
    out_reply->body = body;
    return read_again;
}

bool http_client_is_closed(struct http_client *client)
{
    drop_answer(client);
    return client->size == 0 && !receive_more(client);
}

/* --- answers ---------------------------------------------------------------------------------- */

struct text http_reply_field(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->field_count; i++)
        if (text_equal_nocase(reply->field_names[i], text_of(name)))
            return reply->field_values[i];
    return text_make(NULL, 0);
}

bool http_reply_has_code(const struct http_reply *reply, const char *code)
{
    char member[96];
    int size = snprintf(member, sizeof member, "\"code\":\"%s\"", code);
    return memmem(reply->body.bytes, reply->body.size, member, (size_t)size) != NULL;
}

bool http_reply_says(const struct http_reply *reply, const char *words)
{
    return memmem(reply->body.bytes, reply->body.size, words, strlen(words)) != NULL;
}

/* --- an event stream -------------------------------------------------------------------------- */

static struct http_event read_event(struct text lines)
{
    struct http_event event = {0};
    while (!text_empty(lines)) {
        struct text value;
        struct text field = text_cut(text_cut(lines, '\n', &lines), ':', &value);
        value = text_trim(value);
        if (text_equal(field, text_of("event")))
            event.name = value;
        else if (text_equal(field, text_of("id")))
            event.id = value;
        else if (text_equal(field, text_of("data")))
            event.data = value;
    }
    return event;
}

bool http_client_event(struct http_client *client, struct http_event *out_event)
{
    do {
        size_t end;
        drop_answer(client);
        if (!receive_mark(client, 0, "\n\n", &end))
            return false;
        *out_event = read_event(text_make(client->bytes, end));
        client->answer_size = end;
    } while (text_empty(out_event->data));
    return true;
}

/* One frame is handed out as the answer: opcode and payload. No server masks, or needs to split. */
static bool read_frame(struct http_client *client, int *out_opcode, struct text *out_payload)
{
    size_t head_size = 2;
    drop_answer(client);
    if (!receive_until(client, head_size))
        return false;
    const size_t code = (unsigned char)client->bytes[1];
    if (code > 127)
        return false;
    const size_t long_size = code == 127 ? 8 : code == 126 ? 2 : 0;
    head_size += long_size;
    if (!receive_until(client, head_size))
        return false;
    uint64_t size = long_size > 0 ? 0 : code;
    for (size_t i = 2; i < head_size; i++)
        size = size << 8 | (unsigned char)client->bytes[i];
    if (size > CLIENT_ANSWER_BYTES_MAX || !receive_until(client, head_size + size))
        return false;
    *out_opcode = (unsigned char)client->bytes[0];
    *out_payload = text_make(client->bytes + head_size, size);
    client->answer_size = head_size + size;
    return true;
}

bool http_client_socket_text(struct http_client *client, struct text *out_said)
{
    enum { WHOLE_TEXT = 0x81, PING = 0x89 };
    int opcode;
    do
        if (!read_frame(client, &opcode, out_said))
            return false;
    while (opcode == PING);
    return opcode == WHOLE_TEXT;
}

/* --- a well-formed request -------------------------------------------------------------------- */

static const char *or_nothing(const char *words)
{
    return words ? words : "";
}

bool http_client_send_ask(struct http_client *client, const struct http_ask *ask)
{
    char *bytes;
    int size = asprintf(
        &bytes, "%s %s HTTP/1.1\r\nHost: test\r\n%s%s%s%s%s%s%s%sContent-Length: %zu\r\n\r\n%s",
        ask->method ? ask->method : "GET", ask->path, ask->token ? "Authorization: Bearer " : "",
        or_nothing(ask->token), ask->token ? "\r\n" : "",
        ask->idempotency_key ? "Idempotency-Key: " : "", or_nothing(ask->idempotency_key),
        ask->idempotency_key ? "\r\n" : "", or_nothing(ask->fields),
        ask->json ? "Content-Type: application/json\r\n" : "", strlen(or_nothing(ask->json)),
        or_nothing(ask->json));
    must(size > 0);
    bool sent = http_client_send(client, text_make(bytes, (size_t)size));
    free(bytes);
    return sent;
}

struct http_reply http_client_ask(struct http_client *client, const struct http_ask *ask)
{
    bool to_head = ask->method && strcmp(ask->method, "HEAD") == 0;
    struct http_reply reply;
    bool answered = http_client_send_ask(client, ask) && http_client_read(client, to_head, &reply);
    if (!answered)
        fprintf(stderr, "no answer to %s %s\n", ask->method ? ask->method : "GET", ask->path);
    must(answered);
    return reply;
}
