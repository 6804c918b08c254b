/*
 * password.h — argon2id, in libsodium's string form ("$argon2id$v=19$m=…").
 *
 * 19 MiB, two passes, one lane: the least that OWASP's Password Storage Cheat Sheet recommends for
 * argon2id. The least, because each hash under way takes that much of a server that promises to
 * stay below 64 MB; about 12 ms of one core of the build machine. The string carries its own
 * numbers, so raising them cuts nobody off: see password_outdated().
 *
 * Thread   Any, but never an I/O loop nor the store's writer: a call takes as long as thousands of
 *          requests. The server hashes through hasher.h.
 * Memory   PASSWORD_MEMORY_BYTES for the length of a call.
 * Failure  STATUS_NO_MEMORY.
 */
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"

enum {
    PASSWORD_HASH_BYTES = 128, /* with the '\0' */
    PASSWORD_MEMORY_BYTES = 19 * 1024 * 1024,
    PASSWORD_PASSES = 2,
};

MUST_USE enum status password_hash(struct text password, char out_hash[PASSWORD_HASH_BYTES]);

/* A hash that is none compares as wrong. */
MUST_USE enum status password_compare(struct text password, const char *hash, bool *out_right);

/* Made with other numbers than today's. */
bool password_outdated(const char *hash);

#endif
