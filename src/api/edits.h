/*
 * edits.h — operators create, change and delete agencies, artists, venues, concerts, dates and
 * groups of fans.
 *
 * Thread   The request's loop; decisions fall on the store's writer (catalog/edit.h).
 * Memory   The request's arena.
 * Answers  The item as a GET would show it, with its ETag: 201 and Location, or 200; 204 for a
 *          deletion. The catalog is touched before the answer: whoever has it reads the new value.
 */
#ifndef API_EDITS_H
#define API_EDITS_H

#include "catalog/edit.h"
#include "net/http.h"

/* POST on the collection; PUT, PATCH and DELETE on the item. */
http_handler agencies_post, agencies_edit; /* /api/agencies, /api/agencies/{id} */
http_handler artists_post, artists_edit;   /* /api/artists, /api/artists/{id} */
http_handler venues_post, venues_edit;     /* /api/venues, /api/venues/{id} */
http_handler concerts_post, concerts_edit; /* /api/concerts, /api/concerts/{id} */
http_handler groups_post, groups_edit;     /* /api/groups, /api/groups/{id} */
http_handler options_post, options_edit;   /* /api/concerts/{id}/options, /api/options/{id} */

http_handler changes_list; /* GET /api/admin/changes */

/* If-Match of whatever edit, and the answer when it does not hold. */
void edits_read_guard(struct http_request *request, struct edit_guard *guard);
void edits_answer_stale(struct http_request *request);

#endif
