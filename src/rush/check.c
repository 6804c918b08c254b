/*
 * check.c — each acknowledgement, looked up by its id.
 *
 * What an acknowledgement promises:
 *
 *   held        the reservation is there, with this fan, key, amount and these seats; whether it
 *   still
 *               lives is the hold time's business
 *   paid        it is CONFIRMED, all its seats are live, and its payment is CAPTURED over the
 *   amount cancelled   it is CANCELLED and none of its seats is live
 *
 * And nobody else was told that the same seat is confirmed for them.
 */
#include "rush/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"
#include "rush/request.h"
#include "store/store.h"

static const struct sql find_reservation = {
    "SELECT fan_id, option_id, state, amount, key_hash FROM reservation WHERE id = $1"};
static const struct sql find_seats = {
    "SELECT seat_id, live FROM reservation_seat WHERE reservation_id = $1 ORDER BY seat_id"};
static const struct sql find_payment = {
    "SELECT reservation_id, fan_id, state, amount FROM payment WHERE id = $1"};
static const struct sql count_confirmed = {
    "SELECT count(*) FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
    " WHERE s.live > 0 AND s.seat_id >= $1 AND s.seat_id < $2 AND r.state = 'CONFIRMED'"};

struct check {
    struct store_connection *reader;
    const struct acks *acks;
    const struct check_hall *hall;
    struct faults *faults;
    struct check_counts counts;
    const struct ack **buyer_of_seat; /* who was told that a seat is theirs for good */
};

