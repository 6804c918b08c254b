/* fan_code.c — Crockford's base 32 for our own codes, and the same forgiveness for all of them. */
#include "account/fan_code.h"

#include <sodium.h>

#include "base/must.h"
#include "base/random.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { RANDOM_CHARACTERS = 16, GROUP_CHARACTERS = 4 };

void fan_code_make(char out_words[FAN_CODE_BYTES])
{
    unsigned char bytes[RANDOM_CHARACTERS];
    random_secret(bytes, sizeof bytes);
    size_t size = 0;
    for (size_t i = 0; i < RANDOM_CHARACTERS; i++) {
        if (i > 0 && i % GROUP_CHARACTERS == 0)
            out_words[size++] = '-';
        out_words[size++] = digits[bytes[i] % 32];
    }
    out_words[size] = '\0';
    must(size + 1 == FAN_CODE_BYTES);
}

/* The character that counts: 0 for one that does not, -1 for one that cannot be. */
static int plain(char c)
{
    if (c == ' ' || c == '-')
        return 0;
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    bool known = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    return known ? c : -1;
}

bool fan_code_read(struct text words, struct fan_code_hash *out_hash)
{
    static const char purpose[crypto_generichash_KEYBYTES] = "ticket-rush fan code";
    char kept[FAN_CODE_LENGTH_MAX];
    size_t size = 0;
    for (size_t i = 0; i < words.size; i++) {
        int c = plain(words.bytes[i]);
        if (c < 0 || (c > 0 && size == sizeof kept))
            return false;
        if (c > 0)
            kept[size++] = (char)c;
    }
    if (size < FAN_CODE_LENGTH_MIN)
        return false;
    int failed =
        crypto_generichash(out_hash->bytes, sizeof out_hash->bytes, (const unsigned char *)kept,
                           size, (const unsigned char *)purpose, sizeof purpose);
    must(!failed);
    sodium_memzero(kept, sizeof kept);
    return true;
}
