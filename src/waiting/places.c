/* places.c — bits side by side, and a table of what they are found by. */
#include "waiting/places.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"

enum {
    SLOTS_FIRST = 1024,
    FAN_BITS = 53,
    STATE_BITS = 4,
    DOOR_BITS = 4,
    EARLIER_BITS = 3,
    DOOR_AT = FAN_BITS + STATE_BITS,
    EARLIER_AT = DOOR_AT + DOOR_BITS,
};

static_assert(ID_MAX == (INT64_C(1) << FAN_BITS) - 1, "a fan fits beside state and door");
static_assert((int)PLACE_STATE_COUNT <= 1 << STATE_BITS, "a state fits");
static_assert((int)WAITING_DOORS <= 1 << DOOR_BITS, "a door fits");
static_assert((int)WAITING_EARLIER_MAX < 1 << EARLIER_BITS, "places before this one fit");
static_assert(EARLIER_AT + EARLIER_BITS == 64, "and that is all");

/* --- what is packed --------------------------------------------------------------------------- */

struct fan_id packed_fan(const struct packed *packed)
{
    return (struct fan_id){(int64_t)(packed->who & (uint64_t)ID_MAX)};
}

enum place_state packed_state(const struct packed *packed)
{
    return (enum place_state)(packed->who >> FAN_BITS & ((1U << STATE_BITS) - 1));
}

uint8_t packed_door(const struct packed *packed)
{
    return (uint8_t)(packed->who >> DOOR_AT & ((1U << DOOR_BITS) - 1));
}

uint8_t packed_earlier(const struct packed *packed)
{
    return (uint8_t)(packed->who >> EARLIER_AT);
}

void packed_set_state(struct packed *packed, enum place_state state)
{
    packed->who &= ~((((uint64_t)1 << STATE_BITS) - 1) << FAN_BITS);
    packed->who |= (uint64_t)state << FAN_BITS;
}

/* --- finding a fan ---------------------------------------------------------------------------- */

/* The slot of the fan, or the empty one where it would be. */
static uint32_t *slot_of(const struct places *places, struct fan_id fan)
{
    uint32_t mask = places->slot_count - 1;
    uint32_t at = (uint32_t)hash_id(fan.value) & mask;
    while (places->slots[at] != 0 &&
           packed_fan(places_at(places, places->slots[at])).value != fan.value)
        at = (at + 1) & mask;
    return &places->slots[at];
}

uint32_t places_find(const struct places *places, struct fan_id fan)
{
    return places->slot_count == 0 ? 0 : *slot_of(places, fan);
}

static enum status grow_slots(struct places *places)
{
    uint32_t old_count = places->slot_count;
    if (places->slot_used < old_count / 4 * 3)
        return STATUS_OK;
    uint32_t *old = places->slots;
    uint32_t count = old_count ? old_count * 2 : SLOTS_FIRST;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return STATUS_NO_MEMORY;
    places->slots = slots;
    places->slot_count = count;
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i] != 0)
            *slot_of(places, packed_fan(places_at(places, old[i]))) = old[i];
    free(old);
    return STATUS_OK;
}

/* --- adding ----------------------------------------------------------------------------------- */

struct packed *places_at(const struct places *places, uint32_t sequence)
{
    uint32_t index = sequence - 1;
    return &places->chunks[index / PLACES_CHUNK][index % PLACES_CHUNK];
}

enum status places_reserve(struct places *places)
{
    if (places->count == WAITING_PLACES_MAX)
        return STATUS_FULL;
    struct packed **chunk = &places->chunks[places->count / PLACES_CHUNK];
    if (!*chunk)
        *chunk = calloc(PLACES_CHUNK, sizeof **chunk);
    return *chunk ? grow_slots(places) : STATUS_NO_MEMORY;
}

uint32_t places_add(struct places *places, struct fan_id fan, uint8_t door)
{
    must(places->count < WAITING_PLACES_MAX);
    uint32_t sequence = ++places->count;
    uint32_t *slot = slot_of(places, fan);
    uint64_t earlier = *slot == 0 ? 0 : packed_earlier(places_at(places, *slot)) + 1U;
    earlier = earlier > WAITING_EARLIER_MAX ? WAITING_EARLIER_MAX : earlier;
    *places_at(places, sequence) =
        (struct packed){.who = (uint64_t)fan.value | (uint64_t)PLACE_HALL << FAN_BITS |
                               (uint64_t)door << DOOR_AT | earlier << EARLIER_AT};
    places->slot_used += *slot == 0;
    *slot = sequence;
    return sequence;
}

/* --- life ------------------------------------------------------------------------------------- */

void places_init(struct places *places)
{
    *places = (struct places){0};
}

void places_deinit(struct places *places)
{
    for (size_t i = 0; i < PLACES_CHUNK_COUNT; i++)
        free(places->chunks[i]);
    free(places->slots);
}

size_t places_bytes(const struct places *places)
{
    size_t bytes = places->slot_count * sizeof *places->slots;
    for (size_t i = 0; i < PLACES_CHUNK_COUNT; i++)
        bytes += places->chunks[i] ? PLACES_CHUNK * sizeof **places->chunks : 0;
    return bytes;
}
