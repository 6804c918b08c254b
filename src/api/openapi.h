/*
 * openapi.h — the API describes itself: docs/api/openapi.yaml, as JSON.
 *
 * Thread   The request's loop.
 * Memory   The document is part of the binary; its encoded form stays on the loop's shelf.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "net/http.h"

http_handler openapi_get; /* GET /api/openapi.json */

#endif
