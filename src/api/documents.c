/*
 * documents.c — find, or read once for everybody who asks.
 *
 *                asked for                 read
 *     (nothing) -----------> READING -------------------> READY
 *                             ^    |                        |
 *                             |    +--- not there --> MISSING
 *                             +--- asked for, and the catalog has changed
 *
 * A document in READING has waiters and is pinned to the shelf; in the two others it has none. A
 * waiter knows the catalog's version at the time of asking: when the reading was begun under an
 * older one, the waiter stays for another reading. So a writer who reads after the own commit never
 * meets what was before it, and readers who asked earlier are not kept waiting by a catalog that
 * keeps changing.
 *
 * What other nodes have changed, or sold, is another matter: here it is heard of anyhow a moment
 * later. While such a document is read anew, fans get the one before it, at most CATALOG_STALE_MS
 * old; so a sale on one node does not make the readers of all others wait twice a second. Operators
 * wait, and so does everybody for what this process has changed itself.
 *
 * Compressing costs more than anything else here. What only changes with the catalog is compressed
 * on the worker. What changes by the second is compressed when it has stood still for STILL_MS: in
 * the middle of a rush, when every look finds other numbers, it is sent as it is.
 */
#include "api/documents.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/caller.h"
#include "api/conditional.h"
#include "api/documents_shared.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/shelf.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "base/workers.h"
#include "cache/cache.h"
#include "catalog/catalog_state.h"
#include "catalog/squeeze.h"
#include "metrics/metrics.h"
#include "net/accept.h"
#include "net/loop.h"
#include "store/store.h"

enum {
    MODEL_BLOCK_BYTES = 4096,
    SCRATCH_BLOCK_BYTES = 64 * 1024,
    BODY_FIRST_BYTES = 16 * 1024,
    SQUEEZE_FROM_BYTES = 1024, /* below it a packet is saved at best */
    STILL_MS = 100,
};

static const uint64_t VERSION_MASK = (UINT64_C(1) << 53) - 1;

enum document_state { READING, READY, MISSING };

struct written { /* one document in its codings; owns both */
    char *body, *gzip;
    size_t body_size, gzip_size;
    char tag[DOCUMENT_TAG_BYTES]; /* without quotes; of a versioned document its version */
};

struct edition { /* what was read once, and how it was written down since */
    struct arena
        *arena; /* of the model; NULL for what only changes with the catalog, once it is written */
    void *model;
    struct written written;
    bool gzip_tried;
    uint64_t mark;                       /* written under it */
    int64_t written_at_ms, marked_at_ms; /* monotonic */
    uint64_t known_version;              /* catalog_version() that it was read under */
    int64_t current_at_ms;               /* monotonic; nothing newer was known of then */
};

struct document {
    struct book book;
    struct document_key key;
    char *search; /* what key.filter.search points at */
    enum document_state state;
    uint64_t catalog_version; /* it was, or is being, read under */
    struct list waiters;

    struct edition latest;
    struct edition before;  /* while the latest is being read; without a body: there is none */
    int64_t stale_until_ms; /* monotonic; how long the one before may be sent */

    struct catalog_documents *documents;
    struct worker_job job;
    struct loop_note note;
    enum status status; /* of the reading */
};

struct waiter { /* in the request's arena */
    struct list link;
    struct http_request *request;
    uint64_t catalog_version; /* at the time of asking */
};

struct catalog_documents {
    struct http_app *app;
    struct loop *loop;
    struct shelf *shelf;
    struct arena *scratch;
};

/* --- one document ----------------------------------------------------------------------------- */

static void written_clear(struct written *written)
{
    free(written->body);
    free(written->gzip);
    *written = (struct written){0};
}

static void edition_clear(struct edition *edition)
{
    written_clear(&edition->written);
    arena_destroy(edition->arena);
    *edition = (struct edition){0};
}

static void on_drop(struct book *book)
{
    struct document *document = container_of(book, struct document, book);
    edition_clear(&document->latest);
    edition_clear(&document->before);
    free(document->search);
    free(document);
}

static size_t edition_bytes(const struct edition *edition)
{
    return edition->written.body_size + edition->written.gzip_size +
           (edition->arena ? arena_bytes(edition->arena) : 0);
}

/* What is being read is the worker's; it counts when it is there. */
static size_t document_bytes(const struct document *document)
{
    size_t bytes =
        sizeof *document + document->key.filter.search.size + edition_bytes(&document->before);
    return document->state == READING ? bytes : bytes + edition_bytes(&document->latest);
}

