/*
 * http_connection.h — one client's socket, from accept to close; for the files of net/ only.
 *
 * Thread   The loop's.
 * Memory   About 450 bytes, and while a request is under way its arena. What a
 *          client sends ahead of its answers is kept up to HTTP_READ_BYTES, then reading stops.
 */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include "net/http_loop.h"

struct http_connection {
    uv_tcp_t socket;
    struct http_loop *home;
    struct list link; /* in home->in[state] */
    int64_t since_ms; /* when it came into this state */
    struct http_request *request;
    struct http_stream *stream; /* NULL: answers end here */
    char *ahead;                /* what came in before its turn; from ahead_at to ahead_size */
    uint32_t ahead_at, ahead_size;
    size_t unsent_bytes;    /* SENDING, STALLED: at the last look */
    size_t lingering_bytes; /* LINGERING: dropped so far */
    uint8_t state;          /* enum connection_state */
    uint8_t gathered_count; /* answers in home->out */
    bool gathering;         /* its bytes are being read: answers wait in home->out */
    bool counted;           /* in shared->addresses */
    bool peer_done;         /* the client will send nothing more */
    bool last;              /* the answer under way is the last one */
    bool unread;            /* the client may still be sending a request we refused */
    bool closed;            /* libuv is through with the socket */
    struct address address;
    char peer[ADDRESS_TEXT_BYTES];
};

enum sent { SENT, SENT_LATER, SENT_NEVER };

/* --- from the loop ---------------------------------------------------------------------------- */

/* Takes the next client from the listener. */
void http_connection_accept(struct http_loop *home);

/* The time of the state this connection is in is over. */
void http_connection_lapse(struct http_connection *connection);

/* Reads on what was sent ahead; the connection is in CONNECTION_READY. */
void http_connection_continue(struct http_connection *connection);

/* Closes the socket; harmless when it is closing already. */
void http_connection_close(struct http_connection *connection);

/* After the loop has ended: forgets a request whose answer never came. */
void http_connection_forget(struct http_connection *connection);

/* --- between http_connection.c, http_answer.c and http_stream.c ------------------------------- */

/* The one place where a connection changes state. */
void http_connection_move(struct http_connection *connection, enum connection_state to);

/* Everything of its answers is with the kernel: what comes next? */
void http_connection_settle(struct http_connection *connection);

/* The last answer is out: closes, after hearing the client out if that is needed. */
void http_connection_leave(struct http_connection *connection);

/* Counts an answer, with a handler or not. */
void http_connection_observe(const struct http_connection *connection,
                             const struct http_request *request, int status, size_t answer_bytes);

/* Gives the request's memory back. */
void http_connection_release(struct http_connection *connection);

/* Sends what is gathered. False when it is not out yet, or never will be. */
bool http_connection_flush(struct http_connection *connection);

enum sent http_connection_send(struct http_connection *connection, const uv_buf_t *buffers,
                               size_t count);

#endif
