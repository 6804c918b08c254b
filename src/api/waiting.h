/*
 * waiting.h — standing in line for a sale. docs/api/waiting-room.md has the
 * details.
 *
 * Thread   The request's loop; what is decided is decided by the usher (waiting/waiting.h).
 * Memory   The request's arena.
 */
#ifndef API_WAITING_H
#define API_WAITING_H

#include "net/http.h"

http_handler waiting_post;          /* POST   /api/options/{id}/waiting */
http_handler waiting_me_get;        /* GET    /api/options/{id}/waiting/me */
http_handler waiting_me_delete;     /* DELETE /api/options/{id}/waiting/me */
http_handler waiting_serving_get;   /* GET    /api/options/{id}/waiting/serving */
http_handler waiting_challenge_get; /* GET    /api/options/{id}/waiting/challenge */

#endif
