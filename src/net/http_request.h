/*
 * http_request.h — a request from its first byte to its answer; for the files of net/ only.
 *
 * Thread   One thread at a time: that of the connection's loop.
 * Memory   Everything lies in the arena, the request itself too. Headers are kept as places in
 *          `head`, so that `head` may grow and move while it is being read.
 * Pure     Reading sees no socket and no clock: bytes in, a verdict out. The same bytes give the
 *          same verdict however they are cut. tests/fuzz/http_parse_fuzz.c drives exactly this.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include <llhttp.h>

#include "base/status.h"
#include "net/http.h"
#include "net/http_router.h"

struct http_connection;

enum { HTTP_ID_BYTES = 16 };

enum http_reading {
    HTTP_READING_MORE,    /* all bytes were taken; the request is not complete */
    HTTP_READING_WHOLE,   /* complete; what is behind it was not taken */
    HTTP_READING_REFUSED, /* request->refusal says why; nothing more can be read */
};

struct http_refusal {
    int status;
    const char *code;
    const char *detail;
};

struct http_place { /* in request->head */
    uint16_t at, size;
};

struct http_header_place {
    struct http_place name, value;
};

struct http_request {
    struct http_connection *connection; /* NULL where there is no socket: tests of the reader */
    struct loop *loop;
    void *loop_data;
    struct arena *arena;
    const struct http_router *router;
    int64_t started_us;

    /* reading */
    llhttp_t parser;
    char *head; /* the raw bytes from the first one on; a short body is behind them */
    size_t head_size, head_capacity;
    struct http_place url;
    size_t header_count;
    bool head_done, whole;
    struct http_refusal refusal; /* status 0: none */

    /* what was read */
    enum http_method method; /* GET for HEAD */
    bool is_head, is_http_1_0, keep_alive;
    bool wants_continue;     /* the client waits for "100 Continue" before it sends the body */
    struct text path, query; /* decoded; raw */
    struct http_match match;
    struct text peer;
    char id[HTTP_ID_BYTES];

    char *body;
    size_t body_size, body_capacity, body_max;
    size_t body_announced; /* by Content-Length; 0 for chunks */
    size_t raw_body_size;  /* with the framing of chunks */
    bool may_send_much;    /* the endpoints have been asked */

    /* answering */
    bool handed_over; /* a handler has it */
    bool in_handler;  /* right now */
    bool answered;

    struct http_header_place headers[HTTP_HEADER_COUNT_MAX + 1]; /* last: not cleared */
};

/* NULL when the arena is full. */
struct http_request *http_request_create(struct arena *arena, const struct http_router *router);

/* Reads on. *out_taken is how much of `bytes` belongs to this request. */
enum http_reading http_request_read(struct http_request *request, struct text bytes,
                                    size_t *out_taken);

#endif
