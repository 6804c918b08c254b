/*
 * http_client.h — a plain HTTP/1.1 client for tests: bytes out, one answer in.
 *
 * It hides nothing: what a test wants to send wrongly, it can. It understands answers as strictly
 * as a test needs to notice that the server sent something else than it said.
 *
 * Thread   A client belongs to one thread; it blocks.
 * Memory   A client owns its socket and its last answer: a reply is good until the next call on the
 *          client.
 * Failure  False when the connection ended or nothing came for CLIENT_PATIENCE_MS.
 *          http_client_ask() ends the test with words instead.
 */
#ifndef SUPPORT_HTTP_CLIENT_H
#define SUPPORT_HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
    CLIENT_PATIENCE_MS = 120000, /* usually far less; a shared disk may stall for half a minute */
    CLIENT_ANSWER_BYTES_MAX = 64 << 20, /* a seat list of the largest hall */
    CLIENT_FIELDS_MAX = 64,
};

struct http_client;

struct http_reply {
    int status; /* 100 Continue is an answer too: ask again for the one behind it */
    struct text body;
    struct text field_names[CLIENT_FIELDS_MAX];
    struct text field_values[CLIENT_FIELDS_MAX];
    size_t field_count;
};

struct http_client *http_client_open(const char *host, uint16_t port); /* NULL: refused */
void http_client_close(struct http_client *client);                    /* NULL is welcome */

/* Whatever bytes. False when the server has closed. */
bool http_client_send(struct http_client *client, struct text bytes);
/* Nothing more will be sent; answers can still be read. */
void http_client_half_close(struct http_client *client);

/* The next answer; a pipelining test calls it once for each. `to_head`: it answers HEAD and has no
   body. */
bool http_client_read(struct http_client *client, bool to_head, struct http_reply *out_reply);
/* Reads until the server closes; true when it did so without sending anything more. */
bool http_client_is_closed(struct http_client *client);

/* The value of a field, name in any case; bytes == NULL when absent. */
struct text http_reply_field(const struct http_reply *reply, const char *name);
/* Is this problem document's `code` the one? */
bool http_reply_has_code(const struct http_reply *reply, const char *code);
/* Do these words stand in the body? */
bool http_reply_says(const struct http_reply *reply, const char *words);

/* --- a well-formed request -------------------------------------------------------------------- */

struct http_ask {
    const char *method; /* NULL: GET */
    const char *path;
    const char *token;           /* NULL: no Authorization */
    const char *idempotency_key; /* NULL: none */
    const char *fields;          /* more header lines, each ended by \r\n; NULL: none */
    const char *json;            /* the body; NULL: none */
};

/* Only sends it: http_client_read() has its answer. False when the server has closed. */
bool http_client_send_ask(struct http_client *client, const struct http_ask *ask);

/* Sends it and reads its answer on this connection; ends the test when there is none. */
struct http_reply http_client_ask(struct http_client *client, const struct http_ask *ask);

/* --- an event stream -------------------------------------------------------------------------- */

/* An answer of type text/event-stream is read as its head alone; its events follow one by one. */
struct http_event {
    struct text name, id, data; /* good until the next call; empty when absent */
};

/* The next one with data; comments are passed over. False when the stream has ended. */
bool http_client_event(struct http_client *client, struct http_event *out_event);

/* --- a WebSocket ------------------------------------------------------------------------------ */

/* After an answer of 101: the next text that the server says, good until the next call; its pings
   are passed over. False when it has closed, or sent what no server may send here. */
bool http_client_socket_text(struct http_client *client, struct text *out_said);

#endif
