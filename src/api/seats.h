/*
 * seats.h — the seats of one date: where they are, what they cost, and which are still to be had.
 *
 * Thread   The request's loop.
 * Memory   The request's arena; documents stay on the loop's shelf (documents.h).
 */
#ifndef API_SEATS_H
#define API_SEATS_H

#include "net/http.h"

http_handler seats_list;      /* GET /api/options/{id}/seats */
http_handler seat_map_get;    /* GET /api/options/{id}/seat-map */
http_handler seat_states_get; /* GET /api/options/{id}/seat-states */

#endif