static struct hash hash_of(const struct document_key *key)
{
    struct {
        int64_t numbers[9];
        char search[CATALOG_SEARCH_BYTES_MAX];
    } bytes = {{key->kind->number, key->id, key->filter.artist_id, key->filter.agency_id,
                key->filter.from_ms, key->filter.to_ms, key->filter.after.key, key->filter.after.id,
                key->filter.limit},
               {0}};
    must(key->filter.search.size <= sizeof bytes.search);
    if (key->filter.search.size > 0)
        memcpy(bytes.search, key->filter.search.bytes, key->filter.search.size);
    return hash_text(
        text_make((const char *)&bytes, sizeof bytes.numbers + key->filter.search.size));
}

/* What was read under an older one may no longer be so. A sum of counts that only rise, rises. */
static uint64_t version_now(const struct http_app *app, const struct document_kind *kind)
{
    return catalog_version(app->catalog) + (kind->counts_seats ? catalog_stirred(app->catalog) : 0);
}

static struct document *document_create(struct catalog_documents *documents, struct hash hash,
                                        const struct document_key *key)
{
    struct document *document = calloc(1, sizeof *document);
    char *search = malloc(key->filter.search.size + 1);
    if (!document || !search) {
        free(document);
        free(search);
        return NULL;
    }
    if (key->filter.search.size > 0)
        memcpy(search, key->filter.search.bytes, key->filter.search.size);
    document->search = search;
    document->documents = documents;
    document->key = *key;
    document->key.filter.search.bytes = search;
    document->book.hash = hash;
    document->book.bytes = document_bytes(document);
    document->state = MISSING;
    list_init(&document->waiters);
    return document;
}

/* --- writing ---------------------------------------------------------------------------------- */

void documents_tag(const struct document_kind *kind, const void *model, uint64_t version,
                   struct text body, char out_tag[DOCUMENT_TAG_BYTES])
{
    if (version == 0)
        version = (uint64_t)hash_lasting(body) & VERSION_MASK;
    if (kind->edition)
        snprintf(out_tag, DOCUMENT_TAG_BYTES, "%" PRId64 "-%" PRIu64, kind->edition(model),
                 version);
    else
        snprintf(out_tag, DOCUMENT_TAG_BYTES, "%" PRIu64, version);
}

/* The body goes into memory of its own, exactly as large as it is. */
static enum status write_body(const struct document *document, const struct edition *edition,
                              int64_t now_ms, struct arena *scratch, struct written *out)
{
    struct buffer body;
    buffer_init(&body, scratch, BODY_FIRST_BYTES);
    const struct document_kind *kind = document->key.kind;
    uint64_t version =
        kind->write(document->documents->app, edition->model, now_ms, scratch, &body);
    if (body.failed)
        return STATUS_NO_MEMORY;

    *out = (struct written){.body = malloc(body.size + 1), .body_size = body.size};
    if (!out->body)
        return STATUS_NO_MEMORY;
    memcpy(out->body, body.bytes, body.size);
    documents_tag(kind, edition->model, version, buffer_text(&body), out->tag);
    return STATUS_OK;
}

static void squeeze(struct edition *edition, enum squeeze_effort effort)
{
    struct written *written = &edition->written;
    edition->gzip_tried = true;
    if (written->body_size < SQUEEZE_FROM_BYTES)
        return;
    struct text body = text_make(written->body, written->body_size);
    if (squeeze_gzip(body, effort, &written->gzip, &written->gzip_size) != STATUS_OK)
        written->gzip_size = 0; /* it is sent as it is */
}

/* On the loop: numbers that change by the second. False when memory is short. */
static bool refresh(struct catalog_documents *documents, struct document *document,
                    struct edition *edition)
{
    const struct document_kind *kind = document->key.kind;
    int64_t loop_ms = loop_now_ms(documents->loop), now_ms = clock_wall_ms();
    bool is_written = edition->written.body != NULL;
    if (is_written && loop_ms - edition->marked_at_ms < kind->mark_every_ms)
        return true;

    uint64_t mark = kind->mark(documents->app, edition->model, now_ms);
    edition->marked_at_ms = loop_ms;
    if (is_written && mark == edition->mark) {
        bool still = loop_ms - edition->written_at_ms >= STILL_MS;
        if (still && !edition->gzip_tried) {
            squeeze(edition, SQUEEZE_QUICK);
            shelf_resize(documents->shelf, &document->book, document_bytes(document));
        }
        return true;
    }
    struct written written;
    enum status status = write_body(document, edition, now_ms, documents->scratch, &written);
    arena_reset(documents->scratch);
    if (status != STATUS_OK)
        return false;
    written_clear(&edition->written);
    edition->written = written;
    edition->gzip_tried = false;
    edition->mark = mark;
    edition->written_at_ms = loop_ms;
    shelf_resize(documents->shelf, &document->book, document_bytes(document));
    return true;
}

