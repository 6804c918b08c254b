/* queue_store.c — rows of reservation_request. */
#include "strategies/queue_store.h"

#include <string.h>

#include "base/random.h"

static const struct sql FIND = {
    "SELECT fan_id, key_hash, request_hash, state, reservation_id, code, extra"
    " FROM reservation_request WHERE id = $1"};
static const struct sql INSERT = {
    "INSERT INTO reservation_request (id, fan_id, option_id, key_hash, request_hash, state,"
    " reservation_id, code, extra, decided_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING"};
static const struct sql SWEEP = {
    "DELETE FROM reservation_request WHERE id IN (SELECT id FROM reservation_request"
    " WHERE decided_at_ms < $1 ORDER BY decided_at_ms LIMIT $2)"};
static const struct sql FIND_SECRET = {"SELECT secret FROM reservation_request_secret"
                                       " WHERE id = 1"};
static const struct sql INSERT_SECRET = {
    "INSERT INTO reservation_request_secret (id, secret) VALUES (1, $1)"
    " ON CONFLICT (id) DO NOTHING"};

static void copy_text(struct text text, char *out, size_t size)
{
    size_t bytes = text.size < size ? text.size : size - 1;
    memcpy(out, text.bytes ? text.bytes : "", bytes);
    out[bytes] = '\0';
}

static bool read_row(const struct rows *rows, const struct request_id *id,
                     struct request_state *out_state)
{
    *out_state = (struct request_state){.id = *id,
                                        .fan = {rows_int(rows, 0)},
                                        .key_hash = rows_int(rows, 1),
                                        .request_hash = rows_int(rows, 2),
                                        .reservation = {rows_int(rows, 4)}};
    copy_text(rows_text(rows, 5), out_state->code, sizeof out_state->code);
    copy_text(rows_text(rows, 6), out_state->extra, sizeof out_state->extra);
    return request_progress_from_text(rows_text(rows, 3), &out_state->progress);
}

enum status queue_store_find(struct store_connection *connection, const struct request_id *id,
                             struct request_state *out_state)
{
    const struct sql_value value = sql_text(request_id_text(id));
    struct rows rows;
    enum status status = store_query(connection, &FIND, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows))
        found = read_row(&rows, id, out_state) ? STATUS_OK : STATUS_INVALID;
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status queue_store_insert(struct store_connection *connection,
                               const struct request_state *state, struct option_id option,
                               int64_t now_ms, bool *out_new)
{
    bool failed = state->progress == REQUEST_FAILED;
    const struct sql_value values[] = {
        sql_text(request_id_text(&state->id)),
        sql_int(state->fan.value),
        sql_int(option.value),
        sql_int(state->key_hash),
        sql_int(state->request_hash),
        sql_words(request_progress_name(state->progress)),
        failed ? sql_null() : sql_int(state->reservation.value),
        failed ? sql_words(state->code) : sql_null(),
        sql_words(state->extra),
        sql_int(now_ms),
    };
    int64_t inserted;
    enum status status =
        store_run(connection, &INSERT, values, sizeof values / sizeof values[0], &inserted);
    if (status == STATUS_OK)
        *out_new = inserted == 1;
    return status;
}

enum status queue_store_sweep(struct store_connection *connection, int64_t now_ms)
{
    const struct sql_value values[] = {sql_int(now_ms - QUEUE_ROWS_KEPT_MS),
                                       sql_int(QUEUE_ROWS_SWEPT_MAX)};
    return store_run(connection, &SWEEP, values, 2, NULL);
}

static enum status find_secret(struct store_connection *connection,
                               struct request_secret *out_secret)
{
    struct rows rows;
    enum status status = store_query(connection, &FIND_SECRET, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows)) {
        struct text secret = rows_text(&rows, 0);
        found = secret.size == REQUEST_SECRET_BYTES ? STATUS_OK : STATUS_INVALID;
        if (found == STATUS_OK)
            memcpy(out_secret->bytes, secret.bytes, REQUEST_SECRET_BYTES);
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status queue_store_secret(struct store_connection *connection,
                               struct request_secret *out_secret)
{
    enum status status = find_secret(connection, out_secret);
    if (status != STATUS_MISSING)
        return status;
    unsigned char fresh[REQUEST_SECRET_BYTES];
    random_secret(fresh, sizeof fresh);
    const struct sql_value value = sql_blob(text_make((const char *)fresh, sizeof fresh));
    status = store_run(connection, &INSERT_SECRET, &value, 1, NULL);
    return status == STATUS_OK ? find_secret(connection, out_secret) : status;
}
