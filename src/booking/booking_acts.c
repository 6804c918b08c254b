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

struct booking_sale *booking_find_sale(struct booking *booking, struct option_id option)
{
    uint32_t index;
    bool found = table_get(&booking->by_option, hash_id(option.value), &index);
    return found ? &booking->sales[index] : NULL;
}

bool booking_sells(const struct booking *booking)
{
    return atomic_load(&booking->sells);
}

bool booking_decides(struct booking *booking, struct option_id option)
{
    const struct booking_sale *place = booking_find_sale(booking, option);
    return !place || booking_is_ours(booking, place);
}

static enum booking_verdict verdict_of(enum sale_verdict verdict)
{
    switch (verdict) {
    case SALE_YES:
        return BOOKING_DONE;
    case SALE_NOT_OPEN_YET:
        return BOOKING_NOT_OPEN_YET;
    case SALE_IS_PRESALE:
        return BOOKING_PRESALE_ONLY;
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

/* Live seats in the other dates of the concert; nobody asks where there is no such limit. */
static int64_t seats_elsewhere(const struct booking *booking, const struct booking_sale *place,
                               struct fan_id fan)
{
    uint32_t index;
    int64_t seats = 0;
    if (sale_terms(place->sale)->max_per_concert == 0 ||
        !table_get(&booking->by_concert, hash_id(place->concert), &index))
        return 0;
    for (; index != BOOKING_NO_OTHER; index = booking->sales[index].next_of_concert)
        if (&booking->sales[index] != place)
            seats += sale_live_seats_of(booking->sales[index].sale, fan);
    return seats;
}

static struct sale_asker asker_of(const struct booking *booking, const struct booking_sale *place,
                                  struct fan_id fan)
{
    return (struct sale_asker){.fan = fan,
                               .seats_elsewhere = seats_elsewhere(booking, place, fan),
                               .members = &booking->members};
}

static void answer_repeat(struct booking_ask *ask, struct key_act act)
{
    ask->verdict = act.request_hash == ask->request_hash ? BOOKING_REPEATED : BOOKING_KEY_REUSED;
    ask->reservation = act.reservation;
}

/* --- holding ---------------------------------------------------------------------------------- */

static enum status enter(struct booking *booking, struct booking_sale *place,
                         const struct booking_ask *ask)
{
    struct sale_reservation reservation = {.id = ask->reservation,
                                           .fan = ask->fan,
                                           .state = ask->state,
                                           .amount = ask->choice.amount,
                                           .hold_ends_at_ms = ask->expires_at_ms,
                                           .lapses_at_ms = ask->expires_at_ms};
    enum status status = table_set(&booking->by_reservation, hash_id(ask->reservation.value),
                                   (uint32_t)(place - booking->sales));
    return status == STATUS_OK ? sale_hold(place->sale, &reservation, &ask->choice) : status;
}

static enum status believe(struct booking *booking, struct booking_sale *place,
                           const struct booking_ask *ask)
{
    enum status status = enter(booking, place, ask);
    if (status == STATUS_OK)
        booking_remember_key(booking, place->sale, ask);
    return status;
}

static enum status write_hold(struct booking *booking, struct booking_sale *place,
                              struct booking_ask *ask, struct store_connection *connection)
{
    if (numbers_empty(&booking->numbers)) {
        enum status status = numbers_refill(connection, &booking->numbers);
        if (status != STATUS_OK)
            return status;
    }
    ask->created_at_ms = booking->now_ms;
    ask->expires_at_ms = booking->now_ms + sale_terms(place->sale)->hold_ms;
    ask->plan = sale_plan(place->sale);
    struct booking_record record = {.id = {booking->numbers.next},
                                    .fan = ask->fan,
                                    .key_hash = ask->key_hash,
                                    .request_hash = ask->request_hash,
                                    .created_at_ms = ask->created_at_ms,
                                    .expires_at_ms = ask->expires_at_ms,
                                    .key_is_new = booking->keys_known,
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
    ask->reservation = numbers_take(&booking->numbers);
    ask->state = RESERVATION_HOLD;
    ask->verdict = BOOKING_DONE;
    return believe(booking, place, ask);
}

static enum status hold(struct booking *booking, struct booking_ask *ask,
                        struct store_connection *connection)
{
    struct booking_sale *place = booking_find_sale(booking, ask->option);
    if (!place) {
        ask->verdict = BOOKING_NO_SALE;
        return STATUS_OK;
    }
    struct key_act act;
    if (keys_find(sale_keys(place->sale), ask->fan, ask->key_hash, &act) ||
        booking_turn_key(booking, ask, &act)) {
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
    if (!booking_is_ours(booking, place)) {
        booking_refuse_elsewhere(ask);
        return STATUS_OK;
    }
    struct sale_asker asker = asker_of(booking, place, ask->fan);
    ask->verdict =
        verdict_of(sale_choose(place->sale, &asker, &ask->wish, booking->now_ms, &ask->choice));
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
    case BOOKING_REVIVE:
        return RESERVATION_CONFIRMED;
    case BOOKING_REFUND:
        return RESERVATION_REFUNDED;
    case BOOKING_UNPAY:
    case BOOKING_HOLD:
    case BOOKING_LOOK:
    case BOOKING_BLOCK:
    case BOOKING_UNBLOCK:
    case BOOKING_ALLOT:
    case BOOKING_RELEASE:
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

/* Its sale closed long ago: nobody can press it, and there is no memory that has to follow. Where
   the sale is known, the reservation is of another process, and so is the memory. */
static enum status refund_in_store(struct booking *booking, struct booking_ask *ask,
                                   struct store_connection *connection)
{
    struct booking_past past;
    enum status status = booking_store_find(connection, ask->reservation, &past);
    ask->verdict = BOOKING_NOT_LIVE;
    if (status == STATUS_MISSING)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (past.fan.value != ask->fan.value || past.state != RESERVATION_CONFIRMED)
        return STATUS_OK;
    if (!booking_decides(booking, past.option)) {
        booking_refuse_elsewhere(ask);
        return STATUS_OK;
    }
    status = booking_store_move(connection, ask->reservation, past.state, RESERVATION_REFUNDED,
                                booking->now_ms);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    if (status != STATUS_OK)
        return status;
    ask->state = RESERVATION_REFUNDED;
    ask->verdict = BOOKING_DONE;
    return STATUS_OK;
}

static enum status not_in_memory(struct booking *booking, struct booking_ask *ask,
                                 struct store_connection *connection)
{
    enum status status = booking_carry_out_beside(booking, ask, target_of(ask->kind), connection);
    if (status != STATUS_OK || ask->verdict != BOOKING_NOT_LIVE || ask->kind != BOOKING_REFUND)
        return status;
    return refund_in_store(booking, ask, connection);
}

static enum status move(struct booking *booking, struct booking_ask *ask,
                        struct store_connection *connection)
{
    uint32_t index;
    struct sale_reservation reservation;
    if (!table_get(&booking->by_reservation, hash_id(ask->reservation.value), &index) ||
        !sale_find(booking->sales[index].sale, ask->reservation, &reservation) ||
        reservation.fan.value != ask->fan.value)
        return not_in_memory(booking, ask, connection);
    struct sale *sale = booking->sales[index].sale;
    if (!booking_is_ours(booking, &booking->sales[index])) {
        booking_refuse_elsewhere(ask);
        return STATUS_OK;
    }
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

/* --- once more -------------------------------------------------------------------------------- */

/* May the ended reservation live again? Sets the verdict, and all that entering it needs. */
static enum status choose_again(struct booking *booking, struct booking_ask *ask,
                                struct store_connection *connection, struct booking_past *past,
                                struct booking_sale **out_place)
{
    ask->verdict = BOOKING_NOT_LIVE;
    enum status status = booking_store_find(connection, ask->reservation, past);
    if (status == STATUS_MISSING)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    *out_place = booking_find_sale(booking, past->option);
    ask->state = past->state;
    if (!*out_place || booking_is_beside(*out_place) || past->fan.value != ask->fan.value ||
        reservation_is_live(past->state) ||
        !reservation_may_move(past->state, RESERVATION_CONFIRMED))
        return STATUS_OK;
    if (!booking_is_ours(booking, *out_place)) {
        booking_refuse_elsewhere(ask);
        return STATUS_OK;
    }
    ask->plan = sale_plan((*out_place)->sale);
    ask->option = past->option;
    ask->expires_at_ms = past->expires_at_ms;
    ask->choice = (struct sale_choice){.amount = past->amount};
    status = booking_store_seats(connection, ask->reservation, ask->plan, &ask->choice);
    if (status == STATUS_INVALID)
        return STATUS_OK; /* the date has got other seats meanwhile */
    if (status != STATUS_OK)
        return status;
    struct sale_asker asker = asker_of(booking, *out_place, ask->fan);
    bool may = sale_may_hold_again((*out_place)->sale, &asker, &ask->choice);
    ask->verdict = may ? BOOKING_DONE : BOOKING_SEAT_TAKEN;
    return STATUS_OK;
}

static enum status revive(struct booking *booking, struct booking_ask *ask,
                          struct store_connection *connection)
{
    struct booking_past past;
    struct booking_sale *place = NULL;
    enum status status = booking_carry_out_beside(booking, ask, RESERVATION_CONFIRMED, connection);
    if (status != STATUS_OK || ask->verdict != BOOKING_NOT_LIVE)
        return status;
    status = choose_again(booking, ask, connection, &past, &place);
    if (status != STATUS_OK || ask->verdict != BOOKING_DONE)
        return status;
    status = booking_store_move(connection, ask->reservation, past.state, RESERVATION_CONFIRMED,
                                booking->now_ms);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    if (status != STATUS_OK)
        return status;
    ask->state = RESERVATION_CONFIRMED;
    return enter(booking, place, ask);
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
    case BOOKING_REFUND:
        return move(booking, ask, connection);
    case BOOKING_REVIVE:
        return revive(booking, ask, connection);
    case BOOKING_BLOCK:
    case BOOKING_UNBLOCK:
    case BOOKING_ALLOT:
    case BOOKING_RELEASE:
        return booking_mark(booking, ask, connection);
    case BOOKING_LOOK:
        ask->verdict = BOOKING_DONE; /* the turn has looked before it decided */
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* --- lapsing ---------------------------------------------------------------------------------- */

enum status booking_lapse_due(struct booking *booking, struct store_connection *connection)
{
    for (size_t i = 0; booking->era > 0 && i < booking->sale_count; i++) {
        struct sale *sale = booking->sales[i].sale;
        struct sale_reservation due;
        while (booking->turn.lapse_count < BOOKING_LAPSES_MAX &&
               sale_next_lapse(sale, booking->now_ms, &due)) {
            enum status status = lapse_one(booking, sale, &due, connection);
            if (status != STATUS_OK)
                return status;
        }
    }
    return booking_lapse_beside(booking, connection);
}
