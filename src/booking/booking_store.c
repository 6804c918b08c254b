/*
 * booking_store.c — two inserts a hold, and nothing else on the hot path.
 *
 * Where keys were looked up before (booking_keys.c), the rows of a turn are put off and go
 * together. Elsewhere:
 *
 * The insert says "or nothing" when the fan's key is there already: the unique index is the memory
 * of keys that never forgets. A second live reservation of a seat is refused by the partial unique
 * index; that is a STATUS_CONFLICT, fails the turn, and makes the engine read everything anew.
 */
#include "booking/booking_store.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/must.h"

static const struct sql INSERT = {
    "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash,"
    " request_hash, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, 'HOLD', $4, $5, $6, $7, $8)"
    " ON CONFLICT (fan_id, key_hash) DO NOTHING",
    .postgres_rows =
        "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash, request_hash,"
        " created_at_ms, expires_at_ms) SELECT id, option_id, fan_id, 'HOLD', amount, key_hash,"
        " request_hash, created_at_ms, expires_at_ms FROM unnest($1::bigint[], $2::bigint[],"
        " $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])"
        " AS given (id, option_id, fan_id, amount, key_hash, request_hash, created_at_ms,"
        " expires_at_ms)"};
static const struct sql INSERT_SEAT = {
    "INSERT INTO reservation_seat (reservation_id, seat_id, price) VALUES ($1, $2, $3)",
    .postgres_rows = "INSERT INTO reservation_seat (reservation_id, seat_id, price)"
                     " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])"};
/* Numbers with commas between them, so that one question asks for many. */
static const struct sql KNOWN_KEYS = {
    "SELECT r.id, r.option_id, r.fan_id, r.key_hash, r.request_hash"
    " FROM json_each('[' || $1 || ']') f JOIN json_each('[' || $2 || ']') k ON k.key = f.key"
    " JOIN reservation r ON r.fan_id = f.value AND r.key_hash = k.value",
    .postgres = "SELECT r.id, r.option_id, r.fan_id, r.key_hash, r.request_hash"
                " FROM unnest(('{' || $1 || '}')::bigint[], ('{' || $2 || '}')::bigint[])"
                " AS asked (fan_id, key_hash)"
                " JOIN reservation r ON r.fan_id = asked.fan_id AND r.key_hash = asked.key_hash"};
static const struct sql FIND_KEY = {"SELECT id, request_hash FROM reservation"
                                    " WHERE fan_id = $1 AND key_hash = $2"};
static const struct sql MOVE = {
    "UPDATE reservation SET state = $1, ended_at_ms = $2 WHERE id = $3 AND state = $4"};
static const struct sql FREE_SEATS = {
    "UPDATE reservation_seat SET live = 0 WHERE reservation_id = $1"};
static const struct sql TAKE_SEATS = {
    "UPDATE reservation_seat SET live = 1 WHERE reservation_id = $1"};
#define FIND_WORDS                                                                                 \
    "SELECT option_id, fan_id, state, amount, expires_at_ms FROM reservation WHERE id = $1"

static const struct sql FIND = {FIND_WORDS};
static const struct sql FIND_FOR_UPDATE = {FIND_WORDS, .postgres = FIND_WORDS " FOR UPDATE"};
static const struct sql SEATS_OF = {
    "SELECT seat_id FROM reservation_seat WHERE reservation_id = $1 ORDER BY seat_id"};
static const struct sql LAST_ID = {"SELECT COALESCE(MAX(id), 0) FROM reservation"};
static const struct sql SALES = {
    "SELECT option_id, opens_at_ms, closes_at_ms, hold_seconds, max_per_fan, status, strategy,"
    " layout_version, concert_id, max_per_concert, waiting_room"
    " FROM sale JOIN concert_option ON concert_option.id = sale.option_id"
    " WHERE (closes_at_ms > $1 OR concert_id IN (SELECT o.concert_id FROM sale s"
    " JOIN concert_option o ON o.id = s.option_id"
    " WHERE s.closes_at_ms > $1 AND s.max_per_concert > 0))"
    " AND seat_count > 0 AND deleted_at_ms IS NULL"
    " ORDER BY option_id"};
static const struct sql ROUNDS = {
    "SELECT p.option_id, p.group_id, p.opens_at_ms, p.closes_at_ms FROM presale_round p"
    " JOIN sale s ON s.option_id = p.option_id WHERE s.closes_at_ms > $1"
    " ORDER BY p.option_id, p.position"};
static const struct sql LIVE = {
    "SELECT s.reservation_id, s.seat_id, r.fan_id, r.state, r.amount, r.expires_at_ms"
    " FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
    " WHERE s.live = 1 AND s.seat_id >= $1 AND s.seat_id < $2"
    " ORDER BY s.reservation_id, s.seat_id"};
