/*
 * places.h — the places of one line in memory: by sequence, and the latest one of a fan.
 *
 *     slots    fan → sequence of the latest place      open addressing, 4 bytes a slot, ≤ 3/4 full
 *     chunks   sequence → fan, state, door, …                                  16 bytes a place
 *
 * Nothing points at anything, so a place costs no pointer, and chunks never move. A slot is never
 * emptied: a fan who left keeps the last place, to be told what became of it, until the room is
 * closed.
 *
 * Thread   One at a time: the usher's.
 * Memory   At most 26.7 bytes a place, taken 4,096 places at a time.
 * Limits   WAITING_PLACES_MAX places: one more is STATUS_FULL.
 */
#ifndef WAITING_PLACES_H
#define WAITING_PLACES_H

#include <assert.h>

#include "waiting/line.h"

enum {
    PLACES_CHUNK = 4096,
    PLACES_CHUNK_COUNT = WAITING_PLACES_MAX / PLACES_CHUNK,
};

struct packed {
    uint64_t who;   /* fan, state, door, places before this one */
    uint32_t stamp; /* seconds: last seen (steady), until (wall), or ended (wall) */
    uint32_t turn;
};

static_assert(sizeof(struct packed) == 16, "the greater part of 32 bytes a place");

struct places {
    struct packed *chunks[PLACES_CHUNK_COUNT];
    uint32_t *slots;
    uint32_t slot_count, slot_used;
    uint32_t count; /* sequence numbers given */
};

void places_init(struct places *places);
void places_deinit(struct places *places);
size_t places_bytes(const struct places *places);

/* Room for one more. */
MUST_USE enum status places_reserve(struct places *places);

/* The next sequence, in the hall; it is the fan's latest place now. After places_reserve(). */
uint32_t places_add(struct places *places, struct fan_id fan, uint8_t door);

/* 0: the fan has never had a place. */
uint32_t places_find(const struct places *places, struct fan_id fan);

/* A sequence that was given. */
struct packed *places_at(const struct places *places, uint32_t sequence);

/* --- what is packed --------------------------------------------------------------------------- */

struct fan_id packed_fan(const struct packed *packed);
enum place_state packed_state(const struct packed *packed);
uint8_t packed_door(const struct packed *packed);
uint8_t packed_earlier(const struct packed *packed);
void packed_set_state(struct packed *packed, enum place_state state);

#endif
