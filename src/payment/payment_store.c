/* payment_store.c — the table of allowed moves, and the entries that each of them writes. */
#include "payment/payment_store.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "payment/news.h"
#include "payment/webhook.h"
#include "store/row_reader.h"

static const char *const names[PAYMENT_STATE_COUNT] = {"READY",    "UNKNOWN",  "AUTHORIZED",
                                                       "CAPTURED", "REFUNDED", "FAILED"};

static const bool moves[PAYMENT_STATE_COUNT][PAYMENT_STATE_COUNT] = {
    [PAYMENT_READY] = {[PAYMENT_UNKNOWN] = true,
                       [PAYMENT_AUTHORIZED] = true,
                       [PAYMENT_CAPTURED] = true,
                       [PAYMENT_FAILED] = true},
    [PAYMENT_UNKNOWN] =
        {[PAYMENT_AUTHORIZED] = true, [PAYMENT_CAPTURED] = true, [PAYMENT_FAILED] = true},
    [PAYMENT_AUTHORIZED] = {[PAYMENT_CAPTURED] = true, [PAYMENT_FAILED] = true},
    [PAYMENT_CAPTURED] = {[PAYMENT_REFUNDED] = true},
};

#define COLUMNS                                                                                    \
    "SELECT id, reservation_id, fan_id, state, amount, request_hash, unknown_since_ms,"            \
    " created_at_ms, updated_at_ms, gateway, order_id, gateway_key FROM payment "

static const struct sql INSERT = {
    "INSERT INTO payment (reservation_id, fan_id, gateway, state, amount, order_id, gateway_key,"
    " idempotency_key, request_hash, created_at_ms, updated_at_ms)"
    " VALUES ($1, $2, $3, 'READY', $4, $5, $6, $7, $8, $9, $9) RETURNING id"};
static const struct sql FIND_KEY = {COLUMNS "WHERE fan_id = $1 AND idempotency_key = $2"};
static const struct sql FIND = {COLUMNS "WHERE id = $1"};
static const struct sql FIND_ORDER = {
    COLUMNS "WHERE order_id = $1 AND order_id <> '' AND gateway = $2 ORDER BY id DESC LIMIT 1"};
/* In the words of the index payment_open: SQLite knows it by them. */
static const struct sql OPEN = {
    COLUMNS "WHERE (state = 'READY' OR state = 'UNKNOWN' OR state = 'AUTHORIZED') AND id > $1"
            " ORDER BY id LIMIT $2"};
static const struct sql MOVE = {"UPDATE payment SET state = $1, failure = $2, updated_at_ms = $3,"
                                " unknown_since_ms = $4 WHERE id = $5 AND state = $6"};
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

bool payment_is_open(enum payment_state state)
{
    return state == PAYMENT_READY || state == PAYMENT_UNKNOWN || state == PAYMENT_AUTHORIZED;
}

static bool copy_text(struct text text, char *room, size_t room_bytes)
{
    if (text.size >= room_bytes)
        return false;
    if (text.size > 0)
        memcpy(room, text.bytes, text.size);
    room[text.size] = '\0';
    return true;
}

struct page {
    struct row_reader reader;
    struct payment *payments;
};

static enum status read_row(struct row_reader *reader, const struct rows *rows)
{
    struct payment payment = {.id = {rows_int(rows, 0)},
                              .reservation = {rows_int(rows, 1)},
                              .fan = {rows_int(rows, 2)},
                              .amount = rows_int(rows, 4),
                              .request_hash = rows_int(rows, 5),
                              .unknown_since_ms = rows_int(rows, 6),
                              .created_at_ms = rows_int(rows, 7),
                              .updated_at_ms = rows_int(rows, 8)};
    size_t state;
    bool good = text_among(rows_text(rows, 3), names, PAYMENT_STATE_COUNT, &state) &&
                payment.created_at_ms >= 0 &&
                copy_text(rows_text(rows, 9), payment.gateway, sizeof payment.gateway) &&
                copy_text(rows_text(rows, 10), payment.order_id, sizeof payment.order_id) &&
                copy_text(rows_text(rows, 11), payment.gateway_key, sizeof payment.gateway_key);
    if (!good)
        return STATUS_INVALID;
    payment.state = (enum payment_state)state;
    container_of(reader, struct page, reader)->payments[reader->count] = payment;
    return STATUS_OK;
}

static enum status find(struct store_connection *connection, const struct sql *sql,
                        const struct sql_value *values, size_t value_count,
                        struct payment *out_payment)
{
    struct page page = {.reader.read = read_row, .payments = out_payment};
    return row_reader_one(connection, sql, values, value_count, &page.reader);
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

enum status payment_store_find_order(struct store_connection *connection, struct text gateway,
                                     struct text order_id, struct payment *out_payment)
{
    struct sql_value values[] = {sql_text(order_id), sql_text(gateway)};
    return find(connection, &FIND_ORDER, values, 2, out_payment);
}

enum status payment_store_open(struct store_connection *connection, struct payment_id after,
                               struct payment *out_payments, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(after.value), sql_int((int64_t)most)};
    struct page page = {.reader.read = read_row, .payments = out_payments};
    enum status status = row_reader_page(connection, &OPEN, values, 2, &page.reader, most);
    *out_count = page.reader.count;
    return status;
}

