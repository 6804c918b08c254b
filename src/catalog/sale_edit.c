/* sale_edit.c — looks at what is committed, decides, writes one row. */
#include "catalog/sale_edit.h"

#include "store/store.h"

/* --- what is there ---------------------------------------------------------------------------- */

struct place { /* the date and its sale */
    struct catalog_sale sale;
    int64_t first_seat_id, seat_count, layout_version;
};

static const char *const status_names[] = {
    [CATALOG_SALE_ACTIVE] = "ACTIVE",
    [CATALOG_SALE_PAUSED] = "PAUSED",
    [CATALOG_SALE_CLOSED] = "CLOSED",
};

static enum catalog_sale_status status_of(struct text name)
{
    if (text_equal(name, text_of("ACTIVE")))
        return CATALOG_SALE_ACTIVE;
    return text_equal(name, text_of("PAUSED")) ? CATALOG_SALE_PAUSED : CATALOG_SALE_CLOSED;
}

static void read_row(const struct rows *rows, struct arena *arena, struct place *place)
{
    place->first_seat_id = rows_int(rows, 0);
    place->seat_count = rows_int(rows, 1);
    place->layout_version = rows_int(rows, 2);
    place->sale = (struct catalog_sale){.exists = !rows_null(rows, 3),
                                        .opens_at_ms = rows_int(rows, 4),
                                        .closes_at_ms = rows_int(rows, 5),
                                        .strategy = arena_copy(arena, rows_text(rows, 6)),
                                        .lock = arena_copy(arena, rows_text(rows, 7)),
                                        .hold_seconds = rows_int(rows, 8),
                                        .max_per_fan = rows_int(rows, 9),
                                        .waiting_room = rows_int(rows, 10) != 0,
                                        .status = status_of(rows_text(rows, 11))};
}

