/*
 * http_calls.h — outgoing HTTP: many calls at once, on one thread that waits for all of them.
 *
 * Thread   http_calls_submit() from any. on_done() comes once a call, on the thread of the calls,
 *          and must not block; it may submit the same call again.
 * Memory   A call belongs to the calls from submit until its on_done(). The answer's bytes are good
 *          until on_done() returns.
 * Limits   HTTP_CALLS_AT_ONCE_MAX are on the wire, the others wait in order of arrival;
 *          HTTP_CALL_ANSWER_BYTES_MAX of an answer, and one byte more is no answer.
 * Secrets  The user's name of Basic authorisation is the secret; it goes into that header and
 *          nowhere else.
 * Stop     http_calls_destroy() ends what waits as HTTP_CALL_NO_ANSWER, on its own thread.
 */
#ifndef PAYMENT_HTTP_CALLS_H
#define PAYMENT_HTTP_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"

struct http_calls;

enum http_call_outcome {
    HTTP_CALL_ANSWERED,  /* `status` and `answer` */
    HTTP_CALL_NOT_SENT,  /* no connection: the other side has not heard of it */
    HTTP_CALL_NO_ANSWER, /* it may have been heard */
};

enum { HTTP_CALL_URL_BYTES = 512, HTTP_CALL_BODY_BYTES = 1024, HTTP_CALL_KEY_BYTES = 128 };

struct http_call {
    struct list letter; /* the calls' */
    void *easy;
    void *headers;
    void (*on_done)(struct http_call *call);

    int64_t start_at_ms; /* monotonic; not before then */
    bool is_post;
    char url[HTTP_CALL_URL_BYTES];
    char body[HTTP_CALL_BODY_BYTES]; /* JSON, terminated; of a POST */
    char key[HTTP_CALL_KEY_BYTES];   /* Idempotency-Key; "" for none */

    enum http_call_outcome outcome;
    int status;
    size_t answer_bytes;
    char *answer; /* not terminated */
};

struct http_calls_settings {
    const char *secret;         /* Basic authorisation: this name and no password; copied */
    int64_t connect_timeout_ms; /* until the connection stands, TLS included */
    int64_t total_timeout_ms;   /* until the last byte of the answer */
};

MUST_USE enum status http_calls_create(const struct http_calls_settings *settings,
                                       struct http_calls **out_calls);
void http_calls_destroy(struct http_calls *calls); /* NULL is welcome */

void http_calls_submit(struct http_calls *calls, struct http_call *call);

#endif
