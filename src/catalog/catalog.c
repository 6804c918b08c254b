/* catalog.c — the version, and the four plain lists, each in the order of its ids. */
#include "catalog/catalog.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "catalog/catalog_rows.h"
#include "catalog/search.h"

struct catalog {
    _Atomic uint64_t version, touched, stirred;
    _Atomic int64_t heard; /* the store's highest version known here */
    struct catalog_teller *teller;
};

struct catalog *catalog_create(void)
{
    struct catalog *catalog = calloc(1, sizeof *catalog);
    if (catalog)
        atomic_init(&catalog->version, 1);
    return catalog;
}

void catalog_destroy(struct catalog *catalog)
{
    free(catalog);
}

uint64_t catalog_version(const struct catalog *catalog)
{
    return atomic_load_explicit(&catalog->version, memory_order_acquire);
}

void catalog_touch(struct catalog *catalog)
{
    uint64_t made = atomic_fetch_add_explicit(&catalog->version, 1, memory_order_acq_rel) + 1;
    uint64_t touched = atomic_load(&catalog->touched);
    while (touched < made && !atomic_compare_exchange_weak(&catalog->touched, &touched, made))
        continue;
    if (catalog->teller)
        catalog->teller->tell(catalog->teller);
}

uint64_t catalog_touched(const struct catalog *catalog)
{
    return atomic_load_explicit(&catalog->touched, memory_order_acquire);
}

void catalog_hear(struct catalog *catalog, int64_t store_version)
{
    int64_t heard = atomic_load(&catalog->heard);
    while (store_version > heard)
        if (atomic_compare_exchange_weak(&catalog->heard, &heard, store_version)) {
            atomic_fetch_add_explicit(&catalog->version, 1, memory_order_acq_rel);
            return;
        }
}

void catalog_stir(struct catalog *catalog)
{
    atomic_fetch_add_explicit(&catalog->stirred, 1, memory_order_acq_rel);
}

uint64_t catalog_stirred(const struct catalog *catalog)
{
    return atomic_load_explicit(&catalog->stirred, memory_order_acquire);
}

void catalog_set_teller(struct catalog *catalog, struct catalog_teller *teller)
{
    catalog->teller = teller;
}

/* --- plain lists ------------------------------------------------------------------------------ */

/* Lists ask for one item more than a page has: it tells whether there is a next page. */
static enum status finish_page(const struct catalog_filter *filter, struct gathering *gathering,
                               int64_t (*id_of)(const struct catalog_page *page, size_t index),
                               struct catalog_page *page)
{
    enum status status = gather_end(gathering);
    if (status != STATUS_OK)
        return status;
    page->count = gathering->count;
    if (filter->id)
        return page->count == 1 ? STATUS_OK : STATUS_MISSING;
    page->more = page->count > (size_t)filter->limit;
    if (page->more) {
        page->count = (size_t)filter->limit;
        page->next = (struct cursor){.id = id_of(page, page->count - 1)};
    }
    return STATUS_OK;
}

#define FOUND(column)                                                                              \
    column " LIKE $2 AND " column " LIKE $5 AND " column " LIKE $6 AND " column " LIKE $7 "

struct plain_values { /* id, a pattern, after, limit, the other patterns; agency or artist */
    struct sql_value values[5 + SEARCH_WORDS_MAX - 1];
};

static_assert(SEARCH_WORDS_MAX == 4, "FOUND() names four patterns");

static enum status plain_values(struct arena *arena, const struct catalog_filter *filter,
                                struct plain_values *out)
{
    struct search search;
    if (!search_read(arena, filter->id ? text_of("") : filter->search, &search))
        return STATUS_NO_MEMORY;
    *out = (struct plain_values){{
        sql_int(filter->id),
        sql_text(search.patterns[0]),
        sql_int(filter->id ? 0 : filter->after.id),
        sql_int(filter->id ? 1 : filter->limit + 1),
        sql_text(search.patterns[1]),
        sql_text(search.patterns[2]),
        sql_text(search.patterns[3]),
        sql_int(filter->id ? 0 : filter->agency_id),
    }};
    return STATUS_OK;
}

static int64_t agency_id_of(const struct catalog_page *page, size_t index)
{
    return page->of.agencies[index].id;
}

