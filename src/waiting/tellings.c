/* tellings.c — a ring that doubles until it is as large as it may be. */
#include "waiting/tellings.h"

#include <stdlib.h>

#include "base/log.h"
#include "limits.h"

enum { RING_FIRST = 256 };

void tellings_init(struct tellings *tellings)
{
    *tellings = (struct tellings){0};
    pthread_mutex_init(&tellings->lock, NULL);
}

void tellings_deinit(struct tellings *tellings)
{
    free(tellings->all);
    pthread_mutex_destroy(&tellings->lock);
}

static bool has_room(struct tellings *tellings)
{
    if (tellings->count < tellings->room)
        return true;
    size_t room = tellings->room ? tellings->room * 2 : RING_FIRST;
    struct telling *all = room <= WAITING_NEWS_MAX ? malloc(room * sizeof *all) : NULL;
    if (!all)
        return false;
    for (size_t i = 0; tellings->room > 0 && i < tellings->count; i++)
        all[i] = tellings->all[(tellings->first + i) % tellings->room];
    free(tellings->all);
    tellings->all = all;
    tellings->first = 0;
    tellings->room = room;
    return true;
}

void tellings_add(struct tellings *tellings, const struct telling *telling)
{
    pthread_mutex_lock(&tellings->lock);
    bool fits = has_room(tellings);
    if (fits)
        tellings->all[(tellings->first + tellings->count++) % tellings->room] = *telling;
    else
        tellings->lost_count++;
    pthread_mutex_unlock(&tellings->lock);
}

size_t tellings_take(struct tellings *tellings, struct telling *out, size_t most)
{
    pthread_mutex_lock(&tellings->lock);
    size_t count = tellings->count < most ? tellings->count : most;
    for (size_t i = 0; i < count; i++)
        out[i] = tellings->all[(tellings->first + i) % tellings->room];
    if (count > 0)
        tellings->first = (tellings->first + count) % tellings->room;
    tellings->count -= count;
    int64_t lost_count = tellings->lost_count;
    tellings->lost_count = 0;
    pthread_mutex_unlock(&tellings->lock);
    if (lost_count > 0) /* one line, however many: a log of each would stall the usher further */
        log_warn("the usher was not told", log_int("times", lost_count));
    return count;
}
