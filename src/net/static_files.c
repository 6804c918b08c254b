/* static_files.c — from a path to the right form of the right file. */
#include "net/accept.h"
#include "net/http_refusal.h"
#include "net/static_files_private.h"

enum { FIELD_ROOM = 8 };

struct fields {
    struct http_field field[FIELD_ROOM];
    size_t count;
};

static void add(struct fields *fields, const char *name, struct text value)
{
    fields->field[fields->count++] = (struct http_field){text_of(name), value};
}

static enum static_coding choose_coding(const struct static_file *file,
                                        const struct http_request *request)
{
    struct text accepted = http_header(request, "accept-encoding");
    if (file->forms[STATIC_BROTLI].bytes.bytes && accept_takes(accepted, "br"))
        return STATIC_BROTLI;
    if (file->forms[STATIC_GZIP].bytes.bytes && accept_takes(accepted, "gzip"))
        return STATIC_GZIP;
    return STATIC_PLAIN;
}

/* If-None-Match compares weakly (RFC 9110 §13.1.2). */
static bool client_has_it(const struct http_request *request, struct text etag)
{
    struct text list = http_header(request, "if-none-match");
    while (!text_empty(list)) {
        struct text one = text_trim(text_cut(list, ',', &list));
        if (text_starts(one, text_of("W/")))
            one = text_make(one.bytes + 2, one.size - 2);
        if (text_equal(one, etag) || text_equal(one, text_of("*")))
            return true;
    }
    return false;
}

static void add_page_fields(struct fields *fields, const struct static_files *files)
{
    add(fields, "Content-Security-Policy", text_of(files->policy));
    add(fields, "Referrer-Policy", text_of("strict-origin-when-cross-origin"));
    add(fields, "X-Frame-Options", text_of("DENY"));
}

static void answer_file(const struct static_files *files, const struct static_file *file,
                        struct http_request *request)
{
    enum static_coding coding = choose_coding(file, request);
    const struct static_form *form = &file->forms[coding];
    struct fields fields = {.count = 0};
    add(&fields, "ETag", form->etag);
    add(&fields, "Cache-Control",
        text_of(file->is_lasting ? "public, max-age=31536000, immutable" : "no-cache"));
    if (file->forms[STATIC_GZIP].bytes.bytes || file->forms[STATIC_BROTLI].bytes.bytes)
        add(&fields, "Vary", text_of("Accept-Encoding"));

    struct http_answer answer = {.status = 304, .fields = fields.field};
    if (!client_has_it(request, form->etag)) {
        answer.status = 200;
        answer.type = file->type;
        answer.body = form->bytes;
        if (coding != STATIC_PLAIN)
            add(&fields, "Content-Encoding", text_of(coding == STATIC_BROTLI ? "br" : "gzip"));
    }
    if (file->is_page)
        add_page_fields(&fields, files);
    answer.field_count = fields.count;
    http_answer(request, &answer);
}

static void answer_other_method(struct http_request *request)
{
    const struct http_field allow = {text_of("Allow"), text_of("GET, HEAD, OPTIONS")};
    bool is_question = http_method(request) == HTTP_METHOD_OPTIONS;
    const struct http_problem problem = {
        .status = 405,
        .code = "METHOD_NOT_ALLOWED",
        .detail = "A file can only be read.",
        .fields = &allow,
        .field_count = 1,
    };
    const struct http_answer answer = {.status = 204, .fields = &allow, .field_count = 1};
    if (is_question)
        http_answer(request, &answer);
    else
        http_refuse(request, &problem);
}

static const struct static_file *find_public(const struct static_files *files, struct text path)
{
    if (text_equal(path, text_of("/")))
        path = text_of("/index.html");
    const struct static_file *file = static_files_find(files, path);
    return file && !file->is_form ? file : NULL;
}

static bool is_for_page(struct http_request *request)
{
    struct text path = http_path(request);
    return http_method(request) == HTTP_METHOD_GET && !text_starts(path, text_of("/api/")) &&
           !text_equal(path, text_of("/api")) &&
           accept_takes(http_header(request, "accept"), "text/html");
}

bool static_files_answer(const struct static_files *files, struct http_request *request)
{
    const struct static_file *file = find_public(files, http_path(request));
    if (file && http_method(request) != HTTP_METHOD_GET) {
        answer_other_method(request);
        return true;
    }
    if (!file && is_for_page(request))
        file = find_public(files, text_of("/"));
    if (!file)
        return false;
    answer_file(files, file, request);
    return true;
}
