/*
 * token_fuzz.c — access tokens from strangers, and from somebody who has the key.
 *
 * The first byte chooses. Even: the rest is a token as it came. Odd: the rest is "header '\n'
 * claims", which is put together and signed with the house's own key, so that what stands behind
 * the signature is reached too.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/token_keys.h"
#include "account/tokens.h"
#include "base/must.h"

enum { WORDS_BYTES = 2 * TOKEN_BYTES_MAX, ENCODING = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static const int64_t now_ms = INT64_C(1800000000000);

static struct tokens *tokens;
static struct tokens_memory *memory;
static struct token_keys keys;

static void open_house(void)
{
    char folder[] = "/tmp/token_fuzz_XXXXXX", why[TOKEN_WHY_BYTES], name[128];
    must(mkdtemp(folder));
    must(tokens_open(folder, why, &tokens) == STATUS_OK);
    must(token_keys_load(folder, why, &keys) == STATUS_OK);
    snprintf(name, sizeof name, "%s/%s.key", folder, keys.key[0].kid);
    must(unlink(name) == 0);
    must(rmdir(folder) == 0);
    memory = tokens_memory_create();
    must(memory);
}

static size_t add_base64(char *words, size_t at, const void *bytes, size_t size)
{
    sodium_bin2base64(words + at, WORDS_BYTES - at, bytes, size, ENCODING);
    return at + strlen(words + at);
}

static struct text sign(struct text parts, char words[WORDS_BYTES])
{
    struct text claims;
    struct text header = text_cut(parts, '\n', &claims);
    size_t size = add_base64(words, 0, header.bytes, header.size);
    words[size++] = '.';
    size = add_base64(words, size, claims.bytes, claims.size);
    unsigned char signature[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256(signature, (const unsigned char *)words, size, keys.key[0].secret);
    words[size++] = '.';
    size = add_base64(words, size, signature, sizeof signature);
    return text_make(words, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!tokens)
        open_house();
    if (size == 0 || size > TOKEN_BYTES_MAX)
        return 0;
    bool is_signed = bytes[0] & 1;
    char words[WORDS_BYTES];
    struct text token = text_make((const char *)bytes + 1, size - 1);
    if (is_signed)
        token = sign(token, words);

    struct identity identity = {0}, remembered = {0};
    enum token_verdict verdict = tokens_check(tokens, token, now_ms, &identity);
    must(is_signed || verdict == TOKEN_FORGED);
    must(verdict != TOKEN_GOOD ||
         (id_valid(identity.fan.value) && identity.expires_at_ms > now_ms &&
          identity.role >= ROLE_FAN && identity.role <= ROLE_ADMIN));
    for (int i = 0; i < 2; i++) /* at first sight, and from memory */
        must(tokens_check_remembered(tokens, memory, token, now_ms, &remembered) == verdict);
    must(identity.fan.value == remembered.fan.value);
    return 0;
}
