/*
 * caller.h — who sends this request: the bearer token, checked.
 *
 * Thread   The request's loop.
 * Memory   None.
 */
#ifndef API_CALLER_H
#define API_CALLER_H

#include "account/identity.h"
#include "api/api.h"

/*
 * The fan behind the Authorization header. False when there is none (401 UNAUTHENTICATED) or the
 * account asks too often (429 RATE_LIMITED); then the request has been answered.
 */
bool caller_fan(struct http_app *app, struct http_request *request, struct identity *out_identity);

/* The same for operators and admins: 403 FORBIDDEN for a fan. */
bool caller_operator(struct http_app *app, struct http_request *request,
                     struct identity *out_identity);

/* Whether a good token of an operator came along. Nothing is answered and nothing counted: for what
   everybody may ask. */
bool caller_is_operator(struct http_app *app, struct http_request *request);

/*
 * The same as caller_fan() for a stream, whose client may be an EventSource that can send no
 * header: a stream token for this path in the query (?token=, from POST /api/auth/stream-token)
 * does as well as an Authorization header.
 */
bool caller_stream(struct http_app *app, struct http_request *request,
                   struct identity *out_identity);
bool caller_stream_operator(struct http_app *app, struct http_request *request,
                            struct identity *out_identity);

#endif
