/*
 * observe.h — what is remembered of every answer: its count, its duration and, when it matters, a
 * line.
 *
 * Thread   api_observe(): the loop of the answer.
 * Memory   None; a count of lines a thread.
 * Secrets  A line has the route's pattern, never the path, the query or a header: ids and tokens of
 *          fans stay out of the log.
 */
#ifndef API_OBSERVE_H
#define API_OBSERVE_H

#include "api/api.h"
#include "metrics/metrics.h"
#include "net/http_server.h"

/* The server's observer. */
http_observer api_observe;

/* The labels of api_routes, one each, for metrics_create(). */
void api_metrics_routes(struct metrics_route *out_routes);

#endif
