/* concert_refund_store.c — one row, and a run for each date that has none under way. */
#include "payment/concert_refund_store.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/must.h"
#include "store/row_reader.h"

#define COLUMNS "SELECT id, concert_id, reason, created_at_ms, request_hash FROM concert_refund "

enum { KEY_BYTES = 64 };

struct date {
    struct option_id option;
    bool is_closed, is_running;
};

static enum status read_row(const struct rows *rows, struct concert_refund *out_refund)
{
    struct text reason = rows_text(rows, 2);
    if (reason.size > REFUND_REASON_BYTES_MAX || rows_int(rows, 3) < 0)
        return STATUS_INVALID;
    *out_refund = (struct concert_refund){.id = rows_int(rows, 0),
                                          .concert = {rows_int(rows, 1)},
                                          .created_at_ms = rows_int(rows, 3)};
    memcpy(out_refund->reason, reason.bytes, reason.size);
    return STATUS_OK;
}

static enum status find_key(struct store_connection *connection,
                            const struct concert_refund_order *order,
                            struct concert_refund *out_refund, enum refund_run_verdict *out_verdict)
{
    static const struct sql find = {COLUMNS "WHERE asked_by = $1 AND idempotency_key = $2"};
    struct sql_value values[] = {sql_int(order->asked_by.value), sql_text(order->key)};
    struct rows rows;
    enum status status = store_query(connection, &find, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows)) {
        found = read_row(&rows, out_refund);
        *out_verdict =
            rows_int(&rows, 4) == order->request_hash ? REFUND_RUN_REPEATED : REFUND_RUN_KEY_REUSED;
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

/* --- may it be? ------------------------------------------------------------------------------- */

/* A date without a sale has been paid for by nobody, and is as good as closed. */
static enum status read_dates(struct store_connection *connection,
                              const struct concert_refund_order *order, struct date *out_dates,
                              size_t most, size_t *out_count)
{
    static const struct sql look = {
        "SELECT o.id, CASE WHEN s.status <> 'CLOSED' AND s.closes_at_ms > $3 THEN 0 ELSE 1 END,"
        " (SELECT count(*) FROM refund_run n WHERE n.option_id = o.id AND n.state = 'RUNNING')"
        " FROM concert_option o"
        " LEFT JOIN sale s ON s.option_id = o.id WHERE o.concert_id = $1"
        " AND o.deleted_at_ms IS NULL ORDER BY o.id LIMIT $2"};
    struct sql_value values[] = {sql_int(order->concert.value), sql_int((int64_t)most),
                                 sql_int(order->now_ms)};
    struct rows rows;
    enum status status = store_query(connection, &look, values, 3, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < most && rows_next(&rows))
        out_dates[count++] = (struct date){.option = {rows_int(&rows, 0)},
                                           .is_closed = rows_int(&rows, 1) != 0,
                                           .is_running = rows_int(&rows, 2) > 0};
    *out_count = count;
    return rows_end(&rows);
}

/* Is there such a concert, and is nothing of it being given back already? */
static enum status look_at_concert(struct store_connection *connection, struct concert_id concert,
                                   enum refund_run_verdict *out_verdict)
{
    static const struct sql look = {
        "SELECT (SELECT count(*) FROM concert_refund f JOIN refund_run n"
        " ON n.concert_refund_id = f.id AND n.state = 'RUNNING' WHERE f.concert_id = c.id)"
        " FROM concert c WHERE c.id = $1 AND c.deleted_at_ms IS NULL"};
    struct sql_value values[] = {sql_int(concert.value)};
    int64_t running_count = 0;
    enum status status = store_query_int(connection, &look, values, 1, &running_count);
    *out_verdict = status == STATUS_MISSING ? REFUND_RUN_NOT_THERE
                   : running_count > 0      ? REFUND_RUN_RUNNING
                                            : REFUND_RUN_STARTED;
    return status == STATUS_MISSING ? STATUS_OK : status;
}

static enum refund_run_verdict judge(const struct date *dates, size_t count,
                                     struct concert_refund_dates *open)
{
    if (count > REFUND_DATES_MAX)
        return REFUND_RUN_TOO_MANY_DATES;
    open->count = 0;
    for (size_t i = 0; i < count; i++)
        if (!dates[i].is_closed)
            open->options[open->count++] = dates[i].option;
    return open->count > 0 ? REFUND_RUN_NOT_CLOSED : REFUND_RUN_STARTED;
}

/* --- starting --------------------------------------------------------------------------------- */

static enum status insert(struct store_connection *connection,
                          const struct concert_refund_order *order,
                          struct concert_refund *out_refund)
{
    static const struct sql add = {
        "INSERT INTO concert_refund (concert_id, asked_by, reason, idempotency_key, request_hash,"
        " created_at_ms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"};
    struct sql_value values[] = {sql_int(order->concert.value), sql_int(order->asked_by.value),
                                 sql_text(order->reason),       sql_text(order->key),
                                 sql_int(order->request_hash),  sql_int(order->now_ms)};
    *out_refund =
        (struct concert_refund){.concert = order->concert, .created_at_ms = order->now_ms};
    memcpy(out_refund->reason, order->reason.bytes, order->reason.size);
    return store_query_int(connection, &add, values, 6, &out_refund->id);
}

/* A key of our own begins with a space, which no client can send. */
static enum status start_date(struct store_connection *connection,
                              const struct concert_refund_order *order, int64_t refund,
                              struct option_id option)
{
    char key[KEY_BYTES];
    struct refund_run run;
    int size = snprintf(key, sizeof key, " concert refund %lld date %lld", (long long)refund,
                        (long long)option.value);
    struct refund_run_order date = {.option = option,
                                    .concert_refund = refund,
                                    .asked_by = order->asked_by,
                                    .key = text_make(key, (size_t)size),
                                    .reason = order->reason,
                                    .now_ms = order->now_ms};
    return refund_run_insert(connection, &date, &run);
}

static enum status adopt_date(struct store_connection *connection, int64_t refund,
                              struct option_id option)
{
    static const struct sql adopt = {"UPDATE refund_run SET concert_refund_id = $1"
                                     " WHERE option_id = $2 AND state = 'RUNNING'"};
    struct sql_value values[] = {sql_int(refund), sql_int(option.value)};
    return store_run(connection, &adopt, values, 2, NULL);
}

static enum status start_dates(struct store_connection *connection,
                               const struct concert_refund_order *order, const struct date *dates,
                               size_t count, struct concert_refund *out_refund)
{
    must(count <= REFUND_DATES_MAX);
    enum status status = insert(connection, order, out_refund);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = dates[i].is_running
                     ? adopt_date(connection, out_refund->id, dates[i].option)
                     : start_date(connection, order, out_refund->id, dates[i].option);
    return status;
}

enum status concert_refund_start(struct store_connection *connection,
                                 const struct concert_refund_order *order,
                                 struct concert_refund *out_refund,
                                 struct concert_refund_dates *out_open,
                                 enum refund_run_verdict *out_verdict)
{
    struct date dates[REFUND_DATES_MAX + 1];
    size_t count = 0;
    enum status status = find_key(connection, order, out_refund, out_verdict);
    if (status != STATUS_MISSING)
        return status;
    status = look_at_concert(connection, order->concert, out_verdict);
    if (status != STATUS_OK || *out_verdict != REFUND_RUN_STARTED)
        return status;
    status = read_dates(connection, order, dates, REFUND_DATES_MAX + 1, &count);
    if (status != STATUS_OK)
        return status;
    *out_verdict = judge(dates, count, out_open);
    if (*out_verdict != REFUND_RUN_STARTED)
        return STATUS_OK;
    return start_dates(connection, order, dates, count, out_refund);
}

/* --- looking ---------------------------------------------------------------------------------- */

struct page {
    struct row_reader reader;
    struct concert_refund *refunds;
};

static enum status read_refund(struct row_reader *reader, const struct rows *rows)
{
    return read_row(rows, &container_of(reader, struct page, reader)->refunds[reader->count]);
}

enum status concert_refund_list(struct store_connection *connection, struct concert_id concert,
                                struct concert_refund *out_refunds, size_t most, size_t *out_count)
{
    static const struct sql list = {COLUMNS "WHERE concert_id = $1 ORDER BY id DESC LIMIT $2"};
    struct sql_value values[] = {sql_int(concert.value), sql_int((int64_t)most)};
    struct page page = {.reader.read = read_refund, .refunds = out_refunds};
    enum status status = row_reader_page(connection, &list, values, 2, &page.reader, most);
    *out_count = page.reader.count;
    return status;
}
