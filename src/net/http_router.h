/*
 * http_router.h — from a method and a path to a route.
 *
 * Thread   Built once; afterwards any thread may ask.
 * Memory   One block, sized from the routes; asking allocates nothing. The routes are borrowed.
 * Order    A fixed word goes before `{name}`. Where the fixed word leads nowhere, `{name}` is
 *          tried.
 * Limits   HTTP_SEGMENTS_MAX segments, HTTP_PARAMS_MAX parameters.
 */
#ifndef NET_HTTP_ROUTER_H
#define NET_HTTP_ROUTER_H

#include "base/status.h"
#include "net/http.h"

struct http_router;

struct http_match {
    size_t route;       /* index in the routes; route_count when none fits */
    unsigned methods;   /* bit 1 << method: what this path is known with, when none fits */
    size_t param_count; /* of the route */
    struct text params[HTTP_PARAMS_MAX];
};

/* NULL when memory is short. Ill-formed patterns and duplicates are our own mistake: must(). */
struct http_router *http_router_create(const struct http_route *routes, size_t route_count);
void http_router_destroy(struct http_router *router); /* NULL is welcome */

const struct http_route *http_router_routes(const struct http_router *router);
size_t http_router_count(const struct http_router *router);

/* `segments`: what lies between the slashes, decoded. The parameters point into them. */
void http_router_find(const struct http_router *router, enum http_method method,
                      const struct text *segments, size_t segment_count,
                      struct http_match *out_match);

/* "GET, HEAD, OPTIONS" for a mask of methods. */
enum { HTTP_ALLOW_BYTES = sizeof "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" };
void http_router_allow(unsigned methods, char out_words[HTTP_ALLOW_BYTES]);

#endif
