/*
 * catalog_concerts.c — concerts with their bills and dates; dates with their sections and sales.
 *
 * Concerts come by their first date, then by id; a concert without dates comes last. A date whose
 * seats are still being written (layout_version 0) is shown as one without seats.
 */
#include "catalog/catalog.h"

#include "catalog/catalog_rows.h"
#include "catalog/search.h"
#include "limits.h"

/* --- dates ------------------------------------------------------------------------------------ */

#define OPTION_SELECT                                                                              \
    "SELECT o.id, o.concert_id, o.starts_at_ms, "                                                  \
    "CASE WHEN o.layout_version > 0 THEN o.first_seat_id ELSE 0 END, "                             \
    "CASE WHEN o.layout_version > 0 THEN o.seat_count ELSE 0 END, "                                \
    "v.id, v.name, v.name_ko, v.city, v.city_ko, v.capacity, "                                     \
    "s.option_id, s.opens_at_ms, s.closes_at_ms, s.strategy, s.lock_kind, s.hold_seconds, "        \
    "s.max_per_fan, s.waiting_room, s.status, o.version, s.max_per_concert, "                      \
    "s.refund_free_days, s.refund_fee_percent, s.refund_fee_per_seat "                             \
    "FROM concert_option o JOIN venue v ON v.id = o.venue_id "                                     \
    "JOIN concert c ON c.id = o.concert_id LEFT JOIN sale s ON s.option_id = o.id "                \
    "WHERE o.deleted_at_ms IS NULL AND c.deleted_at_ms IS NULL "

static enum catalog_sale_status sale_status_of(struct text word)
{
    if (text_equal(word, text_of("PAUSED")))
        return CATALOG_SALE_PAUSED;
    return text_equal(word, text_of("CLOSED")) ? CATALOG_SALE_CLOSED : CATALOG_SALE_ACTIVE;
}

static void fill_sale(struct gathering *gathering, struct catalog_sale *sale)
{
    sale->exists = !rows_null(&gathering->rows, 11);
    if (!sale->exists)
        return;
    sale->opens_at_ms = gather_int(gathering, 12);
    sale->closes_at_ms = gather_int(gathering, 13);
    sale->strategy = gather_text(gathering, 14);
    sale->lock = gather_text(gathering, 15);
    sale->hold_seconds = gather_int(gathering, 16);
    sale->max_per_fan = gather_int(gathering, 17);
    sale->waiting_room = gather_int(gathering, 18) != 0;
    sale->status = sale_status_of(rows_text(&gathering->rows, 19));
    sale->max_per_concert = gather_int(gathering, 21);
    sale->refund_terms = (struct refund_terms){gather_int(gathering, 22), gather_int(gathering, 23),
                                               gather_int(gathering, 24)};
}

static void fill_option(struct gathering *gathering, struct catalog_option *option)
{
    option->id = gather_int(gathering, 0);
    option->concert_id = gather_int(gathering, 1);
    option->starts_at_ms = gather_int(gathering, 2);
    option->version = gather_int(gathering, 20);
    option->first_seat_id = gather_int(gathering, 3);
    option->seat_count = gather_int(gathering, 4);
    option->venue = (struct catalog_venue){.id = gather_int(gathering, 5),
                                           .name = gather_text(gathering, 6),
                                           .name_ko = gather_text(gathering, 7),
                                           .city = gather_text(gathering, 8),
                                           .city_ko = gather_text(gathering, 9),
                                           .capacity = gather_int(gathering, 10)};
    fill_sale(gathering, &option->sale);
}

static enum status gather_options(struct gathering *gathering, struct catalog_option **out_options)
{
    void *array = NULL;
    while (gather_next(gathering, &array, sizeof **out_options))
        fill_option(gathering, (struct catalog_option *)array + gathering->count - 1);
    *out_options = array;
    return gather_end(gathering);
}

