/*
 * booking_acts.c — one ask: decide, write, believe.
 *
 * The order is always the same: the rules decide without changing anything, the store takes it
 * down, and only then the memory follows. So a write that is refused leaves memory and store
 * agreeing, and there is nothing to undo inside a turn.
 */
#include "base/hash.h"
#include "base/must.h"
#include "booking/booking_inside.h"
#include "booking/booking_store.h"

static struct booking_sale *find_sale(struct booking *booking, struct option_id option)
{
    uint32_t index;
    bool found = table_get(&booking->by_option, hash_id(option.value), &index);
    return found ? &booking->sales[index] : NULL;
}

static enum booking_verdict verdict_of(enum sale_verdict verdict)
{
    switch (verdict) {
    case SALE_YES:
        return BOOKING_DONE;
    case SALE_NOT_OPEN_YET:
        return BOOKING_NOT_OPEN_YET;
    case SALE_IS_PAUSED:
        return BOOKING_PAUSED;
    case SALE_IS_CLOSED:
        return BOOKING_CLOSED;
    case SALE_IS_SOLD_OUT:
        return BOOKING_SOLD_OUT;
    case SALE_NO_SUCH_SEAT:
        return BOOKING_NO_SUCH_SEAT;
    case SALE_NO_SUCH_SECTION:
        return BOOKING_NO_SUCH_SECTION;
    case SALE_SEAT_TAKEN:
        return BOOKING_SEAT_TAKEN;
    case SALE_LIMIT_EXCEEDED:
        return BOOKING_LIMIT_EXCEEDED;
    }
    return BOOKING_FAILED;
}

static void answer_repeat(struct booking_ask *ask, struct key_act act)
{
    ask->verdict = act.request_hash == ask->request_hash ? BOOKING_REPEATED : BOOKING_KEY_REUSED;
    ask->reservation = act.reservation;
}

/* --- holding ---------------------------------------------------------------------------------- */

static enum status believe(struct booking *booking, struct booking_sale *place,
                           const struct booking_ask *ask)
{
    struct sale_reservation reservation = {.id = ask->reservation,
                                           .fan = ask->fan,
                                           .state = RESERVATION_HOLD,
                                           .amount = ask->choice.amount,
                                           .hold_ends_at_ms = ask->expires_at_ms,
                                           .lapses_at_ms = ask->expires_at_ms};
    enum status status = table_set(&booking->by_reservation, hash_id(ask->reservation.value),
                                   (uint32_t)(place - booking->sales));
    if (status == STATUS_OK)
        status = sale_hold(place->sale, &reservation, &ask->choice);
    if (status == STATUS_OK)
        keys_remember(sale_keys(place->sale), ask->fan, ask->key_hash,
                      (struct key_act){ask->reservation, ask->request_hash});
    return status;
}

static enum status write_hold(struct booking *booking, struct booking_sale *place,
                              struct booking_ask *ask, struct store_connection *connection)
{
    ask->created_at_ms = booking->now_ms;
    ask->expires_at_ms = booking->now_ms + sale_terms(place->sale)->hold_ms;
    ask->plan = sale_plan(place->sale);
    struct booking_record record = {.id = {booking->next_id},
                                    .fan = ask->fan,
                                    .key_hash = ask->key_hash,
                                    .request_hash = ask->request_hash,
                                    .created_at_ms = ask->created_at_ms,
                                    .expires_at_ms = ask->expires_at_ms,
                                    .plan = ask->plan,
                                    .choice = &ask->choice};
    bool is_new;
    enum status status = booking_store_insert(connection, &record, &is_new);
    if (status != STATUS_OK)
        return status;
    if (!is_new) { /* the key acted in another sale, or long ago */
        struct key_act act;
        status = booking_store_find_key(connection, ask->fan, ask->key_hash, &act);
        if (status == STATUS_OK)
            answer_repeat(ask, act);
        return status;
    }
    booking->next_id++;
    ask->reservation = record.id;
    ask->state = RESERVATION_HOLD;
    ask->verdict = BOOKING_DONE;
    return believe(booking, place, ask);
}

static enum status hold(struct booking *booking, struct booking_ask *ask,
                        struct store_connection *connection)
{
    struct booking_sale *place = find_sale(booking, ask->option);
    if (!place) {
        ask->verdict = BOOKING_NO_SALE;
        return STATUS_OK;
    }
    struct key_act act;
    if (keys_find(sale_keys(place->sale), ask->fan, ask->key_hash, &act)) {
        answer_repeat(ask, act);
        return STATUS_OK;
    }
    const struct sale_terms *terms = sale_terms(place->sale);
    ask->opens_at_ms = terms->opens_at_ms;
    ask->plan = sale_plan(place->sale);
    if (terms->strategy != 5 || (ask->strategy != 0 && ask->strategy != 5)) {
        ask->verdict = BOOKING_STRATEGY_MISMATCH;
        return STATUS_OK;
    }
    ask->verdict =
        verdict_of(sale_choose(place->sale, ask->fan, &ask->wish, booking->now_ms, &ask->choice));
    if (ask->verdict != BOOKING_DONE)
        return STATUS_OK;
    return write_hold(booking, place, ask, connection);
}

