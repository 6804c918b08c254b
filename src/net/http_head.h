/*
 * http_head.h — the head of an answer, as bytes.
 *
 * Thread   Any: a pure function of its arguments.
 * Memory   Written where the caller says.
 * Limits   HTTP_ANSWER_HEAD_BYTES_MAX: a longer head is our own mistake.
 */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include "net/http.h"

enum http_head_form {
    HTTP_HEAD_WHOLE,     /* of an answer with a length */
    HTTP_HEAD_ENDLESS,   /* of a body that ends with the connection */
    HTTP_HEAD_WEBSOCKET, /* 101: what follows is no HTTP any more */
};

struct http_head {
    const struct http_answer *answer;
    enum http_head_form form;
    struct text date; /* "Date: …" with its line end */
    struct text request_id;
    bool is_http_1_0, keep_alive;
};

enum { HTTP_DATE_BYTES = sizeof "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n" };

/*
 * Writes the status line and all headers; returns how many bytes. A field with CR, LF or NUL is
 * left out.
 */
size_t http_head_write(const struct http_head *head, char out[HTTP_ANSWER_HEAD_BYTES_MAX]);

/* "Not Found" and the like; "Error" for a status without a name here. */
struct text http_reason(int status);

/* The Date line, terminated (RFC 9110 §5.6.7). */
void http_date_write(int64_t wall_s, char out[HTTP_DATE_BYTES]);

#endif