static enum status options_of_concert(struct store_connection *reader, struct arena *arena,
                                      int64_t concert_id, struct cursor after, int64_t limit,
                                      struct catalog_option **out_options, size_t *out_count)
{
    static const struct sql select = {OPTION_SELECT
                                      "AND o.concert_id = $1 AND (o.starts_at_ms > $2 OR "
                                      "(o.starts_at_ms = $2 AND o.id > $3)) "
                                      "ORDER BY o.starts_at_ms, o.id LIMIT $4"};
    struct sql_value values[] = {sql_int(concert_id), sql_int(after.key), sql_int(after.id),
                                 sql_int(limit)};
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, values, 4);
    if (status != STATUS_OK)
        return status;
    status = gather_options(&gathering, out_options);
    *out_count = gathering.count;
    return status;
}

static enum status option_by_id(struct store_connection *reader, struct arena *arena, int64_t id,
                                struct catalog_option **out_option)
{
    static const struct sql select = {OPTION_SELECT "AND o.id = $1"};
    struct sql_value value = sql_int(id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    status = gather_options(&gathering, out_option);
    if (status != STATUS_OK)
        return status;
    return gathering.count == 1 ? STATUS_OK : STATUS_MISSING;
}

/* --- sections --------------------------------------------------------------------------------- */

static enum status read_sections(struct store_connection *reader, struct arena *arena,
                                 struct catalog_option *option)
{
    static const struct sql select = {
        "SELECT s.id, s.name, s.name_ko, s.grade, s.price, "
        "(SELECT sum(r.seat_count) FROM seat_row r WHERE r.section_id = s.id) "
        "FROM section s WHERE s.option_id = $1 ORDER BY s.position"};
    struct sql_value value = sql_int(option->id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *option->sections)) {
        struct catalog_section *section = (struct catalog_section *)array + gathering.count - 1;
        *section = (struct catalog_section){.id = gather_int(&gathering, 0),
                                            .name = gather_text(&gathering, 1),
                                            .name_ko = gather_text(&gathering, 2),
                                            .grade = gather_text(&gathering, 3),
                                            .price = gather_int(&gathering, 4),
                                            .seat_count = gather_int(&gathering, 5)};
        section->left = section->seat_count;
    }
    option->sections = array;
    option->section_count = gathering.count;
    return gather_end(&gathering);
}

/* Blocked seats, those set aside and those of live reservations are not left. For dates that no
   board knows. */
