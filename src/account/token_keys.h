/*
 * token_keys.h — the folder of signing keys: what is in it, and how a new one gets there.
 *
 * A key is a file KID.key of 32 random bytes, readable by its owner only. A kid is 8 to 16
 * hexadecimal digits in lower case and reads as a number: the greatest is the newest key. Anything
 * else in the folder is left alone.
 *
 * Thread   One thread; processes may share a folder.
 * Memory   `struct token_keys` is the caller's; wipe it with token_keys_wipe().
 * Atomic   A key file appears whole or not at all. Processes that start at once on an empty folder
 *          agree on one first key, because all of them would give it the same name and only one
 *          can.
 * Secrets  A file that others may read, or of another size, stops the start: STATUS_INVALID, with
 *          words.
 */
#ifndef ACCOUNT_TOKEN_KEYS_H
#define ACCOUNT_TOKEN_KEYS_H

#include <stddef.h>

#include "base/status.h"
#include "limits.h"

enum { TOKEN_SECRET_BYTES = 32, TOKEN_WHY_BYTES = 256 };

struct token_key {
    char kid[TOKEN_KID_BYTES_MAX + 1];
    unsigned char secret[TOKEN_SECRET_BYTES];
};

struct token_keys { /* newest first */
    struct token_key key[TOKEN_KEYS_MAX];
    size_t count;
};

/* Makes the folder (0700) and the first key where there is none. */
MUST_USE enum status token_keys_load(const char *folder, char out_why[TOKEN_WHY_BYTES],
                                     struct token_keys *out_keys);
void token_keys_wipe(struct token_keys *keys);

/* One more key, newer than all others. STATUS_FULL at TOKEN_KEYS_MAX. */
MUST_USE enum status token_keys_add(const char *folder, char out_why[TOKEN_WHY_BYTES]);

#endif
