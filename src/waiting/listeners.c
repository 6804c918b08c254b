/* listeners.c — a dense list, and a table that says where in it a fan is. */
#include "waiting/listeners.h"

#include <stdlib.h>

#include "base/hash.h"

enum { LISTENERS_FIRST = 64 };

void listeners_init(struct listeners *listeners)
{
    *listeners = (struct listeners){0};
    table_init(&listeners->by_fan, WAITING_PLACES_MAX);
}

void listeners_deinit(struct listeners *listeners)
{
    free(listeners->all);
    table_deinit(&listeners->by_fan);
}

static bool has_room(struct listeners *listeners)
{
    if (listeners->count < listeners->room)
        return true;
    size_t room = listeners->room ? listeners->room * 2 : LISTENERS_FIRST;
    struct listener *all = realloc(listeners->all, room * sizeof *all);
    if (!all)
        return false;
    listeners->all = all;
    listeners->room = room;
    return true;
}

void listeners_came(struct listeners *listeners, struct fan_id fan)
{
    uint32_t at;
    if (table_get(&listeners->by_fan, hash_id(fan.value), &at)) {
        listeners->all[at].stream_count++;
        return;
    }
    if (!has_room(listeners) ||
        table_set(&listeners->by_fan, hash_id(fan.value), (uint32_t)listeners->count) != STATUS_OK)
        return;
    listeners->all[listeners->count++] = (struct listener){fan, 1};
}

/* The last one takes the place that has become free. */
void listeners_left(struct listeners *listeners, struct fan_id fan)
{
    uint32_t at;
    if (!table_get(&listeners->by_fan, hash_id(fan.value), &at) ||
        --listeners->all[at].stream_count > 0)
        return;
    table_remove(&listeners->by_fan, hash_id(fan.value));
    listeners->count--;
    if (at == listeners->count)
        return;
    listeners->all[at] = listeners->all[listeners->count];
    enum status moved = table_set(&listeners->by_fan, hash_id(listeners->all[at].fan.value), at);
    (void)moved; /* it is there already: replacing takes no memory */
}

size_t listeners_next(struct listeners *listeners, struct fan_id *out_fans, size_t most)
{
    size_t count = listeners->count < most ? listeners->count : most;
    for (size_t i = 0; i < count; i++) {
        listeners->next = (listeners->next + 1) % listeners->count;
        out_fans[i] = listeners->all[listeners->next].fan;
    }
    return count;
}