static enum status subtract_taken(struct store_connection *reader, struct catalog_option *option)
{
    static const struct sql select = {
        "SELECT section_id, count(*) FROM seat WHERE id >= $1 AND id < $2 AND (blocked <> 0 "
        "OR allotment_id <> 0 OR id IN (SELECT seat_id FROM reservation_seat WHERE live = 1 "
        "AND seat_id >= $1 "
        "AND seat_id < $2)) GROUP BY section_id"};
    struct sql_value values[] = {sql_int(option->first_seat_id),
                                 sql_int(option->first_seat_id + option->seat_count)};
    struct rows rows;
    enum status status = store_query(reader, &select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    while (rows_next(&rows))
        for (size_t i = 0; i < option->section_count; i++)
            if (option->sections[i].id == rows_int(&rows, 0))
                option->sections[i].left -= rows_int(&rows, 1);
    return rows_end(&rows);
}

static enum status complete_option(struct store_connection *reader, struct arena *arena,
                                   struct boards *boards, struct catalog_option *option)
{
    enum status status = STATUS_OK;
    if (option->sale.exists)
        status = presale_find(reader, (struct option_id){option->id}, &option->sale.presale);
    if (status != STATUS_OK || option->seat_count == 0)
        return status;
    status = read_sections(reader, arena, option);
    if (status != STATUS_OK)
        return status;
    if (boards && boards_find(boards, (struct option_id){option->id}))
        return STATUS_OK;
    return subtract_taken(reader, option);
}

static enum status concert_exists(struct store_connection *reader, int64_t id)
{
    static const struct sql select = {
        "SELECT id FROM concert WHERE id = $1 AND deleted_at_ms IS NULL"};
    struct sql_value value = sql_int(id);
    int64_t found;
    return store_query_int(reader, &select, &value, 1, &found);
}

enum status catalog_options(struct store_connection *reader, struct arena *arena,
                            struct boards *boards, int64_t concert_id,
                            const struct catalog_filter *filter, struct catalog_page *out_page)
{
    struct catalog_page page = {0};
    enum status status;
    if (filter->id) {
        status = option_by_id(reader, arena, filter->id, &page.of.options);
        page.count = 1;
    } else {
        status = concert_exists(reader, concert_id);
        if (status == STATUS_OK)
            status = options_of_concert(reader, arena, concert_id, filter->after, filter->limit + 1,
                                        &page.of.options, &page.count);
        page.more = page.count > (size_t)filter->limit;
    }
    if (status == STATUS_OK && page.more) {
        page.count = (size_t)filter->limit;
        const struct catalog_option *last = &page.of.options[page.count - 1];
        page.next = (struct cursor){.key = last->starts_at_ms, .id = last->id};
    }
    for (size_t i = 0; status == STATUS_OK && i < page.count; i++)
        status = complete_option(reader, arena, boards, &page.of.options[i]);
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}

/* --- concerts --------------------------------------------------------------------------------- */

static enum status read_bill(struct store_connection *reader, struct arena *arena,
                             struct catalog_concert *concert)
{
    static const struct sql select = {
        "SELECT a.id, a.name, a.name_ko FROM concert_artist b JOIN artist a ON a.id = b.artist_id "
        "WHERE b.concert_id = $1 ORDER BY b.position, a.id"};
    struct sql_value value = sql_int(concert->id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *concert->artists))
        ((struct catalog_artist *)array)[gathering.count - 1] =
            (struct catalog_artist){.id = gather_int(&gathering, 0),
                                    .name = gather_text(&gathering, 1),
                                    .name_ko = gather_text(&gathering, 2)};
    concert->artists = array;
    concert->artist_count = gathering.count;
    return gather_end(&gathering);
}

