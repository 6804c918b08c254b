/*
 * gateway_builtin.c — a gateway inside the house: it moves no money, and fails on request or by
 * chance.
 *
 * It keeps a book of the charges whose answer it owes, one place for each payment id modulo
 * GATEWAY_BOOK_MAX. A place that still owes an answer is not given away: the newcomer is declined.
 * A second book, of the same size, has the refunds whose first answer was lost; a refund whose
 * place is taken loses nothing.
 *
 * Answers that are to be overtaken wait for the courier, a thread that tells the last one first
 * every GATEWAY_OVERTAKEN_MS. Everything else is answered from inside gateway_submit().
 *
 * After a restart the books are empty and the gateway has never heard of anything, and says so:
 * what was under way then was not paid, which is true, for no money moves here.
 */
#include "payment/gateway_builtin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "limits.h"

struct charge { /* captured, but not said so yet */
    struct payment_id payment;
    int asks_left;
    int64_t captured_at_ms;
    bool told;
};

struct builtin {
    struct gateway base;
    struct gateway_chance chance;
    pthread_mutex_t lock; /* of what follows: anybody charges and asks at once */
    struct charge book[GATEWAY_BOOK_MAX];
    struct refund_id lost_refunds[GATEWAY_BOOK_MAX];
    struct list overtaken; /* requests; answered by the courier, the last one first */
    pthread_cond_t knock;
    bool stopping;
    pthread_t courier;
};

static void lock(struct builtin *builtin)
{
    int failed = pthread_mutex_lock(&builtin->lock);
    must(!failed);
}

static void unlock(struct builtin *builtin)
{
    int failed = pthread_mutex_unlock(&builtin->lock);
    must(!failed);
}

/* --- charges ---------------------------------------------------------------------------------- */

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
    lock(builtin);
    struct charge *place = place_of(builtin, request->payment);
    bool same = place->payment.value == request->payment.value;
    bool free_place = place->payment.value == 0 || place->told;
    if (!same && free_place)
        *place = (struct charge){request->payment, asks_left, captured_at_ms, false};
    unlock(builtin);
    return same || free_place ? GATEWAY_UNKNOWN : decline(request, "the book is full");
}

static enum gateway_mood mood_of(const struct builtin *builtin,
                                 const struct gateway_request *request)
{
    enum gateway_mood mood = GATEWAY_MOOD_APPROVE;
    bool is_steered = gateway_mood_read(request->data, &mood) && mood != GATEWAY_MOOD_APPROVE;
    return is_steered ? mood : gateway_mood_draw(&builtin->chance, request->payment);
}

static enum gateway_verdict charge(struct builtin *builtin, struct gateway_request *request,
                                   enum gateway_mood mood)
{
    switch (mood) {
    case GATEWAY_MOOD_DECLINE:
        return decline(request, "declined");
    case GATEWAY_MOOD_STALL:
        return owe(builtin, request, GATEWAY_STALL_ASKS, 0);
    case GATEWAY_MOOD_LOSE_ANSWER:
        return owe(builtin, request, 0, 0);
    case GATEWAY_MOOD_LATE:
        return owe(builtin, request, 0, request->kept_until_ms + GATEWAY_LATE_MS);
    case GATEWAY_MOOD_NEVER:
        return GATEWAY_UNKNOWN;
    case GATEWAY_MOOD_APPROVE:
    case GATEWAY_MOOD_ANSWER_TWICE:
    case GATEWAY_MOOD_OVERTAKEN:
    case GATEWAY_MOOD_COUNT:
        return GATEWAY_CAPTURED;
    }
    return GATEWAY_CAPTURED;
}

/* --- questions and refunds -------------------------------------------------------------------- */

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
    lock(builtin);
    struct charge *place = place_of(builtin, request->payment);
    bool known = place->payment.value == request->payment.value;
    enum gateway_verdict verdict = known ? tell(place) : GATEWAY_NEVER_HEARD;
    unlock(builtin);
    return verdict;
}

static enum gateway_verdict refund(struct builtin *builtin, const struct gateway_request *request)
{
    if (!gateway_loses_refund(&builtin->chance, request->refund))
        return GATEWAY_CAPTURED;
    lock(builtin);
    struct refund_id *place = &builtin->lost_refunds[request->refund.value % GATEWAY_BOOK_MAX];
    bool is_first = place->value == 0;
    if (is_first)
        *place = request->refund;
    else if (place->value == request->refund.value)
        place->value = 0;
    unlock(builtin);
    return is_first ? GATEWAY_UNKNOWN : GATEWAY_CAPTURED;
}

