/*
 * waiting_proof.h — the log of a line, for everybody to check.
 *
 * Thread   The request's loop; the log is read on a worker.
 * Memory   The request's arena.
 */
#ifndef API_WAITING_PROOF_H
#define API_WAITING_PROOF_H

#include "net/http.h"

http_handler waiting_proof_get;     /* GET /api/options/{id}/waiting/proof */
http_handler waiting_proof_log_get; /* GET /api/options/{id}/waiting/proof/log */

#endif
