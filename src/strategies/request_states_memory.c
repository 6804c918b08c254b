/*
 * request_states_memory.c — a ring of states in the order of their beginning, found by id and by
 * key.
 *
 * All live equally long, so the oldest is the next to go, for want of time or of room.
 */
#include "strategies/request_states_memory.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/table.h"

struct entry {
    struct request_state state;
    int64_t ends_at_ms;
};

struct memory_states {
    struct request_states states;
    pthread_mutex_t lock;
    int64_t (*now_ms)(void);
    struct entry *ring[REQUEST_STATES_MAX];
    uint64_t first, next; /* the oldest, and the one to come; places are these modulo the ring */
    struct table by_id, by_key;
};

static struct memory_states *memory_of(struct request_states *states)
{
    return container_of(states, struct memory_states, states);
}

/* Tables take no key 0, and one collision in 2^64 only makes a state look lost. */
static uint64_t id_key(const struct request_id *id)
{
    return hash_text(request_id_text(id)).low | 1;
}

static uint64_t begin_key(const struct request_state *state)
{
    const int64_t words[] = {state->fan.value, state->key_hash};
    return hash_text(text_make((const char *)words, sizeof words)).low | 1;
}

static struct entry *entry_at(struct memory_states *memory, uint32_t place)
{
    return memory->ring[place];
}

static void drop_oldest(struct memory_states *memory)
{
    uint32_t place = (uint32_t)(memory->first++ % REQUEST_STATES_MAX), found;
    struct entry *entry = memory->ring[place];
    if (table_get(&memory->by_id, id_key(&entry->state.id), &found) && found == place)
        table_remove(&memory->by_id, id_key(&entry->state.id));
    if (table_get(&memory->by_key, begin_key(&entry->state), &found) && found == place)
        table_remove(&memory->by_key, begin_key(&entry->state));
    memory->ring[place] = NULL;
    free(entry);
}

static void drop_expired(struct memory_states *memory)
{
    int64_t now_ms = memory->now_ms();
    while (memory->first < memory->next &&
           memory->ring[memory->first % REQUEST_STATES_MAX]->ends_at_ms <= now_ms)
        drop_oldest(memory);
}

static enum status add(struct memory_states *memory, const struct request_state *fresh)
{
    struct entry *entry = malloc(sizeof *entry);
    if (!entry)
        return STATUS_NO_MEMORY;
    if (memory->next - memory->first == REQUEST_STATES_MAX)
        drop_oldest(memory);
    *entry = (struct entry){*fresh, memory->now_ms() + REQUEST_STATE_MS};
    uint32_t place = (uint32_t)(memory->next++ % REQUEST_STATES_MAX);
    memory->ring[place] = entry;
    enum status by_id = table_set(&memory->by_id, id_key(&fresh->id), place);
    enum status by_key = table_set(&memory->by_key, begin_key(fresh), place);
    return by_id == STATUS_OK ? by_key : by_id;
}

static enum status memory_begin(struct request_states *states, const struct request_state *fresh,
                                bool *out_new, struct request_state *out_known)
{
    struct memory_states *memory = memory_of(states);
    enum status status = STATUS_OK;
    uint32_t place;
    pthread_mutex_lock(&memory->lock);
    drop_expired(memory);
    *out_new = !table_get(&memory->by_key, begin_key(fresh), &place) ||
               entry_at(memory, place)->state.progress == REQUEST_FAILED;
    if (*out_new)
        status = add(memory, fresh);
    else
        *out_known = entry_at(memory, place)->state;
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static void memory_forget(struct request_states *states, const struct request_state *state)
{
    struct memory_states *memory = memory_of(states);
    pthread_mutex_lock(&memory->lock);
    table_remove(&memory->by_id, id_key(&state->id));
    table_remove(&memory->by_key, begin_key(state));
    pthread_mutex_unlock(&memory->lock);
}

/* A state that is not known came from an earlier life of this process: it is added for those who
   ask. False: it had been settled before. */
static bool settle_one(struct memory_states *memory, const struct request_state *settled)
{
    uint32_t place;
    if (!table_get(&memory->by_id, id_key(&settled->id), &place))
        return add(memory, settled) == STATUS_OK;
    struct request_state *state = &entry_at(memory, place)->state;
    bool first = state->progress == REQUEST_PENDING;
    if (first)
        *state = *settled;
    return first;
}

static void memory_settle(struct request_states *states,
                          const struct request_state *const settled[], size_t count)
{
    struct memory_states *memory = memory_of(states);
    for (size_t i = 0; i < count; i++) {
        pthread_mutex_lock(&memory->lock);
        bool first = settle_one(memory, settled[i]);
        pthread_mutex_unlock(&memory->lock);
        if (first)
            request_states_tell(states, settled[i]);
    }
}

static enum status memory_find(struct request_states *states, const struct request_id *id,
                               struct request_state *out_state)
{
    struct memory_states *memory = memory_of(states);
    uint32_t place;
    pthread_mutex_lock(&memory->lock);
    drop_expired(memory);
    bool found = table_get(&memory->by_id, id_key(id), &place);
    if (found)
        *out_state = entry_at(memory, place)->state;
    pthread_mutex_unlock(&memory->lock);
    return found ? STATUS_OK : STATUS_MISSING;
}

static void memory_destroy(struct request_states *states)
{
    struct memory_states *memory = memory_of(states);
    while (memory->first < memory->next)
        drop_oldest(memory);
    table_deinit(&memory->by_id);
    table_deinit(&memory->by_key);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

static const struct request_states_ops memory_ops = {
    .name = "memory",
    .begin = memory_begin,
    .forget = memory_forget,
    .settle = memory_settle,
    .find = memory_find,
    .destroy = memory_destroy,
};

struct request_states *request_states_memory_create(int64_t (*now_ms)(void))
{
    struct memory_states *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->states.ops = &memory_ops;
    list_init(&memory->states.watchers);
    memory->now_ms = now_ms;
    int failed = pthread_mutex_init(&memory->lock, NULL);
    must(!failed);
    table_init(&memory->by_id, REQUEST_STATES_MAX);
    table_init(&memory->by_key, REQUEST_STATES_MAX);
    return &memory->states;
}
