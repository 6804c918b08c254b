/*
 * catalog_query.h — the query string of a list, checked.
 *
 * Thread   The request's loop.
 * Memory   Texts are the request's.
 */
#ifndef API_CATALOG_QUERY_H
#define API_CATALOG_QUERY_H

#include <stdbool.h>

#include "catalog/catalog.h"
#include "net/http.h"

/*
 * ?q= ?artistId= ?agencyId= ?from= ?to= ?cursor= ?limit=; names that are not known are not looked
 * at. False: one of them is ill-formed, and the request has been answered with 422 naming it.
 */
bool catalog_query_read(struct http_request *request, struct catalog_filter *out_filter);

/* ?cursor= and ?limit= alone. */
bool catalog_query_read_page(struct http_request *request, struct catalog_filter *out_filter);

#endif
