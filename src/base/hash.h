/*
 * hash.h — keyed fingerprints for tables whose keys come from outside.
 *
 * Thread   Any; the process key is made at first use.
 * Memory   None.
 * Source   SipHash-2-4 with 128 bits of output (Aumasson and Bernstein), keyed by a secret of this
 *          process: nobody outside can make two inputs collide. BLAKE2b for what must stay the same
 *          over a restart.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/text.h"

struct hash {
    uint64_t low, high;
};

/* Differs from process to process. */
struct hash hash_text(struct text text);

/* The same everywhere and for ever; 63 bits, so that it fits a store's integer. */
int64_t hash_lasting(struct text text);

/* For tables keyed by ids (splitmix64's finalizer); not keyed, as ids are ours. */
static inline uint64_t hash_id(int64_t id)
{
    uint64_t mixed = (uint64_t)id + UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

static inline bool hash_equal(struct hash a, struct hash b)
{
    return a.low == b.low && a.high == b.high;
}

#endif
