/*
 * booking_beside.c — reservations that others wrote: what the engine does with them afterwards.
 *
 * A sale of v1 to v4 has no seats in the engine's memory: several threads, and several processes,
 * write its rows at the same time. So each step asks the row itself and changes it only if it is
 * still what it was. With PostgreSQL the row is locked by the look; with SQLite nobody else writes.
 *
 * The board of such a sale is written by those who hold seats, after their commit, and here:
 *
 *     free again     before the commit: whoever takes the seat next commits later, and so shows it
 *                    as held later
 *     sold           after it
 *
 * If the turn fails, the sale is read anew, and the board is set right seat by seat. A seat that
 * changed on the board while its rows were being read is left as it is: that news is younger.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "booking/beside.h"
#include "booking/booking_inside.h"
#include "booking/booking_store.h"

#define LIVE_ROWS(live)                                                                            \
    "SELECT s.seat_id, r.id, r.state, r.expires_at_ms FROM reservation_seat s"                     \
    " JOIN reservation r ON r.id = s.reservation_id"                                               \
    " WHERE s.live = " live " AND s.seat_id >= $1 AND s.seat_id < $2"

static const struct sql LIVE = {LIVE_ROWS("1") " UNION ALL " LIVE_ROWS("2")};
static const struct sql COUNT_LIVE = {
    "SELECT (SELECT count(*) FROM reservation_seat WHERE seat_id = $1 AND live = 1)"
    " + (SELECT count(*) FROM reservation_seat WHERE seat_id = $1 AND live = 2)"};
static const struct sql LIVE_OF_FAN = {
    "SELECT (SELECT count(*) FROM reservation r JOIN reservation_seat t ON t.reservation_id = r.id"
    " WHERE r.fan_id = $1 AND r.option_id = $2 AND t.live <> 0),"
    " (SELECT count(*) FROM reservation r JOIN reservation_seat t ON t.reservation_id = r.id"
    " JOIN concert_option d ON d.id = r.option_id"
    " WHERE r.fan_id = $1 AND d.concert_id = $3 AND t.live <> 0)"};
static const struct sql TAKE_SEAT = {"UPDATE seat SET version = version + 1 WHERE id = $1"};
static const struct sql TAKE_SEATS = {
    "UPDATE reservation_seat SET live = $2 WHERE reservation_id = $1"};
static const struct sql REVIVE = {"UPDATE reservation SET state = 'CONFIRMED', ended_at_ms = $2"
                                  " WHERE id = $1 AND state = 'EXPIRED'"};

/* --- the board -------------------------------------------------------------------------------- */

static enum status add_news(struct booking *booking, struct board *board, uint32_t seat,
                            enum seat_state state)
{
    if (booking->news_count == booking->news_capacity) {
        size_t capacity = booking->news_capacity > 0 ? booking->news_capacity * 2 : 64;
        struct booking_news *news = realloc(booking->news, capacity * sizeof *news);
        if (!news)
            return STATUS_NO_MEMORY;
        booking->news = news;
        booking->news_capacity = capacity;
    }
    booking->news[booking->news_count++] = (struct booking_news){board, seat, state};
    return STATUS_OK;
}

void booking_publish_beside(struct booking *booking)
{
    for (size_t i = 0; i < booking->news_count; i++)
        board_set(booking->news[i].board, booking->news[i].seat, booking->news[i].state);
    booking->news_count = 0;
}

/* Where there is no guard, somebody else may have the same seat. */
static enum status show_free(const struct booking_sale *place, uint32_t seat,
                             struct store_connection *connection)
{
    const struct sql_value id = sql_int(plan_seat_id(sale_plan(place->sale), seat).value);
    int64_t live_count;
    enum status status = store_query_int(connection, &COUNT_LIVE, &id, 1, &live_count);
    if (status != STATUS_OK || live_count > 0)
        return status;
    bool marked = !marks_none(sale_marks(place->sale), seat);
    board_set(place->board, seat, marked ? SEAT_BLOCKED : SEAT_AVAILABLE);
    return STATUS_OK;
}

static enum status show(struct booking *booking, const struct booking_sale *place,
                        const struct sale_choice *choice, enum reservation_state to,
                        struct store_connection *connection)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < choice->seat_count; i++) {
        uint32_t seat = choice->seat_indexes[i];
        if (!reservation_is_live(to))
            status = show_free(place, seat, connection);
        else
            status = add_news(booking, place->board, seat,
                              to == RESERVATION_CONFIRMED ? SEAT_SOLD : SEAT_HELD);
    }
    return status;
}

