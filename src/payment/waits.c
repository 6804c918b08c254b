/*
 * waits.c — a plain list: at most some thousands wait, and they are walked twenty times a second.
 */
#include "payment/waits.h"

#include "base/container.h"
#include "base/must.h"
#include "limits.h"

static void lock(struct waits *waits)
{
    int failed = pthread_mutex_lock(&waits->lock);
    must(!failed);
}

static void unlock(struct waits *waits)
{
    int failed = pthread_mutex_unlock(&waits->lock);
    must(!failed);
}

void waits_init(struct waits *waits, uint64_t seed)
{
    int failed = pthread_mutex_init(&waits->lock, NULL);
    must(!failed);
    list_init(&waits->waiting);
    if (seed == 0)
        random_secret(&seed, sizeof seed);
    random_init(&waits->chance, seed);
}

void waits_deinit(struct waits *waits)
{
    pthread_mutex_destroy(&waits->lock);
}

void waits_keep(struct waits *waits, struct wait *wait, int64_t due_at_ms)
{
    lock(waits);
    wait->due_at_ms = due_at_ms;
    list_push_back(&waits->waiting, &wait->letter);
    unlock(waits);
}

void waits_take(struct waits *waits, int64_t now_ms, struct list *out_due)
{
    lock(waits);
    struct list *link = waits->waiting.next;
    while (link != &waits->waiting) {
        struct list *next = link->next;
        if (container_of(link, struct wait, letter)->due_at_ms <= now_ms) {
            list_remove(link);
            list_push_back(out_due, link);
        }
        link = next;
    }
    unlock(waits);
}

void waits_hurry(struct waits *waits, int64_t id)
{
    lock(waits);
    for (struct list *link = waits->waiting.next; link != &waits->waiting; link = link->next) {
        struct wait *wait = container_of(link, struct wait, letter);
        if (wait->id == id)
            wait->due_at_ms = 0;
    }
    unlock(waits);
}

int64_t waits_pause_ms(struct waits *waits, int64_t silent_ms)
{
    int64_t pause_ms = silent_ms / 4;
    if (pause_ms < PAYMENT_ASK_MS_MIN)
        pause_ms = PAYMENT_ASK_MS_MIN;
    if (pause_ms > PAYMENT_ASK_MS_MAX)
        pause_ms = PAYMENT_ASK_MS_MAX;
    lock(waits);
    uint64_t jitter_ms = random_below(&waits->chance, (uint64_t)pause_ms / 2 + 1);
    unlock(waits);
    return pause_ms * 3 / 4 + (int64_t)jitter_ms;
}
