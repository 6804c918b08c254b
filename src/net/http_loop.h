/*
 * http_loop.h — what one I/O thread owns: its listener, its connections, its memory; for net/ only.
 *
 * Thread   http_loop_open(), _start(), _stop(), _close() are the main thread's. Everything else
 *          runs on the loop. `struct http_shared` is read by all loops; its counters are atomic.
 * Memory   Arenas are kept for the next request, at most HTTP_ARENAS_KEPT_MAX.
 * States   Every connection is in the list of its state, in order of arrival there. As all waits of
 *          one state are equally long, the first of a list is always the first whose time is up: a
 *          sweep looks at the heads of the lists and no connection needs a timer of its own.
 */
#ifndef NET_HTTP_LOOP_H
#define NET_HTTP_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/random.h"
#include "net/addresses.h"
#include "net/http_head.h"
#include "net/http_request.h"
#include "net/http_server.h"
#include "net/http_stream.h"
#include "net/loop_private.h"

/*
 *    IDLE --> HEAD --> BODY --> HANDLING --> SENDING --+--> IDLE
 *                                                      +--> READY --> IDLE
 *                                                      +--> LINGERING --> CLOSING
 *
 * A request that arrives whole skips HEAD and BODY; an answer that the socket takes whole skips
 * SENDING. A client that pipelines may be SENDING while its next request is here, in part or with
 * its handler; it goes back to HEAD, BODY or HANDLING. A handler that opens a stream takes the
 * connection from HANDLING to STREAMING, for good; it is STALLED while the client does not take
 * what it is sent. Every state can end in CLOSING. http_connection.c has the table of moves.
 */
enum connection_state {
    CONNECTION_IDLE,      /* nothing of the next request is here */
    CONNECTION_HEAD,      /* a part of a head */
    CONNECTION_BODY,      /* a head and a part of its body */
    CONNECTION_HANDLING,  /* a handler owes the answer */
    CONNECTION_SENDING,   /* a part of the answer waits for the socket */
    CONNECTION_READY,     /* bytes of the next request wait for their turn */
    CONNECTION_STREAMING, /* a stream, and everything of it is with the kernel */
    CONNECTION_STALLED,   /* a stream, and a part of it waits for the socket */
    CONNECTION_LINGERING, /* the last answer is out; what still comes in is dropped */
    CONNECTION_CLOSING,   /* the socket is gone or going; perhaps a handler still has the request */
    CONNECTION_STATE_COUNT,
};

struct http_shared {
    struct http_server_settings settings; /* defaults filled in */
    http_observer *observer;
    struct http_router *router;
    struct addresses *addresses;
    uint64_t id_key; /* makes request ids differ from process to process */
    _Atomic size_t connections_open, streams_open;
};

struct http_loop {
    struct loop loop;
    struct http_shared *shared;
    void *data; /* of the endpoints */
    pthread_t thread;
    bool open, running;

    uv_tcp_t listener;
    uv_timer_t sweep;
    struct loop_note stop_note;
    bool draining;
    bool accept_owed;        /* a client waits in libuv, as memory was short */
    uint64_t drain_until_ms; /* uv_now() */

    struct list in[CONNECTION_STATE_COUNT];
    size_t connection_count[CONNECTION_STATE_COUNT];

    struct arena *arenas[HTTP_ARENAS_KEPT_MAX];
    size_t arena_count;
    uint64_t request_count, id_serial;

    struct random random;         /* jitter */
    struct leaflet *heartbeat[2]; /* by enum http_stream_kind */
    struct list partial;          /* WebSocket readers in the middle of a message, eldest first */
    size_t partial_count;

    int64_t date_s;
    char date[HTTP_DATE_BYTES];

    char *read_bytes; /* HTTP_READ_BYTES */
    char *out;        /* HTTP_OUT_BYTES: answers being put together */
    size_t out_size;  /* gathered for the connection whose bytes are being read now */

    /* Written by the loop, read by anybody. */
    _Atomic uint64_t accepted, refused, requests, streams_refused;
};

enum {
    HTTP_OUT_BYTES =
        HTTP_GATHERED_BYTES_MAX + HTTP_ANSWER_HEAD_BYTES_MAX + HTTP_ANSWER_COPIED_BYTES_MAX,
};

/* `listener_fd` is bound and becomes the loop's, also on failure. */
MUST_USE enum status http_loop_open(struct http_loop *home, struct http_shared *shared,
                                    size_t index, int listener_fd);
MUST_USE enum status http_loop_start(struct http_loop *home);
void http_loop_begin_stop(struct http_loop *home);
void http_loop_join(struct http_loop *home);

/* After joining, or for a loop that never ran; requests without an answer are forgotten. */
void http_loop_close(struct http_loop *home);

/* A request with an arena of its own; NULL when memory is short. */
struct http_request *http_loop_take_request(struct http_loop *home);
void http_loop_give_back(struct http_loop *home, struct http_request *request);

/* The Date line of this second. */
struct text http_loop_date(struct http_loop *home);

/* Called for every connection that has gone: the last one ends a drain. */
void http_loop_connection_gone(struct http_loop *home);

#endif