/* --- the courier ------------------------------------------------------------------------------ */

static void answer(struct gateway_request *request, enum gateway_verdict verdict)
{
    request->verdict = verdict;
    request->on_answer(request);
}

static void answer_last_first(struct list *overtaken, enum gateway_verdict verdict)
{
    while (!list_empty(overtaken)) {
        struct list *last = overtaken->previous;
        list_remove(last);
        answer(container_of(last, struct gateway_request, letter), verdict);
    }
}

static void wait_for_others(struct builtin *builtin)
{
    int64_t until_ms = clock_monotonic_ms() + GATEWAY_OVERTAKEN_MS;
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    while (!builtin->stopping && clock_monotonic_ms() < until_ms)
        pthread_cond_timedwait(&builtin->knock, &builtin->lock, &until);
}

static void *carry(void *context)
{
    struct builtin *builtin = context;
    bool stopping = false;
    while (!stopping) {
        struct list now;
        list_init(&now);
        lock(builtin);
        while (list_empty(&builtin->overtaken) && !builtin->stopping)
            pthread_cond_wait(&builtin->knock, &builtin->lock);
        wait_for_others(builtin);
        list_move_all(&builtin->overtaken, &now);
        stopping = builtin->stopping;
        unlock(builtin);
        answer_last_first(&now, stopping ? GATEWAY_UNKNOWN : GATEWAY_CAPTURED);
    }
    return NULL;
}

static void keep_back(struct builtin *builtin, struct gateway_request *request)
{
    lock(builtin);
    list_push_back(&builtin->overtaken, &request->letter);
    pthread_cond_signal(&builtin->knock);
    unlock(builtin);
}

/* --- the port --------------------------------------------------------------------------------- */

static void submit_charge(struct builtin *builtin, struct gateway_request *request)
{
    enum gateway_mood mood = mood_of(builtin, request);
    request->answers_twice = mood == GATEWAY_MOOD_ANSWER_TWICE;
    if (mood == GATEWAY_MOOD_OVERTAKEN)
        keep_back(builtin, request); /* continues in carry() */
    else
        answer(request, charge(builtin, request, mood));
}

static void builtin_submit(struct gateway *gateway, struct gateway_request *request)
{
    struct builtin *builtin = container_of(gateway, struct builtin, base);
    switch (request->act) {
    case GATEWAY_CHARGE:
        submit_charge(builtin, request);
        return;
    case GATEWAY_ASK:
        answer(request, ask(builtin, request));
        return;
    case GATEWAY_REFUND:
        answer(request, refund(builtin, request));
        return;
    }
}

static void builtin_destroy(struct gateway *gateway)
{
    struct builtin *builtin = container_of(gateway, struct builtin, base);
    lock(builtin);
    builtin->stopping = true;
    pthread_cond_signal(&builtin->knock);
    unlock(builtin);
    int failed = pthread_join(builtin->courier, NULL);
    must(!failed);
    pthread_cond_destroy(&builtin->knock);
    pthread_mutex_destroy(&builtin->lock);
    free(builtin);
}

static const struct gateway_ops builtin_ops = {
    .name = "test",
    .submit = builtin_submit,
    .destroy = builtin_destroy,
};

static void init_knock(pthread_cond_t *knock)
{
    pthread_condattr_t attributes;
    int failed = pthread_condattr_init(&attributes) ||
                 pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
                 pthread_cond_init(knock, &attributes);
    must(!failed);
    pthread_condattr_destroy(&attributes);
}

struct gateway *gateway_builtin_create(const struct gateway_chance *chance)
{
    struct builtin *builtin = calloc(1, sizeof *builtin);
    if (!builtin)
        return NULL;
    builtin->base.ops = &builtin_ops;
    builtin->chance = *chance;
    list_init(&builtin->overtaken);
    pthread_mutex_init(&builtin->lock, NULL);
    init_knock(&builtin->knock);
    if (pthread_create(&builtin->courier, NULL, carry, builtin) == 0)
        return &builtin->base;
    pthread_cond_destroy(&builtin->knock);
    pthread_mutex_destroy(&builtin->lock);
    free(builtin);
    return NULL;
}