/* How many ids are skipped nobody knows, so the oldest key is found by counting rows. */
static const struct sql KEYS = {
    "SELECT id, option_id, fan_id, key_hash, request_hash FROM reservation"
    " WHERE id >= coalesce((SELECT id FROM reservation ORDER BY id DESC LIMIT 1 OFFSET $1), 0)"
    " AND created_at_ms >= $2 ORDER BY id"};

static const struct sql SWEEP_SEATS = {
    "UPDATE reservation_seat SET live = 0 WHERE live <> 0 AND reservation_id IN"
    " (SELECT id FROM reservation WHERE id >= $1 AND expires_at_ms < $2"
    " AND state IN ('HOLD', 'PAYING'))"};
static const struct sql SWEEP = {
    "UPDATE reservation SET state = 'EXPIRED', ended_at_ms = $3 WHERE id >= $1"
    " AND expires_at_ms < $2 AND state IN ('HOLD', 'PAYING')"};

enum { DAY_MS = 24 * 3600 * 1000 };

enum status booking_store_insert(struct store_connection *connection,
                                 const struct booking_record *record, bool *out_new)
{
    const struct plan *plan = record->plan;
    struct sql_value row[] = {
        sql_int(record->id.value),      sql_int(plan->option.value),
        sql_int(record->fan.value),     sql_int(record->choice->amount),
        sql_int(record->key_hash),      sql_int(record->request_hash),
        sql_int(record->created_at_ms), sql_int(record->expires_at_ms),
    };
    int64_t inserted = 1;
    enum status status =
        record->key_is_new
            ? store_enqueue_one(connection, &INSERT, row, sizeof row / sizeof row[0])
            : store_run(connection, &INSERT, row, sizeof row / sizeof row[0], &inserted);
    if (status != STATUS_OK)
        return status;
    *out_new = inserted == 1;
    for (size_t i = 0; *out_new && i < record->choice->seat_count; i++) {
        uint32_t seat = record->choice->seat_indexes[i];
        struct sql_value seat_row[] = {sql_int(record->id.value),
                                       sql_int(plan_seat_id(plan, seat).value),
                                       sql_int(plan_section_of(plan, seat)->price)};
        status = store_enqueue(connection, &INSERT_SEAT, seat_row, 3);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status booking_store_find_key(struct store_connection *connection, struct fan_id fan,
                                   int64_t key_hash, struct key_act *out_act)
{
    struct sql_value values[] = {sql_int(fan.value), sql_int(key_hash)};
    struct rows rows;
    enum status status = store_query(connection, &FIND_KEY, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found)
        *out_act = (struct key_act){{rows_int(&rows, 0)}, rows_int(&rows, 1)};
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

enum status booking_store_move(struct store_connection *connection, struct reservation_id id,
                               enum reservation_state from, enum reservation_state to,
                               int64_t now_ms)
{
    must(reservation_may_move(from, to));

    bool going_on = to == RESERVATION_HOLD || to == RESERVATION_PAYING;
    struct sql_value values[] = {sql_words(reservation_state_name(to)),
                                 going_on ? sql_null() : sql_int(now_ms), sql_int(id.value),
                                 sql_words(reservation_state_name(from))};
    enum status status = store_enqueue_one(connection, &MOVE, values, 4);
    if (status != STATUS_OK)
        return status;
    if (reservation_is_live(to) == reservation_is_live(from))
        return STATUS_OK;
    struct sql_value by_id[] = {sql_int(id.value)};
    const struct sql *seats = reservation_is_live(to) ? &TAKE_SEATS : &FREE_SEATS;
    return store_enqueue(connection, seats, by_id, 1);
}

static enum status find(struct store_connection *connection, const struct sql *sql,
                        struct reservation_id id, struct booking_past *out_past)
{
    struct sql_value values[] = {sql_int(id.value)};
    struct rows rows;
    enum status status = store_query(connection, sql, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows)) {
        *out_past = (struct booking_past){.option = {rows_int(&rows, 0)},
                                          .fan = {rows_int(&rows, 1)},
                                          .amount = rows_int(&rows, 3),
                                          .expires_at_ms = rows_int(&rows, 4)};
        found = reservation_state_from_text(rows_text(&rows, 2), &out_past->state) ? STATUS_OK
                                                                                   : STATUS_INVALID;
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status booking_store_find(struct store_connection *connection, struct reservation_id id,
                               struct booking_past *out_past)
{
    return find(connection, &FIND, id, out_past);
}

enum status booking_store_find_for_update(struct store_connection *connection,
                                          struct reservation_id id, struct booking_past *out_past)
{
    return find(connection, &FIND_FOR_UPDATE, id, out_past);
}

enum status booking_store_seats(struct store_connection *connection, struct reservation_id id,
                                const struct plan *plan, struct sale_choice *out_choice)
{
    struct sql_value values[] = {sql_int(id.value)};
    struct rows rows;
    enum status status = store_query(connection, &SEATS_OF, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool known = true;
    out_choice->seat_count = 0;
    while (known && rows_next(&rows)) {
        uint32_t seat;
        known = out_choice->seat_count < SEATS_PER_RESERVATION_MAX &&
                plan_seat_index(plan, (struct seat_id){rows_int(&rows, 0)}, &seat);
        if (known)
            out_choice->seat_indexes[out_choice->seat_count++] = seat;
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !known ? STATUS_INVALID : status;
}

enum status booking_store_sweep(struct store_connection *connection, int64_t next_id,
                                int64_t now_ms, int64_t *out_count)
{
    struct sql_value values[] = {sql_int(next_id - BOOKING_SWEPT_MAX), sql_int(now_ms - DAY_MS),
                                 sql_int(now_ms)};
    enum status status = store_run(connection, &SWEEP_SEATS, values, 2, NULL);
    return status == STATUS_OK ? store_run(connection, &SWEEP, values, 3, out_count) : status;
}

enum status booking_store_next_id(struct store_connection *connection, int64_t *out_id)
{
    int64_t last;
    enum status status = store_query_int(connection, &LAST_ID, NULL, 0, &last);
    if (status != STATUS_OK)
        return status;
    if (last < 0 || last >= ID_MAX)
        return STATUS_INVALID;
    *out_id = last + 1;
    return STATUS_OK;
}

static enum sale_status status_from_text(struct text text)
{
    if (text_equal(text, text_of("PAUSED")))
        return SALE_STATUS_PAUSED;
    return text_equal(text, text_of("ACTIVE")) ? SALE_STATUS_ACTIVE : SALE_STATUS_CLOSED;
}

static struct booking_sale_row read_sale(const struct rows *rows)
{
    struct text strategy = rows_text(rows, 6);
    struct booking_sale_row row = {.option = {rows_int(rows, 0)},
                                   .layout_version = rows_int(rows, 7),
                                   .concert = rows_int(rows, 8)};
    row.terms = (struct sale_terms){
        .opens_at_ms = rows_int(rows, 1),
        .closes_at_ms = rows_int(rows, 2),
        .hold_ms = rows_int(rows, 3) * 1000,
        .max_per_fan = rows_int(rows, 4),
        .max_per_concert = rows_int(rows, 9),
        .status = status_from_text(rows_text(rows, 5)),
        .strategy = strategy.size == 2 ? strategy.bytes[1] - '0' : 0,
        .waiting_room = rows_int(rows, 10) != 0,
    };
    if (row.terms.hold_ms > (int64_t)HOLD_SECONDS_MAX * 1000)
        row.terms.hold_ms = (int64_t)HOLD_SECONDS_MAX * 1000;
    return row;
}

/* Both lists are in the order of their options. */
static enum status read_rounds(struct store_connection *connection, int64_t now_ms,
                               struct booking_sale_row *sales, size_t count)
{
    struct sql_value values[] = {sql_int(now_ms - DAY_MS)};
    struct rows rows;
    enum status status = store_query(connection, &ROUNDS, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t at = 0;
    while (rows_next(&rows)) {
        while (at < count && sales[at].option.value < rows_int(&rows, 0))
            at++;
        if (at == count)
            continue;
        struct sale_terms *terms = &sales[at].terms;
        if (sales[at].option.value == rows_int(&rows, 0) && terms->round_count < PRESALE_ROUNDS_MAX)
            terms->rounds[terms->round_count++] =
                (struct sale_round){rows_int(&rows, 1), rows_int(&rows, 2), rows_int(&rows, 3)};
    }
    return rows_end(&rows);
}

enum status booking_store_sales(struct store_connection *connection, int64_t now_ms,
                                struct booking_sale_row *out_rows, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(now_ms - DAY_MS)};
    struct rows rows;
    enum status status = store_query(connection, &SALES, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < most && rows_next(&rows))
        out_rows[count++] = read_sale(&rows);
    *out_count = count;
    status = rows_end(&rows);
    return status == STATUS_OK ? read_rounds(connection, now_ms, out_rows, count) : status;
}

/* --- loading ---------------------------------------------------------------------------------- */

struct loading { /* one reservation, whose seats come row by row */
    struct sale *sale;
    struct sale_reservation reservation;
    struct sale_choice choice;
    int64_t now_ms;
};

static enum status settle(struct loading *loading)
{
    if (loading->choice.seat_count == 0)
        return STATUS_OK;
    enum status status = sale_hold(loading->sale, &loading->reservation, &loading->choice);
    loading->choice.seat_count = 0;
    return status;
}

static enum status begin(struct loading *loading, const struct rows *rows)
{
    struct sale_reservation *reservation = &loading->reservation;
    *reservation = (struct sale_reservation){.id = {rows_int(rows, 0)},
                                             .fan = {rows_int(rows, 2)},
                                             .amount = rows_int(rows, 4),
                                             .hold_ends_at_ms = rows_int(rows, 5),
                                             .lapses_at_ms = rows_int(rows, 5)};
    if (!id_valid(reservation->id.value) || !id_valid(reservation->fan.value) ||
        !reservation_state_from_text(rows_text(rows, 3), &reservation->state) ||
        !reservation_is_live(reservation->state))
        return STATUS_INVALID;
    int64_t grace_ms = loading->now_ms + BOOKING_PAYING_MS_MAX;
    if (reservation->state == RESERVATION_PAYING && reservation->lapses_at_ms < grace_ms)
        reservation->lapses_at_ms = grace_ms;
    return STATUS_OK;
}

static enum status load_row(struct loading *loading, const struct rows *rows)
{
    if (loading->choice.seat_count == 0 || loading->reservation.id.value != rows_int(rows, 0)) {
        enum status status = settle(loading);
        if (status == STATUS_OK)
            status = begin(loading, rows);
        if (status != STATUS_OK)
            return status;
    }
    uint32_t seat;
    if (loading->choice.seat_count == SEATS_PER_RESERVATION_MAX ||
        !plan_seat_index(sale_plan(loading->sale), (struct seat_id){rows_int(rows, 1)}, &seat))
        return STATUS_INVALID;
    loading->choice.seat_indexes[loading->choice.seat_count++] = seat;
    return STATUS_OK;
}

enum status booking_store_load(struct store_connection *connection, struct sale *sale,
                               int64_t now_ms)
{
    const struct plan *plan = sale_plan(sale);
    struct sql_value values[] = {sql_int(plan->first_seat_id),
                                 sql_int(plan->first_seat_id + plan->seat_count)};
    struct rows rows;
    enum status status = store_query(connection, &LIVE, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    struct loading loading = {.sale = sale, .now_ms = now_ms};
    while (status == STATUS_OK && rows_next(&rows))
        status = load_row(&loading, &rows);
    enum status ended = rows_end(&rows);
    if (status == STATUS_OK)
        status = ended;
    return status == STATUS_OK ? settle(&loading) : status;
}

static void read_keys(struct rows *rows, struct booking_key_reader *reader)
{
    while (rows_next(rows)) {
        struct booking_key_row row = {.option = {rows_int(rows, 1)},
                                      .fan = {rows_int(rows, 2)},
                                      .key_hash = rows_int(rows, 3),
                                      .act = {{rows_int(rows, 0)}, rows_int(rows, 4)}};
        reader->remember(reader, &row);
    }
}

enum status booking_store_keys(struct store_connection *connection, int64_t now_ms,
                               struct booking_key_reader *reader)
{
    struct sql_value values[] = {sql_int(BOOKING_KEYS_LOADED_MAX - 1), sql_int(now_ms - DAY_MS)};
    struct rows rows;
    enum status status = store_query(connection, &KEYS, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    read_keys(&rows, reader);
    return rows_end(&rows);
}

static size_t add_number(char *list, size_t size, size_t capacity, int64_t number)
{
    int added = snprintf(list + size, capacity - size, size > 0 ? ",%" PRId64 : "%" PRId64, number);
    must(added > 0 && (size_t)added < capacity - size);
    return size + (size_t)added;
}

void booking_key_question_add(struct booking_key_question *question, struct fan_id fan,
                              int64_t key_hash)
{
    must(id_valid(fan.value));
    must(key_hash >= 0);
    must(question->key_count < BOOKING_TURN_MAX);
    question->key_count++;
    question->fans_size =
        add_number(question->fans, question->fans_size, sizeof question->fans, fan.value);
    question->hashes_size =
        add_number(question->hashes, question->hashes_size, sizeof question->hashes, key_hash);
}

enum status booking_store_known_keys(struct store_connection *connection,
                                     const struct booking_key_question *question,
                                     struct booking_key_reader *reader)
{
    struct sql_value values[] = {sql_text(text_make(question->fans, question->fans_size)),
                                 sql_text(text_make(question->hashes, question->hashes_size))};
    struct rows rows;
    enum status status = store_query(connection, &KNOWN_KEYS, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    read_keys(&rows, reader);
    return rows_end(&rows);
}
