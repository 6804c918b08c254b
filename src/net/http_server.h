/*
 * http_server.h — N loops, one listener each, and the limits that keep strangers from harming
 * others.
 *
 * Thread   create, start, stop and destroy from the main thread. Handlers run on the loops.
 * Memory   Idle connections cost less than 1 kB. Routes and settings are borrowed for the server's
 *          life.
 * Stop     http_server_stop() closes the listeners, lets requests in flight finish (at most
 *          drain_ms), then closes every connection and joins the threads. What other threads still
 *          owe may be answered (and dropped) until http_server_destroy(), so: stop the server, end
 *          those threads, destroy the server.
 * Process  Ignores SIGPIPE and lifts the soft limit of open files towards connections_max.
 * Sending  A client that takes nothing of its answer for idle_timeout_ms is closed. A body still
 *          coming in when its request was refused is read and dropped for HTTP_LINGER_MS, so that
 *          the client hears the answer instead of a reset.
 *
 * What a stranger hears at a limit:
 *
 *   headers too long, too many headers                    431   HEADERS_TOO_LARGE
 *   path longer than HTTP_URL_BYTES_MAX                   414   URI_TOO_LONG
 *   body longer than the route allows                     413   PAYLOAD_TOO_LARGE
 *   long body of whom may_send_much() does not know       the endpoint's refusal, closed
 *   header or body not there in time                      408   REQUEST_TIMEOUT, then closed
 *   idle too long between requests                        closed without a word
 *   too many connections, in all or of one address        503   TOO_MANY_CONNECTIONS, closed
 *   not HTTP/1.x, or ambiguous (CL + TE, two lengths, …)  400   BAD_REQUEST, closed
 *   an expectation other than 100-continue                417   EXPECTATION_FAILED, closed
 *   an unknown method                                     501   NOT_IMPLEMENTED
 *   HTTP version not 1.0 or 1.1                           505   VERSION_NOT_SUPPORTED
 *
 * All of these are problem documents (RFC 9457) like the endpoints' own.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/status.h"
#include "net/http.h"

struct http_server;

struct http_server_settings {
    const char *address; /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;       /* 0: any free one */
    size_t loop_count;   /* this and the numbers below: 0 for the default in limits.h; one loop */
    size_t connections_max;             /* all loops together */
    size_t connections_per_address_max; /* one peer address */
    size_t streams_max;                 /* of the connections, those that stream (http_stream.h) */
    const char *origins; /* whose pages may open a WebSocket, besides our own: "https://a.example
                            https://b.example"; "*": anybody's; NULL: nobody else's */
    int64_t header_timeout_ms, body_timeout_ms, idle_timeout_ms, drain_ms;
    int64_t (*now_ms)(void); /* the clock of the three timeouts; NULL: the loop's own */

    const struct http_route *routes;
    size_t route_count;
    http_handler *fallback; /* paths no route knows */
    struct http_app *app;

    /* Whether this request may have a body longer than HTTP_BODY_BYTES_MAX, where its route takes
       one; asked on the loop when the head is here. False: its handler is called at once, without a
       body, and is to refuse it. NULL: everybody's may. */
    bool (*may_send_much)(struct http_app *app, struct http_request *request);

    /* One value a loop, made on the main thread before it starts; http_loop_data() returns it. */
    void *(*loop_data_create)(struct http_app *app, struct loop *loop);
    void (*loop_data_destroy)(struct http_app *app, void *loop_data);
};

/* What the metrics want to know of every answer; called on the loop, must be quick. */
struct http_observation {
    size_t
        route; /* index in routes; route_count for the fallback and for refusals before routing */
    int status;
    int64_t duration_us; /* from the first byte of the request until its answer is handed over */
    size_t answer_bytes;
    size_t loop;
    struct text request_id; /* borrowed for the call */
};
typedef void http_observer(struct http_app *app, const struct http_observation *observation);

/* Binds and listens: a taken port is STATUS_IO, with the words in out_why (256 bytes). */
MUST_USE enum status http_server_create(const struct http_server_settings *settings,
                                        http_observer *observer, char out_why[256],
                                        struct http_server **out_server);
MUST_USE enum status http_server_start(struct http_server *server);
uint16_t http_server_port(const struct http_server *server);

struct http_server_counts {
    uint64_t connections_open, connections_accepted, connections_refused, requests;
    uint64_t streams_open, streams_refused;
};
struct http_server_counts http_server_counts(const struct http_server *server);

void http_server_stop(struct http_server *server);
void http_server_destroy(struct http_server *server); /* NULL is welcome; stops first */

#endif
