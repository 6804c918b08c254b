/*
 * table.h — a map from 64-bit keys to 32-bit values that grows with what it holds.
 *
 * Thread   One thread at a time.
 * Memory   12 bytes a place, at most half of the places used; starts small, doubles, never shrinks.
 *          Its maximum is named at the start; a table that holds `entries_max` refuses one more.
 * Cost     Open addressing with linear probing; removal shifts back, so nothing degrades with age.
 *
 * Keys must already be spread well: pass hash_id() or a hash, not a plain counter. The key 0 is not
 * allowed.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct table {
    uint64_t *keys; /* 0: empty */
    uint32_t *values;
    size_t place_count; /* a power of two, or 0 */
    size_t entry_count;
    size_t entries_max;
};

void table_init(struct table *table, size_t entries_max);
void table_deinit(struct table *table);
void table_clear(struct table *table); /* keeps the memory */

bool table_get(const struct table *table, uint64_t key, uint32_t *out_value);

/* Sets or replaces. STATUS_FULL at the maximum, STATUS_NO_MEMORY; then nothing has changed. */
MUST_USE enum status table_set(struct table *table, uint64_t key, uint32_t value);

/* Harmless when the key is not there. */
void table_remove(struct table *table, uint64_t key);

#endif
