/* ticket_use.c — the row is there or it is not; the primary key says that there is one. */
#include "payment/ticket_use.h"

/* Void from the moment a whole refund is decided: nobody gets the money and the evening. */
static const struct sql GOOD = {
    "SELECT count(*) FROM reservation r WHERE r.id = $1 AND r.state = 'CONFIRMED' AND NOT EXISTS"
    " (SELECT 1 FROM payment p JOIN refund f ON f.payment_id = p.id"
    " WHERE p.reservation_id = r.id AND f.state = 'REQUESTED' AND f.ends = 1)"};
static const struct sql FIND = {"SELECT used_at_ms, checked_by, idempotency_key FROM ticket_use"
                                " WHERE reservation_id = $1"};
static const struct sql INSERT = {"INSERT INTO ticket_use (reservation_id, used_at_ms, checked_by,"
                                  " idempotency_key) VALUES ($1, $2, $3, $4)"};

static enum status find_use(struct store_connection *connection, const struct ticket_check *check,
                            enum ticket_verdict *out_verdict, int64_t *out_used_at_ms)
{
    struct sql_value values[] = {sql_int(check->reservation.value)};
    struct rows rows;
    enum status status = store_query(connection, &FIND, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found) {
        bool same = check->key.size > 0 && check->checked_by.value == rows_int(&rows, 1) &&
                    text_equal(check->key, rows_text(&rows, 2));
        *out_verdict = same ? TICKET_VALID : TICKET_USED;
        *out_used_at_ms = rows_int(&rows, 0);
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

enum status ticket_use(struct store_connection *connection, const struct ticket_check *check,
                       enum ticket_verdict *out_verdict, int64_t *out_used_at_ms)
{
    struct sql_value by_id[] = {sql_int(check->reservation.value)};
    int64_t good_count;
    enum status status = store_query_int(connection, &GOOD, by_id, 1, &good_count);
    if (status != STATUS_OK)
        return status;
    *out_verdict = TICKET_VOID;
    if (good_count == 0)
        return STATUS_OK;
    status = find_use(connection, check, out_verdict, out_used_at_ms);
    if (status != STATUS_MISSING)
        return status;
    *out_verdict = TICKET_VALID;
    *out_used_at_ms = check->now_ms;
    struct sql_value row[] = {sql_int(check->reservation.value), sql_int(check->now_ms),
                              sql_int(check->checked_by.value), sql_text(check->key)};
    return store_run(connection, &INSERT, row, 4, NULL);
}
