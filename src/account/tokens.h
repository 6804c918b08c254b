/*
 * tokens.h — access tokens: JSON Web Tokens (RFC 7519) that any node checks without a look-up.
 *
 * A token is signed with HMAC-SHA-256 by the newest key and names it by its `kid`; older keys stay
 * good for checking until they are removed, so that rotation cuts nobody off. Claims: iss, sub (the
 * fan's id), role, iat, exp, jti; a stream token has its path besides. Only HS256 is accepted:
 * `alg: none` and every other algorithm is a forgery.
 *
 * Thread   Created on the main thread; then read-only, for any thread.
 * Memory   Owns its keys, wiped at destruction.
 * Secrets  Keys live in a folder (0700) as files KID.key (0600) of 32 random bytes; the first one
 *          is made at the first start. A key never reaches a log.
 */
#ifndef ACCOUNT_TOKENS_H
#define ACCOUNT_TOKENS_H

#include "account/identity.h"
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct tokens;

/* Loads every key of the folder and makes the first one when there is none. */
MUST_USE enum status tokens_open(const char *folder, char out_why[256], struct tokens **out_tokens);
void tokens_close(struct tokens *tokens); /* NULL is welcome */

/* A new newest key; takes effect in processes that open the folder afterwards. */
MUST_USE enum status tokens_rotate(const char *folder, char out_why[256]);

/* bytes == NULL when memory is short. */
struct text tokens_issue(const struct tokens *tokens, const struct identity *identity,
                         int64_t now_ms, struct arena *arena);

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_EXPIRED,
    TOKEN_FORGED, /* not ours, not readable, or of another kind: nobody is told which */
};

enum token_verdict tokens_check(const struct tokens *tokens, struct text token, int64_t now_ms,
                                struct identity *out_identity);

/*
 * A token that goes into a URL, as an EventSource and a browser's WebSocket can send no header: it
 * opens streams of one path only, and is no good in an Authorization header. URLs end up in other
 * people's logs, so its life is short too (ACCOUNT_STREAM_TOKEN_MS).
 */
struct text tokens_issue_stream(const struct tokens *tokens, const struct identity *identity,
                                struct text path, int64_t now_ms, struct arena *arena);
enum token_verdict tokens_check_stream(const struct tokens *tokens, struct text token,
                                       struct text path, int64_t now_ms,
                                       struct identity *out_identity);

/*
 * The same as tokens_check() through a memory of verdicts, so that a token is checked once and not
 * once a request. One a loop, used by that loop's thread only; tokens_memory_create() takes all of
 * its memory at once. Keyed by a 128-bit keyed hash of the token: see base/hash.h.
 */
struct tokens_memory;
struct tokens_memory *tokens_memory_create(void);
void tokens_memory_destroy(struct tokens_memory *memory);
enum token_verdict tokens_check_remembered(const struct tokens *tokens,
                                           struct tokens_memory *memory, struct text token,
                                           int64_t now_ms, struct identity *out_identity);

#endif