void booking_follow(struct booking *booking, struct board *board, const struct booking_ask *ask)
{
    const struct followed followed = {.id = ask->reservation, .lapses_at_ms = ask->expires_at_ms};
    for (size_t i = 0; i < ask->choice.seat_count; i++)
        board_set(board, ask->choice.seat_indexes[i], SEAT_HELD);
    if (follow_set(&booking->follow, &followed) != STATUS_OK)
        booking_refresh(booking); /* reading the sale anew finds it */
}

/* Until its end the row may or may not be there; then lapse() looks. */
void booking_follow_unsure(struct booking *booking, struct reservation_id id, int64_t lapses_at_ms)
{
    const struct followed followed = {.id = id, .lapses_at_ms = lapses_at_ms};
    enum status status = follow_set(&booking->follow, &followed);
    if (status != STATUS_OK)
        log_warn("hold not followed", log_int("reservation", id.value));
    booking_refresh(booking);
}

/* --- one reservation -------------------------------------------------------------------------- */

static enum status write_move(struct booking *booking, const struct booking_sale *place,
                              struct booking_ask *ask, enum reservation_state to,
                              struct store_connection *connection)
{
    enum status status =
        booking_store_move(connection, ask->reservation, ask->state, to, booking->now_ms);
    return status == STATUS_OK ? show(booking, place, &ask->choice, to, connection) : status;
}

/* What the row says, into the ask. *out_place is written when it is the fan's and of a sale that
   others sell; the verdict is BOOKING_NOT_LIVE otherwise. */
static enum status look(struct booking *booking, struct booking_ask *ask,
                        struct store_connection *connection, struct booking_sale **out_place)
{
    struct booking_past past;
    ask->verdict = BOOKING_NOT_LIVE;
    enum status status = booking_store_find_for_update(connection, ask->reservation, &past);
    if (status == STATUS_MISSING)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct booking_sale *place = booking_find_sale(booking, past.option);
    if (!place || !booking_is_beside(place) || past.fan.value != ask->fan.value)
        return STATUS_OK;
    ask->plan = sale_plan(place->sale);
    ask->option = past.option;
    ask->state = past.state;
    ask->expires_at_ms = past.expires_at_ms;
    ask->choice = (struct sale_choice){.amount = past.amount};
    status = booking_store_seats(connection, ask->reservation, ask->plan, &ask->choice);
    if (status == STATUS_INVALID)
        return STATUS_OK; /* the date has got other seats meanwhile */
    ask->verdict = BOOKING_DONE;
    *out_place = place;
    return status;
}

static void follow_move(struct booking *booking, const struct booking_ask *ask,
                        enum reservation_state to)
{
    bool paying = to == RESERVATION_PAYING;
    if (!paying && to != RESERVATION_HOLD) {
        follow_drop(&booking->follow, ask->reservation);
        return;
    }
    int64_t grace_ms = booking->now_ms + BOOKING_PAYING_MS_MAX;
    bool thinks = paying && ask->expires_at_ms < grace_ms;
    const struct followed followed = {.id = ask->reservation,
                                      .paying = paying,
                                      .lapses_at_ms = thinks ? grace_ms : ask->expires_at_ms};
    if (follow_set(&booking->follow, &followed) != STATUS_OK)
        booking_refresh(booking);
}

static enum status move(struct booking *booking, struct booking_ask *ask, enum reservation_state to,
                        struct store_connection *connection)
{
    struct booking_sale *place = NULL;
    enum status status = look(booking, ask, connection, &place);
    if (status != STATUS_OK || !place)
        return status;
    must(place);
    if (ask->state == RESERVATION_HOLD && ask->expires_at_ms <= booking->now_ms) {
        ask->verdict = BOOKING_NOT_LIVE;
        return write_move(booking, place, ask, RESERVATION_EXPIRED, connection);
    }
    if (!reservation_is_live(ask->state)) {
        ask->verdict = BOOKING_NOT_LIVE;
        return STATUS_OK;
    }
    if (!reservation_may_move(ask->state, to)) {
        ask->verdict = BOOKING_WRONG_STATE;
        return STATUS_OK;
    }
    status = write_move(booking, place, ask, to, connection);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    if (status != STATUS_OK)
        return status;
    follow_move(booking, ask, to);
    ask->state = to;
    return STATUS_OK;
}

/* --- once more -------------------------------------------------------------------------------- */

