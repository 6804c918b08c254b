/*
 * waits.h — what waits for its next step, each until a time of its own.
 *
 * Thread   Any; one lock, held while the list is walked.
 * Memory   A wait lives inside the thing that waits; whoever takes it owns it again.
 * Time     Wall milliseconds, given by the caller. A clock that jumps makes a step come sooner or
 *          later, never twice.
 */
#ifndef PAYMENT_WAITS_H
#define PAYMENT_WAITS_H

#include <pthread.h>
#include <stdint.h>

#include "base/list.h"
#include "base/random.h"

struct waits {
    pthread_mutex_t lock;
    struct list waiting;
    struct random chance;
};

struct wait {
    struct list letter;
    int64_t id; /* whom it is about; for waits_hurry() */
    int64_t due_at_ms;
};

/* `seed` of the jitter; 0: by chance. */
void waits_init(struct waits *waits, uint64_t seed);
void waits_deinit(struct waits *waits); /* what still waits belongs to the caller */

void waits_keep(struct waits *waits, struct wait *wait, int64_t due_at_ms);

/* Moves what is due to the end of `out_due`, by their letters. */
void waits_take(struct waits *waits, int64_t now_ms, struct list *out_due);

/* Whatever waits about `id` is due now. */
void waits_hurry(struct waits *waits, int64_t id);

/*
 * How long to wait before a neighbour is asked again that has not answered for `silent_ms`: a
 * quarter of that time, from PAYMENT_ASK_MS_MIN to PAYMENT_ASK_MS_MAX, give or take a quarter of
 * itself. So questions come fast at first and grow rarer by a quarter each, whoever counts.
 */
int64_t waits_pause_ms(struct waits *waits, int64_t silent_ms);

#endif
