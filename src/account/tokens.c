/*
 * tokens.c — JSON Web Tokens by libjwt 1.10.
 *
 * What libjwt's jwt_decode() does and does not do, and what we add:
 *
 *   - it takes the algorithm from the token's own header, in any case, RSA and `none` among them.
 *     So the header is read first, without a key, and no key is shown to a token that does not say
 *     HS256 and a kid we know;
 *   - it wants a terminated string and copes badly with an empty segment. A text with a byte that
 *     no token has (NUL among them), or without three segments, is refused before;
 *   - it compares signatures in constant time, as text: a signature has one spelling only;
 *   - it looks at no claim. All of them are checked here, their types included.
 *
 * Reading the header first doubles the cost of a check, to 8 µs on the build machine; a loop pays
 * it once a token, see tokens_memory.c.
 */
#include "account/tokens.h"

#include <errno.h>
#include <inttypes.h>
#include <jwt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/token_keys.h"
#include "base/must.h"
#include "base/random.h"

enum { JTI_BYTES = 16, SUBJECT_BYTES = 24 };

static const char issuer[] = "ticketrush";
static const char algorithm[] = "HS256";

struct tokens {
    struct token_keys keys;
};

enum status tokens_open(const char *folder, char out_why[256], struct tokens **out_tokens)
{
    struct tokens *tokens = calloc(1, sizeof *tokens);
    if (!tokens) {
        snprintf(out_why, TOKEN_WHY_BYTES, "Memory is short.");
        return STATUS_NO_MEMORY;
    }
    enum status status = token_keys_load(folder, out_why, &tokens->keys);
    if (status != STATUS_OK) {
        tokens_close(tokens);
        return status;
    }
    must(tokens->keys.count > 0);
    *out_tokens = tokens;
    return STATUS_OK;
}

void tokens_close(struct tokens *tokens)
{
    if (!tokens)
        return;
    token_keys_wipe(&tokens->keys);
    free(tokens);
}

enum status tokens_rotate(const char *folder, char out_why[256])
{
    return token_keys_add(folder, out_why);
}

/* --- issuing ---------------------------------------------------------------------------------- */

/* `path` is NULL for an access token. */
static bool add_claims(jwt_t *jwt, const struct identity *identity, const char *path,
                       int64_t now_ms)
{
    char subject[SUBJECT_BYTES];
    snprintf(subject, sizeof subject, "%" PRId64, identity->fan.value);
    unsigned char random[JTI_BYTES];
    random_secret(random, sizeof random);
    char id[2 * JTI_BYTES + 1];
    sodium_bin2hex(id, sizeof id, random, sizeof random);

    return jwt_add_grant(jwt, "iss", issuer) == 0 && jwt_add_grant(jwt, "sub", subject) == 0 &&
           jwt_add_grant(jwt, "role", role_name(identity->role)) == 0 &&
           jwt_add_grant_int(jwt, "iat", now_ms / 1000) == 0 &&
           jwt_add_grant_int(jwt, "exp", identity->expires_at_ms / 1000) == 0 &&
           jwt_add_grant(jwt, "jti", id) == 0 && (!path || jwt_add_grant(jwt, "path", path) == 0);
}

static char *sign(const struct token_key *key, const struct identity *identity, const char *path,
                  int64_t now_ms)
{
    jwt_t *jwt;
    if (jwt_new(&jwt) != 0)
        return NULL;
    char *words = NULL;
    if (jwt_add_header(jwt, "kid", key->kid) == 0 && add_claims(jwt, identity, path, now_ms) &&
        jwt_set_alg(jwt, JWT_ALG_HS256, key->secret, sizeof key->secret) == 0)
        words = jwt_encode_str(jwt);
    jwt_free(jwt);
    return words;
}

static struct text issue(const struct tokens *tokens, const struct identity *identity,
                         const char *path, int64_t now_ms, struct arena *arena)
{
    must(id_valid(identity->fan.value));
    must(now_ms >= 0);
    must(identity->expires_at_ms >= 1000);

    char *words = sign(&tokens->keys.key[0], identity, path, now_ms);
    if (!words)
        return text_make(NULL, 0);
    struct text token = arena_copy(arena, text_of(words));
    free(words);
    must(token.size <= TOKEN_BYTES_MAX);
    return token;
}

struct text tokens_issue(const struct tokens *tokens, const struct identity *identity,
                         int64_t now_ms, struct arena *arena)
{
    return issue(tokens, identity, NULL, now_ms, arena);
}

