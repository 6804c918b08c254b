/*
 * waiting_numbers.c — a copy of what the rooms are like, for whoever asks from another thread.
 *
 * The usher writes it after a round in which something changed, at most some times a second; a
 * reader copies it out. Nobody holds the lock longer than that takes.
 */
#include <stdlib.h>

#include "waiting/waiting_inside.h"

void waiting_show(struct waiting *waiting)
{
    pthread_mutex_lock(&waiting->shown_lock);
    for (size_t i = 0; i < waiting->room_count; i++) {
        const struct room *room = waiting->rooms[i];
        waiting->shown[i] =
            (struct waiting_numbers){.option = room->option,
                                     .state = room->state,
                                     .counts = room->counts,
                                     .terms = room->admission.terms,
                                     .pace = admission_pace(&room->admission),
                                     .come_share = admission_come_share(&room->admission),
                                     .buy_share = admission_buy_share(&room->admission),
                                     .sold_per_second = room->sold_per_second};
        if (!waiting->documents[i])
            waiting->documents[i] = malloc(WAITING_DOCUMENT_BYTES_MAX);
        waiting->document_sizes[i] = waiting->documents[i] ? room->document_size : 0;
        if (waiting->documents[i])
            memcpy(waiting->documents[i], room->document, room->document_size);
    }
    waiting->shown_count = waiting->room_count;
    pthread_mutex_unlock(&waiting->shown_lock);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool find_shown(const struct waiting *waiting, struct option_id option, size_t *out_index)
{
    for (size_t i = 0; i < waiting->shown_count; i++) {
        if (waiting->shown[i].option.value == option.value) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

bool waiting_numbers(struct waiting *waiting, struct option_id option,
                     struct waiting_numbers *out_numbers)
{
    size_t index;
    pthread_mutex_lock(&waiting->shown_lock);
    bool found = find_shown(waiting, option, &index);
    if (found)
        *out_numbers = waiting->shown[index];
    pthread_mutex_unlock(&waiting->shown_lock);
    return found;
}

struct waiting_totals waiting_totals(struct waiting *waiting)
{
    pthread_mutex_lock(&waiting->shown_lock);
    struct waiting_totals totals = waiting->totals;
    for (size_t i = 0; i < waiting->shown_count; i++) {
        totals.waiting += waiting->shown[i].counts.in[PLACE_WAITING];
        totals.hall += waiting->shown[i].counts.in[PLACE_HALL];
        totals.active += waiting->shown[i].counts.in[PLACE_ENTERED];
    }
    pthread_mutex_unlock(&waiting->shown_lock);
    return totals;
}

size_t waiting_list(struct waiting *waiting, struct waiting_numbers *out_numbers, size_t most)
{
    pthread_mutex_lock(&waiting->shown_lock);
    size_t count = waiting->shown_count < most ? waiting->shown_count : most;
    for (size_t i = 0; i < count; i++)
        out_numbers[i] = waiting->shown[i];
    pthread_mutex_unlock(&waiting->shown_lock);
    return count;
}

bool waiting_gave_up(const struct waiting *waiting, struct option_id option, int64_t sequence)
{
    bool is_one = sequence >= 1 && sequence <= WAITING_PLACES_MAX;
    return is_one && leavers_have(waiting->leavers, option, (uint32_t)sequence);
}

struct text waiting_document(struct waiting *waiting, struct option_id option, struct arena *arena)
{
    size_t index;
    struct text copy = {NULL, 0};
    pthread_mutex_lock(&waiting->shown_lock);
    if (find_shown(waiting, option, &index) && waiting->document_sizes[index] > 0)
        copy =
            arena_copy(arena, text_make(waiting->documents[index], waiting->document_sizes[index]));
    pthread_mutex_unlock(&waiting->shown_lock);
    return copy;
}