/* --- answering -------------------------------------------------------------------------------- */

static void send(struct http_request *request, const struct document_kind *kind,
                 const struct written *written)
{
    bool zipped =
        written->gzip_size > 0 && accept_takes(http_header(request, "accept-encoding"), "gzip");
    char tag[DOCUMENT_TAG_BYTES + sizeof "\"-gzip\""];
    int tag_size = snprintf(tag, sizeof tag, "\"%s%s\"", written->tag, zipped ? "-gzip" : "");
    bool for_ever =
        kind->versioned && text_equal(http_query(request, "version"), text_of(written->tag));

    struct http_field fields[] = {
        {text_of("ETag"), text_make(tag, (size_t)tag_size)},
        {text_of("Cache-Control"),
         text_of(for_ever ? "public, max-age=31536000, immutable" : kind->cache_control)},
        {text_of("Vary"), text_of("Accept-Encoding")},
        {text_of("Content-Encoding"), text_of("gzip")},
    };
    bool has_it = conditional_matches(http_header(request, "if-none-match"), text_of(written->tag));
    struct http_answer answer = {.status = 304, .fields = fields, .field_count = 3};
    if (!has_it) {
        answer.status = 200;
        answer.type = text_of(kind->type ? kind->type : "application/json");
        answer.body = zipped ? text_make(written->gzip, written->gzip_size)
                             : text_make(written->body, written->body_size);
        answer.field_count = zipped ? 4 : 3;
    }
    http_answer(request, &answer);
}

static void answer_edition(struct catalog_documents *documents, struct document *document,
                           struct edition *edition, struct http_request *request)
{
    if (document->key.kind->mark && !refresh(documents, document, edition))
        problem_no_memory(request);
    else
        send(request, document->key.kind, &edition->written);
}

static void answer(struct catalog_documents *documents, struct document *document,
                   struct http_request *request)
{
    must(document->state != READING);
    if (document->state == MISSING)
        problem_not_found(request, document->key.kind->missing);
    else
        answer_edition(documents, document, &document->latest, request);
}

/* --- reading ---------------------------------------------------------------------------------- */

static char *copy_bytes(struct text text)
{
    char *bytes = malloc(text.size + 1);
    if (bytes && text.size > 0)
        memcpy(bytes, text.bytes, text.size);
    return bytes;
}

/* What another loop or node has read. False when it is nothing of ours. */
static bool adopt(struct document *document, struct text value)
{
    const struct document_kind *kind = document->key.kind;
    if (kind->mark) {
        document->latest.model = kind->unpack(value, document->latest.arena);
        return document->latest.model != NULL;
    }
    struct share_written found;
    if (!share_read_written(value, &found))
        return false;
    struct written *written = &document->latest.written;
    *written = (struct written){.body = copy_bytes(found.body), .body_size = found.body.size};
    memcpy(written->tag, found.tag.bytes, found.tag.size);
    if (found.gzip.size > 0)
        written->gzip = copy_bytes(found.gzip);
    if (written->gzip)
        written->gzip_size = found.gzip.size;
    document->latest.gzip_tried = true;
    return written->body != NULL;
}

static void share_document(struct document *document, struct share *share)
{
    const struct document_kind *kind = document->key.kind;
    const struct written *written = &document->latest.written;
    struct text value;
    if (share->key_size == 0)
        return;
    if (kind->mark) {
        struct buffer bytes;
        buffer_init(&bytes, document->latest.arena, BODY_FIRST_BYTES);
        kind->pack(document->latest.model, &bytes);
        value = bytes.failed ? text_make(NULL, 0) : buffer_text(&bytes);
    } else {
        value = share_pack_written(
            document->latest.arena,
            &(struct share_written){.tag = text_of(written->tag),
                                    .body = text_make(written->body, written->body_size),
                                    .gzip = text_make(written->gzip, written->gzip_size)});
    }
    share_put(share, value);
}

/* What only changes with the catalog is written down and compressed here too. */
static enum status read_store(struct document *document, struct store_connection *reader,
                              struct share *share)
{
    const struct document_kind *kind = document->key.kind;
    struct http_app *app = document->documents->app;
    enum status status = store_snapshot_begin(reader);
    if (status != STATUS_OK)
        return status;
    share_version(share, reader);
    status =
        kind->read(app, reader, document->latest.arena, &document->key, &document->latest.model);
    store_snapshot_end(reader);
    if (status != STATUS_OK || kind->mark)
        return status;
    status = write_body(document, &document->latest, 0, document->latest.arena,
                        &document->latest.written);
    if (status == STATUS_OK)
        squeeze(&document->latest, SQUEEZE_HARD);
    return status;
}

