/* http_refusal.c — one document, one place. */
#include "net/http_refusal.h"

#include "base/json_out.h"
#include "net/http_head.h"

enum { DOCUMENT_BYTES = 256 };

static struct text document(struct http_request *request, const struct http_problem *problem)
{
    struct buffer buffer;
    buffer_init(&buffer, http_arena(request), DOCUMENT_BYTES);
    struct json_out out = json_out_to(&buffer);
    json_out_object(&out);
    json_out_words_field(&out, "type", "about:blank");
    json_out_text_field(&out, "title", http_reason(problem->status));
    json_out_int_field(&out, "status", problem->status);
    json_out_words_field(&out, "code", problem->code);
    json_out_words_field(&out, "detail", problem->detail);
    json_out_text_field(&out, "requestId", http_request_id(request));
    json_out_object_end(&out);
    return buffer.failed ? text_of("{}") : buffer_text(&buffer);
}

void http_refuse(struct http_request *request, const struct http_problem *problem)
{
    const struct http_answer answer = {
        .status = problem->status,
        .type = text_of("application/problem+json"),
        .body = document(request, problem),
        .fields = problem->fields,
        .field_count = problem->field_count,
        .close = problem->close,
    };
    http_answer(request, &answer);
}
