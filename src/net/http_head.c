/*
 * http_head.c — a template with a few holes.
 *
 * This runs for every answer, so nothing is formatted that can be copied: status lines are
 * constants and numbers are written digit by digit.
 */
#include "net/http_head.h"

#include <stdio.h>
#include <time.h>

#include "base/must.h"

#define LINE(status, words)                                                                        \
    case status:                                                                                   \
        return text_make("HTTP/1.1 " #status " " words "\r\n",                                     \
                         sizeof "HTTP/1.1 " #status " " words "\r\n" - 1) /* a constant each */

static struct text status_line(int status)
{
    switch (status) {
        LINE(101, "Switching Protocols");
        LINE(200, "OK");
        LINE(201, "Created");
        LINE(202, "Accepted");
        LINE(204, "No Content");
        LINE(206, "Partial Content");
        LINE(301, "Moved Permanently");
        LINE(302, "Found");
        LINE(303, "See Other");
        LINE(304, "Not Modified");
        LINE(307, "Temporary Redirect");
        LINE(308, "Permanent Redirect");
        LINE(400, "Bad Request");
        LINE(401, "Unauthorized");
        LINE(402, "Payment Required");
        LINE(403, "Forbidden");
        LINE(404, "Not Found");
        LINE(405, "Method Not Allowed");
        LINE(406, "Not Acceptable");
        LINE(408, "Request Timeout");
        LINE(409, "Conflict");
        LINE(410, "Gone");
        LINE(411, "Length Required");
        LINE(412, "Precondition Failed");
        LINE(413, "Content Too Large");
        LINE(414, "URI Too Long");
        LINE(415, "Unsupported Media Type");
        LINE(416, "Range Not Satisfiable");
        LINE(417, "Expectation Failed");
        LINE(422, "Unprocessable Content");
        LINE(426, "Upgrade Required");
        LINE(428, "Precondition Required");
        LINE(429, "Too Many Requests");
        LINE(431, "Request Header Fields Too Large");
        LINE(500, "Internal Server Error");
        LINE(501, "Not Implemented");
        LINE(502, "Bad Gateway");
        LINE(503, "Service Unavailable");
        LINE(504, "Gateway Timeout");
        LINE(505, "HTTP Version Not Supported");
    default:
        return text_make(NULL, 0);
    }
}

struct text http_reason(int status)
{
    enum { BEFORE = sizeof "HTTP/1.1 200 " - 1, BEHIND = 2 };
    struct text line = status_line(status);
    if (text_empty(line))
        return text_of("Error");
    return text_make(line.bytes + BEFORE, line.size - BEFORE - BEHIND);
}

void http_date_write(int64_t wall_s, char out[HTTP_DATE_BYTES])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm parts;
    time_t seconds = (time_t)wall_s;
    struct tm *done = gmtime_r(&seconds, &parts);
    must(done);
    must(parts.tm_year >= 0 && parts.tm_year <= 9999 - 1900);
    (void)snprintf(out, HTTP_DATE_BYTES, "Date: %s, %02u %s %04u %02u:%02u:%02u GMT\r\n",
                   days[parts.tm_wday], (unsigned)parts.tm_mday % 100u, months[parts.tm_mon],
                   ((unsigned)parts.tm_year + 1900u) % 10000u, (unsigned)parts.tm_hour % 100u,
                   (unsigned)parts.tm_min % 100u, (unsigned)parts.tm_sec % 100u);
}

static char *put(char *at, struct text text)
{
    if (text.size > 0)
        memcpy(at, text.bytes, text.size);
    return at + text.size;
}

/* For constants: the compiler turns the copy into a few moves. */
#define PUT(at, words) (memcpy(at, words, sizeof words - 1), (at) + sizeof words - 1)

static char *put_number(char *at, size_t number)
{
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return put(at, text_make(digits + from, sizeof digits - from));
}

static char *put_status(char *at, int status)
{
    struct text line = status_line(status);
    if (!text_empty(line))
        return put(at, line);
    at = PUT(at, "HTTP/1.1 ");
    at = put_number(at, (size_t)status);
    return PUT(at, " \r\n");
}

static bool clean(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] == '\r' || text.bytes[i] == '\n' || text.bytes[i] == '\0')
            return false;
    return true;
}

static char *put_fields(char *at, const char *end, const struct http_answer *answer)
{
    for (size_t i = 0; i < answer->field_count; i++) {
        const struct http_field *field = &answer->fields[i];
        if (!clean(field->name) || !clean(field->value))
            continue;
        must(field->name.size + field->value.size + sizeof ": \r\n\r\n" <= (size_t)(end - at));
        at = put(at, field->name);
        at = PUT(at, ": ");
        at = put(at, field->value);
        at = PUT(at, "\r\n");
    }
    return at;
}

size_t http_head_write(const struct http_head *head, char out[HTTP_ANSWER_HEAD_BYTES_MAX])
{
    enum { OURS_BYTES = 512 }; /* everything but type and fields */
    const struct http_answer *answer = head->answer;
    must(answer->status >= 200 || head->form == HTTP_HEAD_WEBSOCKET);
    must(answer->status <= 599);
    must(answer->type.size <= HTTP_ANSWER_HEAD_BYTES_MAX / 2 - OURS_BYTES);

    char *at = put_status(out, answer->status);
    at = put(at, head->date);
    at = PUT(at, "X-Content-Type-Options: nosniff\r\nX-Request-Id: ");
    at = put(at, head->request_id);
    if (!text_empty(answer->type) && clean(answer->type)) {
        at = PUT(at, "\r\nContent-Type: ");
        at = put(at, answer->type);
    }
    if (head->form == HTTP_HEAD_WHOLE && answer->status != 204 && answer->status != 304) {
        at = PUT(at, "\r\nContent-Length: ");
        at = put_number(at, answer->body.size);
    }
    if (head->form == HTTP_HEAD_WEBSOCKET)
        at = PUT(at, "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    else if (!head->keep_alive || head->form == HTTP_HEAD_ENDLESS)
        at = PUT(at, "\r\nConnection: close\r\n");
    else if (head->is_http_1_0)
        at = PUT(at, "\r\nConnection: keep-alive\r\n");
    else
        at = PUT(at, "\r\n");
    at = put_fields(at, out + HTTP_ANSWER_HEAD_BYTES_MAX, answer);
    at = PUT(at, "\r\n");
    return (size_t)(at - out);
}
