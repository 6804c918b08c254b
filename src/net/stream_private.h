/*
 * stream_private.h — what a connection and its loop tell a stream; for the files of net/ only.
 *
 * Thread   The loop's; stream_prepare() and stream_unprepare() before and after its thread.
 * Memory   See http_stream.h.
 */
#ifndef NET_STREAM_PRIVATE_H
#define NET_STREAM_PRIVATE_H

#include "net/http_connection.h"

/* --- from the connection ---------------------------------------------------------------------- */

/* The client said something. */
void stream_hear(struct http_connection *connection, struct text bytes);

/* Quiet for a while: a heartbeat. */
void stream_lapse(struct http_connection *connection);

/* libuv is through with the socket: on_closed(). Harmless without a stream. */
void stream_gone(struct http_connection *connection);

/* --- from the loop ---------------------------------------------------------------------------- */

/* False when memory is short. */
bool stream_prepare(struct http_loop *home);
void stream_unprepare(struct http_loop *home);

/* Ends WebSockets that have begun a message and do not go on. */
void stream_sweep_partial(struct http_loop *home);

/* The server stops: tells every client when to come back. */
void stream_goodbye_all(struct http_loop *home);

/* --- between http_stream.c and websocket.c ---------------------------------------------------- */

/* False when the request has been answered: too many streams, a stop, a client that left. */
bool stream_may_open(struct http_request *request);

/* The head of `answer` and the first bytes behind it go out; the request is over. */
void stream_open(struct http_request *request, struct http_stream *stream,
                 const struct http_answer *answer, struct text first);

#endif
