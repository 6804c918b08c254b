/*
 * frame_store.c — one question for the terms, one for the seats.
 *
 * A wish has 1 to 16 seats, a prepared statement a fixed number of values: the last seat is named
 * again in the places that are left over, which changes nothing.
 */
#include "strategies/frame_store.h"

#include <assert.h>
#include <string.h>

#include "base/must.h"
#include "booking/beside.h"

#define SIXTEEN "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
static_assert(SEATS_PER_RESERVATION_MAX == 16, "SIXTEEN names that many seats");

static const struct sql TERMS = {
    "SELECT s.strategy, s.lock_kind, s.opens_at_ms, s.closes_at_ms, s.hold_seconds, s.max_per_fan,"
    " s.max_per_concert, s.status, o.layout_version,"
    " (SELECT count(*) FROM reservation r JOIN reservation_seat t ON t.reservation_id = r.id"
    " WHERE r.fan_id = $2 AND r.option_id = s.option_id AND t.live <> 0),"
    " CASE WHEN s.max_per_concert = 0 THEN 0 ELSE"
    " (SELECT count(*) FROM reservation r JOIN reservation_seat t ON t.reservation_id = r.id"
    " JOIN concert_option d ON d.id = r.option_id"
    " WHERE r.fan_id = $2 AND d.concert_id = o.concert_id AND t.live <> 0) END,"
    " CASE WHEN s.opens_at_ms <= $4 THEN 0 ELSE"
    " (SELECT count(*) FROM presale_round p WHERE p.option_id = s.option_id"
    " AND p.opens_at_ms <= $4 AND p.closes_at_ms > $4) END,"
    " CASE WHEN s.opens_at_ms <= $4 THEN 0 ELSE"
    " (SELECT count(*) FROM presale_round p JOIN fan_group_member m ON m.group_id = p.group_id"
    " WHERE p.option_id = s.option_id AND p.opens_at_ms <= $4 AND p.closes_at_ms > $4"
    " AND m.fan_id = $2) END,"
    " k.id, k.request_hash"
    " FROM sale s JOIN concert_option o ON o.id = s.option_id"
    " LEFT JOIN reservation k ON k.fan_id = $2 AND k.key_hash = $3"
    " WHERE s.option_id = $1 AND o.deleted_at_ms IS NULL"};

static const struct sql SEATS = {
    "SELECT t.version,"
    " (SELECT count(*) FROM reservation_seat l WHERE l.seat_id = t.id AND l.live = 1)"
    " + (SELECT count(*) FROM reservation_seat l WHERE l.seat_id = t.id AND l.live = 2),"
    " CASE WHEN t.blocked <> 0 THEN 1 WHEN t.allotment_id = 0 THEN 0"
    " WHEN EXISTS (SELECT 1 FROM allotment a JOIN fan_group_member m ON m.group_id = a.group_id"
    " WHERE a.id = t.allotment_id AND a.ended_at_ms IS NULL AND m.fan_id = $17) THEN 0"
    " ELSE 1 END"
    " FROM seat t WHERE t.id IN " SIXTEEN " ORDER BY t.id"};

/* A transaction of SQLite is alone anyway. */
static const struct sql LOCK_SEATS = {
    .words = "SELECT id FROM seat WHERE id IN " SIXTEEN " ORDER BY id",
    .postgres = "SELECT id FROM seat WHERE id IN " SIXTEEN " ORDER BY id FOR UPDATE"};
static const struct sql RAISE = {
    "UPDATE seat SET version = version + 1 WHERE id = $1 AND version = $2"};
static const struct sql FENCE = {"UPDATE seat SET fence = $2 WHERE id = $1 AND fence < $2"};

static const struct sql HIGHEST_FENCE = {"SELECT max(fence) FROM seat WHERE id IN " SIXTEEN};

static struct sql_value seat_value(const struct frame *frame, size_t at)
{
    return sql_int(plan_seat_id(frame->plan, frame->ask->choice.seat_indexes[at]).value);
}