/* --- moving on -------------------------------------------------------------------------------- */

static enum status lapse_one(struct booking *booking, struct sale *sale,
                             const struct sale_reservation *reservation,
                             struct store_connection *connection)
{
    enum status status = booking_store_move(connection, reservation->id, reservation->state,
                                            RESERVATION_EXPIRED, booking->now_ms);
    if (status != STATUS_OK)
        return status;
    sale_move(sale, reservation->id, RESERVATION_EXPIRED, 0);
    table_remove(&booking->by_reservation, hash_id(reservation->id.value));
    booking->turn.lapse_count++;
    return STATUS_OK;
}

static enum reservation_state target_of(enum booking_kind kind)
{
    switch (kind) {
    case BOOKING_CANCEL:
        return RESERVATION_CANCELLED;
    case BOOKING_PAY:
        return RESERVATION_PAYING;
    case BOOKING_CONFIRM:
        return RESERVATION_CONFIRMED;
    case BOOKING_UNPAY:
    case BOOKING_HOLD:
    case BOOKING_LOOK:
        return RESERVATION_HOLD;
    }
    return RESERVATION_HOLD;
}

/* While the gateway thinks, the seats stay the fan's a little beyond the hold; a declined payment
   gives back the hold with the time it had. */
static int64_t lapse_after(const struct booking *booking,
                           const struct sale_reservation *reservation, enum reservation_state to)
{
    int64_t grace_ms = booking->now_ms + BOOKING_PAYING_MS_MAX;
    bool thinks = to == RESERVATION_PAYING && reservation->hold_ends_at_ms < grace_ms;
    return thinks ? grace_ms : reservation->hold_ends_at_ms;
}

/* A turn begins with what has lapsed, but a payment may be declined in its middle, and what is over
   may be too much for one turn. */
static bool hold_is_over(const struct booking *booking, const struct sale_reservation *reservation)
{
    return reservation->state == RESERVATION_HOLD && reservation->lapses_at_ms <= booking->now_ms;
}

static enum status move(struct booking *booking, struct booking_ask *ask,
                        struct store_connection *connection)
{
    uint32_t index;
    struct sale_reservation reservation;
    if (!table_get(&booking->by_reservation, hash_id(ask->reservation.value), &index) ||
        !sale_find(booking->sales[index].sale, ask->reservation, &reservation) ||
        reservation.fan.value != ask->fan.value) {
        ask->verdict = BOOKING_NOT_LIVE;
        return STATUS_OK;
    }
    struct sale *sale = booking->sales[index].sale;
    if (hold_is_over(booking, &reservation)) {
        ask->verdict = BOOKING_NOT_LIVE;
        return lapse_one(booking, sale, &reservation, connection);
    }
    enum reservation_state to = target_of(ask->kind);
    ask->plan = sale_plan(sale);
    ask->state = reservation.state;
    ask->option = ask->plan->option;
    ask->expires_at_ms = reservation.hold_ends_at_ms;
    ask->choice.amount = reservation.amount;
    ask->choice.seat_count = sale_seats_of(sale, ask->reservation, ask->choice.seat_indexes);
    if (!reservation_may_move(reservation.state, to)) {
        ask->verdict = BOOKING_WRONG_STATE;
        return STATUS_OK;
    }
    enum status status =
        booking_store_move(connection, ask->reservation, reservation.state, to, booking->now_ms);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    if (status != STATUS_OK)
        return status;
    sale_move(sale, ask->reservation, to, lapse_after(booking, &reservation, to));
    if (!reservation_is_live(to))
        table_remove(&booking->by_reservation, hash_id(ask->reservation.value));
    ask->state = to;
    ask->verdict = BOOKING_DONE;
    return STATUS_OK;
}

enum status booking_carry_out(struct booking *booking, struct booking_ask *ask,
                              struct store_connection *connection)
{
    if (ask->first) {
        bool repeated = false;
        enum status status = ask->first(ask, connection, &repeated);
        if (status != STATUS_OK)
            return status;
        if (repeated) {
            ask->verdict = BOOKING_REPEATED;
            return STATUS_OK;
        }
    }
    switch (ask->kind) {
    case BOOKING_HOLD:
        return hold(booking, ask, connection);
    case BOOKING_CANCEL:
    case BOOKING_PAY:
    case BOOKING_CONFIRM:
    case BOOKING_UNPAY:
        return move(booking, ask, connection);
    case BOOKING_LOOK:
        ask->verdict = BOOKING_DONE; /* the turn has looked before it decided */
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* --- lapsing ---------------------------------------------------------------------------------- */

enum status booking_lapse_due(struct booking *booking, struct store_connection *connection)
{
    for (size_t i = 0; i < booking->sale_count; i++) {
        struct sale *sale = booking->sales[i].sale;
        struct sale_reservation due;
        while (booking->turn.lapse_count < BOOKING_LAPSES_MAX &&
               sale_next_lapse(sale, booking->now_ms, &due)) {
            enum status status = lapse_one(booking, sale, &due, connection);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}
