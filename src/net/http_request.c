/* http_request.c — what handlers may ask. */
#include "net/http_request.h"

#include "base/must.h"
#include "net/url.h"

enum http_method http_method(const struct http_request *request)
{
    return request->method;
}

struct text http_path(const struct http_request *request)
{
    return request->path;
}

struct text http_body(const struct http_request *request)
{
    return text_make(request->body, request->body_size);
}

struct text http_peer(const struct http_request *request)
{
    return request->peer;
}

struct arena *http_arena(struct http_request *request)
{
    return request->arena;
}

struct loop *http_loop(const struct http_request *request)
{
    return request->loop;
}

void *http_loop_data(const struct http_request *request)
{
    return request->loop_data;
}

struct text http_request_id(const struct http_request *request)
{
    return text_make(request->id, sizeof request->id);
}

struct text http_param(const struct http_request *request, size_t index)
{
    must(index < request->match.param_count);
    return request->match.params[index];
}

struct text http_header(const struct http_request *request, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header_place *header = &request->headers[i];
        if (header->name.size != size)
            continue;
        struct text found = text_make(request->head + header->name.at, size);
        if (text_equal_nocase(found, text_make(name, size)))
            return text_make(request->head + header->value.at, header->value.size);
    }
    return text_make(NULL, 0);
}

/* The reader has decoded the whole query once, so only a full arena can fail here. */
static struct text decoded(const struct http_request *request, struct text raw)
{
    struct text text = {NULL, 0};
    if (!url_decode(raw, URL_PLUS_IS_SPACE, request->arena, &text))
        return text_make(NULL, 0);
    return text.bytes ? text : text_of("");
}

struct text http_query(const struct http_request *request, const char *name)
{
    struct text rest = request->query;
    while (!text_empty(rest)) {
        struct text value;
        struct text key = text_cut(text_cut(rest, '&', &rest), '=', &value);
        if (text_equal(decoded(request, key), text_of(name)))
            return decoded(request, value);
    }
    return text_make(NULL, 0);
}
