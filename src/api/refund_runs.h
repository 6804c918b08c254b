/*
 * refund_runs.h — POST and GET /api/options/{id}/refunds: giving back all of a date.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_REFUND_RUNS_H
#define API_REFUND_RUNS_H

#include "net/http.h"

http_handler refund_runs_post;
http_handler refund_runs_list;

#endif
