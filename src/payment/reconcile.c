/*
 * reconcile.c — our orders page by page in the order of their names, then what the file has beyond
 * them, then the webhooks that are about nobody.
 */
#include "payment/reconcile.h"

#include <inttypes.h>
#include <string.h>

enum { PAGE = 500 };

struct our_order {
    char order_id[PAYMENT_ORDER_BYTES_MAX + 1];
    int64_t payment;                     /* the latest with this order */
    int64_t taken, returned, going_back; /* won */
    int64_t open_count;
    int64_t began_at_ms;
};

struct comparing {
    const struct reconcile_settings *settings;
    struct settlement *settlement;
    struct reconcile_report report;
};

/* --- differences ------------------------------------------------------------------------------ */

static void tell_missing(struct comparing *comparing, const struct our_order *ours)
{
    const struct reconcile_settings *settings = comparing->settings;
    bool expected =
        ours->began_at_ms >= settings->since_ms && ours->began_at_ms < settings->until_ms;
    if (ours->taken == 0 || !expected)
        return;
    comparing->report.difference_count++;
    fprintf(settings->out, "%s: taken here %" PRId64 " (payment %" PRId64 "), not in the file\n",
            ours->order_id, ours->taken, ours->payment);
}

static void tell_taken(struct comparing *comparing, const struct our_order *ours,
                       const struct settlement_order *theirs)
{
    if (ours->taken == theirs->taken)
        return;
    comparing->report.difference_count++;
    fprintf(comparing->settings->out,
            "%s: taken here %" PRId64 " (payment %" PRId64 "%s), there %" PRId64 "\n",
            ours->order_id, ours->taken, ours->payment,
            ours->open_count > 0 ? ", not decided yet" : "", theirs->taken);
}

static void tell_returned(struct comparing *comparing, const struct our_order *ours,
                          const struct settlement_order *theirs)
{
    if (ours->returned == theirs->returned)
        return;
    comparing->report.difference_count++;
    fprintf(comparing->settings->out,
            "%s: given back here %" PRId64 " (payment %" PRId64 ", %" PRId64
            " on its way), there %" PRId64 "\n",
            ours->order_id, ours->returned, ours->payment, ours->going_back, theirs->returned);
}

static void compare(struct comparing *comparing, const struct our_order *ours)
{
    comparing->report.order_count++;
    struct settlement_order *theirs =
        settlement_find(comparing->settlement, text_of(ours->order_id));
    if (!theirs) {
        tell_missing(comparing, ours);
        return;
    }
    theirs->is_met = true;
    tell_taken(comparing, ours, theirs);
    tell_returned(comparing, ours, theirs);
}

static void tell_strangers(struct comparing *comparing)
{
    for (size_t i = 0; i < settlement_count(comparing->settlement); i++) {
        const struct settlement_order *theirs = settlement_at(comparing->settlement, i);
        if (theirs->is_met)
            continue;
        comparing->report.difference_count++;
        fprintf(comparing->settings->out,
                "%s: taken there %" PRId64 ", given back %" PRId64 "; no such payment here\n",
                theirs->order_id, theirs->taken, theirs->returned);
    }
}

/* --- our book --------------------------------------------------------------------------------- */

static enum status read_page(struct store_connection *reader, const char *gateway,
                             const char *after, struct our_order page[PAGE], size_t *out_count)
{
    static const struct sql orders = {
        "SELECT p.order_id, max(p.id), sum(CASE WHEN p.state IN ('CAPTURED', 'REFUNDED')"
        " THEN p.amount ELSE 0 END), sum(CASE WHEN p.state IN ('READY', 'UNKNOWN', 'AUTHORIZED')"
        " THEN 1 ELSE 0 END), min(p.created_at_ms),"
        " coalesce(sum((SELECT sum(f.amount) FROM refund f WHERE f.payment_id = p.id"
        " AND f.state = 'DONE')), 0), coalesce(sum((SELECT sum(f.amount) FROM refund f"
        " WHERE f.payment_id = p.id AND f.state = 'REQUESTED')), 0)"
        " FROM payment p WHERE p.gateway = $1 AND p.order_id <> '' AND p.order_id > $2"
        " GROUP BY p.order_id ORDER BY p.order_id LIMIT $3"};
    struct sql_value values[] = {sql_words(gateway), sql_words(after), sql_int(PAGE)};
    struct rows rows;
    enum status status = store_query(reader, &orders, values, 3, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    bool sound = true;
    while (sound && count < PAGE && rows_next(&rows)) {
        struct text order_id = rows_text(&rows, 0);
        sound = order_id.size <= PAYMENT_ORDER_BYTES_MAX;
        if (!sound)
            break;
        struct our_order *order = &page[count++];
        *order = (struct our_order){.payment = rows_int(&rows, 1),
                                    .taken = rows_int(&rows, 2),
                                    .open_count = rows_int(&rows, 3),
                                    .began_at_ms = rows_int(&rows, 4),
                                    .returned = rows_int(&rows, 5),
                                    .going_back = rows_int(&rows, 6)};
        memcpy(order->order_id, order_id.bytes, order_id.size);
    }
    *out_count = count;
    status = rows_end(&rows);
    return status == STATUS_OK && !sound ? STATUS_INVALID : status;
}

static enum status compare_all(struct store_connection *reader, struct comparing *comparing)
{
    static struct our_order page[PAGE];
    char after[PAYMENT_ORDER_BYTES_MAX + 1] = "";
    size_t count = PAGE;
    while (count == PAGE) {
        enum status status = read_page(reader, comparing->settings->gateway, after, page, &count);
        if (status != STATUS_OK)
            return status;
        for (size_t i = 0; i < count; i++)
            compare(comparing, &page[i]);
        if (count > 0)
            memcpy(after, page[count - 1].order_id, sizeof after);
    }
    return STATUS_OK;
}

static enum status tell_webhooks(struct store_connection *reader, struct comparing *comparing)
{
    static const struct sql lost = {"SELECT order_id, said, count(*) FROM webhook"
                                    " WHERE payment_id IS NULL AND gateway = $1"
                                    " GROUP BY order_id, said ORDER BY order_id"};
    struct sql_value values[] = {sql_words(comparing->settings->gateway)};
    struct rows rows;
    enum status status = store_query(reader, &lost, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    while (rows_next(&rows)) {
        struct text order_id = rows_text(&rows, 0), said = rows_text(&rows, 1);
        comparing->report.difference_count++;
        fprintf(comparing->settings->out,
                "%.*s: %" PRId64 " webhooks said %.*s; no such payment here\n", (int)order_id.size,
                order_id.bytes, rows_int(&rows, 2), (int)said.size, said.bytes);
    }
    return rows_end(&rows);
}

enum status reconcile_run(struct store_connection *reader, struct settlement *settlement,
                          const struct reconcile_settings *settings,
                          struct reconcile_report *out_report)
{
    struct comparing comparing = {.settings = settings, .settlement = settlement};
    enum status status = compare_all(reader, &comparing);
    if (status != STATUS_OK)
        return status;
    tell_strangers(&comparing);
    status = tell_webhooks(reader, &comparing);
    *out_report = comparing.report;
    return status;
}
