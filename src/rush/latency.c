/*
 * latency.c — log-linear slots.
 *
 * Values below 64 have a slot each. Above, the highest bit names the doubling and the six bits
 * below it the slot inside it, so a slot is never wider than 1/64 of its values. A plain array of
 * all values would be exact, but it grows with the night; a slot array does not.
 */
#include "rush/latency.h"

#include <math.h>
#include <string.h>

#include "base/must.h"

enum { FINE = 1 << LATENCY_FINE_BITS };

static uint32_t slot_of(uint64_t value)
{
    if (value < FINE)
        return (uint32_t)value;
    uint32_t high_bit = 63 - (uint32_t)__builtin_clzll(value);
    uint32_t doubling = high_bit - LATENCY_FINE_BITS;
    uint32_t fine = (uint32_t)(value >> doubling) - FINE;
    return ((doubling + 1) << LATENCY_FINE_BITS) + fine;
}

/* The largest value that falls into the slot. */
static int64_t slot_end(uint32_t slot)
{
    if (slot < FINE)
        return slot;
    uint32_t doubling = (slot >> LATENCY_FINE_BITS) - 1;
    uint64_t fine = slot & (FINE - 1);
    return (int64_t)(((fine + FINE + 1) << doubling) - 1);
}

void latency_init(struct latency *latency)
{
    memset(latency, 0, sizeof *latency);
}

void latency_add(struct latency *latency, int64_t value_us)
{
    int64_t value = value_us < 0 ? 0 : value_us;
    if (value > LATENCY_LONGEST_US)
        value = LATENCY_LONGEST_US;

    uint32_t slot = slot_of((uint64_t)value);
    must(slot < LATENCY_SLOTS);
    latency->slot[slot]++;
    latency->count++;
    if (value > latency->longest_us)
        latency->longest_us = value;
}

int64_t latency_within_us(const struct latency *latency, double share)
{
    must(share > 0 && share <= 1);
    if (latency->count == 0)
        return 0;

    uint64_t rank = (uint64_t)ceil(share * (double)latency->count);
    uint64_t seen = 0;
    for (uint32_t slot = 0; slot < LATENCY_SLOTS; slot++) {
        seen += latency->slot[slot];
        if (seen >= rank) {
            int64_t end = slot_end(slot);
            return end < latency->longest_us ? end : latency->longest_us;
        }
    }
    return latency->longest_us;
}
