/* keys.c — a ring in order of age, and a table that finds an entry by its hash. */
#include "booking/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"
#include "base/random.h"

struct key_entry {
    struct fan_id fan;
    int64_t key_hash;
    struct key_act act;
};

enum { FIRST_KEYS = 256 };

void keys_init(struct keys *keys, size_t keys_max)
{
    must(keys_max > 0);
    *keys = (struct keys){.keys_max = keys_max};
    random_secret(&keys->secret, sizeof keys->secret);
    table_init(&keys->by_place, keys_max);
}

void keys_deinit(struct keys *keys)
{
    free(keys->entries);
    table_deinit(&keys->by_place);
}

void keys_clear(struct keys *keys)
{
    keys->entry_count = 0;
    keys->oldest = 0;
    table_clear(&keys->by_place);
}

static uint64_t place_of(const struct keys *keys, struct fan_id fan, int64_t key_hash)
{
    uint64_t mixed = hash_id((int64_t)(hash_id(fan.value) ^ (uint64_t)key_hash ^ keys->secret));
    return mixed == 0 ? 1 : mixed; /* 0 is the table's word for an empty place */
}

static bool entry_is(const struct key_entry *entry, struct fan_id fan, int64_t key_hash)
{
    return entry->fan.value == fan.value && entry->key_hash == key_hash;
}

bool keys_find(const struct keys *keys, struct fan_id fan, int64_t key_hash,
               struct key_act *out_act)
{
    uint32_t index;
    if (!table_get(&keys->by_place, place_of(keys, fan, key_hash), &index))
        return false;
    if (!entry_is(&keys->entries[index], fan, key_hash))
        return false;
    *out_act = keys->entries[index].act;
    return true;
}

/* The place for one more entry; the oldest one makes room when the ring is full. */
static struct key_entry *next_place(struct keys *keys)
{
    if (keys->entry_count == keys->keys_max) {
        struct key_entry *entry = &keys->entries[keys->oldest];
        table_remove(&keys->by_place, place_of(keys, entry->fan, entry->key_hash));
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

void keys_remember(struct keys *keys, struct fan_id fan, int64_t key_hash, struct key_act act)
{
    uint32_t index;
    uint64_t place = place_of(keys, fan, key_hash);
    if (table_get(&keys->by_place, place, &index))
        return; /* two keys of one place: the store's index will know the second */
    struct key_entry *entry = next_place(keys);
    if (!entry)
        return;
    *entry = (struct key_entry){fan, key_hash, act};
    enum status status = table_set(&keys->by_place, place, (uint32_t)(entry - keys->entries));
    if (status != STATUS_OK) /* kept in the ring, not found: as good as forgotten */
        return;
}
