/*
 * catalog.c — each address of the catalog as a kind of document: how it is read, how it is written.
 *
 * Concerts and dates also carry what the boards know (seats left, whether a sale is open): they are
 * written anew when that has changed. A list of concerts touches many boards and shows their sales'
 * states only, so it looks at them ten times a second; a date looks at its own each time it is
 * asked for.
 */
#include "api/catalog.h"

#include "api/body.h"
#include "api/catalog_query.h"
#include "api/documents.h"
#include "base/must.h"
#include "catalog/catalog_json.h"
#include "catalog/concert_pack.h"

/* Caches may keep it and must ask first: a 304 costs little, an old price costs a fan. */
static const char revalidate[] = "public, no-cache";

enum {
    KIND_AGENCIES = 1,
    KIND_AGENCY,
    KIND_ARTISTS,
    KIND_ARTIST,
    KIND_VENUES,
    KIND_VENUE,
    KIND_CONCERTS,
    KIND_CONCERT,
    KIND_OPTIONS,
    KIND_OPTION,
    KIND_GROUPS,
    KIND_GROUP
};

enum { LIST_MARK_MS = 100 };

static struct catalog_page *take_page(struct arena *arena, void **out_model)
{
    struct catalog_page *page = arena_take_zeroed(arena, sizeof *page);
    *out_model = page;
    return page;
}

/* A list is asked for by its filter, a single item by its id. */
static struct catalog_filter filter_of(const struct document_key *key)
{
    struct catalog_filter filter = key->filter;
    filter.id = key->id;
    return filter;
}

static void answer_list(struct http_app *app, struct http_request *request,
                        const struct document_kind *kind)
{
    struct document_key key = {.kind = kind};
    if (catalog_query_read(request, &key.filter))
        documents_answer(app, request, &key);
}

static void answer_item(struct http_app *app, struct http_request *request,
                        const struct document_kind *kind)
{
    struct document_key key = {.kind = kind};
    if (body_path_id(request, 0, kind->missing, &key.id))
        documents_answer(app, request, &key);
}

/* --- agencies --------------------------------------------------------------------------------- */

static enum status read_agencies(struct http_app *app, struct store_connection *reader,
                                 struct arena *arena, const struct document_key *key,
                                 void **out_model)
{
    (void)app;
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_agencies(reader, arena, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t write_agencies(struct http_app *app, const void *model, int64_t now_ms,
                               struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_agencies(body, model);
    return 0;
}

static uint64_t write_agency(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_agency(body, ((const struct catalog_page *)model)->of.agencies);
    return 0;
}

static int64_t edition_of_agency(const void *model)
{
    return ((const struct catalog_page *)model)->of.agencies->version;
}

static const struct document_kind agencies_kind = {.number = KIND_AGENCIES,
                                                   .shared = true,
                                                   .cache_control = revalidate,
                                                   .missing = "There is no such agency.",
                                                   .read = read_agencies,
                                                   .write = write_agencies};
static const struct document_kind agency_kind = {.number = KIND_AGENCY,
                                                 .shared = true,
                                                 .cache_control = revalidate,
                                                 .missing = "There is no such agency.",
                                                 .read = read_agencies,
                                                 .write = write_agency,
                                                 .edition = edition_of_agency};

void agencies_list(struct http_app *app, struct http_request *request)
{
    answer_list(app, request, &agencies_kind);
}

void agencies_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &agency_kind);
}

/* --- artists ---------------------------------------------------------------------------------- */

static enum status read_artists(struct http_app *app, struct store_connection *reader,
                                struct arena *arena, const struct document_key *key,
                                void **out_model)
{
    (void)app;
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_artists(reader, arena, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t write_artists(struct http_app *app, const void *model, int64_t now_ms,
                              struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_artists(body, model);
    return 0;
}

static uint64_t write_artist(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_artist(body, ((const struct catalog_page *)model)->of.artists);
    return 0;
}

static int64_t edition_of_artist(const void *model)
{
    return ((const struct catalog_page *)model)->of.artists->version;
}

static const struct document_kind artists_kind = {.number = KIND_ARTISTS,
                                                  .shared = true,
                                                  .cache_control = revalidate,
                                                  .missing = "There is no such artist.",
                                                  .read = read_artists,
                                                  .write = write_artists};
static const struct document_kind artist_kind = {.number = KIND_ARTIST,
                                                 .shared = true,
                                                 .cache_control = revalidate,
                                                 .missing = "There is no such artist.",
                                                 .read = read_artists,
                                                 .write = write_artist,
                                                 .edition = edition_of_artist};

void artists_list(struct http_app *app, struct http_request *request)
{
    answer_list(app, request, &artists_kind);
}

void artists_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &artist_kind);
}

/* --- venues ----------------------------------------------------------------------------------- */

