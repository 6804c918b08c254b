/*
 * http_refusal.h — the server's own "no", as a problem document (RFC 9457).
 *
 * Thread   The request's loop.
 * Memory   The document is written into the request's arena; the words are borrowed.
 */
#ifndef NET_HTTP_REFUSAL_H
#define NET_HTTP_REFUSAL_H

#include "net/http.h"

struct http_problem {
    int status;
    const char *code;   /* "NOT_FOUND" */
    const char *detail; /* a sentence for people */
    const struct http_field *fields;
    size_t field_count;
    bool close;
};

/* Answers {"type":"about:blank","title":…,"status":…,"code":…,"detail":…,"requestId":…}. */
void http_refuse(struct http_request *request, const struct http_problem *problem);

#endif
