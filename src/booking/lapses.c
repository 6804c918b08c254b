/*
 * lapses.c — a binary heap that knows where everybody stands in it.
 *
 * Why not a list in order: holds of one sale last equally long, so a new one belongs at its end;
 * but who goes to pay leaves the middle and comes back to it, and so does who is declined. With
 * 50,000 holds in front of a list's end each of those steps walked past most of them. Here every
 * step costs at most sixteen.
 *
 * Promises, true before and after every call:
 *
 *   1. No entry is sooner than its parent, which stands at (place - 1) / 2.
 *   2. heap[place[index]].index == index for every index in the heap.
 */
#include "booking/lapses.h"

#include <stdlib.h>

#include "base/must.h"

struct lapse {
    int64_t at_ms;
    uint32_t index;
};

void lapses_init(struct lapses *lapses)
{
    *lapses = (struct lapses){0};
}

void lapses_deinit(struct lapses *lapses)
{
    free(lapses->heap);
    free(lapses->place);
}

void lapses_clear(struct lapses *lapses)
{
    lapses->count = 0;
}

enum status lapses_reserve(struct lapses *lapses, uint32_t index_count)
{
    if (index_count <= lapses->index_count)
        return STATUS_OK;
    struct lapse *heap = realloc(lapses->heap, index_count * sizeof *heap);
    if (!heap)
        return STATUS_NO_MEMORY;
    lapses->heap = heap;
    uint32_t *place = realloc(lapses->place, index_count * sizeof *place);
    if (!place)
        return STATUS_NO_MEMORY;
    lapses->place = place;
    lapses->index_count = index_count;
    return STATUS_OK;
}

static bool is_sooner(struct lapse a, struct lapse b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.index < b.index;
}

static void put(struct lapses *lapses, uint32_t at, struct lapse lapse)
{
    lapses->heap[at] = lapse;
    lapses->place[lapse.index] = at;
}

/* Finds the place of `lapse`, from the free one at `at` towards the top. */
static void rise(struct lapses *lapses, uint32_t at, struct lapse lapse)
{
    while (at > 0 && is_sooner(lapse, lapses->heap[(at - 1) / 2])) {
        put(lapses, at, lapses->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(lapses, at, lapse);
}

/* The same, away from the top. */
static void sink(struct lapses *lapses, uint32_t at, struct lapse lapse)
{
    for (uint32_t child = 2 * at + 1; child < lapses->count; child = 2 * at + 1) {
        if (child + 1 < lapses->count && is_sooner(lapses->heap[child + 1], lapses->heap[child]))
            child++;
        if (!is_sooner(lapses->heap[child], lapse))
            break;
        put(lapses, at, lapses->heap[child]);
        at = child;
    }
    put(lapses, at, lapse);
}

void lapses_add(struct lapses *lapses, uint32_t index, int64_t at_ms)
{
    must(index < lapses->index_count);
    must(lapses->count < lapses->index_count);
    rise(lapses, lapses->count++, (struct lapse){at_ms, index});
}

void lapses_remove(struct lapses *lapses, uint32_t index)
{
    must(index < lapses->index_count);
    uint32_t at = lapses->place[index];
    must(at < lapses->count && lapses->heap[at].index == index);
    struct lapse last = lapses->heap[--lapses->count];
    if (at == lapses->count)
        return;
    if (at > 0 && is_sooner(last, lapses->heap[(at - 1) / 2]))
        rise(lapses, at, last);
    else
        sink(lapses, at, last);
}

bool lapses_next(const struct lapses *lapses, uint32_t *out_index, int64_t *out_at_ms)
{
    if (lapses->count == 0)
        return false;
    *out_index = lapses->heap[0].index;
    *out_at_ms = lapses->heap[0].at_ms;
    return true;
}
