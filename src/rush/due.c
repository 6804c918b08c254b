/* due.c — a binary heap; ties go by the order of adding, so that a night can be replayed. */
#include "rush/due.h"

#include <stdlib.h>

#include "base/must.h"

enum status due_init(struct due *due, size_t capacity)
{
    must(capacity > 0);
    *due = (struct due){.entries = calloc(capacity, sizeof *due->entries), .capacity = capacity};
    return due->entries ? STATUS_OK : STATUS_NO_MEMORY;
}

void due_deinit(struct due *due)
{
    free(due->entries);
    *due = (struct due){0};
}

static bool sooner(const struct due_entry *a, const struct due_entry *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(struct due *due, size_t a, size_t b)
{
    struct due_entry kept = due->entries[a];
    due->entries[a] = due->entries[b];
    due->entries[b] = kept;
}

void due_add(struct due *due, int64_t at_us, uint32_t what)
{
    must(due->entry_count < due->capacity);
    size_t place = due->entry_count++;
    due->entries[place] = (struct due_entry){at_us, due->added_count++, what};

    while (place > 0 && sooner(&due->entries[place], &due->entries[(place - 1) / 2])) {
        swap(due, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

int64_t due_next_us(const struct due *due)
{
    return due->entry_count > 0 ? due->entries[0].at_us : INT64_MAX;
}

static void sink_first(struct due *due)
{
    size_t place = 0;
    for (;;) {
        size_t first = place;
        for (size_t child = 2 * place + 1; child <= 2 * place + 2; child++)
            if (child < due->entry_count && sooner(&due->entries[child], &due->entries[first]))
                first = child;
        if (first == place)
            return;
        swap(due, place, first);
        place = first;
    }
}

bool due_take(struct due *due, int64_t now_us, uint32_t *out_what, int64_t *out_at_us)
{
    if (due_next_us(due) > now_us)
        return false;
    if (due->entry_count == 0)
        return false;
    *out_what = due->entries[0].what;
    *out_at_us = due->entries[0].at_us;
    due->entries[0] = due->entries[--due->entry_count];
    sink_first(due);
    return true;
}
