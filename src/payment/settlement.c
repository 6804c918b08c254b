/* settlement.c — an array of orders and a table that finds them by a keyed hash. */
#include "payment/settlement.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json_in.h"
#include "base/must.h"
#include "base/table.h"

struct settlement {
    struct table places; /* hash of the order → index + 1 */
    struct settlement_order *orders;
    size_t count, room;
};

static bool read_kind(struct text status, bool *out_is_return)
{
    *out_is_return =
        text_equal(status, text_of("CANCELED")) || text_equal(status, text_of("PARTIAL_CANCELED"));
    return *out_is_return || text_equal(status, text_of("DONE"));
}

static bool read_object(const struct json_in *document, struct settlement_line *line)
{
    struct text order_id, status;
    int64_t amount;
    if (!json_in_is_object(document) ||
        json_in_read_text(document, "orderId", 1, PAYMENT_ORDER_BYTES_MAX, &order_id) !=
            JSON_IN_OK ||
        !text_is_visible(order_id) || /* it is printed: a file must not speak to the terminal */
        json_in_read_text(document, "status", 1, 32, &status) != JSON_IN_OK ||
        json_in_read_int(document, "amount", -ID_MAX, ID_MAX, &amount) != JSON_IN_OK ||
        !read_kind(status, &line->is_return) || amount == 0 || (amount < 0 && !line->is_return))
        return false;
    memcpy(line->order_id, order_id.bytes, order_id.size);
    line->order_id[order_id.size] = '\0';
    line->amount = amount < 0 ? -amount : amount;
    return true;
}

enum settlement_verdict settlement_read_line(struct text line, struct settlement_line *out_line)
{
    struct json_in_fault fault;
    line = text_trim(line);
    if (text_empty(line))
        return SETTLEMENT_BLANK;
    if (line.size > SETTLEMENT_LINE_BYTES_MAX)
        return SETTLEMENT_BAD;
    struct json_in *document = json_in_open(line, &fault);
    bool good = document && read_object(document, out_line);
    json_in_close(document);
    return good ? SETTLEMENT_LINE : SETTLEMENT_BAD;
}

/* --- the book --------------------------------------------------------------------------------- */

struct settlement *settlement_create(void)
{
    struct settlement *settlement = calloc(1, sizeof *settlement);
    if (settlement)
        table_init(&settlement->places, SETTLEMENT_ORDERS_MAX);
    return settlement;
}

void settlement_destroy(struct settlement *settlement)
{
    if (!settlement)
        return;
    table_deinit(&settlement->places);
    free(settlement->orders);
    free(settlement);
}

/* Two orders of one hash would be one to the table: they go to the next key. */
static uint64_t key_of(struct text order_id, uint64_t step)
{
    uint64_t key = hash_text(order_id).low + step;
    return key == 0 ? 1 : key;
}

/* The order, or NULL and the free key where it belongs. */
static struct settlement_order *look(struct settlement *settlement, struct text order_id,
                                     uint64_t *out_key)
{
    uint32_t place;
    for (uint64_t step = 0;; step++) {
        *out_key = key_of(order_id, step);
        if (!table_get(&settlement->places, *out_key, &place))
            return NULL;
        struct settlement_order *order = &settlement->orders[place];
        if (text_equal(order_id, text_of(order->order_id)))
            return order;
    }
}

struct settlement_order *settlement_find(struct settlement *settlement, struct text order_id)
{
    uint64_t key;
    return look(settlement, order_id, &key);
}

static bool make_room(struct settlement *settlement)
{
    if (settlement->count < settlement->room)
        return true;
    size_t room = settlement->room > 0 ? settlement->room * 2 : 1024;
    struct settlement_order *orders = realloc(settlement->orders, room * sizeof *orders);
    if (!orders)
        return false;
    settlement->orders = orders;
    settlement->room = room;
    return true;
}

enum status settlement_add(struct settlement *settlement, const struct settlement_line *line)
{
    must(line != NULL);
    uint64_t key;
    struct settlement_order *order = look(settlement, text_of(line->order_id), &key);
    if (!order) {
        if (!make_room(settlement))
            return STATUS_NO_MEMORY;
        enum status status = table_set(&settlement->places, key, (uint32_t)settlement->count);
        if (status != STATUS_OK)
            return status;
        order = &settlement->orders[settlement->count++];
        *order = (struct settlement_order){0};
        memcpy(order->order_id, line->order_id, sizeof order->order_id);
    }
    int64_t *sum = line->is_return ? &order->returned : &order->taken;
    if (__builtin_add_overflow(*sum, line->amount, sum) || *sum > ID_MAX)
        *sum = ID_MAX; /* no sum of ours: a difference in any case */
    return STATUS_OK;
}

size_t settlement_count(const struct settlement *settlement)
{
    return settlement->count;
}

struct settlement_order *settlement_at(struct settlement *settlement, size_t index)
{
    return &settlement->orders[index];
}
