/*
 * random.h — chance from a seed, for jitter, tests and shuffles; and chance nobody can guess.
 *
 * Thread   A `struct random` belongs to one thread; random_secret() is for any.
 * Memory   None.
 * Source   The generator is xoshiro256** seeded by splitmix64 (Blackman and Vigna, 2018).
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);

/* 0 … below - 1, every value equally likely; below > 0. */
uint64_t random_below(struct random *random, uint64_t below);

/* From the operating system, fit for keys and tokens. */
void random_secret(void *out_bytes, size_t size);

#endif
