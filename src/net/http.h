/*
 * http.h — requests in, answers out: the only thing of the network that endpoints see.
 *
 * Thread   A request belongs to one I/O loop. Handlers run on that loop; http_answer() is called on
 *          that loop, inside the handler or any time later. Another thread that finished something
 *          for a request comes back with loop_post() (loop.h).
 * Memory   Everything of a request lives in its arena, from the handler until http_answer()
 *          returns. Whatever an answer points at is borrowed for the call: what the socket does not
 *          take at once is copied. If the client leaves while a handler works elsewhere, the
 *          request stays valid and its answer is dropped in silence.
 * Promise  Each request is answered exactly once. Pipelined requests are answered in order.
 * Limits   HTTP_… in limits.h; each has a status code of its own: see http_server.h.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "limits.h"

struct loop;
struct http_app;     /* the endpoints' own state; net/ never looks inside */
struct http_request; /* opaque; see the questions below */

enum http_method {
    HTTP_METHOD_GET,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_POST,
    HTTP_METHOD_PUT,
    HTTP_METHOD_PATCH,
    HTTP_METHOD_DELETE,
    HTTP_METHOD_OPTIONS,
    HTTP_METHOD_COUNT, /* not a method: how many there are */
};

/* --- what a handler may ask ------------------------------------------------------------------- */

enum http_method http_method(const struct http_request *request); /* HEAD reads as GET */
struct text http_path(const struct http_request *request);        /* decoded, without the query */
struct text http_body(const struct http_request *request);
struct text http_peer(const struct http_request *request); /* "127.0.0.1", no port */
struct arena *http_arena(struct http_request *request);
struct loop *http_loop(const struct http_request *request);

/* The id in the access log, in X-Request-Id and in problem documents: 16 hexadecimal digits. */
struct text http_request_id(const struct http_request *request);

/* The value of `{…}` number `index` of the route's pattern, percent-decoded. */
struct text http_param(const struct http_request *request, size_t index);

/* Name in any case; bytes == NULL when absent. Repeated headers: the first. */
struct text http_header(const struct http_request *request, const char *name);

/* One value of the query string, decoded; bytes == NULL when absent. */
struct text http_query(const struct http_request *request, const char *name);

/* A place where the endpoints keep what they know of this connection's loop (one each loop). */
void *http_loop_data(const struct http_request *request);

/* --- answering -------------------------------------------------------------------------------- */

struct http_field {
    struct text name, value; /* checked: no CR, LF or NUL reaches the wire */
};

struct http_answer {
    int status;       /* 200 … 599 */
    struct text type; /* Content-Type; empty for none */
    struct text body;
    const struct http_field *fields; /* more headers */
    size_t field_count;
    bool close; /* close the connection after this answer */
};

/* Content-Length, Date, Connection and X-Request-Id come by themselves. HEAD sends no body. */
void http_answer(struct http_request *request, const struct http_answer *answer);

/* --- routes ----------------------------------------------------------------------------------- */

typedef void http_handler(struct http_app *app, struct http_request *request);

/*
 * Patterns are segments: fixed words and `{name}` for one segment that is not empty:
 * "/api/concerts/{id}/options". GET answers HEAD too. A path that is known with other methods only
 * is answered with 405 and Allow, an unknown one by the fallback.
 */
struct http_route {
    enum http_method method;
    const char *pattern;
    http_handler *handle;
    size_t body_bytes_max; /* 0: HTTP_BODY_BYTES_MAX */
};

#endif