static enum status read_anew(struct document *document, struct store_connection *reader,
                             struct share *share)
{
    enum status status = read_store(document, reader, share);
    if (status == STATUS_OK)
        share_document(document, share);
    else if (status == STATUS_MISSING)
        share_put_missing(share);
    else
        share_give_up(share);
    return status;
}

/* On a worker: from the cache, else from the store. */
static enum status read_document(struct document *document, struct store_connection *reader)
{
    struct share share;
    document->latest.arena = arena_create(MODEL_BLOCK_BYTES, CATALOG_DOCUMENT_BYTES_MAX);
    if (!document->latest.arena)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    switch (share_find(&share, document->documents->app, reader, &document->key,
                       document->latest.arena)) {
    case SHARE_MISSING:
        return STATUS_MISSING;
    case SHARE_FOUND:
        if (!adopt(document, share.value)) {
            written_clear(&document->latest.written);
            status = read_anew(document, reader, &share);
        }
        break;
    case SHARE_LOAD:
        status = read_anew(document, reader, &share);
        break;
    }
    if (!document->key.kind->mark) {
        arena_destroy(document->latest.arena);
        document->latest.arena = NULL;
    }
    return status;
}

static void on_worker(struct worker_job *job, size_t worker)
{
    struct document *document = container_of(job, struct document, job);
    struct store_connection *reader = document->documents->app->readers[worker];
    document->status = read_document(document, reader);
    if (document->status != STATUS_OK && document->status != STATUS_MISSING)
        log_error("catalog read failed", log_words("status", status_name(document->status)),
                  log_words("why", store_why(reader)));
    loop_post(document->documents->loop, &document->note); /* continues in on_read */
}

static void on_read(struct loop_note *note);

/* The one that was there may be sent a moment longer; it goes on showing what the boards know. */
static void make_way(struct document *document)
{
    edition_clear(&document->before);
    document->before = document->latest;
    document->latest = (struct edition){0};
    document->stale_until_ms = document->before.current_at_ms + CATALOG_STALE_MS;
}

/* STATUS_FULL: nothing was begun. */
static enum status begin_reading(struct document *document)
{
    struct http_app *app = document->documents->app;
    make_way(document);
    document->latest.known_version = catalog_version(app->catalog);
    document->latest.current_at_ms = loop_now_ms(document->documents->loop);
    document->catalog_version = version_now(app, document->key.kind);
    document->job.work = on_worker;
    document->note.on_arrive = on_read;
    enum status status = workers_submit(app->workers, &document->job);
    if (status != STATUS_OK)
        return status;
    document->state = READING;
    document->book.pinned = true;
    return STATUS_OK; /* continues in on_worker, then in on_read */
}

/* The waiters that this reading is young enough for are moved to `out_served`. */
static void take_served(struct document *document, struct list *out_served)
{
    struct list all;
    list_init(&all);
    list_init(out_served);
    list_move_all(&document->waiters, &all);
    for (struct list *link; (link = list_pop_front(&all));) {
        const struct waiter *waiter = container_of(link, struct waiter, link);
        bool served = waiter->catalog_version <= document->catalog_version;
        list_push_back(served ? out_served : &document->waiters, link);
    }
}

static void refuse_waiters(struct document *document, enum status status)
{
    for (struct list *link; (link = list_pop_front(&document->waiters));)
        problem_status(container_of(link, struct waiter, link)->request, status);
}