/* The fan may have taken other seats meanwhile, and takes no more until this is committed. */
static enum status look_at_limits(const struct booking_sale *place, const struct booking_ask *ask,
                                  struct store_connection *connection, bool *out_within)
{
    const struct sale_terms *terms = sale_terms(place->sale);
    const struct sql_value values[] = {sql_int(ask->fan.value), sql_int(ask->option.value),
                                       sql_int(place->concert)};
    int64_t more = (int64_t)ask->choice.seat_count;
    struct rows rows;
    enum status status = beside_keep_terms(connection, ask->option, ask->fan);
    if (status == STATUS_OK)
        status = store_query(connection, &LIVE_OF_FAN, values, 3, &rows);
    if (status != STATUS_OK)
        return status;
    *out_within =
        rows_next(&rows) && rows_int(&rows, 0) + more <= terms->max_per_fan &&
        (terms->max_per_concert == 0 || rows_int(&rows, 1) + more <= terms->max_per_concert);
    return rows_end(&rows);
}

/* Raising the seats' versions first keeps everybody else from taking them meanwhile. */
static enum status take_seats(const struct booking_ask *ask, struct store_connection *connection,
                              bool *out_free)
{
    *out_free = ask->choice.seat_count > 0;
    for (size_t i = 0; *out_free && i < ask->choice.seat_count; i++) {
        const struct sql_value id =
            sql_int(plan_seat_id(ask->plan, ask->choice.seat_indexes[i]).value);
        int64_t live_count;
        enum status status = store_run(connection, &TAKE_SEAT, &id, 1, NULL);
        if (status == STATUS_OK)
            status = store_query_int(connection, &COUNT_LIVE, &id, 1, &live_count);
        if (status != STATUS_OK)
            return status;
        *out_free = live_count == 0;
    }
    return STATUS_OK;
}

static enum status write_revival(struct booking *booking, const struct booking_sale *place,
                                 struct booking_ask *ask, struct store_connection *connection)
{
    bool unguarded = sale_terms(place->sale)->strategy == 1;
    const struct sql_value seats[] = {sql_int(ask->reservation.value), sql_int(unguarded ? 2 : 1)};
    const struct sql_value row[] = {sql_int(ask->reservation.value), sql_int(booking->now_ms)};
    enum status status = store_run(connection, &TAKE_SEATS, seats, 2, NULL);
    if (status == STATUS_OK)
        status = store_enqueue_one(connection, &REVIVE, row, 2);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    return status == STATUS_OK
               ? show(booking, place, &ask->choice, RESERVATION_CONFIRMED, connection)
               : status;
}

static enum status revive(struct booking *booking, struct booking_ask *ask,
                          struct store_connection *connection)
{
    struct booking_sale *place = NULL;
    enum status status = look(booking, ask, connection, &place);
    if (status != STATUS_OK || !place)
        return status;
    must(place);
    if (ask->state != RESERVATION_EXPIRED) {
        ask->verdict = BOOKING_NOT_LIVE;
        return STATUS_OK;
    }
    bool is_within, are_free = false;
    status = look_at_limits(place, ask, connection, &is_within);
    if (status == STATUS_OK && is_within)
        status = take_seats(ask, connection, &are_free);
    if (status != STATUS_OK)
        return status;
    if (!are_free) {
        ask->verdict = BOOKING_SEAT_TAKEN;
        return STATUS_OK;
    }
    ask->state = RESERVATION_CONFIRMED;
    return write_revival(booking, place, ask, connection);
}

enum status booking_carry_out_beside(struct booking *booking, struct booking_ask *ask,
                                     enum reservation_state to, struct store_connection *connection)
{
    return ask->kind == BOOKING_REVIVE ? revive(booking, ask, connection)
                                       : move(booking, ask, to, connection);
}

/* --- lapsing ---------------------------------------------------------------------------------- */

