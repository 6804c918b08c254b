/*
 * hasher.h — the few threads that hash passwords, so that nothing else waits for them.
 *
 * Threads of their own, and not the workers': a crowd that logs in would otherwise keep every
 * catalog read waiting behind 12 ms of argon2 each. ACCOUNT_HASHES_MAX threads are also the bound
 * on argon2's memory.
 *
 * Thread   hasher_submit() from any thread; `on_done` comes on a hashing thread, once.
 * Memory   A job, and the texts in it, belong to the hasher from submit until `on_done`.
 * Limits   ACCOUNT_HASH_JOBS_MAX wait; one more is STATUS_FULL.
 */
#ifndef ACCOUNT_HASHER_H
#define ACCOUNT_HASHER_H

#include "account/password.h"
#include "base/workers.h"

struct hasher;

struct hasher *hasher_create(void);         /* NULL when memory or threads are short */
void hasher_destroy(struct hasher *hasher); /* finishes what waits; NULL is welcome */

struct hasher_job {
    /* What to do: compare `password` with `known_hash` unless that is NULL, then, unless it was
       wrong, make a new hash of `new_password` unless that is empty. Where there is no new password
       but the known hash is outdated, it is made anew from `password`. */
    struct text password;
    const char *known_hash;
    struct text new_password;
    void (*on_done)(struct hasher_job *job);

    /* What came of it. */
    enum status status;                 /* OK or NO_MEMORY */
    bool right;                         /* also when there was nothing to compare */
    char new_hash[PASSWORD_HASH_BYTES]; /* "" when none was made */

    struct worker_job job; /* the hasher's own */
};

MUST_USE enum status hasher_submit(struct hasher *hasher, struct hasher_job *job);

#endif