static void on_read(struct loop_note *note)
{
    struct document *document = container_of(note, struct document, note);
    struct catalog_documents *documents = document->documents;
    if (document->status != STATUS_OK && document->status != STATUS_MISSING) {
        refuse_waiters(document, document->status);
        shelf_drop(documents->shelf, &document->book); /* the next one tries again */
        return;
    }
    if (document->status == STATUS_MISSING)
        edition_clear(&document->latest);
    edition_clear(&document->before);
    document->state = document->status == STATUS_OK ? READY : MISSING;
    shelf_resize(documents->shelf, &document->book, document_bytes(document));

    struct list served;
    take_served(document, &served);
    for (struct list *link; (link = list_pop_front(&served));)
        answer(documents, document, container_of(link, struct waiter, link)->request);

    document->book.pinned = false;
    if (!list_empty(&document->waiters) && begin_reading(document) != STATUS_OK) {
        refuse_waiters(document, STATUS_BUSY);
        shelf_drop(documents->shelf, &document->book);
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

static void wait_for(struct document *document, struct http_request *request, uint64_t version)
{
    struct waiter *waiter = arena_take(http_arena(request), sizeof *waiter);
    if (!waiter) {
        problem_no_memory(request);
        return;
    }
    waiter->request = request;
    waiter->catalog_version = version;
    list_push_back(&document->waiters, &waiter->link);
}

static void count(const struct catalog_documents *documents, enum cache_verdict verdict)
{
    metrics_observe_shelf(documents->app->metrics, loop_index(documents->loop), (size_t)verdict,
                          shelf_bytes(documents->shelf), shelf_count(documents->shelf));
}

/* True: the document is as new as anybody here knows of. */
static bool is_current(const struct document *document, uint64_t version)
{
    return document && document->state != READING && document->catalog_version == version;
}

static bool may_be_stale(const struct catalog_documents *documents, const struct document *document)
{
    const struct edition *before = &document->before;
    return before->written.body && document->stale_until_ms > loop_now_ms(documents->loop) &&
           before->known_version >= catalog_touched(documents->app->catalog);
}

static void answer_current(struct catalog_documents *documents, struct document *document,
                           struct http_request *request)
{
    document->latest.current_at_ms = loop_now_ms(documents->loop);
    count(documents, document->state == MISSING ? CACHE_NEGATIVE : CACHE_HIT);
    answer(documents, document, request);
}

/* `strict`: nothing that is known to be outdated. */
static void answer_known(struct http_app *app, struct http_request *request,
                         const struct document_key *key, bool strict)
{
    struct catalog_documents *documents = ((struct api_loop *)http_loop_data(request))->documents;
    uint64_t version = version_now(app, key->kind);
    struct hash hash = hash_of(key);
    struct book *book = shelf_find(documents->shelf, hash);
    struct document *document = book ? container_of(book, struct document, book) : NULL;
    if (is_current(document, version)) {
        answer_current(documents, document, request);
        return;
    }
    if (!document) {
        document = document_create(documents, hash, key);
        if (!document) {
            problem_no_memory(request);
            return;
        }
        shelf_put(documents->shelf, &document->book);
    }
    if (document->state != READING && begin_reading(document) != STATUS_OK) {
        shelf_drop(documents->shelf, &document->book);
        problem_busy(request);
        return;
    }
    bool stale = !strict && may_be_stale(documents, document);
    count(documents, stale ? CACHE_STALE : CACHE_MISS);
    if (stale)
        answer_edition(documents, document, &document->before, request);
    else
        wait_for(document, request, version);
}

/* --- for operators: the store is asked first -------------------------------------------------- */

struct careful {
    struct reading reading;
    struct document_key key;
    struct catalog_state state;
};

static enum status read_state(struct reading *reading, struct store_connection *reader)
{
    return catalog_state_read(reader, &container_of(reading, struct careful, reading)->state);
}

static void on_state(struct reading *reading, enum status status)
{
    struct careful *careful = container_of(reading, struct careful, reading);
    if (status == STATUS_OK)
        catalog_hear(reading->app->catalog, careful->state.version);
    answer_known(reading->app, reading->request, &careful->key, true);
}

static void answer_carefully(struct http_app *app, struct http_request *request,
                             const struct document_key *key)
{
    struct careful *careful = arena_take_zeroed(http_arena(request), sizeof *careful);
    if (!careful) {
        problem_no_memory(request);
        return;
    }
    careful->reading.read = read_state;
    careful->reading.answer = on_state;
    careful->key = *key;
    reading_start(&careful->reading, app, request); /* continues in on_state */
}

void documents_answer(struct http_app *app, struct http_request *request,
                      const struct document_key *key)
{
    if (caller_is_operator(app, request))
        answer_carefully(app, request, key);
    else
        answer_known(app, request, key, false);
}

/* --- life ------------------------------------------------------------------------------------- */

struct catalog_documents *documents_create(struct http_app *app, struct loop *loop)
{
    struct catalog_documents *documents = calloc(1, sizeof *documents);
    if (!documents)
        return NULL;
    documents->app = app;
    documents->loop = loop;
    documents->shelf = shelf_create(CATALOG_DOCUMENTS_BYTES_MAX, CATALOG_DOCUMENTS_MAX, on_drop);
    documents->scratch = arena_create(SCRATCH_BLOCK_BYTES, CATALOG_DOCUMENT_BYTES_MAX);
    if (documents->shelf && documents->scratch)
        return documents;
    documents_destroy(documents);
    return NULL;
}

void documents_destroy(struct catalog_documents *documents)
{
    if (!documents)
        return;
    shelf_destroy(documents->shelf);
    arena_destroy(documents->scratch);
    free(documents);
}
