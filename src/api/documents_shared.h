/*
 * documents_shared.h — documents in the cache that loops and nodes share.
 *
 *     switch (share_find(&share, app, reader, key, arena)) {
 *     case SHARE_FOUND:   share.value is what share_put() was given once
 *     case SHARE_MISSING: there is no such thing
 *     case SHARE_LOAD:    read it, in one snapshot with share_version(); then share_put(),
 *                         share_put_missing() or share_give_up()
 *     }
 *
 * Thread   A worker, with its reader.
 * Memory   What is found lives in the arena.
 * Errors   A cache that is away is SHARE_LOAD. So is a store that cannot tell its version, unless
 *          the cache has something of whatever version: it is all there is, and is found.
 */
#ifndef API_DOCUMENTS_SHARED_H
#define API_DOCUMENTS_SHARED_H

#include "api/documents.h"
#include "limits.h" /* CACHE_KEY_BYTES_MAX */

struct share {
    struct http_app *app;
    char key[CACHE_KEY_BYTES_MAX];
    size_t key_size; /* 0: not in the cache, whatever is called */
    uint64_t version;
    struct text value;
};

enum share_verdict { SHARE_FOUND, SHARE_MISSING, SHARE_LOAD };

enum share_verdict share_find(struct share *share, struct http_app *app,
                              struct store_connection *reader, const struct document_key *key,
                              struct arena *arena);

/* Inside the snapshot: what is read now is of this version. */
void share_version(struct share *share, struct store_connection *reader);

void share_put(struct share *share, struct text value);
void share_put_missing(struct share *share);
void share_give_up(struct share *share);

/* --- a written document as bytes: its tag, and both codings ----------------------------------- */

struct share_written {
    struct text tag, body, gzip; /* gzip may be empty */
};

struct text share_pack_written(struct arena *arena, const struct share_written *written);
/* False when it is none. */
bool share_read_written(struct text bytes, struct share_written *out_written);

#endif
