/*
 * story_gateway.h — a gateway for stories: it has moods, and it keeps a book that outlives every
 * crash.
 *
 * Thread   One.
 * Memory   STORY_CHARGES_MAX charges; the book belongs to the story, not to the gateway.
 */
#ifndef SUPPORT_STORY_GATEWAY_H
#define SUPPORT_STORY_GATEWAY_H

#include <stdbool.h>

#include "base/random.h"
#include "payment/gateway.h"

enum { STORY_CHARGES_MAX = 8192 };

struct story_charge { /* what the outside world believes of a payment */
    bool heard, captured;
    int64_t amount, refunded; /* won */
    int64_t silent_till_ms;   /* the answer comes this late */
    int charge_count;         /* how often money was taken; more than once is a crime */
};

struct story_book {
    struct random *chance;
    bool calm; /* answers at once and truthfully, so that the story can end */
    int64_t (*now_ms)(void);
    struct story_charge charges[STORY_CHARGES_MAX]; /* by payment id */
    int64_t refunds[STORY_CHARGES_MAX];             /* won, by refund id: given back once */
};

struct story_gateway {
    struct gateway base;
    struct story_book *book;
    struct list waiting; /* requests on their way there, or answers on their way back */
    bool cut_off;        /* the machine has crashed: nothing it says arrives any more */
};

void story_gateway_init(struct story_gateway *gateway, struct story_book *book);

/* Some of what waits is carried out and answered, in any order; returns how much. When calm or cut
   off, all of it. */
size_t story_gateway_turn(struct story_gateway *gateway);

#endif
