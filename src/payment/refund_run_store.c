/*
 * refund_run_store.c — a date's reservations are found through its seats: their ids are a range,
 * and the live ones have an index.
 */
#include "payment/refund_run_store.h"

#include <string.h>

#include "base/container.h"
#include "store/row_reader.h"

#define COLUMNS                                                                                    \
    "SELECT id, option_id, asked_by, state, reason, created_at_ms, updated_at_ms, request_hash"    \
    " FROM refund_run "
#define SEATS_OF_DATE                                                                              \
    "concert_option o JOIN reservation_seat t ON t.seat_id >= o.first_seat_id"                     \
    " AND t.seat_id < o.first_seat_id + o.seat_count AND t.live = 1"                               \
    " JOIN reservation r ON r.id = t.reservation_id "

static enum status read_row(const struct rows *rows, struct refund_run *out_run)
{
    struct text reason = rows_text(rows, 4);
    if (reason.size > REFUND_REASON_BYTES_MAX || rows_int(rows, 5) < 0 || rows_int(rows, 6) < 0)
        return STATUS_INVALID;
    *out_run = (struct refund_run){.id = rows_int(rows, 0),
                                   .option = {rows_int(rows, 1)},
                                   .asked_by = {rows_int(rows, 2)},
                                   .is_done = text_equal(rows_text(rows, 3), text_of("DONE")),
                                   .created_at_ms = rows_int(rows, 5),
                                   .updated_at_ms = rows_int(rows, 6)};
    memcpy(out_run->reason, reason.bytes, reason.size);
    return STATUS_OK;
}

/* --- starting and ending ---------------------------------------------------------------------- */

