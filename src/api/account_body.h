/*
 * account_body.h — what users.c and auth.c share: fields read from a body, and the same refusals.
 *
 * Thread   The request's loop.
 * Memory   Texts are copied into the request's arena, because they outlive the JSON document.
 * Answers  False: the request has been answered.
 */
#ifndef API_ACCOUNT_BODY_H
#define API_ACCOUNT_BODY_H

#include "account/credentials.h"
#include "base/json_in.h"
#include "net/http.h"

/* A text that must be there: 1 … bytes_max bytes. */
bool account_body_text(struct http_request *request, const struct json_in *body, const char *field,
                       size_t bytes_max, struct text *out_text);

/* The same for one that may be absent: *out_text is then empty, with bytes == NULL. */
bool account_body_optional(struct http_request *request, const struct json_in *body,
                           const char *field, size_t bytes_max, struct text *out_text);

/* 422 with the complaint of credentials.h; true when there is none. */
bool account_body_accepts(struct http_request *request, const char *field, const char *complaint);

/* 429 RATE_LIMITED with Retry-After; true when wait_ms is 0. */
bool account_body_in_time(struct http_request *request, int64_t wait_ms);

/* An endpoint's own struct, zeroed, in the request's arena; NULL: answered. */
void *account_body_room(struct http_request *request, size_t bytes);

#endif
