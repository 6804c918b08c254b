/* catalog.c — the version, and the four plain lists, each in the order of its ids. */
#include "catalog/catalog.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

struct plain_list {
    struct sql
        select; /* id, a pattern, after, limit, three more patterns, and what they belong to */
    size_t value_count; /* 7 where they belong to nothing */
    size_t item_bytes;
    void (*read)(struct gathering *gathering, void *item);
};

#define FOUND(column)                                                                              \
    column " LIKE $2 AND " column " LIKE $5 AND " column " LIKE $6 AND " column " LIKE $7 "

static_assert(SEARCH_WORDS_MAX == 4, "FOUND() names four patterns");

#define BEGINS_WITH_ITS_ID(item)                                                                   \
    static_assert(offsetof(struct item, id) == 0, #item " begins with its id")
BEGINS_WITH_ITS_ID(catalog_agency);
BEGINS_WITH_ITS_ID(catalog_artist);
BEGINS_WITH_ITS_ID(catalog_venue);
BEGINS_WITH_ITS_ID(catalog_group);

/* Lists ask for one item more than a page has: it tells whether there is a next page. */
static enum status finish_page(const struct catalog_filter *filter, const struct plain_list *list,
                               struct gathering *gathering, struct catalog_page *page)
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
        const char *last = (const char *)page->of.items + (page->count - 1) * list->item_bytes;
        memcpy(&page->next.id, last, sizeof page->next.id);
    }
    return STATUS_OK;
}

static enum status begin_page(struct store_connection *reader, struct arena *arena,
                              const struct catalog_filter *filter, const struct plain_list *list,
                              int64_t owner, struct gathering *gathering)
{
    struct search search;
    if (!search_read(arena, filter->id ? text_of("") : filter->search, &search))
        return STATUS_NO_MEMORY;
    const struct sql_value values[] = {
        sql_int(filter->id),
        sql_text(search.patterns[0]),
        sql_int(filter->id ? 0 : filter->after.id),
        sql_int(filter->id ? 1 : filter->limit + 1),
        sql_text(search.patterns[1]),
        sql_text(search.patterns[2]),
        sql_text(search.patterns[3]),
        sql_int(filter->id ? 0 : owner),
    };
    return gather_begin(gathering, reader, arena, &list->select, values, list->value_count);
}

/* `owner`: of the agency or artist that they must belong to; 0: any. */
static enum status read_page(struct store_connection *reader, struct arena *arena,
                             const struct catalog_filter *filter, const struct plain_list *list,
                             int64_t owner, struct catalog_page *out_page)
{
    struct gathering gathering;
    enum status status = begin_page(reader, arena, filter, list, owner, &gathering);
    if (status != STATUS_OK)
        return status;
    struct catalog_page page = {0};
    while (gather_next(&gathering, &page.of.items, list->item_bytes))
        list->read(&gathering, (char *)page.of.items + (gathering.count - 1) * list->item_bytes);
    status = finish_page(filter, list, &gathering, &page);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}

static void read_agency(struct gathering *gathering, void *item)
{
    *(struct catalog_agency *)item = (struct catalog_agency){.id = gather_int(gathering, 0),
                                                             .name = gather_text(gathering, 1),
                                                             .name_ko = gather_text(gathering, 2),
                                                             .version = gather_int(gathering, 3)};
}

enum status catalog_agencies(struct store_connection *reader, struct arena *arena,
                             const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct plain_list list = {
        .select = {"SELECT id, name, name_ko, version FROM agency "
                   "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
                   "AND " FOUND("search") "AND ($8 = 0 OR id = $8) AND id > $3 "
                                          "ORDER BY id LIMIT $4"},
        .value_count = 8,
        .item_bytes = sizeof(struct catalog_agency),
        .read = read_agency};
    return read_page(reader, arena, filter, &list, filter->agency_id, out_page);
}

static void read_artist(struct gathering *gathering, void *item)
{
    *(struct catalog_artist *)item =
        (struct catalog_artist){.id = gather_int(gathering, 0),
                                .name = gather_text(gathering, 1),
                                .name_ko = gather_text(gathering, 2),
                                .agency_id = gather_int(gathering, 3),
                                .agency_name = gather_text(gathering, 4),
                                .agency_name_ko = gather_text(gathering, 5),
                                .version = gather_int(gathering, 6)};
}

enum status catalog_artists(struct store_connection *reader, struct arena *arena,
                            const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct plain_list list = {
        .select = {"SELECT a.id, a.name, a.name_ko, a.agency_id, g.name, g.name_ko, a.version "
                   "FROM artist a LEFT JOIN agency g ON g.id = a.agency_id "
                   "WHERE a.deleted_at_ms IS NULL AND ($1 = 0 OR a.id = $1) "
                   "AND " FOUND("a.search") "AND ($8 = 0 OR a.agency_id = $8) AND a.id > $3 "
                                            "ORDER BY a.id LIMIT $4"},
        .value_count = 8,
        .item_bytes = sizeof(struct catalog_artist),
        .read = read_artist};
    return read_page(reader, arena, filter, &list, filter->agency_id, out_page);
}

static void read_venue(struct gathering *gathering, void *item)
{
    *(struct catalog_venue *)item = (struct catalog_venue){.id = gather_int(gathering, 0),
                                                           .name = gather_text(gathering, 1),
                                                           .name_ko = gather_text(gathering, 2),
                                                           .city = gather_text(gathering, 3),
                                                           .city_ko = gather_text(gathering, 4),
                                                           .capacity = gather_int(gathering, 5),
                                                           .version = gather_int(gathering, 6)};
}

enum status catalog_venues(struct store_connection *reader, struct arena *arena,
                           const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct plain_list list = {
        .select = {"SELECT id, name, name_ko, city, city_ko, capacity, version FROM venue "
                   "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
                   "AND " FOUND("search") "AND id > $3 ORDER BY id LIMIT $4"},
        .value_count = 7,
        .item_bytes = sizeof(struct catalog_venue),
        .read = read_venue};
    return read_page(reader, arena, filter, &list, 0, out_page);
}

static void read_group(struct gathering *gathering, void *item)
{
    *(struct catalog_group *)item = (struct catalog_group){.id = gather_int(gathering, 0),
                                                           .name = gather_text(gathering, 1),
                                                           .name_ko = gather_text(gathering, 2),
                                                           .artist_id = gather_int(gathering, 3),
                                                           .version = gather_int(gathering, 4)};
}

enum status catalog_groups(struct store_connection *reader, struct arena *arena,
                           const struct catalog_filter *filter, struct catalog_page *out_page)
{
    static const struct plain_list list = {
        .select = {"SELECT id, name, name_ko, artist_id, version FROM fan_group "
                   "WHERE deleted_at_ms IS NULL AND ($1 = 0 OR id = $1) "
                   "AND " FOUND("search") "AND ($8 = 0 OR artist_id = $8) AND id > $3 "
                                          "ORDER BY id LIMIT $4"},
        .value_count = 8,
        .item_bytes = sizeof(struct catalog_group),
        .read = read_group};
    return read_page(reader, arena, filter, &list, filter->artist_id, out_page);
}
