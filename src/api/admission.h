/*
 * admission.h — the operator's hand on the door of a waiting room.
 *
 * Thread   The request's loop; new terms are written on the writer.
 * Memory   The request's arena.
 */
#ifndef API_ADMISSION_H
#define API_ADMISSION_H

#include "base/json_out.h"
#include "net/http.h"
#include "waiting/waiting.h"

http_handler admission_get; /* GET /api/options/{id}/admission */
http_handler admission_put; /* PUT /api/options/{id}/admission */

/* "state": …, "waiting": … and so on, as members of an object that is open. */
void admission_json_numbers(struct json_out *out, const struct waiting_numbers *numbers);

#endif
