/*
 * cache.h — the port through which answers are remembered between threads, and between nodes.
 *
 * The caller asks, and loads what is not there:
 *
 *     struct cache_find find;
 *     switch (cache_get(cache, arena, key, version, &find)) {
 *     case CACHE_HIT: case CACHE_NEGATIVE: …; return
 *     case CACHE_STALE: …answer; if (!find.load) return; break
 *     case CACHE_MISS: break;
 *     }
 *     … read it from the store …
 *     cache_put(cache, &(struct cache_entry){…});     or cache_give_up(cache, key)
 *
 * An entry is good for the version of what it was made from and for no other: what is known to have
 * changed is never answered from here, wherever the entry lies and however late the news of the
 * change comes. The version is the caller's: it must come from the truth, such as a counter in the
 * store that every change raises in its own transaction. Who cannot ask the truth may ask for
 * CACHE_ANY_VERSION, and gets what there is as STALE. An older entry never replaces a younger one.
 *
 *            fresh_ms              stale_ms
 *     put ------------- HIT ------------------- STALE ---- MISS
 *     put of nothing: NEGATIVE for fresh_ms, then MISS
 *
 * Single flight: of all threads of this process that miss a key, one is told to load; the others
 * wait for it, at most CACHE_FLIGHT_MS, and then load for themselves. Of those that find it STALE,
 * one is told to load (find.load) and all have their answer at once.
 *
 * Thread   Any that may block.
 * Memory   Values are copied: into the caller's arena, out of the caller's hands. The in-process
 *          adapter holds at most CACHE_BYTES_MAX, and forgets what was not asked for longest.
 * Failure  None is told: a cache that does not answer has nothing, and what is put is not kept.
 *          Everything works without it, and slower.
 * Limits   CACHE_KEY_BYTES_MAX a key, CACHE_VALUE_BYTES_MAX a value: larger ones are not kept.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/text.h"

struct cache;

enum cache_verdict {
    CACHE_HIT,
    CACHE_NEGATIVE, /* known not to be there */
    CACHE_STALE,
    CACHE_MISS,
    CACHE_VERDICT_COUNT,
};

const char *cache_verdict_name(enum cache_verdict verdict); /* "hit", … for the metrics */

struct cache_find {
    struct text value; /* CACHE_HIT, CACHE_STALE: in the arena; any bytes, to be parsed with care */
    bool load;         /* CACHE_MISS always, CACHE_STALE for one: put or give up has to follow */
};

/* Versions are 1 … ID_MAX. An arena that is too full is a CACHE_MISS. */
enum { CACHE_ANY_VERSION = 0 };
enum cache_verdict cache_get(struct cache *cache, struct arena *arena, struct text key,
                             uint64_t version, struct cache_find *out_find);

struct cache_entry {
    struct text key;
    uint64_t version;
    bool negative;     /* there is no such thing; no value, no stale_ms */
    struct text value; /* borrowed for the call */
    int64_t fresh_ms, stale_ms;
};

void cache_put(struct cache *cache, const struct cache_entry *entry);

/* What was to be loaded could not be: somebody else may try. */
void cache_give_up(struct cache *cache, struct text key);

/* Forgets it on all nodes. */
void cache_drop(struct cache *cache, struct text key);

/* --- news ------------------------------------------------------------------------------------- */

/*
 * That something has changed, told to all nodes after the commit, this one included. News can be
 * lost: then on_gap() says that anything may have changed, and versions decide.
 */
struct cache_watcher {
    struct list link;
    /* On a thread of the cache, or of whoever announces; short, and never into the cache. */
    void (*on_news)(struct cache_watcher *watcher, uint64_t version);
    void (*on_gap)(struct cache_watcher *watcher);
};

void cache_watch(struct cache *cache, struct cache_watcher *watcher); /* until cache_destroy() */
void cache_announce(struct cache *cache, uint64_t version);

/* --- for the metrics -------------------------------------------------------------------------- */

struct cache_counts {
    uint64_t verdicts[CACHE_VERDICT_COUNT];
    uint64_t puts, refused;  /* refused: too large, or older than what is there */
    uint64_t evictions;      /* for want of room */
    uint64_t flights_shared; /* misses that waited for somebody else's load */
    uint64_t failures;       /* the server behind it did not answer */
    uint64_t bytes, entries; /* of this process */
};
struct cache_counts cache_counts(struct cache *cache);

const char *cache_name(const struct cache *cache); /* "memory", "redis" */
void cache_destroy(struct cache *cache);           /* nobody asks any more; NULL is welcome */

#endif
