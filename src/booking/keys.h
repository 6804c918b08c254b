/*
 * keys.h — which idempotency keys have acted lately, and how: the engine's memory of them.
 *
 * The store's unique index on (fan, key) is the truth and never forgets. This memory only saves
 * asking it: it holds the latest `keys_max` keys and forgets the oldest first. A forgotten key is
 * found again by the index when it tries to act a second time.
 *
 * Thread   One thread at a time.
 * Memory   56 bytes a key, doubling up to the maximum.
 *
 * A key is known by its fan and by hash_lasting() of its text. The table's places depend on a
 * secret of this process as well, so that nobody outside can choose keys that crowd one place.
 */
#ifndef BOOKING_KEYS_H
#define BOOKING_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/table.h"

struct key_act { /* what a key has done */
    struct reservation_id reservation;
    int64_t request_hash; /* of the body it came with */
};

struct keys {
    struct key_entry *entries; /* a ring once it is full */
    size_t entry_count, capacity, keys_max;
    size_t oldest;
    uint64_t secret;
    struct table by_place;
};

void keys_init(struct keys *keys, size_t keys_max);
void keys_deinit(struct keys *keys);
void keys_clear(struct keys *keys);

bool keys_find(const struct keys *keys, struct fan_id fan, int64_t key_hash,
               struct key_act *out_act);

/* Memory that is short only means that the key is not remembered. */
void keys_remember(struct keys *keys, struct fan_id fan, int64_t key_hash, struct key_act act);

#endif
