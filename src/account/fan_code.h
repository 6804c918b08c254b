/*
 * fan_code.h — the codes by which fans join a group: how one is made, read and remembered.
 *
 * A code is letters and digits; case, spaces and hyphens do not count, and O, I and L are the
 * digits they look like. Only a hash is kept: whoever reads the database cannot type a code.
 *
 * Thread   Any; pure but for the making.
 * Memory   None.
 */
#ifndef ACCOUNT_FAN_CODE_H
#define ACCOUNT_FAN_CODE_H

#include <stdbool.h>

#include "base/text.h"
#include "limits.h"

enum {
    FAN_CODE_HASH_BYTES = 32,
    FAN_CODE_BYTES = 20, /* "7QK2-M9XW-4TRD-V1CH" and its end */
};

struct fan_code_hash {
    unsigned char bytes[FAN_CODE_HASH_BYTES];
};

/* 80 random bits in four groups of four. */
void fan_code_make(char out_words[FAN_CODE_BYTES]);

/* False for what cannot be a code: it has not FAN_CODE_LENGTH_MIN … _MAX letters and digits, or
   something else. */
bool fan_code_read(struct text words, struct fan_code_hash *out_hash);

#endif