static enum status read_prices(struct store_connection *reader, struct catalog_concert *concert)
{
    static const struct sql select = {
        "SELECT min(s.price), max(s.price) FROM concert_option o JOIN section s "
        "ON s.option_id = o.id WHERE o.concert_id = $1 AND o.deleted_at_ms IS NULL "
        "AND o.layout_version > 0"};
    struct sql_value value = sql_int(concert->id);
    struct rows rows;
    enum status status = store_query(reader, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    concert->price_from = concert->price_to = -1;
    if (rows_next(&rows) && !rows_null(&rows, 0)) {
        concert->price_from = rows_int(&rows, 0);
        concert->price_to = rows_int(&rows, 1);
    }
    return rows_end(&rows);
}

static enum status complete_concert(struct store_connection *reader, struct arena *arena,
                                    struct catalog_concert *concert)
{
    enum status status = read_bill(reader, arena, concert);
    if (status == STATUS_OK)
        status = options_of_concert(reader, arena, concert->id, (struct cursor){0},
                                    CATALOG_PAGE_MAX, &concert->options, &concert->option_count);
    if (status == STATUS_OK)
        status = read_prices(reader, concert);
    return status;
}

/* What matches is decided in one statement; $1 … $6 and $10 … $12 are the filter, $7 … $9 the
   page. */
static const struct sql select_concerts = {
    "WITH dated AS (SELECT c.id, c.title, c.title_ko, c.description, c.description_ko, "
    "c.poster_hue, c.version, coalesce((SELECT min(o.starts_at_ms) FROM concert_option o "
    "  WHERE o.concert_id = c.id AND o.deleted_at_ms IS NULL), 9007199254740991) AS first_ms "
    "FROM concert c WHERE c.deleted_at_ms IS NULL AND ($1 = 0 OR c.id = $1) "
    "AND c.search LIKE $2 AND c.search LIKE $10 AND c.search LIKE $11 AND c.search LIKE $12 "
    "AND ($3 = 0 OR EXISTS (SELECT 1 FROM concert_artist b WHERE b.concert_id = c.id "
    "  AND b.artist_id = $3)) "
    "AND ($4 = 0 OR EXISTS (SELECT 1 FROM concert_artist b JOIN artist a ON a.id = b.artist_id "
    "  WHERE b.concert_id = c.id AND a.agency_id = $4)) "
    "AND (($5 = 0 AND $6 = 0) OR EXISTS (SELECT 1 FROM concert_option o "
    "  WHERE o.concert_id = c.id AND o.deleted_at_ms IS NULL AND o.starts_at_ms >= $5 "
    "  AND ($6 = 0 OR o.starts_at_ms < $6)))) "
    "SELECT id, title, title_ko, description, description_ko, poster_hue, first_ms, version "
    "FROM dated "
    "WHERE first_ms > $7 OR (first_ms = $7 AND id > $8) ORDER BY first_ms, id LIMIT $9"};

struct keyed_concert { /* with the key its place in the list goes by */
    struct catalog_concert concert;
    int64_t first_ms;
};

static enum status gather_concerts(struct store_connection *reader, struct arena *arena,
                                   const struct catalog_filter *filter, const struct search *search,
                                   struct keyed_concert **out_found, size_t *out_count)
{
    struct sql_value values[] = {sql_int(filter->id),
                                 sql_text(search->patterns[0]),
                                 sql_int(filter->artist_id),
                                 sql_int(filter->agency_id),
                                 sql_int(filter->from_ms),
                                 sql_int(filter->to_ms),
                                 sql_int(filter->id ? 0 : filter->after.key),
                                 sql_int(filter->id ? 0 : filter->after.id),
                                 sql_int(filter->id ? 1 : filter->limit + 1),
                                 sql_text(search->patterns[1]),
                                 sql_text(search->patterns[2]),
                                 sql_text(search->patterns[3])};
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select_concerts, values, 12);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof **out_found))
        ((struct keyed_concert *)array)[gathering.count - 1] =
            (struct keyed_concert){.concert = {.id = gather_int(&gathering, 0),
                                               .title = gather_text(&gathering, 1),
                                               .title_ko = gather_text(&gathering, 2),
                                               .description = gather_text(&gathering, 3),
                                               .description_ko = gather_text(&gathering, 4),
                                               .poster_hue = gather_int(&gathering, 5),
                                               .version = gather_int(&gathering, 7)},
                                   .first_ms = gather_int(&gathering, 6)};
    *out_found = array;
    *out_count = gathering.count;
    return gather_end(&gathering);
}

enum status catalog_concerts(struct store_connection *reader, struct arena *arena,
                             const struct catalog_filter *filter, struct catalog_page *out_page)
{
    struct search search;
    if (!search_read(arena, filter->id ? text_of("") : filter->search, &search))
        return STATUS_NO_MEMORY;
    struct catalog_page page = {0};
    struct keyed_concert *found;
    enum status status = gather_concerts(reader, arena, filter, &search, &found, &page.count);
    if (status != STATUS_OK)
        return status;
    if (filter->id && page.count == 0)
        return STATUS_MISSING;

    page.more = !filter->id && page.count > (size_t)filter->limit;
    if (page.more) {
        page.count = (size_t)filter->limit;
        page.next = (struct cursor){.key = found[page.count - 1].first_ms,
                                    .id = found[page.count - 1].concert.id};
    }
    page.of.concerts = arena_take(arena, page.count * sizeof *page.of.concerts);
    if (!page.of.concerts)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < page.count; i++) {
        page.of.concerts[i] = found[i].concert;
        status = complete_concert(reader, arena, &page.of.concerts[i]);
    }
    if (status == STATUS_OK)
        *out_page = page;
    return status;
}
