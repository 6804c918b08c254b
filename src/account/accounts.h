/*
 * accounts.h — what sign-up and log-in need besides the store: the hashing threads, the limits on
 * attempts, and the hash that stands in for an unknown e-mail's.
 *
 * Thread   Created and destroyed on the main thread; used by any.
 * Memory   All of it is taken at creation: about 3 MB, most of it untouched.
 * Time     Monotonic milliseconds, given by the caller.
 */
#ifndef ACCOUNT_ACCOUNTS_H
#define ACCOUNT_ACCOUNTS_H

#include <stdint.h>

#include "account/account_table.h"
#include "account/hasher.h"

struct accounts;
struct store;

struct accounts_settings { /* 0: the default in limits.h */
    int64_t logins_per_address_per_minute;
    int64_t logins_per_email_per_minute; /* from one address */
    int64_t signups_per_address_per_minute;
};

/* NULL when memory or threads are short. Hashes one password: takes some 12 ms. */
struct accounts *accounts_create(const struct accounts_settings *settings);
void accounts_destroy(struct accounts *accounts); /* NULL is welcome */

struct hasher *accounts_hasher(struct accounts *accounts);

/*
 * A hash that no password has, with today's numbers. Who is not known is compared with it, so that
 * an unknown e-mail takes as long as a wrong password.
 */
const char *accounts_nobodys_hash(const struct accounts *accounts);

/* 0: go on, and it is counted. Otherwise so many milliseconds until it may be tried again. */
int64_t accounts_ask_signup(struct accounts *accounts, struct text peer, int64_t now_ms);
int64_t accounts_ask_login(struct accounts *accounts, struct text peer, struct text email,
                           int64_t now_ms);

/* For somebody who holds a token and types the password once more: counted by account. */
int64_t accounts_ask_password(struct accounts *accounts, struct fan_id fan, int64_t now_ms);

/* For a fan who types the code of a group. */
int64_t accounts_ask_code(struct accounts *accounts, struct text peer, struct fan_id fan,
                          int64_t now_ms);

/* --- for the command line and for tests, never for a loop ------------------------------------- */

struct accounts_draft {
    struct text email, nickname, password;
    enum role role;
};

enum { ACCOUNTS_WHY_BYTES = 256 };

/* Checks, hashes and writes, and waits for the commit. STATUS_INVALID: the rules say no,
   STATUS_CONFLICT: there is such an account already; out_why says it in words, whatever the
   failure. */
MUST_USE enum status accounts_add(struct store *store, const struct accounts_draft *draft,
                                  int64_t now_ms, char out_why[ACCOUNTS_WHY_BYTES],
                                  struct fan_id *out_id);

#endif
