/*
 * booking_keys.c — the keys of a turn, looked up all at once.
 *
 * A key that memory does not know may still have acted: long ago, or in another sale. A store at
 * hand tells when the hold is inserted, because the unique index refuses the row. Over a network
 * that answer would cost each hold a way there and back, a thousand of them in a turn. So the turn
 * begins with one question about all keys that memory does not know; whatever is not in the answer
 * is new, and the rows can go without waiting for what becomes of them.
 *
 * In between nobody else writes for the engine's sales. A hold in a sale of another strategy with
 * the same key in the same moment does: then the index refuses the turn as a whole, and its callers
 * come again.
 */
#include "base/container.h"
#include "booking/booking_inside.h"
#include "booking/booking_store.h"

struct learning {
    struct booking_key_reader reader;
    struct booking *booking;
};

/* The answer to a key is the same in whatever sale it comes again. */
static void learn(struct booking_key_reader *reader, const struct booking_key_row *row)
{
    struct booking *booking = container_of(reader, struct learning, reader)->booking;
    keys_remember(&booking->turn_keys, row->fan, row->key_hash, row->act);
}

static bool is_unknown(struct booking *booking, const struct booking_ask *ask)
{
    struct key_act act;
    const struct booking_sale *place =
        ask->kind == BOOKING_HOLD ? booking_find_sale(booking, ask->option) : NULL;
    return place && !keys_find(sale_keys(place->sale), ask->fan, ask->key_hash, &act);
}

enum status booking_look_up_keys(struct booking *booking, struct store_connection *connection)
{
    booking->keys_known = false;
    if (!store_is_remote(connection))
        return STATUS_OK;
    struct booking_key_question question = {.key_count = 0};
    struct learning learning = {.reader = {learn}, .booking = booking};
    keys_clear(&booking->turn_keys);
    for (struct list *link = booking->turn_asks.next; link != &booking->turn_asks;
         link = link->next) {
        const struct booking_ask *ask = container_of(link, struct booking_ask, letter);
        if (is_unknown(booking, ask))
            booking_key_question_add(&question, ask->fan, ask->key_hash);
    }
    if (question.key_count == 0)
        return STATUS_OK;
    enum status status = booking_store_known_keys(connection, &question, &learning.reader);
    booking->keys_known = status == STATUS_OK;
    return status;
}

bool booking_turn_key(const struct booking *booking, const struct booking_ask *ask,
                      struct key_act *out_act)
{
    return booking->keys_known && keys_find(&booking->turn_keys, ask->fan, ask->key_hash, out_act);
}

void booking_remember_key(struct booking *booking, struct sale *sale, const struct booking_ask *ask)
{
    struct key_act act = {ask->reservation, ask->request_hash};
    keys_remember(sale_keys(sale), ask->fan, ask->key_hash, act);
    if (booking->keys_known)
        keys_remember(&booking->turn_keys, ask->fan, ask->key_hash, act);
}
