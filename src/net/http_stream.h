/*
 * http_stream.h — answers that go on: Server-Sent Events and WebSockets.
 *
 * Most endpoints want push/push.h, which keeps lists of streams and fans news out. This is the
 * layer below: one client that listens.
 *
 *     handler ── http_stream_open_…() ──▶ open ── http_stream_send(), _show() … ──▶ on_closed()
 *
 * Thread   All of a stream happens on its loop: opening, sending, the callbacks. Another thread
 *          comes back with loop_post() (loop.h).
 * Memory   `struct http_stream` lies inside a struct of the caller's, from the opening until
 *          on_closed(). The request and its arena are gone when the opening returns true: copy what
 *          is needed later before. While nothing is on its way a stream needs nothing beyond its
 *          connection and this struct, 550 bytes together.
 * Promise  on_closed() comes exactly once, later, never from inside a call of the caller's. Between
 *          the end of a connection and on_closed() sending is harmless and says STATUS_MISSING.
 * Slow     A reader who does not take what it is sent costs the others nothing and us a bounded
 *          number of bytes. What waits for it is a queue in order (http_stream_send) and one place
 *          for the newest shared document (http_stream_show), which a newer one takes over. Nothing
 *          taken for idle_timeout_ms: closed.
 * Alive    A stream that is quiet for HTTP_STREAM_HEARTBEAT_MS gets a comment (SSE) or a ping
 *          (WebSocket). A peer that is gone without a word is noticed by TCP_USER_TIMEOUT, or, on a
 *          WebSocket, by HTTP_STREAM_PINGS_MAX pings without an answer.
 * Stop     The server says goodbye by itself: a `retry:` with jitter (SSE), close 1001 (WebSocket).
 *
 * What a stranger hears instead of a stream:
 *
 *   more streams than settings.streams_max              503   TOO_MANY_STREAMS, Retry-After
 *   no GET with Upgrade: websocket and a good key       400   BAD_REQUEST
 *   Sec-WebSocket-Version is not 13                     426   UPGRADE_REQUIRED
 *   an Origin that is neither ours nor allowed          403   FORBIDDEN_ORIGIN
 *   HTTP/1.0 asks for a WebSocket                       400   BAD_REQUEST
 *
 * and on a WebSocket: close 1002 for a frame that breaks RFC 6455 (no mask, reserved bits, a bad
 * opcode, a fragmented ping), 1003 for binary messages, 1007 for text that is not UTF-8, 1009 for a
 * message longer than text_bytes_max. A client of an event stream has nothing to say: any byte from
 * it ends the stream.
 */
#ifndef NET_HTTP_STREAM_H
#define NET_HTTP_STREAM_H

#include "base/status.h"
#include "net/http.h"
#include "net/leaflet.h"

struct http_connection;
struct http_stream;
struct stream_outbox;
struct websocket_reader;

struct http_stream_ops {
    /* It is over, whoever ended it. The struct is the caller's again, to be freed or used anew. */
    void (*on_closed)(struct http_stream *stream);
    /* A WebSocket client said a whole text message; borrowed. NULL: it is dropped. */
    void (*on_text)(struct http_stream *stream, struct text text);
};

struct http_stream { /* embed; look at nothing but ops */
    const struct http_stream_ops *ops;
    struct http_connection *connection; /* NULL: not open */
    struct stream_outbox *outbox;       /* what waits for the socket; NULL: nothing */
    struct websocket_reader *reader;    /* a message that is here in part; NULL: none */
    uint32_t text_bytes_max;
    uint8_t kind;   /* enum http_stream_kind */
    uint8_t pings;  /* not answered yet */
    uint8_t ending; /* enum stream_ending */
};

enum http_stream_kind { HTTP_STREAM_EVENTS, HTTP_STREAM_WEBSOCKET };

/*
 * Answers `request` with a stream. True: it is open, the request is over, `stream` belongs to the
 * loop until on_closed(). False: there is no stream and there will be no on_closed(); the request
 * has been answered (see the table) or its client has left.
 *
 * HEAD of an event stream hears the head alone (false).
 */
bool http_stream_open_events(struct http_request *request, struct http_stream *stream,
                             const struct http_stream_ops *ops);

struct http_websocket_rules {
    size_t text_bytes_max; /* of one message from the client; at most WEBSOCKET_TEXT_BYTES_MAX */
    const char *protocol;  /* chosen of what the client offers, see below; NULL: none */
};

bool http_stream_open_websocket(struct http_request *request, struct http_stream *stream,
                                const struct http_stream_ops *ops,
                                const struct http_websocket_rules *rules);

/* Is `protocol` among Sec-WebSocket-Protocol? */
bool http_websocket_offers(const struct http_request *request, const char *protocol);

/* Does this request ask to become a WebSocket? For a path that serves both kinds. */
bool http_websocket_wanted(const struct http_request *request);

/* Last-Event-ID of a browser that comes back: the id it heard last, 0 for none. */
uint64_t http_last_event_id(const struct http_request *request);

/*
 * One leaflet, in order after those sent before. STATUS_FULL: the reader is too slow, more than
 * HTTP_STREAM_QUEUE_BYTES_MAX wait already; nothing was queued. Ending the stream is the caller's
 * decision, usually the right one: the client comes back and asks for what it missed.
 */
MUST_USE enum status http_stream_send(struct http_stream *stream, struct leaflet *leaflet);

/*
 * The newest state of something: replaces an older one that was shown and is not on its way yet.
 * *out_replaced (may be NULL) tells whether that happened. STATUS_OK or STATUS_MISSING.
 */
enum status http_stream_show(struct http_stream *stream, struct leaflet *leaflet,
                             bool *out_replaced);

/* Nothing more will be sent; what waits goes out first, for idle_timeout_ms at most. `code` is for
   WebSockets (1000 … 4999); an event stream just ends, and EventSource comes back by itself. */
void http_stream_end(struct http_stream *stream, uint16_t code);

bool http_stream_is_open(const struct http_stream *stream);

#endif
