/* hash.c — libsodium's SipHash and BLAKE2b. */
#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>

#include "base/must.h"
#include "base/random.h"

static unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
static pthread_once_t key_made = PTHREAD_ONCE_INIT;

static void make_key(void)
{
    random_secret(key, sizeof key);
}

struct hash hash_text(struct text text)
{
    int failed = pthread_once(&key_made, make_key);
    must(!failed);
    unsigned char bytes[crypto_shorthash_siphashx24_BYTES];
    crypto_shorthash_siphashx24(bytes, (const unsigned char *)text.bytes, text.size, key);
    struct hash hash;
    memcpy(&hash.low, bytes, sizeof hash.low);
    memcpy(&hash.high, bytes + sizeof hash.low, sizeof hash.high);
    return hash;
}

int64_t hash_lasting(struct text text)
{
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)text.bytes, text.size, NULL, 0);
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return (int64_t)(value >> 1);
}
