/*
 * edits.c — one way for all six kinds of things:
 *
 *     loop     operator, id, If-Match, Idempotency-Key, body → an edit
 *     writer   decided, written and recorded in one commit; the item read back
 *     loop     the catalog is touched; the item, or why not
 *
 * The item is read in the transaction that wrote it, so an answer shows what this edit made and
 * not what a later one did, and its tag guards just this state.
 */
#include "api/edits.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/catalog.h"
#include "api/catalog_query.h"
#include "api/conditional.h"
#include "api/documents.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "catalog/changes.h"
#include "catalog/edit.h"

struct editing {
    struct writing writing;
    struct edit edit;
    void *model; /* of the item's document */
};

/* --- answering -------------------------------------------------------------------------------- */

static struct text location_of(const struct edit *edit, struct arena *arena)
{
    static const char *const collections[ENTITY_COUNT] = {
        [ENTITY_AGENCY] = "/api/agencies/", [ENTITY_ARTIST] = "/api/artists/",
        [ENTITY_VENUE] = "/api/venues/",    [ENTITY_CONCERT] = "/api/concerts/",
        [ENTITY_OPTION] = "/api/options/",  [ENTITY_GROUP] = "/api/groups/",
    };
    struct buffer location;
    buffer_init(&location, arena, 48);
    buffer_add_words(&location, collections[edit->entity]);
    buffer_add_int(&location, edit->id);
    return buffer_text(&location);
}

static void answer_item(struct editing *editing)
{
    struct http_request *request = editing->writing.request;
    const struct edit *edit = &editing->edit;
    const struct document_kind *kind = catalog_item_kind(edit->entity);
    struct arena *arena = http_arena(request);
    struct buffer body;
    buffer_init(&body, arena, 1024);
    uint64_t version =
        kind->write(editing->writing.app, editing->model, clock_wall_ms(), arena, &body);
    if (body.failed) {
        problem_no_memory(request);
        return;
    }
    char tag[DOCUMENT_TAG_BYTES];
    documents_tag(kind, editing->model, version, buffer_text(&body), tag);
    struct buffer quoted;
    buffer_init(&quoted, arena, DOCUMENT_TAG_BYTES + 2);
    buffer_add_format(&quoted, "\"%s\"", tag);

    bool is_new = edit->action == EDIT_CREATE;
    struct http_field fields[] = {
        {text_of("ETag"), buffer_text(&quoted)},
        {text_of("Location"), location_of(edit, arena)},
        {text_of("Idempotent-Replayed"), text_of("true")},
    };
    size_t field_count = !is_new ? 1 : edit->verdict == EDIT_REPEATED ? 3 : 2;
    http_answer(request, &(struct http_answer){.status = is_new ? 201 : 200,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(&body),
                                               .fields = fields,
                                               .field_count = field_count});
}

static void answer_in_use(struct http_request *request, enum entity entity)
{
    static const char *const why[ENTITY_COUNT] = {
        [ENTITY_AGENCY] = "There are artists under this agency.",
        [ENTITY_ARTIST] = "This artist is on the bill of a concert, or has a fan club.",
        [ENTITY_VENUE] = "There are dates at this venue.",
        [ENTITY_CONCERT] = "This concert has dates.",
        [ENTITY_OPTION] = "This date has a sale or reservations.",
        [ENTITY_GROUP] = "This group has members or codes, or a sale names it.",
    };
    problem_answer(request,
                   &(struct problem){.status = 409, .code = "IN_USE", .detail = why[entity]});
}

static void answer_missing(struct http_request *request, const struct edit *edit)
{
    bool is_new_date = edit->action == EDIT_CREATE && edit->entity == ENTITY_OPTION;
    enum entity entity = is_new_date ? ENTITY_CONCERT : edit->entity;
    problem_not_found(request, catalog_item_kind(entity)->missing);
}

void edits_answer_stale(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 412,
                                              .code = "PRECONDITION_FAILED",
                                              .detail = "It has been changed since: fetch it "
                                                        "again.",
                                              .field = "If-Match"});
}

