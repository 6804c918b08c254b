/*
 * refresh_tokens.h — how a log-in goes on after its access token: single-use tokens in families.
 *
 * A log-in starts a family. Each refresh spends the family's token and adds a new one. A token that
 * comes a second time was copied, and nobody can tell the thief from the fan: the whole family
 * ends, and both log in again. There is no grace: a page that refreshes twice at once ends its own
 * session.
 *
 * Thread   Making a token: any. The rest: the connection's; calls that write belong into a
 *          store_job.
 * Memory   Values.
 * Time     Wall milliseconds, given by the caller. A token lives REFRESH_TOKEN_MS, its family as
 *          long as it is refreshed.
 * Secrets  The store has BLAKE2b-256 of a token, never the token: a stolen database logs nobody in.
 * Limits   ACCOUNT_SESSIONS_MAX families an account (the longest unused ends),
 *          REFRESH_FAMILY_TOKENS_MAX tokens a family (it ends). Spent ones stay until they expire,
 *          to be recognised.
 */
#ifndef ACCOUNT_REFRESH_TOKENS_H
#define ACCOUNT_REFRESH_TOKENS_H

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"

struct store_connection;

#define REFRESH_TOKEN_MS (INT64_C(14) * 24 * 3600 * 1000)

enum { REFRESH_WORDS_BYTES = 44, REFRESH_HASH_BYTES = 32 }; /* 43 characters and the '\0' */

struct refresh_hash {
    unsigned char bytes[REFRESH_HASH_BYTES];
};

struct refresh_token {
    char words[REFRESH_WORDS_BYTES]; /* base64url of 32 random bytes: what the fan gets */
    struct refresh_hash hash;        /* what the store keeps */
};

void refresh_token_make(struct refresh_token *out_token);

/* False for what cannot be one. */
bool refresh_token_read(struct text words, struct refresh_hash *out_hash);

/* A new family for an account. */
MUST_USE enum status refresh_token_begin(struct store_connection *connection, struct fan_id fan,
                                         const struct refresh_hash *first, int64_t now_ms);

enum refresh_verdict {
    REFRESH_GOOD,    /* spent, and the next one is in its place */
    REFRESH_UNKNOWN, /* never ours, expired, or of a family that has ended */
    REFRESH_REUSED,  /* it had been spent before: the family has ended now */
};

/* *out_fan is written on REFRESH_GOOD and REFRESH_REUSED. */
MUST_USE enum status refresh_token_spend(struct store_connection *connection,
                                         const struct refresh_hash *spent,
                                         const struct refresh_hash *next, int64_t now_ms,
                                         enum refresh_verdict *out_verdict, struct fan_id *out_fan);

/* STATUS_MISSING: no such token. For a first look, without writing. */
MUST_USE enum status refresh_token_known(struct store_connection *connection,
                                         const struct refresh_hash *hash);

/* Ends the family of this token, if there is one; all families of an account. */
MUST_USE enum status refresh_token_end(struct store_connection *connection,
                                       const struct refresh_hash *hash);
MUST_USE enum status refresh_token_end_all(struct store_connection *connection, struct fan_id fan);

#endif
