/*
 * auth.h — log-in, and what follows from it. docs/api/accounts.md says what is asked and answered.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "net/http.h"

http_handler auth_login;        /* POST /api/auth/login */
http_handler auth_refresh;      /* POST /api/auth/refresh */
http_handler auth_logout;       /* POST /api/auth/logout */
http_handler auth_stream_token; /* POST /api/auth/stream-token */

#endif