static void answer_refused(struct http_request *request, const struct edit *edit)
{
    switch (edit->verdict) {
    case EDIT_KEY_REUSED:
        problem_answer(request, &(struct problem){.status = 422,
                                                  .code = "IDEMPOTENCY_KEY_REUSED",
                                                  .detail = "This Idempotency-Key came with "
                                                            "another request before.",
                                                  .field = "Idempotency-Key"});
        return;
    case EDIT_MISSING:
        answer_missing(request, edit);
        return;
    case EDIT_STALE:
        edits_answer_stale(request);
        return;
    case EDIT_UNKNOWN_REFERENCE:
        problem_validation(request, edit->field, "It refers to something that does not exist.");
        return;
    case EDIT_IN_USE:
        answer_in_use(request, edit->entity);
        return;
    case EDIT_DONE: /* the store refused what we let pass: another process was faster */
    case EDIT_REPEATED:
        problem_busy(request);
        return;
    }
}

static void on_edited(struct writing *writing, enum status status)
{
    struct editing *editing = container_of(writing, struct editing, writing);
    if (status == STATUS_CONFLICT) {
        answer_refused(writing->request, &editing->edit);
        return;
    }
    if (status == STATUS_MISSING) { /* a creation is repeated, and its item is deleted by now */
        problem_not_found(writing->request, catalog_item_kind(editing->edit.entity)->missing);
        return;
    }
    catalog_touch(writing->app->catalog);
    if (editing->edit.action == EDIT_DELETE)
        http_answer(writing->request, &(struct http_answer){.status = 204});
    else
        answer_item(editing);
}

/* --- on the writer ---------------------------------------------------------------------------- */

static enum status write_edit(struct writing *writing, struct store_connection *connection)
{
    struct editing *editing = container_of(writing, struct editing, writing);
    struct arena *arena = http_arena(writing->request);
    enum status status = edit_apply(connection, arena, &editing->edit);
    if (status != STATUS_OK || editing->edit.action == EDIT_DELETE)
        return status;
    const struct document_kind *kind = catalog_item_kind(editing->edit.entity);
    struct document_key key = {.kind = kind, .id = editing->edit.id};
    return kind->read(writing->app, connection, arena, &key, &editing->model);
}

/* --- reading the request ---------------------------------------------------------------------- */

static bool read_draft(struct http_request *request, struct edit *edit)
{
    const char *names[DRAFT_FIELDS_MAX + 1];
    draft_names(edit->entity, names);
    struct json_in *body = body_open(request, names);
    if (!body)
        return false;
    edit->draft.entity = edit->entity;
    struct draft_complaint complaint;
    enum draft_verdict verdict =
        draft_read(body, edit->action != EDIT_MERGE, http_arena(request), &edit->draft, &complaint);
    json_in_close(body);
    if (verdict == DRAFT_WRONG)
        problem_field(request, complaint.field, complaint.verdict, complaint.expected);
    else if (verdict == DRAFT_NO_MEMORY)
        problem_no_memory(request);
    return verdict == DRAFT_GOOD;
}

/* A creation may do without; it is then not known when it comes again. */
static bool read_key(struct http_request *request, struct edit *edit)
{
    struct text key;
    if (!http_header(request, "idempotency-key").bytes)
        return true;
    if (!body_idempotency_key(request, &key))
        return false;
    edit->has_key = true;
    edit->key_hash = hash_lasting(key);
    return true;
}

void edits_read_guard(struct http_request *request, struct edit_guard *guard)
{
    struct text if_match = http_header(request, "if-match");
    guard->is_set = if_match.bytes && conditional_versions(if_match, CATALOG_GUARDS_MAX,
                                                           guard->versions, &guard->version_count);
}