static enum status find_key(struct store_connection *connection,
                            const struct refund_run_order *order, struct refund_run *out_run,
                            enum refund_run_verdict *out_verdict)
{
    static const struct sql find = {COLUMNS "WHERE asked_by = $1 AND idempotency_key = $2"};
    struct sql_value values[] = {sql_int(order->asked_by.value), sql_text(order->key)};
    struct rows rows;
    enum status status = store_query(connection, &find, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows)) {
        found = read_row(&rows, out_run);
        *out_verdict =
            rows_int(&rows, 7) == order->request_hash ? REFUND_RUN_REPEATED : REFUND_RUN_KEY_REUSED;
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

/* A date without a sale has been paid for by nobody, and is as good as closed. */
static enum status decide(struct store_connection *connection, const struct refund_run_order *order,
                          enum refund_run_verdict *out_verdict)
{
    static const struct sql look = {
        "SELECT CASE WHEN s.status <> 'CLOSED' AND s.closes_at_ms > $2 THEN 0 ELSE 1 END,"
        " (SELECT count(*) FROM refund_run n WHERE n.option_id = o.id AND n.state = 'RUNNING')"
        " FROM concert_option o LEFT JOIN sale s ON s.option_id = o.id WHERE o.id = $1"};
    struct sql_value values[] = {sql_int(order->option.value), sql_int(order->now_ms)};
    struct rows rows;
    enum status status = store_query(connection, &look, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    *out_verdict = REFUND_RUN_NOT_THERE;
    if (rows_next(&rows)) {
        bool is_closed = rows_int(&rows, 0) != 0;
        *out_verdict = !is_closed               ? REFUND_RUN_NOT_CLOSED
                       : rows_int(&rows, 1) > 0 ? REFUND_RUN_RUNNING
                                                : REFUND_RUN_STARTED;
    }
    return rows_end(&rows);
}

enum status refund_run_insert(struct store_connection *connection,
                              const struct refund_run_order *order, struct refund_run *out_run)
{
    static const struct sql add = {
        "INSERT INTO refund_run (option_id, asked_by, state, reason, idempotency_key, request_hash,"
        " created_at_ms, updated_at_ms, concert_refund_id)"
        " VALUES ($1, $2, 'RUNNING', $3, $4, $5, $6, $6, $7) RETURNING id"};
    struct sql_value values[] = {sql_int(order->option.value),
                                 sql_int(order->asked_by.value),
                                 sql_text(order->reason),
                                 sql_text(order->key),
                                 sql_int(order->request_hash),
                                 sql_int(order->now_ms),
                                 order->concert_refund > 0 ? sql_int(order->concert_refund)
                                                           : sql_null()};
    *out_run = (struct refund_run){.option = order->option,
                                   .asked_by = order->asked_by,
                                   .created_at_ms = order->now_ms,
                                   .updated_at_ms = order->now_ms};
    memcpy(out_run->reason, order->reason.bytes, order->reason.size);
    return store_query_int(connection, &add, values, sizeof values / sizeof values[0],
                           &out_run->id);
}

enum status refund_run_start(struct store_connection *connection,
                             const struct refund_run_order *order, struct refund_run *out_run,
                             enum refund_run_verdict *out_verdict)
{
    enum status status = find_key(connection, order, out_run, out_verdict);
    if (status != STATUS_MISSING)
        return status;
    status = decide(connection, order, out_verdict);
    if (status != STATUS_OK || *out_verdict != REFUND_RUN_STARTED)
        return status;
    return refund_run_insert(connection, order, out_run);
}

enum status refund_run_end(struct store_connection *connection, int64_t run, int64_t now_ms)
{
    static const struct sql end = {
        "UPDATE refund_run SET state = 'DONE', updated_at_ms = $1 WHERE id = $2"};
    struct sql_value values[] = {sql_int(now_ms), sql_int(run)};
    return store_run(connection, &end, values, 2, NULL);
}

/* --- looking ---------------------------------------------------------------------------------- */

struct page {
    struct row_reader reader;
    struct refund_run *runs;
};

static enum status read_run(struct row_reader *reader, const struct rows *rows)
{
    return read_row(rows, &container_of(reader, struct page, reader)->runs[reader->count]);
}

static enum status list(struct store_connection *connection, const struct sql *sql, int64_t of,
                        struct refund_run *out_runs, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(of), sql_int((int64_t)most)};
    struct page page = {.reader.read = read_run, .runs = out_runs};
    enum status status = row_reader_page(connection, sql, values, 2, &page.reader, most);
    *out_count = page.reader.count;
    return status;
}

enum status refund_run_list(struct store_connection *connection, struct option_id option,
                            struct refund_run *out_runs, size_t most, size_t *out_count)
{
    static const struct sql of_date = {COLUMNS "WHERE option_id = $1 ORDER BY id DESC LIMIT $2"};
    static const struct sql running = {COLUMNS
                                       "WHERE state = 'RUNNING' AND id > $1 ORDER BY id LIMIT $2"};
    return list(connection, option.value > 0 ? &of_date : &running, option.value, out_runs, most,
                out_count);
}

enum status refund_run_list_dates(struct store_connection *connection, int64_t concert_refund,
                                  struct refund_run *out_runs, size_t most, size_t *out_count)
{
    static const struct sql of_dates = {COLUMNS
                                        "WHERE concert_refund_id = $1 ORDER BY id LIMIT $2"};
    return list(connection, &of_dates, concert_refund, out_runs, most, out_count);
}

static enum status measure_refunds(struct store_connection *connection,
                                   const struct refund_run *run,
                                   struct refund_run_progress *progress)
{
    static const struct sql measure = {
        "SELECT coalesce(sum(CASE WHEN state = 'REQUESTED' THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN state = 'DONE' THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN state = 'FAILED' THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN state = 'DONE' THEN amount ELSE 0 END), 0)"
        " FROM refund WHERE run_id = $1"};
    struct sql_value values[] = {sql_int(run->id)};
    struct rows rows;
    enum status status = store_query(connection, &measure, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    if (rows_next(&rows)) {
        progress->requested_count = rows_int(&rows, 0);
        progress->done_count = rows_int(&rows, 1);
        progress->failed_count = rows_int(&rows, 2);
        progress->done_amount = rows_int(&rows, 3);
    }
    return rows_end(&rows);
}

enum status refund_run_measure(struct store_connection *connection, const struct refund_run *run,
                               struct refund_run_progress *out_progress)
{
    static const struct sql left = {
        "SELECT count(DISTINCT r.id) FROM " SEATS_OF_DATE
        "JOIN payment p ON p.reservation_id = r.id AND p.state = 'CAPTURED' WHERE o.id = $1"
        " AND NOT EXISTS (SELECT 1 FROM refund f WHERE f.payment_id = p.id AND f.run_id = $2)"};
    struct sql_value values[] = {sql_int(run->option.value), sql_int(run->id)};
    struct refund_run_progress progress = {0};
    enum status status = measure_refunds(connection, run, &progress);
    if (status == STATUS_OK && !run->is_done)
        status = store_query_int(connection, &left, values, 2, &progress.left_count);
    *out_progress = progress;
    return status;
}

enum status refund_run_look(struct store_connection *connection, const struct refund_run *run,
                            int64_t after, int64_t until, struct refund_run_payment *out_payments,
                            size_t most, size_t *out_count)
{
    static const struct sql look = {
        "SELECT p.id, CASE WHEN p.state = 'CAPTURED' AND NOT EXISTS (SELECT 1 FROM refund f"
        " WHERE f.payment_id = p.id AND f.state = 'REQUESTED') THEN 1 ELSE 0 END"
        " FROM payment p JOIN reservation r ON r.id = p.reservation_id"
        " WHERE p.id > $1 AND p.id <= $2 AND r.option_id = $3"
        " AND p.state IN ('READY', 'UNKNOWN', 'AUTHORIZED', 'CAPTURED')"
        " AND NOT EXISTS (SELECT 1 FROM refund f WHERE f.payment_id = p.id AND f.run_id = $4"
        " AND f.state = 'FAILED') ORDER BY p.id LIMIT $5"};
    struct sql_value values[] = {sql_int(after), sql_int(until), sql_int(run->option.value),
                                 sql_int(run->id), sql_int((int64_t)most)};
    struct rows rows;
    enum status status = store_query(connection, &look, values, 5, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < most && rows_next(&rows))
        out_payments[count++] =
            (struct refund_run_payment){{rows_int(&rows, 0)}, rows_int(&rows, 1) != 0};
    *out_count = count;
    return rows_end(&rows);
}

enum status refund_run_horizon(struct store_connection *connection, int64_t *out_last_payment)
{
    static const struct sql last = {"SELECT coalesce(max(id), 0) FROM payment"};
    return store_query_int(connection, &last, NULL, 0, out_last_payment);
}

enum status refund_run_has_holds(struct store_connection *connection, struct option_id option,
                                 bool *out_has)
{
    static const struct sql holds = {"SELECT count(*) FROM (SELECT 1 FROM " SEATS_OF_DATE
                                     "WHERE o.id = $1 AND r.state IN ('HOLD', 'PAYING') LIMIT 1)"
                                     " AS found"};
    struct sql_value values[] = {sql_int(option.value)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &holds, values, 1, &count);
    *out_has = count > 0;
    return status;
}
