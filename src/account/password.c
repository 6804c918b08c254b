/* password.c — the door in front of crypto_pwhash. */
#include "account/password.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>

#include "base/must.h"

static_assert(PASSWORD_HASH_BYTES == crypto_pwhash_argon2id_STRBYTES, "libsodium's string form");

static void wake_sodium(void)
{
    int ready = sodium_init();
    must(ready >= 0);
}

enum status password_hash(struct text password, char out_hash[PASSWORD_HASH_BYTES])
{
    wake_sodium();
    int failed = crypto_pwhash_argon2id_str(out_hash, password.bytes, password.size,
                                            PASSWORD_PASSES, PASSWORD_MEMORY_BYTES);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status password_compare(struct text password, const char *hash, bool *out_right)
{
    wake_sodium();
    errno = 0;
    int differs = crypto_pwhash_argon2id_str_verify(hash, password.bytes, password.size);
    if (differs && errno == ENOMEM)
        return STATUS_NO_MEMORY;
    *out_right = !differs;
    return STATUS_OK;
}

bool password_outdated(const char *hash)
{
    wake_sodium();
    return crypto_pwhash_argon2id_str_needs_rehash(hash, PASSWORD_PASSES, PASSWORD_MEMORY_BYTES) !=
           0;
}