/* Another process may have moved it on: the row decides. */
static enum status lapse(struct booking *booking, const struct followed *followed,
                         struct store_connection *connection)
{
    struct booking_past past;
    enum status status = booking_store_find_for_update(connection, followed->id, &past);
    if (status != STATUS_OK && status != STATUS_MISSING)
        return status;
    bool open =
        status == STATUS_OK && (past.state == RESERVATION_HOLD || past.state == RESERVATION_PAYING);
    struct booking_sale *place = open ? booking_find_sale(booking, past.option) : NULL;
    if (!place || !booking_is_beside(place)) {
        follow_drop(&booking->follow, followed->id);
        return STATUS_OK;
    }
    struct booking_ask ask = {.reservation = followed->id, .fan = past.fan, .state = past.state};
    if (past.state == RESERVATION_PAYING && !followed->paying) {
        ask.expires_at_ms = past.expires_at_ms;
        follow_move(booking, &ask, RESERVATION_PAYING);
        return STATUS_OK;
    }
    status = booking_store_seats(connection, ask.reservation, sale_plan(place->sale), &ask.choice);
    if (status == STATUS_INVALID) { /* of an older layout: nothing to show */
        ask.choice.seat_count = 0;
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        status = write_move(booking, place, &ask, RESERVATION_EXPIRED, connection);
    if (status != STATUS_OK)
        return status;
    follow_drop(&booking->follow, followed->id);
    booking->turn.lapse_count++;
    return STATUS_OK;
}

enum status booking_lapse_beside(struct booking *booking, struct store_connection *connection)
{
    struct followed due;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && booking->turn.lapse_count < BOOKING_LAPSES_MAX &&
           follow_due(&booking->follow, booking->now_ms, &due))
        status = lapse(booking, &due, connection);
    return status;
}

/* --- reading a sale anew ---------------------------------------------------------------------- */

struct looking {
    struct booking *booking;
    const struct booking_sale *place;
    uint8_t *states; /* enum seat_state, a byte a seat */
};

static enum status look_at_row(const struct looking *looking, const struct rows *rows)
{
    uint32_t seat;
    enum reservation_state state;
    if (!plan_seat_index(sale_plan(looking->place->sale), (struct seat_id){rows_int(rows, 0)},
                         &seat) ||
        !reservation_state_from_text(rows_text(rows, 2), &state) || !reservation_is_live(state))
        return STATUS_INVALID;
    looking->states[seat] = state == RESERVATION_CONFIRMED ? SEAT_SOLD : SEAT_HELD;
    if (state == RESERVATION_CONFIRMED)
        return STATUS_OK;
    const struct booking_ask ask = {.reservation = {rows_int(rows, 1)},
                                    .expires_at_ms = rows_int(rows, 3)};
    follow_move(looking->booking, &ask, state);
    return STATUS_OK;
}

static enum status read_live(const struct looking *looking, struct store_connection *connection)
{
    const struct plan *plan = sale_plan(looking->place->sale);
    const struct sql_value range[] = {sql_int(plan->first_seat_id),
                                      sql_int(plan->first_seat_id + plan->seat_count)};
    struct rows rows;
    enum status status = store_query(connection, &LIVE, range, 2, &rows);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && rows_next(&rows))
        status = look_at_row(looking, &rows);
    enum status ended = rows_end(&rows);
    return status == STATUS_OK ? ended : status;
}

enum { KEEP = 0xFF };

/* False: too much happened on the board meanwhile; the next look sets it right. */
static bool leave_younger_news(const struct looking *looking, uint64_t since)
{
    uint32_t seats[BOARD_YOUNGER_MAX];
    size_t count;
    uint64_t version;
    if (!board_changes(looking->place->board, since, seats, BOARD_YOUNGER_MAX, &count, &version))
        return false;
    for (size_t i = 0; i < count; i++)
        looking->states[seats[i]] = KEEP;
    return true;
}

static void set_board(const struct looking *looking, uint64_t since)
{
    uint32_t seat_count = sale_plan(looking->place->sale)->seat_count;
    if (!leave_younger_news(looking, since)) {
        booking_refresh(looking->booking);
        return;
    }
    for (uint32_t seat = 0; seat < seat_count; seat++)
        if (looking->states[seat] != KEEP)
            board_set(looking->place->board, seat, (enum seat_state)looking->states[seat]);
}

enum status booking_look_beside(struct booking *booking, const struct booking_sale *place,
                                struct store_connection *connection)
{
    uint32_t seat_count = sale_plan(place->sale)->seat_count;
    uint64_t since = board_version(place->board);
    struct looking looking = {booking, place, calloc(seat_count, 1)};
    if (!looking.states)
        return STATUS_NO_MEMORY;
    for (uint32_t seat = 0; seat < seat_count; seat++)
        looking.states[seat] =
            marks_none(sale_marks(place->sale), seat) ? SEAT_AVAILABLE : SEAT_BLOCKED;
    enum status status = read_live(&looking, connection); /* changes some of them */
    if (status == STATUS_OK)
        set_board(&looking, since);
    free(looking.states);
    return status;
}
