/* story_gateway.c — approves, declines, or falls silent before or after it has taken the money. */
#include "support/story_gateway.h"

#include <stdio.h>

#include "base/container.h"
#include "base/must.h"

enum { LATE_MS = 150000 }; /* beyond any hold, and the time a payment may take beyond it */

static struct story_book *book_of(struct gateway *gateway)
{
    return container_of(gateway, struct story_gateway, base)->book;
}

static struct story_charge *charge_of(struct gateway *gateway,
                                      const struct gateway_request *request)
{
    struct story_book *book = book_of(gateway);
    must(request->payment.value > 0 && request->payment.value < STORY_CHARGES_MAX);
    return &book->charges[request->payment.value];
}

static bool is_silent(struct gateway *gateway, int percent)
{
    struct story_book *book = book_of(gateway);
    return !book->calm && random_below(book->chance, 100) < (uint64_t)percent;
}

static bool is_cut_off(struct gateway *gateway)
{
    return container_of(gateway, struct story_gateway, base)->cut_off;
}

static enum gateway_verdict charge_it(struct gateway *gateway, struct gateway_request *request)
{
    struct story_charge *charge = charge_of(gateway, request);
    if (is_cut_off(gateway) || is_silent(gateway, 10))
        return GATEWAY_UNKNOWN; /* it never arrived */
    charge->heard = true;
    if (text_equal(request->data, text_of("decline"))) {
        snprintf(request->reason, sizeof request->reason, "no");
        return GATEWAY_DECLINED;
    }
    if (!charge->captured) /* the same payment twice charges once */
        charge->charge_count++;
    charge->captured = true;
    charge->amount = request->amount;
    if (text_equal(request->data, text_of("late")))
        charge->silent_till_ms = book_of(gateway)->now_ms() + LATE_MS;
    bool silent = charge->silent_till_ms > 0 || is_silent(gateway, 15);
    return silent ? GATEWAY_UNKNOWN : GATEWAY_CAPTURED;
}

static enum gateway_verdict ask_it(struct gateway *gateway, struct gateway_request *request)
{
    const struct story_charge *charge = charge_of(gateway, request);
    if (is_cut_off(gateway) || is_silent(gateway, 30) ||
        charge->silent_till_ms > book_of(gateway)->now_ms())
        return GATEWAY_UNKNOWN;
    if (!charge->heard)
        return GATEWAY_NEVER_HEARD;
    return charge->captured ? GATEWAY_CAPTURED : GATEWAY_DECLINED;
}

static enum gateway_verdict refund_it(struct gateway *gateway, struct gateway_request *request)
{
    struct story_charge *charge = charge_of(gateway, request);
    if (is_cut_off(gateway) || is_silent(gateway, 20))
        return GATEWAY_UNKNOWN;
    must(charge->captured);
    must(request->refund.value > 0 && request->refund.value < STORY_CHARGES_MAX);
    int64_t *refund = &book_of(gateway)->refunds[request->refund.value];
    must(*refund == 0 || *refund == request->amount);
    if (*refund == 0) /* the same refund twice gives back once */
        charge->refunded += request->amount;
    *refund = request->amount;
    must(charge->refunded <= charge->amount);
    return is_silent(gateway, 20) ? GATEWAY_UNKNOWN : GATEWAY_CAPTURED;
}

static enum gateway_verdict carry_out(struct gateway *gateway, struct gateway_request *request)
{
    switch (request->act) {
    case GATEWAY_CHARGE:
        return charge_it(gateway, request);
    case GATEWAY_ASK:
        return ask_it(gateway, request);
    case GATEWAY_REFUND:
        return refund_it(gateway, request);
    }
    return GATEWAY_UNKNOWN;
}

static void story_submit(struct gateway *gateway, struct gateway_request *request)
{
    struct story_gateway *story = container_of(gateway, struct story_gateway, base);
    list_push_back(&story->waiting, &request->letter);
}

static void story_destroy(struct gateway *gateway)
{
    (void)gateway; /* lives inside the story */
}

static const struct gateway_ops story_ops = {
    .name = "test",
    .submit = story_submit,
    .destroy = story_destroy,
};

void story_gateway_init(struct story_gateway *gateway, struct story_book *book)
{
    *gateway = (struct story_gateway){.base = {.ops = &story_ops}, .book = book};
    list_init(&gateway->waiting);
}

size_t story_gateway_turn(struct story_gateway *gateway)
{
    struct list now;
    list_init(&now);
    list_move_all(&gateway->waiting, &now);
    bool all = gateway->cut_off || gateway->book->calm;
    size_t count = 0;
    struct list *link;
    while ((link = list_pop_front(&now)) != NULL) {
        struct gateway_request *request = container_of(link, struct gateway_request, letter);
        if (!all && random_below(gateway->book->chance, 4) == 0) {
            list_push_back(&gateway->waiting, link); /* overtaken by others */
            continue;
        }
        request->verdict = carry_out(&gateway->base, request);
        request->on_answer(request);
        count++;
    }
    return count;
}
