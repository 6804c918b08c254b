/*
 * marks.h — operators take seats off a sale, set them aside, and give them back.
 *
 * Thread   The request's loop; it is decided in the engine's turn (booking/booking.h).
 * Memory   The request's arena.
 */
#ifndef API_MARKS_H
#define API_MARKS_H

#include "net/http.h"

http_handler seats_block, seats_unblock; /* POST /api/options/{id}/seats/block, …/unblock */
http_handler allotments_post;            /* POST /api/options/{id}/allotments */
http_handler allotments_list;            /* GET  /api/options/{id}/allotments */
http_handler allotments_delete;          /* DELETE /api/options/{id}/allotments/{allotmentId} */

#endif
