/*
 * edit.h — one change of the catalog by an operator: looked at, decided, written and recorded.
 *
 * Thread   The store's writer: everything is decided on what is committed, with nobody in between.
 * Memory   The arena's.
 */
#ifndef CATALOG_EDIT_H
#define CATALOG_EDIT_H

#include "base/ids.h"
#include "catalog/draft.h"
#include "limits.h"
#include "store/store.h"

enum edit_action {
    EDIT_CREATE,
    EDIT_REPLACE, /* the draft is whole */
    EDIT_MERGE,   /* what the draft does not give stays */
    EDIT_DELETE,
};

enum edit_verdict {
    EDIT_DONE,              /* `id` says on what */
    EDIT_REPEATED,          /* this key has created `id` before; nothing was done */
    EDIT_KEY_REUSED,        /* this key has created something else before */
    EDIT_MISSING,           /* there is no such thing, or no such concert for a new date */
    EDIT_STALE,             /* it has another version than those that were named */
    EDIT_UNKNOWN_REFERENCE, /* `field` refers to something that is not there */
    EDIT_IN_USE,            /* what is to be deleted has something standing on it */
};

struct edit_guard { /* If-Match */
    bool is_set;
    int64_t versions[CATALOG_GUARDS_MAX];
    size_t version_count;
};

/* May a row of this version be edited? */
bool edit_guard_passes(const struct edit_guard *guard, int64_t version);

struct edit {
    enum edit_action action;
    enum entity entity;
    int64_t id;         /* not for a creation: there it is an answer */
    struct draft draft; /* not for a deletion; `concert_id` is set for a new date */
    struct edit_guard guard;
    struct fan_id account;
    int64_t now_ms;
    bool has_key;
    int64_t key_hash; /* hash_lasting() of a creation's idempotency key */

    enum edit_verdict verdict; /* the answers */
    const char *field;
};

/*
 * In a store_job. STATUS_OK: verdict is EDIT_DONE or EDIT_REPEATED. STATUS_CONFLICT, which undoes
 * the job: verdict says why. Any other status: the world failed. Running it again is harmless.
 */
MUST_USE enum status edit_apply(struct store_connection *connection, struct arena *arena,
                                struct edit *edit);

#endif