enum status catalog_agencies(struct store_connection *reader, struct arena *arena,
                             const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct sql select = {
        "SELECT id, name, name_ko, version FROM agency "
        "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
        "AND " FOUND("search") "AND ($8 = 0 OR id = $8) AND id > $3 ORDER BY id LIMIT $4"};
    struct plain_values plain;
    struct gathering gathering;
    enum status status = plain_values(arena, filter, &plain);
    if (status == STATUS_OK)
        status = gather_begin(&gathering, reader, arena, &select, plain.values, 8);
    if (status != STATUS_OK)
        return status;

    struct catalog_page page = {0};
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *page.of.agencies)) {
        page.of.agencies = array;
        page.of.agencies[gathering.count - 1] =
            (struct catalog_agency){.id = gather_int(&gathering, 0),
                                    .name = gather_text(&gathering, 1),
                                    .name_ko = gather_text(&gathering, 2),
                                    .version = gather_int(&gathering, 3)};
    }
    status = finish_page(filter, &gathering, agency_id_of, &page);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}

static int64_t artist_id_of(const struct catalog_page *page, size_t index)
{
    return page->of.artists[index].id;
}

enum status catalog_artists(struct store_connection *reader, struct arena *arena,
                            const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct sql select = {
        "SELECT a.id, a.name, a.name_ko, a.agency_id, g.name, g.name_ko, a.version "
        "FROM artist a LEFT JOIN agency g ON g.id = a.agency_id "
        "WHERE a.deleted_at_ms IS NULL AND ($1 = 0 OR a.id = $1) "
        "AND " FOUND(
            "a.search") "AND ($8 = 0 OR a.agency_id = $8) AND a.id > $3 ORDER BY a.id LIMIT $4"};
    struct plain_values plain;
    struct gathering gathering;
    enum status status = plain_values(arena, filter, &plain);
    if (status == STATUS_OK)
        status = gather_begin(&gathering, reader, arena, &select, plain.values, 8);
    if (status != STATUS_OK)
        return status;

    struct catalog_page page = {0};
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *page.of.artists)) {
        page.of.artists = array;
        page.of.artists[gathering.count - 1] =
            (struct catalog_artist){.id = gather_int(&gathering, 0),
                                    .name = gather_text(&gathering, 1),
                                    .name_ko = gather_text(&gathering, 2),
                                    .agency_id = gather_int(&gathering, 3),
                                    .agency_name = gather_text(&gathering, 4),
                                    .agency_name_ko = gather_text(&gathering, 5),
                                    .version = gather_int(&gathering, 6)};
    }
    status = finish_page(filter, &gathering, artist_id_of, &page);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}

static int64_t venue_id_of(const struct catalog_page *page, size_t index)
{
    return page->of.venues[index].id;
}

enum status catalog_venues(struct store_connection *reader, struct arena *arena,
                           const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct sql select = {
        "SELECT id, name, name_ko, city, city_ko, capacity, version FROM venue "
        "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
        "AND " FOUND("search") "AND id > $3 ORDER BY id LIMIT $4"};
    struct plain_values plain;
    struct gathering gathering;
    enum status status = plain_values(arena, filter, &plain);
    if (status == STATUS_OK)
        status = gather_begin(&gathering, reader, arena, &select, plain.values, 7);
    if (status != STATUS_OK)
        return status;

    struct catalog_page page = {0};
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *page.of.venues)) {
        page.of.venues = array;
        page.of.venues[gathering.count - 1] =
            (struct catalog_venue){.id = gather_int(&gathering, 0),
                                   .name = gather_text(&gathering, 1),
                                   .name_ko = gather_text(&gathering, 2),
                                   .city = gather_text(&gathering, 3),
                                   .city_ko = gather_text(&gathering, 4),
                                   .capacity = gather_int(&gathering, 5),
                                   .version = gather_int(&gathering, 6)};
    }
    status = finish_page(filter, &gathering, venue_id_of, &page);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}

static int64_t group_id_of(const struct catalog_page *page, size_t index)
{
    return page->of.groups[index].id;
}

enum status catalog_groups(struct store_connection *reader, struct arena *arena,
                           const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct sql select = {
        "SELECT id, name, name_ko, artist_id, version FROM fan_group "
        "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
        "AND " FOUND("search") "AND ($8 = 0 OR artist_id = $8) AND id > $3 ORDER BY id LIMIT $4"};
    struct plain_values plain;
    struct gathering gathering;
    enum status status = plain_values(arena, filter, &plain);
    plain.values[7] = sql_int(filter->id ? 0 : filter->artist_id);
    if (status == STATUS_OK)
        status = gather_begin(&gathering, reader, arena, &select, plain.values, 8);
    if (status != STATUS_OK)
        return status;

    struct catalog_page page = {0};
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *page.of.groups)) {
        page.of.groups = array;
        page.of.groups[gathering.count - 1] =
            (struct catalog_group){.id = gather_int(&gathering, 0),
                                   .name = gather_text(&gathering, 1),
                                   .name_ko = gather_text(&gathering, 2),
                                   .artist_id = gather_int(&gathering, 3),
                                   .version = gather_int(&gathering, 4)};
    }
    status = finish_page(filter, &gathering, group_id_of, &page);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}
