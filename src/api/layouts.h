/*
 * layouts.h — operators give a date its seats.
 *
 * Thread   The request's loop; the document is read on a worker, and written on the writer.
 * Memory   The request's arena.
 */
#ifndef API_LAYOUTS_H
#define API_LAYOUTS_H

#include "net/http.h"

http_handler layout_put; /* PUT /api/options/{id}/layout */

#endif
