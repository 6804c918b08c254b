/*
 * reservations.h — reserving, looking at and giving back one's own seats (API: Reserving).
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_RESERVATIONS_H
#define API_RESERVATIONS_H

#include "api/api.h"

http_handler reservations_post;    /* POST /api/reservations: whatever strategy the sale names */
http_handler reservations_v1_post; /* POST /api/v1/reservations … */
http_handler reservations_v2_post;
http_handler reservations_v3_post;
http_handler reservations_v4_post;
http_handler reservations_v5_post;
http_handler reservations_list;   /* GET /api/reservations */
http_handler reservations_get;    /* GET /api/reservations/{id} */
http_handler reservations_delete; /* DELETE /api/reservations/{id} */

#endif
