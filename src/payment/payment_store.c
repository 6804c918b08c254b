/* payment_store.c — the table of allowed moves, and the entries that each of them writes. */
#include "payment/payment_store.h"

#include "base/must.h"

static const char *const names[PAYMENT_STATE_COUNT] = {"READY", "AUTHORIZED", "CAPTURED",
                                                       "REFUNDED", "FAILED"};

static const bool moves[PAYMENT_STATE_COUNT][PAYMENT_STATE_COUNT] = {
    [PAYMENT_READY] =
        {[PAYMENT_AUTHORIZED] = true, [PAYMENT_CAPTURED] = true, [PAYMENT_FAILED] = true},
    [PAYMENT_AUTHORIZED] = {[PAYMENT_CAPTURED] = true, [PAYMENT_FAILED] = true},
    [PAYMENT_CAPTURED] = {[PAYMENT_REFUNDED] = true},
};

#define COLUMNS                                                                                    \
    "SELECT id, reservation_id, fan_id, state, amount, request_hash, created_at_ms, updated_at_ms" \
    " FROM payment "

static const struct sql INSERT = {
    "INSERT INTO payment (reservation_id, fan_id, gateway, state, amount, idempotency_key,"
    " request_hash, created_at_ms, updated_at_ms)"
    " VALUES ($1, $2, $3, 'READY', $4, $5, $6, $7, $7) RETURNING id"};
static const struct sql FIND_KEY = {COLUMNS "WHERE fan_id = $1 AND idempotency_key = $2"};
static const struct sql FIND = {COLUMNS "WHERE id = $1"};
static const struct sql OPEN = {
    COLUMNS "WHERE state IN ('READY', 'AUTHORIZED') AND id > $1 ORDER BY id LIMIT $2"};
static const struct sql MOVE = {"UPDATE payment SET state = $1, failure = $2, updated_at_ms = $3"
                                " WHERE id = $4 AND state = $5"};
static const struct sql ENTRY = {"INSERT INTO ledger_entry (payment_id, account, amount,"
                                 " created_at_ms) VALUES ($1, $2, $3, $4)"};

const char *payment_state_name(enum payment_state state)
{
    return names[state];
}

bool payment_may_move(enum payment_state from, enum payment_state to)
{
    return moves[from][to];
}

static bool state_from_text(struct text text, enum payment_state *out_state)
{
    for (int state = 0; state < PAYMENT_STATE_COUNT; state++) {
        if (text_equal(text, text_of(names[state]))) {
            *out_state = (enum payment_state)state;
            return true;
        }
    }
    return false;
}

static enum status read_row(const struct rows *rows, struct payment *out_payment)
{
    struct payment payment = {.id = {rows_int(rows, 0)},
                              .reservation = {rows_int(rows, 1)},
                              .fan = {rows_int(rows, 2)},
                              .amount = rows_int(rows, 4),
                              .request_hash = rows_int(rows, 5),
                              .created_at_ms = rows_int(rows, 6),
                              .updated_at_ms = rows_int(rows, 7)};
    if (!state_from_text(rows_text(rows, 3), &payment.state) || payment.created_at_ms < 0)
        return STATUS_INVALID;
    *out_payment = payment;
    return STATUS_OK;
}

static enum status find(struct store_connection *connection, const struct sql *sql,
                        const struct sql_value *values, size_t value_count,
                        struct payment *out_payment)
{
    struct rows rows;
    enum status status = store_query(connection, sql, values, value_count, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = rows_next(&rows) ? read_row(&rows, out_payment) : STATUS_MISSING;
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status payment_store_find_key(struct store_connection *connection, struct fan_id fan,
                                   struct text key, struct payment *out_payment)
{
    struct sql_value values[] = {sql_int(fan.value), sql_text(key)};
    return find(connection, &FIND_KEY, values, 2, out_payment);
}

enum status payment_store_find(struct store_connection *connection, struct payment_id id,
                               struct payment *out_payment)
{
    struct sql_value values[] = {sql_int(id.value)};
    return find(connection, &FIND, values, 1, out_payment);
}

enum status payment_store_open(struct store_connection *connection, struct payment_id after,
                               struct payment *out_payments, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(after.value), sql_int((int64_t)most)};
    struct rows rows;
    enum status status = store_query(connection, &OPEN, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (status == STATUS_OK && count < most && rows_next(&rows)) {
        status = read_row(&rows, &out_payments[count]);
        count++;
    }
    enum status ended = rows_end(&rows);
    *out_count = count;
    return status == STATUS_OK ? ended : status;
}

enum status payment_store_insert(struct store_connection *connection, const struct payment *payment,
                                 struct text key, const char *gateway, struct payment_id *out_id)
{
    must(payment->amount > 0);
    struct sql_value values[] = {sql_int(payment->reservation.value),
                                 sql_int(payment->fan.value),
                                 sql_words(gateway),
                                 sql_int(payment->amount),
                                 sql_text(key),
                                 sql_int(payment->request_hash),
                                 sql_int(payment->created_at_ms)};
    return store_query_int(connection, &INSERT, values, sizeof values / sizeof values[0],
                           &out_id->value);
}

static enum status write_entry(struct store_connection *connection, struct payment_id id,
                               const char *account, int64_t amount, int64_t now_ms)
{
    struct sql_value values[] = {sql_int(id.value), sql_words(account), sql_int(amount),
                                 sql_int(now_ms)};
    return store_run(connection, &ENTRY, values, 4, NULL);
}

/* What we hold at the gateway grows by `amount`; what we owe for tickets grows with it. */
static enum status write_entries(struct store_connection *connection, struct payment_id id,
                                 int64_t amount, int64_t now_ms)
{
    enum status status = write_entry(connection, id, "GATEWAY", amount, now_ms);
    return status == STATUS_OK ? write_entry(connection, id, "SALES", -amount, now_ms) : status;
}

enum status payment_store_give_back(struct store_connection *connection, struct payment_id id,
                                    int64_t amount, int64_t now_ms)
{
    must(amount > 0);
    return write_entries(connection, id, -amount, now_ms);
}

enum status payment_store_move(struct store_connection *connection, struct payment_id id,
                               enum payment_state from, enum payment_state to, int64_t amount,
                               const char *failure, int64_t now_ms)
{
    must(payment_may_move(from, to));
    must(amount > 0);

    struct sql_value values[] = {sql_words(payment_state_name(to)), sql_words(failure),
                                 sql_int(now_ms), sql_int(id.value),
                                 sql_words(payment_state_name(from))};
    int64_t changed;
    enum status status = store_run(connection, &MOVE, values, 5, &changed);
    if (status != STATUS_OK)
        return status;
    if (changed != 1)
        return STATUS_CONFLICT;
    if (to == PAYMENT_CAPTURED)
        return write_entries(connection, id, amount, now_ms);
    if (to == PAYMENT_REFUNDED)
        return write_entries(connection, id, -amount, now_ms);
    return STATUS_OK;
}
