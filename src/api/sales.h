/*
 * sales.h — operators set up the sale of a date, and stop and start it.
 *
 * Thread   The request's loop; what changes the database does so on the writer.
 * Memory   The request's arena.
 */
#ifndef API_SALES_H
#define API_SALES_H

#include "net/http.h"

http_handler sale_put;    /* PUT /api/options/{id}/sale */
http_handler sale_pause;  /* POST /api/options/{id}/sale/pause */
http_handler sale_resume; /* POST /api/options/{id}/sale/resume */
http_handler sale_close;  /* POST /api/options/{id}/sale/close */

#endif
