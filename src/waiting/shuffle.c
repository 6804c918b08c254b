/* shuffle.c — what shuffle.h says, to the letter: others write their own from it, and compare. */
#include "waiting/shuffle.h"

#include <assert.h>
#include <sodium.h>

enum { NUMBERS_PER_BLOCK = 4, NUMBER_BYTES = 8, BITS_PER_BYTE = 8 };

static_assert(SHUFFLE_SEED_BYTES == crypto_auth_hmacsha256_KEYBYTES, "a seed is a key");
static_assert(SHUFFLE_HASH_BYTES == crypto_hash_sha256_BYTES, "hashes are SHA-256");
static_assert(crypto_auth_hmacsha256_BYTES == NUMBERS_PER_BLOCK * NUMBER_BYTES, "four a block");

struct stream {
    unsigned char key[crypto_auth_hmacsha256_KEYBYTES];
    unsigned char block[crypto_auth_hmacsha256_BYTES];
    uint64_t block_count;
    size_t used; /* numbers of the block */
};

void shuffle_seed(const unsigned char secret[SHUFFLE_SEED_BYTES], uint8_t door,
                  unsigned char out_seed[SHUFFLE_SEED_BYTES])
{
    const unsigned char message[] = {'d', 'o', 'o', 'r', door};
    crypto_auth_hmacsha256(out_seed, message, sizeof message, secret);
}

void shuffle_commitment(const unsigned char seed[SHUFFLE_SEED_BYTES],
                        unsigned char out_commitment[SHUFFLE_HASH_BYTES])
{
    crypto_hash_sha256(out_commitment, seed, SHUFFLE_SEED_BYTES);
}

static void next_block(struct stream *stream)
{
    unsigned char counter[NUMBER_BYTES];
    for (size_t i = 0; i < sizeof counter; i++)
        counter[i] =
            (unsigned char)(stream->block_count >> (BITS_PER_BYTE * (sizeof counter - 1 - i)));
    crypto_auth_hmacsha256(stream->block, counter, sizeof counter, stream->key);
    stream->block_count++;
    stream->used = 0;
}

static uint64_t next_number(struct stream *stream)
{
    if (stream->used == NUMBERS_PER_BLOCK)
        next_block(stream);
    uint64_t number = 0;
    for (size_t i = 0; i < NUMBER_BYTES; i++)
        number = number << BITS_PER_BYTE | stream->block[stream->used * NUMBER_BYTES + i];
    stream->used++;
    return number;
}

/* 0 … below - 1, every value equally likely. */
static uint64_t next_below(struct stream *stream, uint64_t below)
{
    uint64_t left_over = (UINT64_MAX % below + 1) % below; /* 2^64 modulo below */
    for (;;) {
        uint64_t number = next_number(stream);
        if (number <= UINT64_MAX - left_over)
            return number % below;
    }
}

void shuffle_draw(const unsigned char seed[SHUFFLE_SEED_BYTES],
                  const unsigned char hash[SHUFFLE_HASH_BYTES], uint32_t *sequences, size_t count)
{
    struct stream stream = {.used = NUMBERS_PER_BLOCK};
    crypto_auth_hmacsha256(stream.key, hash, SHUFFLE_HASH_BYTES, seed);
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)next_below(&stream, i);
        uint32_t taken = sequences[i - 1];
        sequences[i - 1] = sequences[j];
        sequences[j] = taken;
    }
}
