/*
 * catalog.h — reading agencies, artists, venues, concerts and their dates.
 *
 * Thread   The request's loop.
 * Memory   The request's arena; documents stay on the loop's shelf (documents.h).
 */
#ifndef API_CATALOG_H
#define API_CATALOG_H

#include "catalog/draft.h"
#include "net/http.h"

http_handler agencies_list, agencies_get; /* GET /api/agencies, /api/agencies/{id} */
http_handler artists_list, artists_get;   /* GET /api/artists, /api/artists/{id} */
http_handler venues_list, venues_get;     /* GET /api/venues, /api/venues/{id} */
http_handler groups_list, groups_get;     /* GET /api/groups, /api/groups/{id} */
http_handler concerts_list, concerts_get; /* GET /api/concerts, /api/concerts/{id} */
http_handler options_list;                /* GET /api/concerts/{id}/options */
http_handler options_get;                 /* GET /api/options/{id} */

struct document_kind;

/* The document of a single one: an edit answers with what a GET would. */
const struct document_kind *catalog_item_kind(enum entity entity);

#endif
