/* openapi.c — a document like those of the catalog, but that it never changes while the server
 * runs. */
#include "api/openapi.h"

#include "api/documents.h"
#include "store/embedded.h"

/* Made at build time by tools/openapi.c; one file. */
extern const struct embedded_file openapi_files[];

enum { KIND_OPENAPI = 201 };

static enum status read_document(struct http_app *app, struct store_connection *reader,
                                 struct arena *arena, const struct document_key *key,
                                 void **out_model)
{
    (void)app, (void)reader, (void)key;
    struct text *document = arena_take(arena, sizeof *document);
    if (!document)
        return STATUS_NO_MEMORY;
    *document = text_make((const char *)openapi_files[0].bytes, openapi_files[0].size);
    *out_model = document;
    return STATUS_OK;
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
                                                  .read = read_document,
                                                  .write = write_document};

void openapi_get(struct http_app *app, struct http_request *request)
{
    documents_answer(app, request, &(struct document_key){.kind = &openapi_kind});
}
