/*
 * keys.h — which idempotency keys have acted lately, and how: the engine's memory of them.
 *
 * The store's unique index on (fan, key) is the truth and never forgets. This memory only saves
 * asking it: it holds the latest `keys_max` keys and forgets the oldest first. A forgotten key is
 * found again by the index when it tries to act a second time.
 *
 * Thread   One thread at a time.
 * Memory   48 bytes a key, doubling up to the maximum.
 */
#ifndef BOOKING_KEYS_H
#define BOOKING_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
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
    struct table by_hash;
};

void keys_init(struct keys *keys, size_t keys_max);
void keys_deinit(struct keys *keys);
void keys_clear(struct keys *keys);

/* A keyed hash of the fan and the key's text. */
struct hash keys_hash(struct fan_id fan, struct text key);

bool keys_find(const struct keys *keys, struct hash hash, struct key_act *out_act);

/* Memory that is short only means that the key is not remembered. */
void keys_remember(struct keys *keys, struct hash hash, struct key_act act);

#endif
