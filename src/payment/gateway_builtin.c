/*
 * gateway_builtin.c — a gateway inside the house: it moves no money, and fails on request.
 *
 * It keeps a book of the charges whose answer it owes, one place for each payment id modulo
 * GATEWAY_BOOK_MAX. A place that still owes an answer is not given away: the newcomer is declined.
 * After a restart the book is empty and the gateway has never heard of anything, and says so: what
 * was under way then was not paid, which is true, for no money moves here.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "payment/gateway.h"

struct charge { /* captured, but not said so yet */
    struct payment_id payment;
    int asks_left;
    int64_t captured_at_ms;
    bool told;
};

struct builtin {
    struct gateway base;
    pthread_mutex_t lock; /* anybody charges and asks at once */
    struct charge book[GATEWAY_BOOK_MAX];
};

static struct charge *place_of(struct builtin *builtin, struct payment_id payment)
{
    return &builtin->book[payment.value % GATEWAY_BOOK_MAX];
}

static enum gateway_verdict decline(struct gateway_request *request, const char *why)
{
    snprintf(request->reason, sizeof request->reason, "%s", why);
    return GATEWAY_DECLINED;
}

/* The same payment twice is one charge. */
static enum gateway_verdict owe(struct builtin *builtin, struct gateway_request *request,
                                int asks_left, int64_t captured_at_ms)
{
    pthread_mutex_lock(&builtin->lock);
    struct charge *place = place_of(builtin, request->payment);
    bool same = place->payment.value == request->payment.value;
    bool free_place = place->payment.value == 0 || place->told;
    if (!same && free_place)
        *place = (struct charge){request->payment, asks_left, captured_at_ms, false};
    pthread_mutex_unlock(&builtin->lock);
    return same || free_place ? GATEWAY_UNKNOWN : decline(request, "the book is full");
}

static enum gateway_verdict charge(struct builtin *builtin, struct gateway_request *request)
{
    if (text_equal(request->data, text_of("decline")))
        return decline(request, "declined on request");
    if (text_equal(request->data, text_of("stall")))
        return owe(builtin, request, GATEWAY_STALL_ASKS, 0);
    if (text_equal(request->data, text_of("lose-answer")))
        return owe(builtin, request, 0, 0);
    if (text_equal(request->data, text_of("late")))
        return owe(builtin, request, 0, request->kept_until_ms + GATEWAY_LATE_MS);
    request->answers_twice = text_equal(request->data, text_of("answer-twice"));
    return GATEWAY_CAPTURED;
}

static enum gateway_verdict tell(struct charge *charge)
{
    if (charge->asks_left > 0) {
        charge->asks_left--;
        return GATEWAY_UNKNOWN;
    }
    if (clock_wall_ms() < charge->captured_at_ms)
        return GATEWAY_UNKNOWN;
    charge->told = true;
    return GATEWAY_CAPTURED;
}

static enum gateway_verdict ask(struct builtin *builtin, const struct gateway_request *request)
{
    pthread_mutex_lock(&builtin->lock);
    struct charge *place = place_of(builtin, request->payment);
    bool known = place->payment.value == request->payment.value;
    enum gateway_verdict verdict = known ? tell(place) : GATEWAY_NEVER_HEARD;
    pthread_mutex_unlock(&builtin->lock);
    return verdict;
}

static void builtin_submit(struct gateway *gateway, struct gateway_request *request)
{
    struct builtin *builtin = container_of(gateway, struct builtin, base);
    switch (request->act) {
    case GATEWAY_CHARGE:
        request->verdict = charge(builtin, request);
        break;
    case GATEWAY_ASK:
        request->verdict = ask(builtin, request);
        break;
    case GATEWAY_REFUND:
        request->verdict = GATEWAY_CAPTURED;
        break;
    }
    request->on_answer(request);
}

static void builtin_destroy(struct gateway *gateway)
{
    struct builtin *builtin = container_of(gateway, struct builtin, base);
    pthread_mutex_destroy(&builtin->lock);
    free(builtin);
}

static const struct gateway_ops builtin_ops = {
    .name = "test",
    .submit = builtin_submit,
    .destroy = builtin_destroy,
};

struct gateway *gateway_builtin_create(void)
{
    struct builtin *builtin = calloc(1, sizeof *builtin);
    if (!builtin)
        return NULL;
    pthread_mutex_init(&builtin->lock, NULL);
    builtin->base.ops = &builtin_ops;
    return &builtin->base;
}
