/*
 * documents.h — catalog answers, encoded once and sent often.
 *
 * A document is what one address of the catalog answers: read from the store on a worker, kept on
 * the shelf of the loop that asked, sent from there byte by byte. There is one reading at a time
 * for each document: whoever asks meanwhile waits for it.
 *
 * What was read is good for one catalog_version(): a document read under an older one is read again
 * before it is sent, so that nobody who knows of a change sees what was before it. Only what other
 * nodes have outdated is sent to fans a moment longer, CATALOG_STALE_MS, while it is read anew. An
 * operator may have changed something through another node just now: for operators the store is
 * asked for its version first. Everybody else learns of it by the news, within a second. Some
 * documents also have numbers that change by the second (seats left): those are written anew on the
 * loop, from what was read and the boards, and only when the boards say that something has changed.
 *
 * Thread   One `catalog_documents` a loop, used on that loop. A kind's read() runs on a worker,
 *          with a reader and an arena of its own; nothing of the request is touched there.
 * Levels   The loop's shelf; behind it the cache that loops and nodes share (cache/cache.h), asked
 *          by the worker that would else read the store; behind it the store.
 * Memory   CATALOG_DOCUMENTS_BYTES_MAX a loop, least recently used first to go. A document that is
 *          being read stays until it is there; requests that wait for it are bounded by the
 *          connections.
 * Answers  ETag, Cache-Control and Vary; 304 for what the client has; gzip where it takes it. An id
 *          that is not there is a document too: 404, remembered. A failure of the world is not
 *          remembered.
 */
#ifndef API_DOCUMENTS_H
#define API_DOCUMENTS_H

#include "api/api.h"
#include "base/buffer.h"
#include "base/status.h"
#include "catalog/catalog.h"

struct document_key;

struct document_kind {
    int64_t number;            /* tells kinds apart; 1, 2, … */
    const char *cache_control; /* "public, no-cache" */
    const char *type;          /* NULL: application/json */
    const char *missing;       /* what a 404 says: "There is no such concert." */
    bool versioned; /* under `?version=` of its own version it never changes: cacheable for ever */

    /* Reads what the key asks for into the arena. STATUS_MISSING: there is no such thing. */
    enum status (*read)(struct http_app *app, struct store_connection *reader, struct arena *arena,
                        const struct document_key *key, void **out_model);

    /* Writes it down and returns its version, below 2^53; 0: make one from the content. */
    uint64_t (*write)(struct http_app *app, const void *model, int64_t now_ms,
                      struct arena *scratch, struct buffer *body);

    /* For documents with numbers that change by the second: differs as soon as write() would write
       something else. NULL for all others. Asked at most every `mark_every_ms`. */
    uint64_t (*mark)(struct http_app *app, const void *model, int64_t now_ms);
    int64_t mark_every_ms;

    /* May lie in the cache that other loops and nodes share: what is read follows from the key and
       from what raises the catalog's version in the store, and from nothing else. */
    bool shared;
    /* How the model of a shared document with a mark becomes bytes and comes back, in the arena and
       with texts in `bytes`; NULL when they are none. The others are shared as they are written. */
    void (*pack)(const void *model, struct buffer *out);
    void *(*unpack)(struct text bytes, struct arena *arena);

    /* Shows also how many seats the store has left, where no board knows: read again whenever
       another process has written. */
    bool counts_seats;

    /* For what can be edited: the version of its row. It leads the entity tag, "3-1234…", so that
       an edit can be guarded by it whatever else of the document changes. NULL for all others. */
    int64_t (*edition)(const void *model);
};

struct document_key {
    const struct document_kind *kind;
    int64_t id;                   /* of a concert, …; 0: none */
    struct catalog_filter filter; /* of a list; zeroes for none */
};

enum { DOCUMENT_TAG_BYTES = 48 };

/* The entity tag, without quotes, of a body that the kind's write() has just written, returning
   `version`. */
void documents_tag(const struct document_kind *kind, const void *model, uint64_t version,
                   struct text body, char out_tag[DOCUMENT_TAG_BYTES]);

/* NULL when memory is short. Destroyed after the workers, for they may be reading for it. */
struct catalog_documents *documents_create(struct http_app *app, struct loop *loop);
void documents_destroy(struct catalog_documents *documents); /* NULL is welcome */

/* Answers the request, now or later. The key is copied. */
void documents_answer(struct http_app *app, struct http_request *request,
                      const struct document_key *key);

#endif
