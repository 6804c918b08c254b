/*
 * tickets.h — the ticket of a paid reservation.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_TICKETS_H
#define API_TICKETS_H

#include "api/api.h"

http_handler tickets_get;
http_handler tickets_key_get;
http_handler tickets_void_list; /* GET /api/reservations/{id}/ticket */

#endif
