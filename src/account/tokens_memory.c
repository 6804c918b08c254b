/*
 * tokens_memory.c — what a loop remembers of tokens it has checked.
 *
 * A table of sets of WAYS entries. Only good verdicts are remembered, and only a signature of ours
 * makes a verdict good: a stranger's forgeries find no entry, make none and push nobody out. They
 * cost a full check each, which is short (TOKEN_BYTES_MAX). Somebody with very many good tokens can
 * push others out; those are then checked anew, for some microseconds. The fingerprint is keyed by
 * a secret of the process, so nobody can aim at a set, and 128 bits long, so that a false hit is
 * out of reach.
 *
 * A remembered token stays good when its key file is removed, until the process ends or the token
 * expires.
 */
#include <assert.h>
#include <stdlib.h>

#include "account/tokens.h"
#include "base/hash.h"
#include "base/must.h"
#include "limits.h"

enum { WAYS = 4, SETS = TOKENS_REMEMBERED_MAX / WAYS };

static_assert((SETS & (SETS - 1)) == 0, "a set is chosen by the low bits of a hash");

struct remembered {
    struct hash hash;
    struct identity identity; /* of an expired token: still this one; of none: expires_at_ms == 0 */
};

struct tokens_memory {
    struct remembered entry[SETS][WAYS];
};

struct tokens_memory *tokens_memory_create(void)
{
    return calloc(1, sizeof(struct tokens_memory));
}

void tokens_memory_destroy(struct tokens_memory *memory)
{
    free(memory);
}

static const struct remembered *find(const struct remembered set[WAYS], struct hash hash)
{
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].identity.expires_at_ms > 0 && hash_equal(set[i].hash, hash))
            return &set[i];
    return NULL;
}

/* The entry that is of use for the shortest time gives way. */
static void remember(struct remembered set[WAYS], struct hash hash, const struct identity *identity)
{
    size_t soonest = 0;
    for (size_t i = 1; i < WAYS; i++)
        if (set[i].identity.expires_at_ms < set[soonest].identity.expires_at_ms)
            soonest = i;
    set[soonest] = (struct remembered){.hash = hash, .identity = *identity};
}

enum token_verdict tokens_check_remembered(const struct tokens *tokens,
                                           struct tokens_memory *memory, struct text token,
                                           int64_t now_ms, struct identity *out_identity)
{
    if (token.size > TOKEN_BYTES_MAX)
        return TOKEN_FORGED;
    struct hash hash = hash_text(token);
    struct remembered *set = memory->entry[hash.low & (SETS - 1)];
    const struct remembered *known = find(set, hash);
    if (known && now_ms >= known->identity.expires_at_ms)
        return TOKEN_EXPIRED;
    if (known) {
        *out_identity = known->identity;
        return TOKEN_GOOD;
    }
    enum token_verdict verdict = tokens_check(tokens, token, now_ms, out_identity);
    if (verdict == TOKEN_GOOD)
        remember(set, hash, out_identity);
    return verdict;
}
