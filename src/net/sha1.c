/* sha1.c — as the standard has it, block by block. */
#include "net/sha1.h"

enum { BLOCK_BYTES = 64, LENGTH_BYTES = 8, ROUNDS = 80 };

static uint32_t rotate(uint32_t word, unsigned bits)
{
    return (word << bits) | (word >> (32 - bits));
}

static void spread(const uint8_t block[BLOCK_BYTES], uint32_t words[ROUNDS])
{
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | (uint32_t)block[4 * i + 3];
    for (size_t i = 16; i < ROUNDS; i++)
        words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
}

/* The function and the constant of this round. */
static uint32_t mix(size_t round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20)
        return ((b & c) | (~b & d)) + 0x5A827999u;
    if (round < 40)
        return (b ^ c ^ d) + 0x6ED9EBA1u;
    if (round < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCu;
    return (b ^ c ^ d) + 0xCA62C1D6u;
}

static void take_block(uint32_t state[5], const uint8_t block[BLOCK_BYTES])
{
    uint32_t words[ROUNDS];
    spread(block, words);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + words[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* The rest of the text, a one bit, zeros, and the length in bits at the end of a block. */
static void take_rest(uint32_t state[5], struct text rest, uint64_t text_bytes)
{
    uint8_t blocks[2 * BLOCK_BYTES] = {0};
    if (rest.size > 0)
        memcpy(blocks, rest.bytes, rest.size);
    blocks[rest.size] = 0x80;
    size_t size = rest.size + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        blocks[size - 1 - i] = (uint8_t)((text_bytes * 8) >> (8 * i));
    for (size_t at = 0; at < size; at += BLOCK_BYTES)
        take_block(state, blocks + at);
}

void sha1(struct text text, uint8_t out[SHA1_BYTES])
{
    uint32_t state[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
    size_t at = 0;
    for (; text.size - at >= BLOCK_BYTES; at += BLOCK_BYTES)
        take_block(state, (const uint8_t *)text.bytes + at);
    take_rest(state, text_make(text.bytes + at, text.size - at), text.size);
    for (size_t i = 0; i < SHA1_BYTES; i++)
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
