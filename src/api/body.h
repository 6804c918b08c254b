/*
 * body.h — the JSON body of a request, or an answer that says what is wrong with it.
 *
 * Thread   The request's loop.
 * Memory   The document is the caller's: json_in_close().
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/buffer.h"
#include "base/json_in.h"
#include "net/http.h"

/*
 * The body as one JSON object. NULL when it is none; then the request has been answered: 415 for
 * another content type, 400 MALFORMED_JSON, 422 when it is not an object or has a field that is not
 * in the NULL-terminated list `known`.
 */
struct json_in *body_open(struct http_request *request, const char *const *known);

/* Is it announced as text/csv? Answers nothing. */
bool body_is_csv(struct http_request *request);

/* For bodies that are opened elsewhere: false, and answered with 415, when it is not JSON. */
bool body_is_json(struct http_request *request);
/* The answer to a body that json_in_open() did not open. */
void body_answer_malformed(struct http_request *request, const char *why);

/* The path parameter number `index` as an id; false (and answered with 404) when it is none. */
bool body_path_id(struct http_request *request, size_t index, const char *what, int64_t *out_id);

/* The header Idempotency-Key: 1 … IDEMPOTENCY_KEY_BYTES_MAX visible ASCII characters. False:
   answered. */
bool body_idempotency_key(struct http_request *request, struct text *out_key);

/* A 2xx answer whose body is the buffer's JSON; a failed buffer is answered as 503. */
void body_answer(struct http_request *request, int status, const struct buffer *body);

#endif