static enum status read_venues(struct http_app *app, struct store_connection *reader,
                               struct arena *arena, const struct document_key *key,
                               void **out_model)
{
    (void)app;
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_venues(reader, arena, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t write_venues(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_venues(body, model);
    return 0;
}

static uint64_t write_venue(struct http_app *app, const void *model, int64_t now_ms,
                            struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_venue(body, ((const struct catalog_page *)model)->of.venues);
    return 0;
}

static int64_t edition_of_venue(const void *model)
{
    return ((const struct catalog_page *)model)->of.venues->version;
}

static const struct document_kind venues_kind = {.number = KIND_VENUES,
                                                 .shared = true,
                                                 .cache_control = revalidate,
                                                 .missing = "There is no such venue.",
                                                 .read = read_venues,
                                                 .write = write_venues};
static const struct document_kind venue_kind = {.number = KIND_VENUE,
                                                .shared = true,
                                                .cache_control = revalidate,
                                                .missing = "There is no such venue.",
                                                .read = read_venues,
                                                .write = write_venue,
                                                .edition = edition_of_venue};

void venues_list(struct http_app *app, struct http_request *request)
{
    answer_list(app, request, &venues_kind);
}

void venues_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &venue_kind);
}

/* --- groups ----------------------------------------------------------------------------------- */

static enum status read_groups(struct http_app *app, struct store_connection *reader,
                               struct arena *arena, const struct document_key *key,
                               void **out_model)
{
    (void)app;
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_groups(reader, arena, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t write_groups(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_groups(body, model);
    return 0;
}

static uint64_t write_group(struct http_app *app, const void *model, int64_t now_ms,
                            struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms, (void)scratch;
    catalog_json_group(body, ((const struct catalog_page *)model)->of.groups);
    return 0;
}

static int64_t edition_of_group(const void *model)
{
    return ((const struct catalog_page *)model)->of.groups->version;
}

static const struct document_kind groups_kind = {.number = KIND_GROUPS,
                                                 .shared = true,
                                                 .cache_control = revalidate,
                                                 .missing = "There is no such group.",
                                                 .read = read_groups,
                                                 .write = write_groups};
static const struct document_kind group_kind = {.number = KIND_GROUP,
                                                .shared = true,
                                                .cache_control = revalidate,
                                                .missing = "There is no such group.",
                                                .read = read_groups,
                                                .write = write_group,
                                                .edition = edition_of_group};

void groups_list(struct http_app *app, struct http_request *request)
{
    answer_list(app, request, &groups_kind);
}

void groups_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &group_kind);
}

/* --- concerts --------------------------------------------------------------------------------- */

static enum status read_concerts(struct http_app *app, struct store_connection *reader,
                                 struct arena *arena, const struct document_key *key,
                                 void **out_model)
{
    (void)app;
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_concerts(reader, arena, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t mark_concerts(struct http_app *app, const void *model, int64_t now_ms)
{
    const struct catalog_page *page = model;
    uint64_t mark = 0;
    for (size_t i = 0; i < page->count; i++)
        mark = mark * 31 + catalog_live_state_mark(app->boards, page->of.concerts[i].options,
                                                   page->of.concerts[i].option_count, now_ms);
    return mark;
}

/* The dates of all concerts of the page, one behind the other. */
static struct catalog_live *lives_of_concerts(struct http_app *app, const struct catalog_page *page,
                                              int64_t now_ms, struct arena *scratch)
{
    size_t option_count = 0, at = 0;
    for (size_t i = 0; i < page->count; i++)
        option_count += page->of.concerts[i].option_count;
    struct catalog_live *lives = arena_take(scratch, (option_count + 1) * sizeof *lives);
    for (size_t i = 0; lives && i < page->count; i++) {
        const struct catalog_concert *concert = &page->of.concerts[i];
        const struct catalog_live *some =
            catalog_live_of(scratch, app->boards, concert->options, concert->option_count, now_ms);
        if (!some)
            return NULL;
        for (size_t option = 0; option < concert->option_count; option++)
            lives[at++] = some[option];
    }
    return lives;
}

static uint64_t write_concerts(struct http_app *app, const void *model, int64_t now_ms,
                               struct arena *scratch, struct buffer *body)
{
    const struct catalog_live *lives = lives_of_concerts(app, model, now_ms, scratch);
    if (lives)
        catalog_json_concerts(body, model, lives);
    else
        body->failed = true;
    return 0;
}

static uint64_t write_concert(struct http_app *app, const void *model, int64_t now_ms,
                              struct arena *scratch, struct buffer *body)
{
    const struct catalog_live *lives = lives_of_concerts(app, model, now_ms, scratch);
    if (lives)
        catalog_json_concert(body, ((const struct catalog_page *)model)->of.concerts, lives);
    else
        body->failed = true;
    return 0;
}

static void pack_concerts(const void *model, struct buffer *out)
{
    concert_pack(out, model);
}

static void *unpack_concerts(struct text bytes, struct arena *arena)
{
    return concert_unpack(bytes, arena);
}

static void *unpack_concert(struct text bytes, struct arena *arena)
{
    return concert_unpack_one(bytes, arena);
}

static int64_t edition_of_concert(const void *model)
{
    return ((const struct catalog_page *)model)->of.concerts->version;
}

static const struct document_kind concerts_kind = {.number = KIND_CONCERTS,
                                                   .shared = true,
                                                   .pack = pack_concerts,
                                                   .unpack = unpack_concerts,
                                                   .cache_control = revalidate,
                                                   .missing = "There is no such concert.",
                                                   .read = read_concerts,
                                                   .write = write_concerts,
                                                   .mark = mark_concerts,
                                                   .mark_every_ms = LIST_MARK_MS};
static const struct document_kind concert_kind = {.number = KIND_CONCERT,
                                                  .shared = true,
                                                  .pack = pack_concerts,
                                                  .unpack = unpack_concert,
                                                  .cache_control = revalidate,
                                                  .missing = "There is no such concert.",
                                                  .read = read_concerts,
                                                  .write = write_concert,
                                                  .mark = mark_concerts,
                                                  .edition = edition_of_concert};

void concerts_list(struct http_app *app, struct http_request *request)
{
    answer_list(app, request, &concerts_kind);
}

void concerts_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &concert_kind);
}

