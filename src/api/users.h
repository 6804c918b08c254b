/*
 * users.h — sign-up, and one's own account. docs/api/accounts.md says what is asked and answered.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_USERS_H
#define API_USERS_H

#include "net/http.h"

http_handler users_post;      /* POST   /api/users */
http_handler users_me_get;    /* GET    /api/users/me */
http_handler users_me_patch;  /* PATCH  /api/users/me */
http_handler users_me_delete; /* DELETE /api/users/me */

#endif
