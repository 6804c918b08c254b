/*
 * tellings.h — what the usher is told in passing: who came, who left, who holds, who has bought.
 *
 * Nobody waits for an answer, so there is no letter to lie in: a telling is copied.
 *
 * Thread   Adding: any. Taking: the usher.
 * Memory   32 bytes a telling that waits, at most WAITING_NEWS_MAX.
 * Limits   One more than WAITING_NEWS_MAX is dropped, and the next taking logs how many were: a
 *          fan who held seats then stands inside a little longer or shorter, a stream that opened
 *          counts from its first poll on.
 */
#ifndef WAITING_TELLINGS_H
#define WAITING_TELLINGS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ids.h"

enum telling_kind { TELLING_CAME, TELLING_LEFT, TELLING_HELD, TELLING_BOUGHT };

struct telling {
    enum telling_kind kind;
    struct option_id option;
    struct fan_id fan;
    int64_t until_s; /* TELLING_HELD */
};

struct tellings {
    pthread_mutex_t lock;
    struct telling *all; /* a ring */
    size_t first, count, room;
    int64_t lost_count; /* since the last taking */
};

void tellings_init(struct tellings *tellings);
void tellings_deinit(struct tellings *tellings);

void tellings_add(struct tellings *tellings, const struct telling *telling);

/* In the order they were added; returns how many. */
size_t tellings_take(struct tellings *tellings, struct telling *out, size_t most);

#endif