/* --- dates ------------------------------------------------------------------------------------ */

static enum status read_options(struct http_app *app, struct store_connection *reader,
                                struct arena *arena, const struct document_key *key,
                                void **out_model)
{
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_options(reader, arena, app->boards, key->id, &key->filter, page)
                : STATUS_NO_MEMORY;
}

static enum status read_option(struct http_app *app, struct store_connection *reader,
                               struct arena *arena, const struct document_key *key,
                               void **out_model)
{
    struct catalog_filter filter = filter_of(key);
    struct catalog_page *page = take_page(arena, out_model);
    return page ? catalog_options(reader, arena, app->boards, 0, &filter, page) : STATUS_NO_MEMORY;
}

static uint64_t mark_options(struct http_app *app, const void *model, int64_t now_ms)
{
    const struct catalog_page *page = model;
    return catalog_live_mark(app->boards, page->of.options, page->count, now_ms);
}

static uint64_t write_options(struct http_app *app, const void *model, int64_t now_ms,
                              struct arena *scratch, struct buffer *body)
{
    const struct catalog_page *page = model;
    const struct catalog_live *lives =
        catalog_live_of(scratch, app->boards, page->of.options, page->count, now_ms);
    if (lives)
        catalog_json_options(body, page, lives);
    else
        body->failed = true;
    return 0;
}

static uint64_t write_option(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    const struct catalog_page *page = model;
    const struct catalog_live *lives =
        catalog_live_of(scratch, app->boards, page->of.options, 1, now_ms);
    if (lives)
        catalog_json_option(body, page->of.options, lives);
    else
        body->failed = true;
    return 0;
}

static int64_t edition_of_option(const void *model)
{
    return ((const struct catalog_page *)model)->of.options->version;
}

static const struct document_kind options_kind = {.number = KIND_OPTIONS,
                                                  .counts_seats = true,
                                                  .cache_control = revalidate,
                                                  .missing = "There is no such concert.",
                                                  .read = read_options,
                                                  .write = write_options,
                                                  .mark = mark_options};
static const struct document_kind option_kind = {.number = KIND_OPTION,
                                                 .counts_seats = true,
                                                 .cache_control = revalidate,
                                                 .missing = "There is no such date.",
                                                 .read = read_option,
                                                 .write = write_option,
                                                 .mark = mark_options,
                                                 .edition = edition_of_option};

void options_list(struct http_app *app, struct http_request *request)
{
    struct document_key key = {.kind = &options_kind};
    if (body_path_id(request, 0, options_kind.missing, &key.id) &&
        catalog_query_read_page(request, &key.filter))
        documents_answer(app, request, &key);
}

void options_get(struct http_app *app, struct http_request *request)
{
    answer_item(app, request, &option_kind);
}

/* --- for those who edit ----------------------------------------------------------------------- */

const struct document_kind *catalog_item_kind(enum entity entity)
{
    static const struct document_kind *const kinds[ENTITY_COUNT] = {
        [ENTITY_AGENCY] = &agency_kind, [ENTITY_ARTIST] = &artist_kind,
        [ENTITY_VENUE] = &venue_kind,   [ENTITY_CONCERT] = &concert_kind,
        [ENTITY_OPTION] = &option_kind, [ENTITY_GROUP] = &group_kind,
    };
    must(entity < ENTITY_COUNT);
    return kinds[entity];
}
