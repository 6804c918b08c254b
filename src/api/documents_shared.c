/*
 * documents_shared.c — keys that are the same on every node, and values that are looked at.
 *
 * A key is the database's identity and 126 bits of BLAKE2b over what was asked for: two databases
 * that share a Redis do not meet, and nobody can find two searches with one key.
 */
#include "api/documents_shared.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/must.h"
#include "cache/cache.h"
#include "catalog/catalog.h"
#include "catalog/catalog_state.h"

enum { NUMBERS = 9, ASKED_BYTES = NUMBERS * 8 + CATALOG_SEARCH_BYTES_MAX + 1, HEAD_BYTES = 80 };

static void write_key(struct share *share, const struct document_key *key, int64_t identity)
{
    const struct catalog_filter *filter = &key->filter;
    const int64_t numbers[NUMBERS] = {key->kind->number, key->id,          filter->artist_id,
                                      filter->agency_id, filter->from_ms,  filter->to_ms,
                                      filter->after.key, filter->after.id, filter->limit};
    char asked[ASKED_BYTES];
    must(filter->search.size <= CATALOG_SEARCH_BYTES_MAX);
    memcpy(asked, numbers, sizeof numbers);
    if (filter->search.size > 0)
        memcpy(asked + sizeof numbers, filter->search.bytes, filter->search.size);
    size_t size = sizeof numbers + filter->search.size;
    asked[size] = '+';
    int written = snprintf(share->key, sizeof share->key, "%" PRIx64 ":%016" PRIx64 "%016" PRIx64,
                           (uint64_t)identity, (uint64_t)hash_lasting(text_make(asked, size)),
                           (uint64_t)hash_lasting(text_make(asked, size + 1)));
    must(written > 0 && written < (int)sizeof share->key);
    share->key_size = (size_t)written;
}

static struct text key_of(const struct share *share)
{
    return text_make(share->key, share->key_size);
}

/* The identity stays with the database, and is known from the first time on. */
static enum status read_state(struct http_app *app, struct store_connection *reader,
                              struct catalog_state *out_state)
{
    enum status status = catalog_state_read(reader, out_state);
    if (status == STATUS_OK)
        atomic_store(&app->database_identity, out_state->identity);
    else
        *out_state = (struct catalog_state){.version = CACHE_ANY_VERSION,
                                            .identity = atomic_load(&app->database_identity)};
    return status;
}

static void put(struct share *share, struct cache_entry entry)
{
    if (share->key_size == 0)
        return;
    entry.key = key_of(share);
    entry.version = share->version;
    entry.fresh_ms = CATALOG_SHARED_MS;
    entry.stale_ms = entry.negative ? 0 : CATALOG_SHARED_MS;
    if (share->version > 0)
        cache_put(share->app->cache, &entry);
    else
        cache_give_up(share->app->cache, entry.key);
}

/* It is old, and the store has just said that it is right all the same: that makes it new. */
static void renew(struct share *share, uint64_t version)
{
    share->version = version;
    put(share, (struct cache_entry){.value = share->value});
}

enum share_verdict share_find(struct share *share, struct http_app *app,
                              struct store_connection *reader, const struct document_key *key,
                              struct arena *arena)
{
    *share = (struct share){.app = app};
    if (!app->cache || !key->kind->shared)
        return SHARE_LOAD;
    struct catalog_state state;
    struct cache_find find;
    enum status status = read_state(app, reader, &state);
    write_key(share, key, state.identity);
    enum cache_verdict verdict =
        cache_get(app->cache, arena, key_of(share), (uint64_t)state.version, &find);
    if (status != STATUS_OK)
        share->key_size = 0; /* what the store cannot date is not kept */
    switch (verdict) {
    case CACHE_NEGATIVE:
        return SHARE_MISSING;
    case CACHE_HIT:
    case CACHE_STALE:
        share->value = find.value;
        if (find.load)
            renew(share, (uint64_t)state.version);
        return SHARE_FOUND;
    case CACHE_MISS:
    case CACHE_VERDICT_COUNT:
        return SHARE_LOAD;
    }
    return SHARE_LOAD;
}

void share_version(struct share *share, struct store_connection *reader)
{
    struct catalog_state state;
    share->version = 0;
    if (share->key_size > 0 && catalog_state_read(reader, &state) == STATUS_OK)
        share->version = (uint64_t)state.version;
}

void share_put(struct share *share, struct text value)
{
    if (value.bytes)
        put(share, (struct cache_entry){.value = value});
    else
        share_give_up(share);
}

void share_put_missing(struct share *share)
{
    put(share, (struct cache_entry){.negative = true});
}

void share_give_up(struct share *share)
{
    if (share->key_size > 0)
        cache_give_up(share->app->cache, key_of(share));
}

/* --- written documents ------------------------------------------------------------------------ */

struct text share_pack_written(struct arena *arena, const struct share_written *written)
{
    char head[HEAD_BYTES];
    int size = snprintf(head, sizeof head, "%.*s %zu\n", (int)written->tag.size, written->tag.bytes,
                        written->gzip.size);
    must(size > 0 && size < HEAD_BYTES);
    size_t total = (size_t)size + written->gzip.size + written->body.size;
    char *bytes = arena_take(arena, total);
    if (!bytes)
        return text_make(NULL, 0);
    memcpy(bytes, head, (size_t)size);
    if (written->gzip.size > 0)
        memcpy(bytes + size, written->gzip.bytes, written->gzip.size);
    memcpy(bytes + size + written->gzip.size, written->body.bytes, written->body.size);
    return text_make(bytes, total);
}

/* It becomes a header field: digits and '-' only. */
static bool is_tag(struct text tag)
{
    for (size_t i = 0; i < tag.size; i++)
        if ((tag.bytes[i] < '0' || tag.bytes[i] > '9') && tag.bytes[i] != '-')
            return false;
    return tag.size > 0 && tag.size < DOCUMENT_TAG_BYTES;
}

bool share_read_written(struct text bytes, struct share_written *out_written)
{
    size_t head_bytes = bytes.size < HEAD_BYTES ? bytes.size : HEAD_BYTES;
    const char *end = head_bytes > 0 ? memchr(bytes.bytes, '\n', head_bytes) : NULL;
    if (!end)
        return false;
    struct text number;
    struct text tag = text_cut(text_make(bytes.bytes, (size_t)(end - bytes.bytes)), ' ', &number);
    struct text rest = text_make(end + 1, bytes.size - (size_t)(end + 1 - bytes.bytes));
    int64_t gzip_size;
    if (!is_tag(tag) || !text_to_int64(number, &gzip_size) || gzip_size < 0 ||
        (uint64_t)gzip_size >= rest.size)
        return false;
    *out_written = (struct share_written){
        .tag = tag,
        .gzip = text_make(rest.bytes, (size_t)gzip_size),
        .body = text_make(rest.bytes + gzip_size, rest.size - (size_t)gzip_size)};
    return true;
}
