/* table.c — linear probing; the keys come hashed, so their low bits are the home place. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum { FIRST_PLACES = 64 };

void table_init(struct table *table, size_t entries_max)
{
    must(entries_max > 0);
    *table = (struct table){.entries_max = entries_max};
}

void table_deinit(struct table *table)
{
    free(table->keys);
    free(table->values);
    *table = (struct table){.entries_max = table->entries_max};
}

void table_clear(struct table *table)
{
    if (table->place_count > 0)
        memset(table->keys, 0, table->place_count * sizeof *table->keys);
    table->entry_count = 0;
}

/* The place of the key, or the empty place where it would go. */
static size_t place_of(const struct table *table, uint64_t key)
{
    size_t mask = table->place_count - 1;
    size_t place = (size_t)key & mask;
    while (table->keys[place] != 0 && table->keys[place] != key)
        place = (place + 1) & mask;
    return place;
}

bool table_get(const struct table *table, uint64_t key, uint32_t *out_value)
{
    must(key != 0);
    if (table->entry_count == 0)
        return false;
    size_t place = place_of(table, key);
    if (table->keys[place] == 0)
        return false;
    *out_value = table->values[place];
    return true;
}

static enum status grow(struct table *table)
{
    size_t place_count = table->place_count > 0 ? table->place_count * 2 : FIRST_PLACES;
    struct table larger = {.keys = calloc(place_count, sizeof *larger.keys),
                           .values = calloc(place_count, sizeof *larger.values),
                           .place_count = place_count,
                           .entry_count = table->entry_count,
                           .entries_max = table->entries_max};
    if (!larger.keys || !larger.values) {
        table_deinit(&larger);
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < table->place_count; i++) {
        if (table->keys[i] == 0)
            continue;
        size_t place = place_of(&larger, table->keys[i]);
        larger.keys[place] = table->keys[i];
        larger.values[place] = table->values[i];
    }
    struct table smaller = *table;
    *table = larger;
    table_deinit(&smaller);
    return STATUS_OK;
}

enum status table_set(struct table *table, uint64_t key, uint32_t value)
{
    must(key != 0);
    uint32_t old;
    if (!table_get(table, key, &old)) {
        if (table->entry_count == table->entries_max)
            return STATUS_FULL;
        if (2 * (table->entry_count + 1) > table->place_count) {
            enum status status = grow(table);
            if (status != STATUS_OK)
                return status;
        }
        table->entry_count++;
    }
    size_t place = place_of(table, key);
    table->keys[place] = key;
    table->values[place] = value;
    return STATUS_OK;
}

void table_remove(struct table *table, uint64_t key)
{
    must(key != 0);
    if (table->entry_count == 0)
        return;
    size_t mask = table->place_count - 1;
    size_t hole = place_of(table, key);
    if (table->keys[hole] == 0)
        return;
    table->entry_count--;
    /* Whoever was pushed past the hole moves back into it, so that no search ends too early. */
    for (size_t next = (hole + 1) & mask; table->keys[next] != 0; next = (next + 1) & mask) {
        size_t home = (size_t)table->keys[next] & mask;
        bool stays = ((next - home) & mask) < ((next - hole) & mask);
        if (stays)
            continue;
        table->keys[hole] = table->keys[next];
        table->values[hole] = table->values[next];
        hole = next;
    }
    table->keys[hole] = 0;
}
