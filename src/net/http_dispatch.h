/*
 * http_dispatch.h — who answers a request that is complete.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef NET_HTTP_DISPATCH_H
#define NET_HTTP_DISPATCH_H

#include "net/http_loop.h"

/* The route's handler, 405 or 204 with Allow, the fallback, or 404. */
void http_dispatch(struct http_shared *shared, struct http_request *request);

/* request->refusal, and close. */
void http_dispatch_refusal(struct http_shared *shared, struct http_request *request);

#endif
