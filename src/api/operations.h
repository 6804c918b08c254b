/*
 * operations.h — endpoints for those who run the server: is it alive, is it ready, what does it do.
 *
 * Thread   The request's loop; what reads the database does so on a worker.
 * Memory   The request's arena.
 */
#ifndef API_OPERATIONS_H
#define API_OPERATIONS_H

#include "api/api.h"

http_handler health_get;      /* GET /healthz: the process answers */
http_handler ready_get;       /* GET /readyz: and so does its store, by way of a worker */
http_handler metrics_get;     /* GET /metrics: for Prometheus */
http_handler overview_get;    /* GET /api/admin/overview: the numbers of the operator's screen */
http_handler overview_events; /* GET /api/admin/events: the same, as they change */

#endif
