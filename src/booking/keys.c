/* keys.c — a ring in order of age, and a table that finds an entry by its hash. */
#include "booking/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "limits.h"

struct key_entry {
    struct hash hash;
    struct key_act act;
};

enum { FIRST_KEYS = 256 };

void keys_init(struct keys *keys, size_t keys_max)
{
    must(keys_max > 0);
    *keys = (struct keys){.keys_max = keys_max};
    table_init(&keys->by_hash, keys_max);
}

void keys_deinit(struct keys *keys)
{
    free(keys->entries);
    table_deinit(&keys->by_hash);
}

void keys_clear(struct keys *keys)
{
    keys->entry_count = 0;
    keys->oldest = 0;
    table_clear(&keys->by_hash);
}

struct hash keys_hash(struct fan_id fan, struct text key)
{
    must(key.size <= IDEMPOTENCY_KEY_BYTES_MAX);
    char bytes[sizeof fan.value + IDEMPOTENCY_KEY_BYTES_MAX];
    memcpy(bytes, &fan.value, sizeof fan.value);
    memcpy(bytes + sizeof fan.value, key.bytes, key.size);
    struct hash hash = hash_text(text_make(bytes, sizeof fan.value + key.size));
    if (hash.low == 0) /* the table's word for an empty place */
        hash.low = 1;
    return hash;
}

bool keys_find(const struct keys *keys, struct hash hash, struct key_act *out_act)
{
    uint32_t index;
    if (!table_get(&keys->by_hash, hash.low, &index))
        return false;
    const struct key_entry *entry = &keys->entries[index];
    if (!hash_equal(entry->hash, hash))
        return false;
    *out_act = entry->act;
    return true;
}

/* The place for one more entry; the oldest one makes room when the ring is full. */
static struct key_entry *next_place(struct keys *keys)
{
    if (keys->entry_count == keys->keys_max) {
        struct key_entry *entry = &keys->entries[keys->oldest];
        table_remove(&keys->by_hash, entry->hash.low);
        keys->oldest = (keys->oldest + 1) % keys->keys_max;
        return entry;
    }
    if (keys->entry_count == keys->capacity) {
        size_t capacity = keys->capacity > 0 ? keys->capacity * 2 : FIRST_KEYS;
        if (capacity > keys->keys_max)
            capacity = keys->keys_max;
        struct key_entry *entries = realloc(keys->entries, capacity * sizeof *entries);
        if (!entries)
            return NULL;
        keys->entries = entries;
        keys->capacity = capacity;
    }
    return &keys->entries[keys->entry_count++];
}

void keys_remember(struct keys *keys, struct hash hash, struct key_act act)
{
    uint32_t index;
    if (table_get(&keys->by_hash, hash.low, &index))
        return; /* half of two hashes is the same: the store's index will know */
    struct key_entry *entry = next_place(keys);
    if (!entry)
        return;
    *entry = (struct key_entry){hash, act};
    enum status status = table_set(&keys->by_hash, hash.low, (uint32_t)(entry - keys->entries));
    if (status != STATUS_OK) /* kept in the ring, not found: as good as forgotten */
        return;
}
