/*
 * beside.c — the rows of those who write beside the engine, and what keeps them apart.
 *
 * With PostgreSQL two transactions may book for one fan at the same moment, each counting the seats
 * without the other's, and one may commit while an operator gives the sale another strategy. Both
 * are kept apart by advisory locks of the transaction, which cost no write. One number names a
 * lock, so the two kinds are told apart by its lowest bit; ids stay below 2^53.
 */
#include "booking/beside.h"

#include "base/must.h"
#include "booking/booking_store.h"

static const struct sql KEEP = {.postgres =
                                    "SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared($1),"
                                    " pg_advisory_xact_lock($2)) AS locked"};
static const struct sql STOP = {.postgres =
                                    "SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS locked"};
static const struct sql INSERT = {
    "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash,"
    " request_hash, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, 'HOLD', $4, $5, $6, $7, $8)"
    " ON CONFLICT (fan_id, key_hash) DO NOTHING"};
static const struct sql INSERT_SEAT = {
    "INSERT INTO reservation_seat (reservation_id, seat_id, price, live) VALUES ($1, $2, $3, $4)"};

enum { LIVE = 1, LIVE_UNGUARDED = 2 };

static struct sql_value lock_of_option(struct option_id option)
{
    return sql_int(option.value * 2);
}

static struct sql_value lock_of_fan(struct fan_id fan)
{
    return sql_int(fan.value * 2 + 1);
}

static enum status ask_for(struct store_connection *connection, const struct sql *sql,
                           const struct sql_value *values, size_t value_count)
{
    int64_t unused;
    return store_query_int(connection, sql, values, value_count, &unused);
}

enum status beside_keep_terms(struct store_connection *connection, struct option_id option,
                              struct fan_id fan)
{
    struct sql_value values[] = {lock_of_option(option), lock_of_fan(fan)};
    return store_is_remote(connection) ? ask_for(connection, &KEEP, values, 2) : STATUS_OK;
}

enum status beside_stop_sale(struct store_connection *connection, struct option_id option)
{
    struct sql_value values[] = {lock_of_option(option)};
    return store_is_remote(connection) ? ask_for(connection, &STOP, values, 1) : STATUS_OK;
}

enum status beside_insert(struct store_connection *connection, const struct booking_ask *ask,
                          const struct beside_record *record, bool *out_new)
{
    must(ask->choice.seat_count > 0);

    struct sql_value row[] = {
        sql_int(record->id.value),      sql_int(ask->option.value),     sql_int(ask->fan.value),
        sql_int(ask->choice.amount),    sql_int(ask->key_hash),         sql_int(ask->request_hash),
        sql_int(record->created_at_ms), sql_int(record->expires_at_ms),
    };
    int64_t inserted;
    enum status status = store_run(connection, &INSERT, row, sizeof row / sizeof row[0], &inserted);
    if (status != STATUS_OK)
        return status;
    *out_new = inserted == 1;
    for (size_t i = 0; status == STATUS_OK && *out_new && i < ask->choice.seat_count; i++) {
        uint32_t seat = ask->choice.seat_indexes[i];
        struct sql_value seat_row[] = {sql_int(record->id.value),
                                       sql_int(plan_seat_id(ask->plan, seat).value),
                                       sql_int(plan_section_of(ask->plan, seat)->price),
                                       sql_int(record->unguarded ? LIVE_UNGUARDED : LIVE)};
        status = store_enqueue(connection, &INSERT_SEAT, seat_row, 4);
    }
    return status;
}

enum status beside_find_key(struct store_connection *connection, struct fan_id fan,
                            int64_t key_hash, struct key_act *out_act)
{
    return booking_store_find_key(connection, fan, key_hash, out_act);
}
