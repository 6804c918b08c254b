/* account_body.c — the small steps in front of every account endpoint. */
#include "api/account_body.h"

#include <stdio.h>

#include "api/problem.h"
#include "base/arena.h"

static bool read_text(struct http_request *request, const struct json_in *body, const char *field,
                      size_t bytes_max, bool may_be_absent, struct text *out_text)
{
    struct text text;
    enum json_in_verdict verdict = json_in_read_text(body, field, 1, bytes_max, &text);
    if (verdict == JSON_IN_ABSENT && may_be_absent) {
        *out_text = text_make(NULL, 0);
        return true;
    }
    if (verdict != JSON_IN_OK) {
        char expected[64];
        snprintf(expected, sizeof expected, "a text of 1 to %zu bytes", bytes_max);
        problem_field(request, field, verdict, expected);
        return false;
    }
    *out_text = arena_copy(http_arena(request), text);
    if (out_text->bytes)
        return true;
    problem_no_memory(request);
    return false;
}

bool account_body_text(struct http_request *request, const struct json_in *body, const char *field,
                       size_t bytes_max, struct text *out_text)
{
    return read_text(request, body, field, bytes_max, false, out_text);
}

bool account_body_optional(struct http_request *request, const struct json_in *body,
                           const char *field, size_t bytes_max, struct text *out_text)
{
    return read_text(request, body, field, bytes_max, true, out_text);
}

bool account_body_accepts(struct http_request *request, const char *field, const char *complaint)
{
    if (!complaint)
        return true;
    problem_validation(request, field, complaint);
    return false;
}

bool account_body_in_time(struct http_request *request, int64_t wait_ms)
{
    if (wait_ms == 0)
        return true;
    problem_answer(request, &(struct problem){.status = 429,
                                              .code = "RATE_LIMITED",
                                              .detail = "Too many attempts; wait a little.",
                                              .retry_after_s = (wait_ms + 999) / 1000});
    return false;
}

void *account_body_room(struct http_request *request, size_t bytes)
{
    void *room = arena_take_zeroed(http_arena(request), bytes);
    if (!room)
        problem_no_memory(request);
    return room;
}
