/* refund_store.c — one table; its key is unique for each person who asks. */
#include "payment/refund_store.h"

#include <stdio.h>

#include "base/container.h"
#include "base/must.h"
#include "store/row_reader.h"

static const char *const names[REFUND_STATE_COUNT] = {"REQUESTED", "DONE", "FAILED"};

#define COLUMNS                                                                                    \
    "SELECT id, payment_id, asked_by, state, amount, ends, request_hash, created_at_ms,"           \
    " updated_at_ms, fee, run_id FROM refund "

static const struct sql INSERT = {
    "INSERT INTO refund (payment_id, asked_by, state, amount, ends, reason, idempotency_key,"
    " request_hash, created_at_ms, updated_at_ms, fee, run_id)"
    " VALUES ($1, $2, 'REQUESTED', $3, $4, $5, $6, $7, $8, $8, $9, $10) RETURNING id"};
static const struct sql FIND = {COLUMNS "WHERE id = $1"};
static const struct sql FIND_KEY = {COLUMNS "WHERE asked_by = $1 AND idempotency_key = $2"};
static const struct sql OPEN = {COLUMNS
                                "WHERE state = 'REQUESTED' AND id > $1 ORDER BY id LIMIT $2"};
static const struct sql SUMS = {
    "SELECT coalesce(sum(CASE WHEN state = 'DONE' THEN amount + fee END), 0),"
    " coalesce(sum(CASE WHEN state = 'REQUESTED' THEN amount + fee END), 0)"
    " FROM refund WHERE payment_id = $1"};
static const struct sql MOVE = {"UPDATE refund SET state = $1, failure = $2, updated_at_ms = $3"
                                " WHERE id = $4 AND state = 'REQUESTED'"};

const char *refund_state_name(enum refund_state state)
{
    return names[state];
}

bool refund_may_move(enum refund_state from, enum refund_state to)
{
    return from == REFUND_REQUESTED && to != REFUND_REQUESTED;
}

struct page {
    struct row_reader reader;
    struct refund *refunds;
};

static enum status read_row(struct row_reader *reader, const struct rows *rows)
{
    size_t state;
    if (!text_among(rows_text(rows, 3), names, REFUND_STATE_COUNT, &state) || rows_int(rows, 7) < 0)
        return STATUS_INVALID;
    container_of(reader, struct page, reader)->refunds[reader->count] =
        (struct refund){.id = {rows_int(rows, 0)},
                        .payment = {rows_int(rows, 1)},
                        .asked_by = {rows_int(rows, 2)},
                        .state = (enum refund_state)state,
                        .amount = rows_int(rows, 4),
                        .ends = rows_int(rows, 5) != 0,
                        .request_hash = rows_int(rows, 6),
                        .created_at_ms = rows_int(rows, 7),
                        .updated_at_ms = rows_int(rows, 8),
                        .fee_won = rows_int(rows, 9),
                        .run = rows_int(rows, 10)};
    return STATUS_OK;
}

static enum status find(struct store_connection *connection, const struct sql *sql,
                        const struct sql_value *values, size_t value_count,
                        struct refund *out_refund)
{
    struct page page = {.reader.read = read_row, .refunds = out_refund};
    return row_reader_one(connection, sql, values, value_count, &page.reader);
}

enum status refund_store_find(struct store_connection *connection, struct refund_id id,
                              struct refund *out_refund)
{
    struct sql_value values[] = {sql_int(id.value)};
    return find(connection, &FIND, values, 1, out_refund);
}

enum status refund_store_find_key(struct store_connection *connection, struct fan_id asked_by,
                                  struct text key, struct refund *out_refund)
{
    struct sql_value values[] = {sql_int(asked_by.value), sql_text(key)};
    return find(connection, &FIND_KEY, values, 2, out_refund);
}

enum status refund_store_insert(struct store_connection *connection, const struct refund *refund,
                                struct text key, struct text reason, struct refund_id *out_id)
{
    must(refund->amount > 0);
    struct sql_value values[] = {
        sql_int(refund->payment.value),
        sql_int(refund->asked_by.value),
        sql_int(refund->amount),
        sql_int(refund->ends),
        sql_text(reason),
        sql_text(key),
        sql_int(refund->request_hash),
        sql_int(refund->created_at_ms),
        sql_int(refund->fee_won),
        refund->run > 0 ? sql_int(refund->run) : sql_null(),
    };
    return store_query_int(connection, &INSERT, values, sizeof values / sizeof values[0],
                           &out_id->value);
}

enum status refund_store_sums(struct store_connection *connection, struct payment_id payment,
                              int64_t *out_done_won, int64_t *out_requested_won)
{
    struct sql_value values[] = {sql_int(payment.value)};
    struct rows rows;
    enum status status = store_query(connection, &SUMS, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found) {
        *out_done_won = rows_int(&rows, 0);
        *out_requested_won = rows_int(&rows, 1);
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

enum status refund_store_move(struct store_connection *connection, struct refund_id id,
                              enum refund_state to, const char *failure, int64_t now_ms)
{
    must(refund_may_move(REFUND_REQUESTED, to));
    struct sql_value values[] = {sql_words(refund_state_name(to)), sql_words(failure),
                                 sql_int(now_ms), sql_int(id.value)};
    int64_t changed;
    enum status status = store_run(connection, &MOVE, values, 4, &changed);
    return status == STATUS_OK && changed != 1 ? STATUS_CONFLICT : status;
}

enum status refund_store_open(struct store_connection *connection, struct refund_id after,
                              struct refund *out_refunds, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(after.value), sql_int((int64_t)most)};
    struct page page = {.reader.read = read_row, .refunds = out_refunds};
    enum status status = row_reader_page(connection, &OPEN, values, 2, &page.reader, most);
    *out_count = page.reader.count;
    return status;
}

/* --- the house's own -------------------------------------------------------------------------- */

enum { LATE_KEY_BYTES = 32 };

static struct text late_key(struct payment_id payment, char room[LATE_KEY_BYTES])
{
    int size = snprintf(room, LATE_KEY_BYTES, "late-%lld", (long long)payment.value);
    return text_make(room, (size_t)size);
}

enum status refund_store_find_late(struct store_connection *connection, struct payment_id payment,
                                   struct refund *out_refund)
{
    char room[LATE_KEY_BYTES];
    return refund_store_find_key(connection, (struct fan_id){0}, late_key(payment, room),
                                 out_refund);
}

enum status refund_store_insert_late(struct store_connection *connection, struct payment_id payment,
                                     int64_t amount, int64_t now_ms, struct refund *out_refund)
{
    char room[LATE_KEY_BYTES];
    *out_refund = (struct refund){.payment = payment,
                                  .state = REFUND_REQUESTED,
                                  .amount = amount,
                                  .ends = true,
                                  .created_at_ms = now_ms,
                                  .updated_at_ms = now_ms};
    return refund_store_insert(connection, out_refund, late_key(payment, room),
                               text_of("the hold had ended"), &out_refund->id);
}