struct text tokens_issue_stream(const struct tokens *tokens, const struct identity *identity,
                                struct text path, int64_t now_ms, struct arena *arena)
{
    must(path.size <= ACCOUNT_STREAM_PATH_BYTES_MAX);
    char terminated[ACCOUNT_STREAM_PATH_BYTES_MAX + 1];
    memcpy(terminated, path.bytes, path.size);
    terminated[path.size] = '\0';
    return issue(tokens, identity, terminated, now_ms, arena);
}

/* --- checking --------------------------------------------------------------------------------- */

static bool is_token_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

/* Three segments of base64url characters, none empty; false for anything else. */
static bool copy_token(struct text token, char words[TOKEN_BYTES_MAX + 1])
{
    if (token.size == 0 || token.size > TOKEN_BYTES_MAX)
        return false;
    size_t dots = 0;
    char before = '.';
    for (size_t i = 0; i < token.size; i++) {
        char c = token.bytes[i];
        if (!is_token_char(c) || (c == '.' && before == '.'))
            return false;
        dots += c == '.';
        before = c;
    }
    memcpy(words, token.bytes, token.size);
    words[token.size] = '\0';
    return dots == 2 && before != '.';
}

static const struct token_key *key_named(const struct token_keys *keys, const char *kid)
{
    for (size_t i = 0; kid && i < keys->count; i++)
        if (strcmp(keys->key[i].kid, kid) == 0)
            return &keys->key[i];
    return NULL;
}

/* The key that the header names; NULL when the token is not of our kind. */
static const struct token_key *find_key(const struct tokens *tokens, const char *words)
{
    jwt_t *unchecked;
    if (jwt_decode(&unchecked, words, NULL, 0) != 0)
        return NULL;
    const char *alg = jwt_get_header(unchecked, "alg");
    const struct token_key *key = NULL;
    if (alg && strcmp(alg, algorithm) == 0)
        key = key_named(&tokens->keys, jwt_get_header(unchecked, "kid"));
    jwt_free(unchecked);
    return key;
}

static bool read_subject(jwt_t *jwt, struct fan_id *out_fan)
{
    const char *subject = jwt_get_grant(jwt, "sub");
    int64_t id;
    if (!subject || !text_to_int64(text_of(subject), &id) || !id_valid(id))
        return false;
    *out_fan = (struct fan_id){id};
    return true;
}

static bool read_expiry(jwt_t *jwt, int64_t *out_expires_at_ms)
{
    errno = 0;
    long expires_at_s = jwt_get_grant_int(jwt, "exp");
    if (errno != 0 || expires_at_s < 1 || expires_at_s > ID_MAX / 1000)
        return false;
    *out_expires_at_ms = (int64_t)expires_at_s * 1000;
    return true;
}

/* A token is for the path that it names, or, where it names none, for headers. */
static bool is_for(jwt_t *jwt, struct text path)
{
    errno = 0;
    const char *named = jwt_get_grant(jwt, "path");
    if (!named)
        return !path.bytes && errno == ENOENT;
    return path.bytes && text_equal(text_of(named), path);
}

static bool read_claims(jwt_t *jwt, struct identity *identity)
{
    const char *from = jwt_get_grant(jwt, "iss");
    const char *role = jwt_get_grant(jwt, "role");
    return from && strcmp(from, issuer) == 0 && role &&
           role_from_text(text_of(role), &identity->role) && read_subject(jwt, &identity->fan) &&
           read_expiry(jwt, &identity->expires_at_ms);
}

static enum token_verdict check(const struct tokens *tokens, struct text token, struct text path,
                                int64_t now_ms, struct identity *out_identity)
{
    char words[TOKEN_BYTES_MAX + 1];
    if (!copy_token(token, words))
        return TOKEN_FORGED;
    const struct token_key *key = find_key(tokens, words);
    jwt_t *jwt;
    if (!key || jwt_decode(&jwt, words, key->secret, sizeof key->secret) != 0)
        return TOKEN_FORGED;

    struct identity identity;
    bool good =
        jwt_get_alg(jwt) == JWT_ALG_HS256 && is_for(jwt, path) && read_claims(jwt, &identity);
    jwt_free(jwt);
    if (!good)
        return TOKEN_FORGED;
    if (now_ms >= identity.expires_at_ms)
        return TOKEN_EXPIRED;
    *out_identity = identity;
    return TOKEN_GOOD;
}

enum token_verdict tokens_check(const struct tokens *tokens, struct text token, int64_t now_ms,
                                struct identity *out_identity)
{
    return check(tokens, token, text_make(NULL, 0), now_ms, out_identity);
}

enum token_verdict tokens_check_stream(const struct tokens *tokens, struct text token,
                                       struct text path, int64_t now_ms,
                                       struct identity *out_identity)
{
    must(path.bytes);
    return check(tokens, token, path, now_ms, out_identity);
}
