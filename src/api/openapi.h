/*
 * openapi.h — the API describes itself: docs/api/openapi.yaml, as JSON and as a page.
 *
 * Thread   The request's loop.
 * Memory   The documents are part of the binary; their encoded forms stay on the loop's shelf.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "net/http.h"

http_handler openapi_get;      /* GET /api/openapi.json */
http_handler openapi_page_get; /* GET /api/docs */

#endif
