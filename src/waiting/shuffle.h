/*
 * shuffle.h — the draw at the opening: by a seed that was promised before anybody joined.
 *
 * For each door of a line there is a seed of 32 bytes. Its SHA-256, the commitment, is public from
 * the first moment; the seed itself is told with the draw. So nobody, we included, can choose it
 * afterwards. The hash of the log's last event before the draw is mixed in, which nobody knows
 * before the last fan has joined: so nobody, we included, can work out a good moment to join.
 *
 *     seed of a door   HMAC-SHA-256(key: the room's secret, message: "door" and one byte, the door)
 *     commitment       SHA-256(seed)
 *     key              HMAC-SHA-256(key: seed, message: the 32 bytes of that hash)
 *     block i          HMAC-SHA-256(key: key, message: i as 8 bytes, big endian), i = 0, 1, …
 *     stream           each block is four numbers of 64 bits, big endian
 *
 * The places of the hall in the order of their sequence numbers are shuffled after Fisher and Yates
 * (Durstenfeld 1964): for i from count - 1 down to 1, the place at i changes with that at j, where
 * j is the next number of the stream modulo (i + 1); a number that is not below the largest
 * multiple of (i + 1) that 2^64 has room for is left out, so that every j is equally likely.
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef WAITING_SHUFFLE_H
#define WAITING_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

enum { SHUFFLE_SEED_BYTES = 32, SHUFFLE_HASH_BYTES = 32 };

void shuffle_seed(const unsigned char secret[SHUFFLE_SEED_BYTES], uint8_t door,
                  unsigned char out_seed[SHUFFLE_SEED_BYTES]);
void shuffle_commitment(const unsigned char seed[SHUFFLE_SEED_BYTES],
                        unsigned char out_commitment[SHUFFLE_HASH_BYTES]);

/* `hash`: of the log's last event before the draw. */
void shuffle_draw(const unsigned char seed[SHUFFLE_SEED_BYTES],
                  const unsigned char hash[SHUFFLE_HASH_BYTES], uint32_t *sequences, size_t count);

#endif