/* STATUS_MISSING: there is no such date. */
static enum status read_place(struct store_connection *connection, struct arena *arena,
                              struct option_id option, struct place *out_place)
{
    static const struct sql select = {
        "SELECT o.first_seat_id, o.seat_count, o.layout_version, s.option_id, s.opens_at_ms,"
        " s.closes_at_ms, s.strategy, s.lock_kind, s.hold_seconds, s.max_per_fan, s.waiting_room,"
        " s.status FROM concert_option o JOIN concert c ON c.id = o.concert_id"
        " LEFT JOIN sale s ON s.option_id = o.id"
        " WHERE o.id = $1 AND o.deleted_at_ms IS NULL AND c.deleted_at_ms IS NULL"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found)
        read_row(&rows, arena, out_place);
    status = rows_end(&rows);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_MISSING;
    bool copied = out_place->sale.strategy.bytes && out_place->sale.lock.bytes;
    return copied ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status has_live_seats(struct store_connection *connection, const struct place *place,
                                  bool *out_has)
{
    static const struct sql live = {"SELECT count(*) FROM (SELECT 1 FROM reservation_seat"
                                    " WHERE live = 1 AND seat_id >= $1 AND seat_id < $2 LIMIT 1)"
                                    " AS found"};
    const struct sql_value range[] = {sql_int(place->first_seat_id),
                                      sql_int(place->first_seat_id + place->seat_count)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &live, range, 2, &count);
    *out_has = count > 0;
    return status;
}

/* --- setting it up ---------------------------------------------------------------------------- */

static bool is_same(const struct catalog_sale *sale, const struct sale_document *document)
{
    return sale->exists && sale->opens_at_ms == document->opens_at_ms &&
           sale->closes_at_ms == document->closes_at_ms &&
           text_equal(sale->strategy, text_of(document->strategy)) &&
           text_equal(sale->lock, text_of(document->lock)) &&
           sale->hold_seconds == document->hold_seconds &&
           sale->max_per_fan == document->max_per_fan && !sale->waiting_room;
}

static enum status decide_put(struct store_connection *connection, const struct place *place,
                              const struct sale_document *document,
                              enum sale_edit_verdict *out_verdict)
{
    *out_verdict = SALE_EDIT_DONE;
    if (place->layout_version == 0)
        *out_verdict = SALE_EDIT_NO_LAYOUT;
    else if (place->sale.exists && place->sale.status == CATALOG_SALE_CLOSED)
        *out_verdict = SALE_EDIT_CLOSED;
    bool same_strategy =
        !place->sale.exists || text_equal(place->sale.strategy, text_of(document->strategy));
    if (*out_verdict != SALE_EDIT_DONE || same_strategy)
        return STATUS_OK;
    bool live;
    enum status status = has_live_seats(connection, place, &live);
    if (live)
        *out_verdict = SALE_EDIT_IN_USE;
    return status;
}

static enum status write_sale(struct store_connection *connection, struct option_id option,
                              const struct sale_document *document)
{
    static const struct sql upsert = {
        "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, strategy, lock_kind,"
        " hold_seconds, max_per_fan) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (option_id) DO UPDATE SET opens_at_ms = $2, closes_at_ms = $3,"
        " strategy = $4, lock_kind = $5, hold_seconds = $6, max_per_fan = $7, waiting_room = 0,"
        " version = sale.version + 1"};
    const struct sql_value values[] = {
        sql_int(option.value),           sql_int(document->opens_at_ms),
        sql_int(document->closes_at_ms), sql_words(document->strategy),
        sql_words(document->lock),       sql_int(document->hold_seconds),
        sql_int(document->max_per_fan),
    };
    return store_run(connection, &upsert, values, sizeof values / sizeof values[0], NULL);
}

enum status sale_edit_put(struct store_connection *connection, struct arena *arena,
                          struct option_id option, const struct sale_document *document,
                          struct catalog_sale *out_sale, enum sale_edit_verdict *out_verdict)
{
    struct place place;
    enum status status = read_place(connection, arena, option, &place);
    if (status == STATUS_MISSING) {
        *out_verdict = SALE_EDIT_NO_OPTION;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = decide_put(connection, &place, document, out_verdict);
    if (status != STATUS_OK || *out_verdict != SALE_EDIT_DONE)
        return status;
    if (!is_same(&place.sale, document))
        status = write_sale(connection, option, document);
    if (status == STATUS_OK)
        status = read_place(connection, arena, option, &place);
    *out_sale = place.sale;
    return status;
}

/* --- pause, resume, close --------------------------------------------------------------------- */

static enum sale_edit_verdict decide_move(const struct place *place, enum catalog_sale_status to,
                                          int64_t now_ms)
{
    if (!place->sale.exists)
        return SALE_EDIT_NO_SALE;
    bool over = place->sale.status == CATALOG_SALE_CLOSED || now_ms >= place->sale.closes_at_ms;
    return over && to != CATALOG_SALE_CLOSED ? SALE_EDIT_CLOSED : SALE_EDIT_DONE;
}

enum status sale_edit_move(struct store_connection *connection, struct arena *arena,
                           struct option_id option, enum catalog_sale_status to, int64_t now_ms,
                           struct catalog_sale *out_sale, enum sale_edit_verdict *out_verdict)
{
    static const struct sql update = {
        "UPDATE sale SET status = $1, version = version + 1 WHERE option_id = $2 AND status <> $1"};
    struct place place;
    enum status status = read_place(connection, arena, option, &place);
    if (status == STATUS_MISSING) {
        *out_verdict = SALE_EDIT_NO_OPTION;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    *out_verdict = decide_move(&place, to, now_ms);
    if (*out_verdict != SALE_EDIT_DONE)
        return STATUS_OK;
    const struct sql_value values[] = {sql_words(status_names[to]), sql_int(option.value)};
    status = store_run(connection, &update, values, 2, NULL);
    place.sale.status = to;
    *out_sale = place.sale;
    return status;
}
