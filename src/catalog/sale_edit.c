/* sale_edit.c — looks at what is committed, decides, writes one row and the presale. */
#include "catalog/sale_edit.h"

#include "booking/beside.h"
#include "store/store.h"

/* --- what is there ---------------------------------------------------------------------------- */

struct place { /* the date and its sale */
    struct catalog_sale sale;
    int64_t concert, first_seat_id, seat_count, layout_version;
    int64_t version; /* of the date */
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
                                        .status = status_of(rows_text(rows, 11)),
                                        .max_per_concert = rows_int(rows, 12)};
    place->concert = rows_int(rows, 13);
    place->sale.refund_terms =
        (struct refund_terms){rows_int(rows, 14), rows_int(rows, 15), rows_int(rows, 16)};
    place->version = rows_int(rows, 17);
}

/* STATUS_MISSING: there is no such date. */
static enum status read_place(struct store_connection *connection, struct arena *arena,
                              struct option_id option, struct place *out_place)
{
    static const struct sql select = {
        "SELECT o.first_seat_id, o.seat_count, o.layout_version, s.option_id, s.opens_at_ms,"
        " s.closes_at_ms, s.strategy, s.lock_kind, s.hold_seconds, s.max_per_fan, s.waiting_room,"
        " CASE WHEN EXISTS (SELECT 1 FROM refund_run n WHERE n.option_id = o.id"
        " AND n.state = 'RUNNING') THEN 'CLOSED' ELSE s.status END, s.max_per_concert, "
        "o.concert_id, s.refund_free_days, s.refund_fee_percent,"
        " s.refund_fee_per_seat, o.version FROM concert_option o JOIN concert c ON c.id = "
        "o.concert_id"
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
    return copied ? presale_find(connection, option, &out_place->sale.presale) : STATUS_NO_MEMORY;
}

/* Whether somebody has a seat, or seats are set aside. */
static enum status is_in_use(struct store_connection *connection, struct option_id option,
                             const struct place *place, bool *out_is)
{
    static const struct sql live = {
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM reservation_seat"
        " WHERE live = 1 AND seat_id >= $1 AND seat_id < $2 LIMIT 1) AS found)"
        " + (SELECT count(*) FROM (SELECT 1 FROM reservation_seat"
        " WHERE live = 2 AND seat_id >= $1 AND seat_id < $2 LIMIT 1) AS unguarded)"
        " + (SELECT count(*) FROM allotment WHERE option_id = $3 AND ended_at_ms IS NULL)"};
    const struct sql_value values[] = {sql_int(place->first_seat_id),
                                       sql_int(place->first_seat_id + place->seat_count),
                                       sql_int(option.value)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &live, values, 3, &count);
    *out_is = count > 0;
    return status;
}

/* A limit per concert is counted by the engine: no date of the concert may be sold past it. */
static enum status is_mixed(struct store_connection *connection, struct option_id option,
                            const struct place *place, const struct sale_document *document,
                            bool *out_is)
{
    static const struct sql others = {
        "SELECT count(*) FROM sale s JOIN concert_option o ON o.id = s.option_id"
        " WHERE o.concert_id = $1 AND o.id <> $2 AND s.strategy <> $3"
        " AND ($4 > 0 OR s.max_per_concert > 0)"};
    const struct sql_value values[] = {sql_int(place->concert), sql_int(option.value),
                                       sql_words(document->strategy),
                                       sql_int(document->max_per_concert)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &others, values, 4, &count);
    *out_is = count > 0;
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
           sale->max_per_fan == document->max_per_fan &&
           sale->max_per_concert == document->max_per_concert &&
           sale->waiting_room == document->waiting_room &&
           presale_equal(&sale->presale, &document->presale) &&
           refund_terms_equal(&sale->refund_terms, &document->refund_terms);
}

static enum status decide_put(struct store_connection *connection, const struct place *place,
                              const struct sale_document *document, struct sale_edit *edit)
{
    edit->verdict = SALE_EDIT_DONE;
    if (place->layout_version == 0)
        edit->verdict = SALE_EDIT_NO_LAYOUT;
    else if (place->sale.exists && place->sale.status == CATALOG_SALE_CLOSED)
        edit->verdict = SALE_EDIT_CLOSED;
    else if (is_same(&place->sale, document)) /* also when the answer to it was lost */
        edit->verdict = SALE_EDIT_SAME;
    else if (!edit_guard_passes(&edit->guard, place->version))
        edit->verdict = SALE_EDIT_STALE;
    if (edit->verdict != SALE_EDIT_DONE)
        return STATUS_OK;
    bool mixed = false, in_use = false;
    bool same_strategy =
        !place->sale.exists || (text_equal(place->sale.strategy, text_of(document->strategy)) &&
                                text_equal(place->sale.lock, text_of(document->lock)));
    enum status status = is_mixed(connection, edit->option, place, document, &mixed);
    if (status == STATUS_OK && !same_strategy)
        status = is_in_use(connection, edit->option, place, &in_use);
    if (in_use)
        edit->verdict = SALE_EDIT_IN_USE;
    else if (mixed)
        edit->verdict = SALE_EDIT_MIXED_DATES;
    return status;
}

/* What was sold so far is judged by the limits that were in force. */
static enum status keep_limits(struct store_connection *connection, const struct sale_edit *edit,
                               const struct sale_document *document)
{
    static const struct sql insert = {
        "INSERT INTO sale_earlier_limits (option_id, until_ms, max_per_fan, max_per_concert)"
        " VALUES ($1, $2, $3, $4)"};
    const struct catalog_sale *sale = &edit->before;
    if (!sale->exists || (sale->max_per_fan == document->max_per_fan &&
                          sale->max_per_concert == document->max_per_concert))
        return STATUS_OK;
    const struct sql_value values[] = {sql_int(edit->option.value), sql_int(edit->now_ms),
                                       sql_int(sale->max_per_fan), sql_int(sale->max_per_concert)};
    return store_run(connection, &insert, values, 4, NULL);
}

static enum status write_sale(struct store_connection *connection, struct option_id option,
                              const struct sale_document *document)
{
    static const struct sql upsert = {
        "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, strategy, lock_kind,"
        " hold_seconds, max_per_fan, max_per_concert, waiting_room, refund_free_days,"
        " refund_fee_percent, refund_fee_per_seat)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (option_id) DO UPDATE SET opens_at_ms = $2, closes_at_ms = $3,"
        " strategy = $4, lock_kind = $5, hold_seconds = $6, max_per_fan = $7,"
        " max_per_concert = $8, waiting_room = $9, refund_free_days = $10,"
        " refund_fee_percent = $11, refund_fee_per_seat = $12, version = sale.version + 1"};
    const struct sql_value values[] = {
        sql_int(option.value),
        sql_int(document->opens_at_ms),
        sql_int(document->closes_at_ms),
        sql_words(document->strategy),
        sql_words(document->lock),
        sql_int(document->hold_seconds),
        sql_int(document->max_per_fan),
        sql_int(document->max_per_concert),
        sql_int(document->waiting_room),
        sql_int(document->refund_terms.free_days),
        sql_int(document->refund_terms.fee_percent),
        sql_int(document->refund_terms.fee_per_seat),
    };
    return store_run(connection, &upsert, values, sizeof values / sizeof values[0], NULL);
}

/* Whoever edits the date, its seats or its sale by an older tag hears of it. */
static enum status count_edit(struct store_connection *connection, struct option_id option)
{
    static const struct sql update = {
        "UPDATE concert_option SET version = version + 1 WHERE id = $1"};
    const struct sql_value value = sql_int(option.value);
    return store_run(connection, &update, &value, 1, NULL);
}

static enum status write_all(struct store_connection *connection,
                             const struct sale_document *document, struct sale_edit *edit)
{
    bool known = true;
    enum status status = presale_replace(connection, edit->option, &document->presale, &known);
    if (status == STATUS_OK && !known) {
        edit->verdict = SALE_EDIT_NO_GROUP;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = keep_limits(connection, edit, document);
    if (status == STATUS_OK)
        status = write_sale(connection, edit->option, document);
    return status == STATUS_OK ? count_edit(connection, edit->option) : status;
}

enum status sale_edit_put(struct store_connection *connection, struct arena *arena,
                          const struct sale_document *document, struct sale_edit *edit)
{
    struct place place = {0};
    enum status status = beside_stop_sale(connection, edit->option);
    if (status == STATUS_OK)
        status = read_place(connection, arena, edit->option, &place);
    if (status == STATUS_MISSING) {
        edit->verdict = SALE_EDIT_NO_OPTION;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = decide_put(connection, &place, document, edit);
    edit->before = edit->after = place.sale;
    if (status == STATUS_OK && edit->verdict == SALE_EDIT_DONE)
        status = write_all(connection, document, edit);
    if (status != STATUS_OK || edit->verdict != SALE_EDIT_DONE)
        return status;
    status = read_place(connection, arena, edit->option, &place);
    edit->after = place.sale;
    return status;
}

/* --- pause, resume, close --------------------------------------------------------------------- */

static enum sale_edit_verdict decide_move(const struct catalog_sale *sale,
                                          enum catalog_sale_status to, int64_t now_ms)
{
    if (!sale->exists)
        return SALE_EDIT_NO_SALE;
    bool over = sale->status == CATALOG_SALE_CLOSED || now_ms >= sale->closes_at_ms;
    if (over && to != CATALOG_SALE_CLOSED)
        return SALE_EDIT_CLOSED;
    return sale->status == to ? SALE_EDIT_SAME : SALE_EDIT_DONE;
}

enum status sale_edit_move(struct store_connection *connection, struct arena *arena,
                           enum catalog_sale_status to, struct sale_edit *edit)
{
    static const struct sql update = {
        "UPDATE sale SET status = $1, version = version + 1 WHERE option_id = $2"};
    struct place place;
    enum status status = read_place(connection, arena, edit->option, &place);
    if (status == STATUS_MISSING) {
        edit->verdict = SALE_EDIT_NO_OPTION;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    edit->before = edit->after = place.sale;
    edit->verdict = decide_move(&place.sale, to, edit->now_ms);
    if (edit->verdict != SALE_EDIT_DONE)
        return STATUS_OK;
    const struct sql_value values[] = {sql_words(status_names[to]), sql_int(edit->option.value)};
    edit->after.status = to;
    status = store_run(connection, &update, values, 2, NULL);
    return status == STATUS_OK ? count_edit(connection, edit->option) : status;
}