/* Says what is wrong and answers "not as it was told". */
__attribute__((format(printf, 3, 4))) static bool loss(struct check *check, const struct ack *ack,
                                                       const char *format, ...)
{
    char words[FAULT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(words, sizeof words, format, values);
    va_end(values);
    faults_add(check->faults, "lost: reservation %lld of fan %lld: %s",
               (long long)ack->reservation_id, (long long)ack->fan.value, words);
    return false;
}

/* --- a reservation ---------------------------------------------------------------------------- */

static const char *expected_state(enum ack_state state)
{
    switch (state) {
    case ACK_HELD:
        return NULL; /* any: it may have lapsed since */
    case ACK_PAID:
        return "CONFIRMED";
    case ACK_CANCELLED:
        return "CANCELLED";
    }
    return NULL;
}

static bool reservation_fits(struct check *check, const struct ack *ack, const struct rows *rows)
{
    char key[REQUEST_KEY_BYTES];
    request_reserve_key(check->hall->option, ack->fan, ack->reserve_no, key);
    const char *state = expected_state(ack->state);
    struct text found_state = rows_text(rows, 2);

    if (rows_int(rows, 0) != ack->fan.value)
        return loss(check, ack, "it belongs to fan %lld", (long long)rows_int(rows, 0));
    if (rows_int(rows, 1) != check->hall->option.value)
        return loss(check, ack, "it is for option %lld", (long long)rows_int(rows, 1));
    if (state && !text_equal(found_state, text_of(state)))
        return loss(check, ack, "it is %.*s and was told to be %s", (int)found_state.size,
                    found_state.bytes, state);
    if (rows_int(rows, 3) != ack->amount_won)
        return loss(check, ack, "its amount is %lld", (long long)rows_int(rows, 3));
    if (rows_int(rows, 4) != hash_lasting(text_of(key)))
        return loss(check, ack, "its key is not %s", key);
    return true;
}

static enum status look_at_reservation(struct check *check, const struct ack *ack, bool *out_fits)
{
    struct sql_value id = sql_int(ack->reservation_id);
    struct rows rows;
    enum status status = store_query(check->reader, &find_reservation, &id, 1, &rows);
    if (status != STATUS_OK)
        return status;
    *out_fits = rows_next(&rows) ? reservation_fits(check, ack, &rows)
                                 : loss(check, ack, "it is not there");
    return rows_end(&rows);
}

/* --- its seats -------------------------------------------------------------------------------- */

static bool seat_fits(struct check *check, const struct ack *ack, uint32_t place,
                      const struct rows *rows)
{
    bool live = rows_int(rows, 1) != 0;
    if (place >= ack->seat_count || rows_int(rows, 0) != ack->seat_ids[place])
        return loss(check, ack, "it has seat %lld", (long long)rows_int(rows, 0));
    if (ack->state == ACK_PAID && !live)
        return loss(check, ack, "its seat %lld is free again", (long long)rows_int(rows, 0));
    if (ack->state == ACK_CANCELLED && live)
        return loss(check, ack, "its seat %lld is still taken", (long long)rows_int(rows, 0));
    return true;
}

static enum status look_at_seats(struct check *check, const struct ack *ack, bool *out_fits)
{
    struct sql_value id = sql_int(ack->reservation_id);
    struct rows rows;
    enum status status = store_query(check->reader, &find_seats, &id, 1, &rows);
    if (status != STATUS_OK)
        return status;
    uint32_t place = 0;
    *out_fits = true;
    for (; *out_fits && rows_next(&rows); place++)
        *out_fits = seat_fits(check, ack, place, &rows);
    if (*out_fits && place != ack->seat_count)
        *out_fits = loss(check, ack, "it has %u seats and was told %u", place, ack->seat_count);
    return rows_end(&rows);
}

/* --- its payment ------------------------------------------------------------------------------ */

static bool payment_fits(struct check *check, const struct ack *ack, const struct rows *rows)
{
    struct text state = rows_text(rows, 2);
    if (rows_int(rows, 0) != ack->reservation_id || rows_int(rows, 1) != ack->fan.value)
        return loss(check, ack, "payment %lld is another's", (long long)ack->payment_id);
    if (!text_equal(state, text_of("CAPTURED")))
        return loss(check, ack, "payment %lld is %.*s", (long long)ack->payment_id, (int)state.size,
                    state.bytes);
    if (rows_int(rows, 3) != ack->amount_won)
        return loss(check, ack, "payment %lld took %lld", (long long)ack->payment_id,
                    (long long)rows_int(rows, 3));
    return true;
}

static enum status look_at_payment(struct check *check, const struct ack *ack, bool *out_fits)
{
    struct sql_value id = sql_int(ack->payment_id);
    struct rows rows;
    enum status status = store_query(check->reader, &find_payment, &id, 1, &rows);
    if (status != STATUS_OK)
        return status;
    *out_fits = rows_next(&rows)
                    ? payment_fits(check, ack, &rows)
                    : loss(check, ack, "payment %lld is not there", (long long)ack->payment_id);
    return rows_end(&rows);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Nobody else was told the same. */
static bool seats_are_theirs_alone(struct check *check, const struct ack *ack)
{
    for (uint32_t i = 0; i < ack->seat_count; i++) {
        int64_t index = ack->seat_ids[i] - check->hall->first_seat_id;
        if (index < 0 || index >= check->hall->seat_count)
            return loss(check, ack, "seat %lld is not on sale", (long long)ack->seat_ids[i]);
        const struct ack *other = check->buyer_of_seat[index];
        if (other)
            return loss(check, ack, "seat %lld was sold to fan %lld too",
                        (long long)ack->seat_ids[i], (long long)other->fan.value);
        check->buyer_of_seat[index] = ack;
    }
    return true;
}

static void count_kind(struct check_counts *counts, enum ack_state state)
{
    counts->holds++; /* whatever became of it later */
    counts->payments += state == ACK_PAID;
    counts->cancels += state == ACK_CANCELLED;
}

static enum status look_at(struct check *check, const struct ack *ack)
{
    bool fits = true;
    count_kind(&check->counts, ack->state);
    enum status status = look_at_reservation(check, ack, &fits);
    if (status == STATUS_OK && fits)
        status = look_at_seats(check, ack, &fits);
    if (status == STATUS_OK && fits && ack->state == ACK_PAID)
        status = look_at_payment(check, ack, &fits);
    if (status == STATUS_OK && fits && ack->state == ACK_PAID)
        fits = seats_are_theirs_alone(check, ack);
    check->counts.lost += !fits;
    return status;
}

static enum status look_at_all(struct check *check)
{
    int64_t first = check->hall->first_seat_id;
    struct sql_value seats[] = {sql_int(first), sql_int(first + check->hall->seat_count)};
    enum status status =
        store_query_int(check->reader, &count_confirmed, seats, 2, &check->counts.confirmed_seats);
    for (uint32_t i = 0; status == STATUS_OK && i < check->acks->count; i++)
        status = look_at(check, &check->acks->list[i]);
    return status;
}

enum status check_acks(struct store_connection *reader, const struct acks *acks,
                       const struct check_hall *hall, struct faults *faults,
                       struct check_counts *out_counts)
{
    must(hall->seat_count > 0);
    struct check check = {.reader = reader, .acks = acks, .hall = hall, .faults = faults};
    check.buyer_of_seat = calloc(hall->seat_count, sizeof(const struct ack *));
    if (!check.buyer_of_seat)
        return STATUS_NO_MEMORY;

    enum status status = store_snapshot_begin(reader);
    if (status == STATUS_OK) {
        status = look_at_all(&check);
        store_snapshot_end(reader);
    }
    free(check.buyer_of_seat);
    if (status == STATUS_OK)
        *out_counts = check.counts;
    return status;
}