/* NULL: answered. */
static struct editing *begin(struct http_app *app, struct http_request *request, enum entity entity,
                             enum edit_action action)
{
    struct identity who;
    if (!caller_operator(app, request, &who))
        return NULL;
    struct editing *editing = arena_take_zeroed(http_arena(request), sizeof *editing);
    if (!editing) {
        problem_no_memory(request);
        return NULL;
    }
    editing->edit = (struct edit){
        .action = action, .entity = entity, .account = who.fan, .now_ms = clock_wall_ms()};
    return editing;
}

static void start(struct editing *editing, struct http_app *app, struct http_request *request)
{
    editing->writing.write = write_edit;
    editing->writing.answer = on_edited;
    writing_start(&editing->writing, app, request); /* continues in on_edited */
}

static void create(struct http_app *app, struct http_request *request, enum entity entity)
{
    struct editing *editing = begin(app, request, entity, EDIT_CREATE);
    if (!editing)
        return;
    struct edit *edit = &editing->edit;
    if (entity == ENTITY_OPTION &&
        !body_path_id(request, 0, catalog_item_kind(ENTITY_CONCERT)->missing,
                      &edit->draft.concert_id))
        return;
    if (read_key(request, edit) && read_draft(request, edit))
        start(editing, app, request);
}

static enum edit_action action_of(enum http_method method)
{
    must(method == HTTP_METHOD_PUT || method == HTTP_METHOD_PATCH || method == HTTP_METHOD_DELETE);
    if (method == HTTP_METHOD_DELETE)
        return EDIT_DELETE;
    return method == HTTP_METHOD_PUT ? EDIT_REPLACE : EDIT_MERGE;
}

static void change(struct http_app *app, struct http_request *request, enum entity entity)
{
    struct editing *editing = begin(app, request, entity, action_of(http_method(request)));
    if (!editing)
        return;
    struct edit *edit = &editing->edit;
    if (!body_path_id(request, 0, catalog_item_kind(entity)->missing, &edit->id))
        return;
    edits_read_guard(request, &edit->guard);
    if (edit->action == EDIT_DELETE || read_draft(request, edit))
        start(editing, app, request);
}

/* --- endpoints -------------------------------------------------------------------------------- */

void agencies_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_AGENCY);
}

void agencies_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_AGENCY);
}

void artists_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_ARTIST);
}

void artists_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_ARTIST);
}

void venues_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_VENUE);
}

void venues_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_VENUE);
}

void concerts_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_CONCERT);
}

void concerts_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_CONCERT);
}

void groups_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_GROUP);
}

void groups_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_GROUP);
}

void options_post(struct http_app *app, struct http_request *request)
{
    create(app, request, ENTITY_OPTION);
}

void options_edit(struct http_app *app, struct http_request *request)
{
    change(app, request, ENTITY_OPTION);
}

/* --- what was done ---------------------------------------------------------------------------- */

struct changes {
    struct reading reading;
    struct catalog_filter page;
    struct buffer body;
};

static enum status read_changes(struct reading *reading, struct store_connection *reader)
{
    struct changes *changes = container_of(reading, struct changes, reading);
    int64_t limit = changes->page.limit < CHANGES_PAGE_MAX ? changes->page.limit : CHANGES_PAGE_MAX;
    buffer_init(&changes->body, http_arena(reading->request), 4096);
    return changes_write_page(reader, changes->page.after.id, limit, &changes->body);
}

static void on_changes_read(struct reading *reading, enum status status)
{
    struct changes *changes = container_of(reading, struct changes, reading);
    (void)status; /* a failure has been answered, and there is nothing that could be missing */
    body_answer(reading->request, 200, &changes->body);
}

void changes_list(struct http_app *app, struct http_request *request)
{
    struct identity who;
    if (!caller_operator(app, request, &who))
        return;
    struct changes *changes = arena_take_zeroed(http_arena(request), sizeof *changes);
    if (!changes) {
        problem_no_memory(request);
        return;
    }
    if (!catalog_query_read_page(request, &changes->page))
        return;
    changes->reading.read = read_changes;
    changes->reading.answer = on_changes_read;
    reading_start(&changes->reading, app, request); /* continues in on_changes_read */
}
