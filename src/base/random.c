/* random.c — xoshiro256** for what may be replayed, libsodium for what must not be guessed. */
#include "base/random.h"

#include <sodium.h>

#include "base/must.h"

static uint64_t rotate(uint64_t value, int by)
{
    return (value << by) | (value >> (64 - by));
}

void random_init(struct random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        seed += UINT64_C(0x9E3779B97F4A7C15);
        uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
        random->state[i] = mixed ^ (mixed >> 31);
    }
}

uint64_t random_next(struct random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t random_below(struct random *random, uint64_t below)
{
    must(below > 0);
    uint64_t unfair = (0 - below) % below; /* this many low values would come up too often */
    for (;;) {
        uint64_t value = random_next(random);
        if (value >= unfair)
            return value % below;
    }
}

void random_secret(void *out_bytes, size_t size)
{
    int ready = sodium_init();
    must(ready >= 0);
    randombytes_buf(out_bytes, size);
}
