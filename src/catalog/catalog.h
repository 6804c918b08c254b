/*
 * catalog.h — agencies, artists, venues, concerts, dates and seats, as they are read.
 *
 * Every call reads what it is asked for into plain structs in an arena; catalog_json.h makes
 * documents of them. How many seats are left and whether a sale is open is not in here but on the
 * boards (catalog_live.h), save for dates that no board knows.
 *
 * Thread   The version and what raises it: any. Reading: the thread of the reader.
 * Memory   Results live in the arena; STATUS_NO_MEMORY when it is full.
 * Answers  STATUS_MISSING when a single thing asked for by its id is not there, or is deleted.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "booking/board.h"
#include "catalog/cursor.h"
#include "catalog/presale.h"
#include "catalog/refund_terms.h"

struct store_connection;

/* --- the version: what was read under an older one may no longer be so ------------------------ */

struct catalog;
struct catalog *catalog_create(void); /* NULL when memory is short */
void catalog_destroy(struct catalog *catalog);

/* This process's own count: it rises with every change that is known of here. */
uint64_t catalog_version(const struct catalog *catalog);

/* Something of the catalog was changed by this process; call it after the commit. */
void catalog_touch(struct catalog *catalog);

/* catalog_version() as the latest catalog_touch() made it: what was read under an older one is
   outdated by this process itself. */
uint64_t catalog_touched(const struct catalog *catalog);

/* The store's version (catalog_state.h) is known to be this: a touch when it is news. */
void catalog_hear(struct catalog *catalog, int64_t store_version);

/* Somebody else wrote, not necessarily to the catalog: for documents that also show how many seats
   the store has left. The count rises with it. */
void catalog_stir(struct catalog *catalog);
uint64_t catalog_stirred(const struct catalog *catalog);

/* Is told of every touch, on the thread that touches, and must not block: it carries the news to
   other nodes. NULL: nobody. Set before anything touches. */
struct catalog_teller {
    void (*tell)(struct catalog_teller *teller);
};
void catalog_set_teller(struct catalog *catalog, struct catalog_teller *teller);

/* --- what is asked for ------------------------------------------------------------------------ */

struct catalog_filter {           /* zeroes ask for everything */
    struct text search;           /* part of a title or a name, in any language */
    int64_t artist_id, agency_id; /* 0: any */
    int64_t from_ms, to_ms;       /* dates in from_ms … to_ms - 1; to_ms 0: no end */
    struct cursor after;
    int64_t limit; /* 1 … CATALOG_PAGE_MAX */
    int64_t id;    /* one only; the rest is then not looked at */
};

/* --- what is answered ------------------------------------------------------------------------- */

/* `version` grows with every edit of the row itself (edit.h); it stands in no document. */

struct catalog_agency {
    int64_t id, version;
    struct text name, name_ko;
};

struct catalog_artist {
    int64_t id, version;
    struct text name, name_ko;
    int64_t agency_id; /* 0: under no agency */
    struct text agency_name, agency_name_ko;
};

struct catalog_venue {
    int64_t id, version;
    struct text name, name_ko, city, city_ko;
    int64_t capacity;
};

struct catalog_group { /* of fans */
    int64_t id, version;
    struct text name, name_ko;
    int64_t artist_id; /* 0: nobody's club */
};

enum catalog_sale_status { CATALOG_SALE_ACTIVE, CATALOG_SALE_PAUSED, CATALOG_SALE_CLOSED };

struct catalog_sale {
    bool exists;
    int64_t opens_at_ms, closes_at_ms;
    struct text strategy, lock;
    int64_t hold_seconds, max_per_fan, max_per_concert; /* 0: no limit per concert */
    bool waiting_room;
    enum catalog_sale_status status;
    struct presale presale; /* empty in lists of concerts */
    struct refund_terms refund_terms;
};

struct catalog_section {
    int64_t id;
    struct text name, name_ko, grade;
    int64_t price; /* won */
    int64_t seat_count;
    int64_t left; /* where no board knows better */
};

struct catalog_option { /* a date; without a layout it has no seats and no sections */
    int64_t id, concert_id, version;
    int64_t starts_at_ms;
    struct catalog_venue venue;
    int64_t first_seat_id, seat_count;
    struct catalog_section *sections;
    size_t section_count;
    struct catalog_sale sale;
};

struct catalog_concert {
    int64_t id, version;
    struct text title, title_ko, description, description_ko;
    int64_t poster_hue;
    struct catalog_artist *artists; /* in the order of the bill, without agencies */
    size_t artist_count;
    struct catalog_option *options; /* by date, without sections */
    size_t option_count;
    int64_t price_from, price_to; /* won; -1: no seats yet */
};

/* A page of one of them. */
struct catalog_page {
    union {
        struct catalog_agency *agencies;
        struct catalog_artist *artists;
        struct catalog_venue *venues;
        struct catalog_concert *concerts;
        struct catalog_option *options;
        struct catalog_group *groups;
        void *items; /* whichever they are */
    } of;
    size_t count;
    bool more;
    struct cursor next; /* counts when there is more */
};

MUST_USE enum status catalog_agencies(struct store_connection *reader, struct arena *arena,
                                      const struct catalog_filter *filter,
                                      struct catalog_page *out_page);
MUST_USE enum status catalog_artists(struct store_connection *reader, struct arena *arena,
                                     const struct catalog_filter *filter,
                                     struct catalog_page *out_page);
MUST_USE enum status catalog_venues(struct store_connection *reader, struct arena *arena,
                                    const struct catalog_filter *filter,
                                    struct catalog_page *out_page);
MUST_USE enum status catalog_groups(struct store_connection *reader, struct arena *arena,
                                    const struct catalog_filter *filter,
                                    struct catalog_page *out_page);
MUST_USE enum status catalog_concerts(struct store_connection *reader, struct arena *arena,
                                      const struct catalog_filter *filter,
                                      struct catalog_page *out_page);

/* The dates of a concert (filter->artist_id and the like do not count), or the one of filter->id.
   Where a board of `boards` (NULL: there is none) knows a date, its `left` numbers are not read. */
MUST_USE enum status catalog_options(struct store_connection *reader, struct arena *arena,
                                     struct boards *boards, int64_t concert_id,
                                     const struct catalog_filter *filter,
                                     struct catalog_page *out_page);

#endif