static void sixteen_seats(const struct frame *frame,
                          struct sql_value values[SEATS_PER_RESERVATION_MAX])
{
    size_t count = frame->ask->choice.seat_count;
    must(count > 0 && count <= SEATS_PER_RESERVATION_MAX);
    for (size_t i = 0; i < SEATS_PER_RESERVATION_MAX; i++)
        values[i] = seat_value(frame, i < count ? i : count - 1);
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum sale_status status_from_text(struct text text)
{
    if (text_equal(text, text_of("PAUSED")))
        return SALE_STATUS_PAUSED;
    return text_equal(text, text_of("ACTIVE")) ? SALE_STATUS_ACTIVE : SALE_STATUS_CLOSED;
}

static void read_terms(struct frame *frame, const struct rows *rows)
{
    struct text strategy = rows_text(rows, 0);
    struct text lock = rows_text(rows, 1);
    size_t lock_bytes = lock.size < FRAME_LOCK_BYTES ? lock.size : FRAME_LOCK_BYTES - 1;
    frame->strategy = strategy.size == 2 ? strategy.bytes[1] - '0' : 0;
    memcpy(frame->lock, lock.bytes ? lock.bytes : "", lock_bytes);
    frame->lock[lock_bytes] = '\0';
    frame->terms = (struct sale_terms){.opens_at_ms = rows_int(rows, 2),
                                       .closes_at_ms = rows_int(rows, 3),
                                       .hold_ms = rows_int(rows, 4) * 1000,
                                       .max_per_fan = rows_int(rows, 5),
                                       .max_per_concert = rows_int(rows, 6),
                                       .status = status_from_text(rows_text(rows, 7)),
                                       .strategy = frame->strategy};
    if (frame->terms.hold_ms > (int64_t)HOLD_SECONDS_MAX * 1000)
        frame->terms.hold_ms = (int64_t)HOLD_SECONDS_MAX * 1000;
    frame->layout_version = rows_int(rows, 8);
    frame->fan_seats = rows_int(rows, 9);
    frame->concert_seats = rows_int(rows, 10);
    frame->presale_runs = rows_int(rows, 11) > 0;
    frame->in_presale = rows_int(rows, 12) > 0;
    frame->act = (struct key_act){{rows_int(rows, 13)}, rows_int(rows, 14)};
}

enum status frame_store_read_terms(struct frame *frame, struct store_connection *connection)
{
    const struct booking_ask *ask = frame->ask;
    struct sql_value values[] = {sql_int(ask->option.value), sql_int(ask->fan.value),
                                 sql_int(ask->key_hash), sql_int(frame->now_ms)};
    struct rows rows;
    enum status status = store_query(connection, &TERMS, values, 4, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found)
        read_terms(frame, &rows);
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

enum status frame_store_read_seats(struct frame *frame, struct store_connection *connection)
{
    struct sql_value values[SEATS_PER_RESERVATION_MAX + 1];
    sixteen_seats(frame, values);
    values[SEATS_PER_RESERVATION_MAX] = sql_int(frame->ask->fan.value);
    struct rows rows;
    enum status status =
        store_query(connection, &SEATS, values, SEATS_PER_RESERVATION_MAX + 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < frame->ask->choice.seat_count && rows_next(&rows))
        frame->seats[count++] = (struct frame_seat){.version = rows_int(&rows, 0),
                                                    .taken = rows_int(&rows, 1) > 0,
                                                    .closed = rows_int(&rows, 2) != 0};
    status = rows_end(&rows);
    return status == STATUS_OK && count < frame->ask->choice.seat_count ? STATUS_MISSING : status;
}

/* --- holding on ------------------------------------------------------------------------------- */

enum status frame_store_enter(const struct frame *frame, struct store_connection *connection)
{
    return beside_keep_terms(connection, frame->ask->option, frame->ask->fan);
}

enum status frame_store_lock_seats(const struct frame *frame, struct store_connection *connection)
{
    struct sql_value values[SEATS_PER_RESERVATION_MAX];
    sixteen_seats(frame, values);
    struct rows rows;
    enum status status =
        store_query(connection, &LOCK_SEATS, values, SEATS_PER_RESERVATION_MAX, &rows);
    if (status != STATUS_OK)
        return status;
    while (rows_next(&rows))
        continue;
    return rows_end(&rows);
}

enum status frame_store_raise_versions(const struct frame *frame,
                                       struct store_connection *connection, bool *out_same)
{
    *out_same = true;
    for (size_t i = 0; i < frame->ask->choice.seat_count && *out_same; i++) {
        struct sql_value values[] = {seat_value(frame, i), sql_int(frame->seats[i].version)};
        int64_t changed;
        enum status status = store_run(connection, &RAISE, values, 2, &changed);
        if (status != STATUS_OK)
            return status;
        *out_same = changed == 1;
    }
    return STATUS_OK;
}

enum status frame_store_fence(const struct frame *frame, int64_t token,
                              struct store_connection *connection, bool *out_newest)
{
    *out_newest = true;
    for (size_t i = 0; i < frame->ask->choice.seat_count && *out_newest; i++) {
        struct sql_value values[] = {seat_value(frame, i), sql_int(token)};
        int64_t changed;
        enum status status = store_run(connection, &FENCE, values, 2, &changed);
        if (status != STATUS_OK)
            return status;
        *out_newest = changed == 1;
    }
    return STATUS_OK;
}

enum status frame_store_highest_fence(const struct frame *frame,
                                      struct store_connection *connection, int64_t *out_fence)
{
    struct sql_value values[SEATS_PER_RESERVATION_MAX];
    sixteen_seats(frame, values);
    return store_query_int(connection, &HIGHEST_FENCE, values, SEATS_PER_RESERVATION_MAX,
                           out_fence);
}
