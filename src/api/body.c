/* body.c — what endpoints ask of every request before they look at its meaning. */
#include "api/body.h"

#include <stdio.h>

#include "api/problem.h"
#include "base/ids.h"

static bool is_json(struct text type)
{
    struct text parameters;
    struct text essence = text_trim(text_cut(type, ';', &parameters));
    return text_equal_nocase(essence, text_of("application/json"));
}

void body_answer_malformed(struct http_request *request, const char *why)
{
    char detail[256];
    snprintf(detail, sizeof detail, "The body is not valid JSON: %s.", why);
    problem_answer(request,
                   &(struct problem){.status = 400, .code = "MALFORMED_JSON", .detail = detail});
}

static bool fields_known(struct http_request *request, const struct json_in *document,
                         const char *const *known)
{
    struct text unknown = json_in_unknown_key(document, known);
    if (!unknown.bytes)
        return true;
    struct text name = arena_copy(http_arena(request),
                                  text_make(unknown.bytes, unknown.size > 64 ? 64 : unknown.size));
    problem_validation(request, name.bytes ? name.bytes : "", "There is no such field here.");
    return false;
}

bool body_is_csv(struct http_request *request)
{
    struct text parameters;
    struct text type = text_cut(http_header(request, "content-type"), ';', &parameters);
    return text_equal_nocase(text_trim(type), text_of("text/csv"));
}

bool body_is_json(struct http_request *request)
{
    if (is_json(http_header(request, "content-type")))
        return true;
    problem_answer(request, &(struct problem){.status = 415,
                                              .code = "UNSUPPORTED_MEDIA_TYPE",
                                              .detail = "Send the body as application/json."});
    return false;
}

struct json_in *body_open(struct http_request *request, const char *const *known)
{
    if (!body_is_json(request))
        return NULL;
    struct json_in_fault fault;
    struct json_in *document = json_in_open(http_body(request), &fault);
    if (!document) {
        body_answer_malformed(request, fault.words);
        return NULL;
    }
    if (!json_in_is_object(document)) {
        problem_validation(request, "", "The body must be a JSON object.");
        json_in_close(document);
        return NULL;
    }
    if (!fields_known(request, document, known)) {
        json_in_close(document);
        return NULL;
    }
    return document;
}

bool body_path_id(struct http_request *request, size_t index, const char *what, int64_t *out_id)
{
    int64_t id;
    if (!text_to_int64(http_param(request, index), &id) || !id_valid(id)) {
        problem_not_found(request, what);
        return false;
    }
    *out_id = id;
    return true;
}

bool body_idempotency_key(struct http_request *request, struct text *out_key)
{
    struct text key = http_header(request, "idempotency-key");
    if (!key.bytes) {
        problem_answer(request, &(struct problem){.status = 400,
                                                  .code = "IDEMPOTENCY_KEY_REQUIRED",
                                                  .detail = "Send a header Idempotency-Key, "
                                                            "a new one for each new action.",
                                                  .field = "Idempotency-Key"});
        return false;
    }
    if (key.size < 1 || key.size > IDEMPOTENCY_KEY_BYTES_MAX || !text_is_visible(key)) {
        problem_validation(request, "Idempotency-Key",
                           "The header Idempotency-Key takes 1 to 64 visible ASCII characters.");
        return false;
    }
    *out_key = key;
    return true;
}

void body_answer(struct http_request *request, int status, const struct buffer *body)
{
    if (body->failed) {
        problem_no_memory(request);
        return;
    }
    http_answer(request, &(struct http_answer){.status = status,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(body)});
}
