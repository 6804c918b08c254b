/*
 * refund_runs.h — POST and GET /api/options/{id}/refunds: giving back all of a date; and what
 * concert_refunds.h shares with it.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_REFUND_RUNS_H
#define API_REFUND_RUNS_H

#include "base/json_out.h"
#include "net/http.h"
#include "payment/refund_run_store.h"

http_handler refund_runs_post;
http_handler refund_runs_list;

/* {"reason": …}; false: the request has been answered. */
bool refund_runs_read_reason(struct http_request *request, struct text *out_reason);

/* Says no as `verdict` does: not for STARTED and REPEATED. */
void refund_runs_refuse(struct http_request *request, enum refund_run_verdict verdict);

/* A run as an object; and only its counts, as members of one. */
void refund_run_json(struct json_out *out, const struct refund_run *run,
                     const struct refund_run_progress *progress);
void refund_progress_json(struct json_out *out, const struct refund_run_progress *progress);

#endif
