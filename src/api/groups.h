/*
 * groups.h — codes by which fans join a group, and a fan's own groups.
 *
 * Thread   The request's loop; codes are hashed and written by the writer.
 * Memory   The request's arena.
 */
#ifndef API_GROUPS_H
#define API_GROUPS_H

#include "net/http.h"

http_handler group_codes_post; /* POST /api/groups/{id}/codes */
http_handler my_groups_post;   /* POST /api/users/me/groups */
http_handler my_groups_list;   /* GET /api/users/me/groups */

#endif