void payment_name(struct payment *payment, const char *gateway, struct text order_id,
                  struct text key)
{
    bool copied = copy_text(text_of(gateway), payment->gateway, sizeof payment->gateway) &&
                  copy_text(order_id, payment->order_id, sizeof payment->order_id);
    must(copied);
    if (text_empty(order_id))
        snprintf(payment->order_id, sizeof payment->order_id, "TR-%lld-%016llx",
                 (long long)payment->reservation.value, (unsigned long long)hash_lasting(key));
}

enum status payment_store_insert(struct store_connection *connection, const struct payment *payment,
                                 struct text key, struct payment_id *out_id)
{
    must(payment->amount > 0);
    must(payment->gateway[0] != '\0');
    struct sql_value values[] = {sql_int(payment->reservation.value),
                                 sql_int(payment->fan.value),
                                 sql_words(payment->gateway),
                                 sql_int(payment->amount),
                                 sql_words(payment->order_id),
                                 sql_words(payment->gateway_key),
                                 sql_text(key),
                                 sql_int(payment->request_hash),
                                 sql_int(payment->created_at_ms)};
    enum status status = store_query_int(connection, &INSERT, values,
                                         sizeof values / sizeof values[0], &out_id->value);
    return status == STATUS_OK ? webhook_match(connection, payment, *out_id) : status;
}

/* --- the ledger ------------------------------------------------------------------------------- */

static enum status write_entry(struct store_connection *connection, struct payment_id id,
                               const char *account, int64_t amount, int64_t now_ms)
{
    if (amount == 0)
        return STATUS_OK;
    struct sql_value values[] = {sql_int(id.value), sql_words(account), sql_int(amount),
                                 sql_int(now_ms)};
    return store_run(connection, &ENTRY, values, 4, NULL);
}

/* What we hold at the gateway grows by `amount`; what we owe for tickets grows with it. */
static enum status write_capture(struct store_connection *connection, struct payment_id id,
                                 int64_t amount, int64_t now_ms)
{
    enum status status = write_entry(connection, id, "GATEWAY", amount, now_ms);
    return status == STATUS_OK ? write_entry(connection, id, "SALES", -amount, now_ms) : status;
}

static enum status write_return(struct store_connection *connection, struct payment_id id,
                                const struct payment_return *back)
{
    enum status status = write_entry(connection, id, "GATEWAY", -back->amount, back->now_ms);
    if (status == STATUS_OK)
        status = write_entry(connection, id, "SALES", back->amount + back->fee_won, back->now_ms);
    if (status == STATUS_OK)
        status = write_entry(connection, id, "FEES", -back->fee_won, back->now_ms);
    return status;
}

/* --- changing state --------------------------------------------------------------------------- */

static enum status write_state(struct store_connection *connection, struct payment_id id,
                               enum payment_state from, enum payment_state to, const char *failure,
                               int64_t now_ms)
{
    must(payment_may_move(from, to));
    struct sql_value values[] = {sql_words(payment_state_name(to)),
                                 sql_words(failure),
                                 sql_int(now_ms),
                                 to == PAYMENT_UNKNOWN ? sql_int(now_ms) : sql_null(),
                                 sql_int(id.value),
                                 sql_words(payment_state_name(from))};
    int64_t changed;
    enum status status = store_run(connection, &MOVE, values, 6, &changed);
    return status == STATUS_OK && changed != 1 ? STATUS_CONFLICT : status;
}

static bool has_news(enum payment_state to, enum news_kind *out_kind)
{
    static const enum news_kind kinds[PAYMENT_STATE_COUNT] = {[PAYMENT_UNKNOWN] = NEWS_UNKNOWN,
                                                              [PAYMENT_CAPTURED] = NEWS_CAPTURED,
                                                              [PAYMENT_FAILED] = NEWS_FAILED};
    *out_kind = kinds[to];
    return to == PAYMENT_UNKNOWN || to == PAYMENT_CAPTURED || to == PAYMENT_FAILED;
}

enum status payment_store_move(struct store_connection *connection, const struct payment *payment,
                               enum payment_state to, const char *failure, int64_t now_ms)
{
    must(to != PAYMENT_REFUNDED);
    must(payment->amount > 0);

    enum status status = write_state(connection, payment->id, payment->state, to, failure, now_ms);
    if (status == STATUS_OK && to == PAYMENT_CAPTURED)
        status = write_capture(connection, payment->id, payment->amount, now_ms);
    struct news news = {.reservation = payment->reservation,
                        .payment = payment->id,
                        .amount = payment->amount,
                        .at_ms = now_ms};
    if (status == STATUS_OK && has_news(to, &news.kind))
        status = news_write(connection, &news);
    return status;
}

enum status payment_store_give_back(struct store_connection *connection, struct payment_id id,
                                    const struct payment_return *back)
{
    must(back->amount > 0);
    must(back->fee_won >= 0);
    enum status status = write_return(connection, id, back);
    if (status == STATUS_OK && back->ends)
        status = write_state(connection, id, PAYMENT_CAPTURED, PAYMENT_REFUNDED, "", back->now_ms);
    return status;
}
