/* openapi.c — documents like those of the catalog, but that they never change while the server
 * runs. */
#include "api/openapi.h"

#include "api/documents.h"
#include "store/embedded.h"

/* Made at build time by tools/openapi.c and tools/openapi_page.c; one file each. */
extern const struct embedded_file openapi_files[], openapi_page_files[];

enum { KIND_OPENAPI = 201, KIND_OPENAPI_PAGE };

static enum status read_file(const struct embedded_file *file, struct arena *arena,
                             void **out_model)
{
    struct text *document = arena_take(arena, sizeof *document);
    if (!document)
        return STATUS_NO_MEMORY;
    *document = text_make((const char *)file->bytes, file->size);
    *out_model = document;
    return STATUS_OK;
}

static enum status read_json(struct http_app *app, struct store_connection *reader,
                             struct arena *arena, const struct document_key *key, void **out_model)
{
    (void)app, (void)reader, (void)key;
    return read_file(&openapi_files[0], arena, out_model);
}

static enum status read_page(struct http_app *app, struct store_connection *reader,
                             struct arena *arena, const struct document_key *key, void **out_model)
{
    (void)app, (void)reader, (void)key;
    return read_file(&openapi_page_files[0], arena, out_model);
}

static uint64_t write_document(struct http_app *app, const void *model, int64_t now_ms,
                               struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    buffer_add(body, *(const struct text *)model);
    return 0;
}

static const struct document_kind openapi_kind = {.number = KIND_OPENAPI,
                                                  .cache_control = "public, no-cache",
                                                  .missing = "There is no such document.",
                                                  .read = read_json,
                                                  .write = write_document};

void openapi_get(struct http_app *app, struct http_request *request)
{
    documents_answer(app, request, &(struct document_key){.kind = &openapi_kind});
}

static const struct document_kind page_kind = {.number = KIND_OPENAPI_PAGE,
                                               .cache_control = "public, no-cache",
                                               .type = "text/html; charset=utf-8",
                                               .missing = "There is no such document.",
                                               .read = read_page,
                                               .write = write_document};

void openapi_page_get(struct http_app *app, struct http_request *request)
{
    documents_answer(app, request, &(struct document_key){.kind = &page_kind});
}
