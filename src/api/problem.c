/* problem.c — one shape for every refusal; the title is the status's own phrase (RFC 9110 §15). */
#include "api/problem.h"

#include <stdio.h>

#include "base/must.h"

static const char *phrase(int status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "Error";
    }
}

static void write_body(struct buffer *body, const struct http_request *request,
                       const struct problem *problem)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_words_field(&out, "type", "about:blank");
    json_out_words_field(&out, "title", phrase(problem->status));
    json_out_int_field(&out, "status", problem->status);
    json_out_words_field(&out, "code", problem->code);
    json_out_words_field(&out, "detail", problem->detail);
    if (problem->field)
        json_out_words_field(&out, "field", problem->field);
    if (!text_empty(problem->extra))
        json_out_raw(&out, problem->extra);
    json_out_text_field(&out, "requestId", http_request_id(request));
    json_out_object_end(&out);
}

void problem_answer(struct http_request *request, const struct problem *problem)
{
    must(problem->status >= 400 && problem->status <= 599);

    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    write_body(&body, request, problem);

    struct http_field fields[2];
    size_t field_count = 0;
    char seconds[24];
    if (problem->retry_after_s > 0) {
        int size = snprintf(seconds, sizeof seconds, "%lld", (long long)problem->retry_after_s);
        must(size > 0);
        fields[field_count++] =
            (struct http_field){text_of("Retry-After"), text_make(seconds, (size_t)size)};
    }
    if (problem->status == 401)
        fields[field_count++] = (struct http_field){text_of("WWW-Authenticate"),
                                                    text_of("Bearer realm=\"ticketrush\"")};

    struct http_answer answer = {.status = problem->status,
                                 .type = text_of("application/problem+json"),
                                 .body = body.failed ? text_make(NULL, 0) : buffer_text(&body),
                                 .fields = fields,
                                 .field_count = field_count};
    http_answer(request, &answer);
}

void problem_not_found(struct http_request *request, const char *what)
{
    problem_answer(request, &(struct problem){.status = 404, .code = "NOT_FOUND", .detail = what});
}

void problem_busy(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 503,
                                              .code = "BUSY",
                                              .detail = "Too much is going on; nothing was done. "
                                                        "Send the same request again.",
                                              .retry_after_s = 1});
}

void problem_no_memory(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 503,
                                              .code = "BUSY",
                                              .detail = "Memory is short; nothing was done.",
                                              .retry_after_s = 1});
}

void problem_validation(struct http_request *request, const char *field, const char *detail)
{
    problem_answer(
        request, &(struct problem){
                     .status = 422, .code = "VALIDATION_FAILED", .detail = detail, .field = field});
}

void problem_complaints(struct http_request *request, const struct complaints *complaints)
{
    must(complaints->first);
    struct buffer extra;
    buffer_init(&extra, http_arena(request), 1024);
    struct json_out out = json_out_to(&extra);
    complaints_json(complaints, &out);
    if (extra.failed) {
        problem_no_memory(request);
        return;
    }
    problem_answer(request, &(struct problem){.status = 422,
                                              .code = "VALIDATION_FAILED",
                                              .detail = complaints->first->detail,
                                              .field = complaints->first->field,
                                              .extra = buffer_text(&extra)});
}

void problem_field(struct http_request *request, const char *field, enum json_in_verdict verdict,
                   const char *expected)
{
    must(verdict != JSON_IN_OK);
    char detail[256];
    const char *what = verdict == JSON_IN_ABSENT       ? "is missing"
                       : verdict == JSON_IN_WRONG_TYPE ? "has the wrong type"
                                                       : "is out of range";
    snprintf(detail, sizeof detail, "The field %s %s: expected %s.", field, what, expected);
    problem_validation(request, field, detail);
}

void problem_status(struct http_request *request, enum status status)
{
    must(status != STATUS_OK);
    if (status == STATUS_UNKNOWN) {
        problem_answer(
            request, &(struct problem){.status = 503,
                                       .code = "OUTCOME_UNKNOWN",
                                       .detail = "The store did not answer. Send the same request "
                                                 "again, with the same Idempotency-Key.",
                                       .retry_after_s = 1});
        return;
    }
    if (status == STATUS_ELSEWHERE) {
        problem_answer(request,
                       &(struct problem){.status = 503,
                                         .code = "SOLD_ELSEWHERE",
                                         .detail = "Another server sells this. Send the same "
                                                   "request again; it may reach that one.",
                                         .retry_after_s = 1});
        return;
    }
    problem_busy(request);
}
