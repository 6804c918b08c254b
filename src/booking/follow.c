/* follow.c — the heap of lapses.h, found by the reservation's id, behind a lock. */
#include "booking/follow.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"

enum { FIRST_ENTRIES = 64 };

void follow_init(struct follow *follow)
{
    *follow = (struct follow){0};
    int failed = pthread_mutex_init(&follow->lock, NULL);
    must(!failed);
    table_init(&follow->by_id, BOOKING_LIVE_MAX);
    lapses_init(&follow->lapses);
}

void follow_deinit(struct follow *follow)
{
    table_deinit(&follow->by_id);
    lapses_deinit(&follow->lapses);
    free(follow->entries);
    free(follow->spare);
    pthread_mutex_destroy(&follow->lock);
}

static enum status make_room(struct follow *follow)
{
    if (follow->spare_count > 0 || follow->used < follow->capacity)
        return STATUS_OK;
    uint32_t capacity = follow->capacity > 0 ? follow->capacity * 2 : FIRST_ENTRIES;
    struct followed *entries = realloc(follow->entries, capacity * sizeof *entries);
    if (!entries)
        return STATUS_NO_MEMORY;
    follow->entries = entries;
    uint32_t *spare = realloc(follow->spare, capacity * sizeof *spare);
    if (!spare)
        return STATUS_NO_MEMORY;
    follow->spare = spare;
    enum status status = lapses_reserve(&follow->lapses, capacity);
    if (status == STATUS_OK)
        follow->capacity = capacity;
    return status;
}

static enum status add(struct follow *follow, const struct followed *followed)
{
    enum status status = make_room(follow);
    if (status != STATUS_OK)
        return status;
    uint32_t index =
        follow->spare_count > 0 ? follow->spare[follow->spare_count - 1] : follow->used;
    status = table_set(&follow->by_id, hash_id(followed->id.value), index);
    if (status != STATUS_OK)
        return status;
    if (follow->spare_count > 0)
        follow->spare_count--;
    else
        follow->used++;
    follow->entries[index] = *followed;
    lapses_add(&follow->lapses, index, followed->lapses_at_ms);
    return STATUS_OK;
}

enum status follow_set(struct follow *follow, const struct followed *followed)
{
    pthread_mutex_lock(&follow->lock);
    uint32_t index;
    enum status status = STATUS_OK;
    if (table_get(&follow->by_id, hash_id(followed->id.value), &index)) {
        lapses_remove(&follow->lapses, index);
        follow->entries[index] = *followed;
        lapses_add(&follow->lapses, index, followed->lapses_at_ms);
    } else {
        status = add(follow, followed);
    }
    pthread_mutex_unlock(&follow->lock);
    return status;
}

void follow_drop(struct follow *follow, struct reservation_id id)
{
    pthread_mutex_lock(&follow->lock);
    uint32_t index;
    if (table_get(&follow->by_id, hash_id(id.value), &index)) {
        lapses_remove(&follow->lapses, index);
        table_remove(&follow->by_id, hash_id(id.value));
        follow->spare[follow->spare_count++] = index;
    }
    pthread_mutex_unlock(&follow->lock);
}

bool follow_due(struct follow *follow, int64_t now_ms, struct followed *out_followed)
{
    pthread_mutex_lock(&follow->lock);
    uint32_t index;
    int64_t at_ms;
    bool due = lapses_next(&follow->lapses, &index, &at_ms) && at_ms <= now_ms;
    if (due)
        *out_followed = follow->entries[index];
    pthread_mutex_unlock(&follow->lock);
    return due;
}

int64_t follow_next_ms(struct follow *follow)
{
    pthread_mutex_lock(&follow->lock);
    uint32_t index;
    int64_t at_ms = INT64_MAX;
    if (!lapses_next(&follow->lapses, &index, &at_ms))
        at_ms = INT64_MAX;
    pthread_mutex_unlock(&follow->lock);
    return at_ms;
}
