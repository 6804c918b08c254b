/*
 * refresh_tokens.c — the families, in the store.
 *
 * A family has ended when its rows are gone: then nothing in it can be spent, and there is no flag
 * that could disagree. Spent rows stay until they expire. Were they dropped earlier, a thief could
 * spend so often that the fan's own token is forgotten and its coming back goes unnoticed; so the
 * number of tokens in a family is bounded by ending it, not by forgetting.
 */
#include "account/refresh_tokens.h"

#include <assert.h>
#include <sodium.h>

#include "base/must.h"
#include "base/random.h"
#include "limits.h"
#include "store/store.h"

enum {
    SECRET_BYTES = 32,
    FAMILY_BYTES = 16,
    ENCODING = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static_assert(REFRESH_WORDS_BYTES == sodium_base64_ENCODED_LEN(SECRET_BYTES, ENCODING),
              "the length of a token in base64url");

static const struct sql insert_sql = {
    "INSERT INTO refresh_token (hash, family, account_id, created_at_ms, expires_at_ms) "
    "VALUES ($1, $2, $3, $4, $5)"};
static const struct sql sweep_sql = {
    "DELETE FROM refresh_token WHERE hash IN "
    "(SELECT hash FROM refresh_token WHERE expires_at_ms <= $1 LIMIT $2)"};
static const struct sql end_oldest_sql = {
    "DELETE FROM refresh_token WHERE account_id = $1 AND family NOT IN "
    "(SELECT family FROM refresh_token WHERE account_id = $1 GROUP BY family "
    "ORDER BY MAX(created_at_ms) DESC, family = $2 DESC LIMIT $3)"};
static const struct sql find_sql = {
    "SELECT family, account_id, expires_at_ms, spent_at_ms FROM refresh_token WHERE hash = $1"};
static const struct sql known_sql = {"SELECT 1 FROM refresh_token WHERE hash = $1"};
static const struct sql spend_sql = {"UPDATE refresh_token SET spent_at_ms = $2 WHERE hash = $1"};
static const struct sql count_sql = {"SELECT COUNT(*) FROM refresh_token WHERE family = $1"};
static const struct sql end_family_sql = {"DELETE FROM refresh_token WHERE family = $1"};
static const struct sql end_sql = {"DELETE FROM refresh_token WHERE family = "
                                   "(SELECT family FROM refresh_token WHERE hash = $1)"};
static const struct sql end_all_sql = {"DELETE FROM refresh_token WHERE account_id = $1"};

/* --- tokens ----------------------------------------------------------------------------------- */

static void hash_secret(const unsigned char secret[SECRET_BYTES], struct refresh_hash *out_hash)
{
    int failed =
        crypto_generichash(out_hash->bytes, sizeof out_hash->bytes, secret, SECRET_BYTES, NULL, 0);
    must(!failed);
}

void refresh_token_make(struct refresh_token *out_token)
{
    unsigned char secret[SECRET_BYTES];
    random_secret(secret, sizeof secret);
    sodium_bin2base64(out_token->words, sizeof out_token->words, secret, sizeof secret, ENCODING);
    hash_secret(secret, &out_token->hash);
    sodium_memzero(secret, sizeof secret);
}

bool refresh_token_read(struct text words, struct refresh_hash *out_hash)
{
    unsigned char secret[SECRET_BYTES];
    size_t size;
    if (words.size != REFRESH_WORDS_BYTES - 1 ||
        sodium_base642bin(secret, sizeof secret, words.bytes, words.size, NULL, &size, NULL,
                          ENCODING) != 0 ||
        size != sizeof secret)
        return false;
    hash_secret(secret, out_hash);
    sodium_memzero(secret, sizeof secret);
    return true;
}

static struct sql_value sql_hash(const struct refresh_hash *hash)
{
    return sql_blob(text_make((const char *)hash->bytes, sizeof hash->bytes));
}

/* --- families --------------------------------------------------------------------------------- */

struct family {
    unsigned char bytes[FAMILY_BYTES];
};

static struct sql_value sql_family(const struct family *family)
{
    return sql_blob(text_make((const char *)family->bytes, sizeof family->bytes));
}

static enum status insert(struct store_connection *connection, const struct refresh_hash *hash,
                          const struct family *family, struct fan_id fan, int64_t now_ms)
{
    struct sql_value values[] = {sql_hash(hash), sql_family(family), sql_int(fan.value),
                                 sql_int(now_ms), sql_int(now_ms + REFRESH_TOKEN_MS)};
    return store_run(connection, &insert_sql, values, 5, NULL);
}

static enum status sweep(struct store_connection *connection, int64_t now_ms)
{
    struct sql_value values[] = {sql_int(now_ms), sql_int(REFRESH_EXPIRED_ROWS_MAX)};
    return store_run(connection, &sweep_sql, values, 2, NULL);
}

enum status refresh_token_begin(struct store_connection *connection, struct fan_id fan,
                                const struct refresh_hash *first, int64_t now_ms)
{
    struct family family;
    random_secret(family.bytes, sizeof family.bytes);
    enum status status = sweep(connection, now_ms);
    if (status == STATUS_OK)
        status = insert(connection, first, &family, fan, now_ms);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_int(fan.value), sql_family(&family),
                                 sql_int(ACCOUNT_SESSIONS_MAX)};
    return store_run(connection, &end_oldest_sql, values, 3, NULL);
}

struct found {
    struct family family;
    struct fan_id fan;
    int64_t expires_at_ms;
    bool spent;
};

static enum status find(struct store_connection *connection, const struct refresh_hash *hash,
                        struct found *out_found)
{
    struct sql_value key = sql_hash(hash);
    struct rows rows;
    enum status status = store_query(connection, &find_sql, &key, 1, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    if (rows_next(&rows)) {
        struct text family = rows_text(&rows, 0);
        found = family.size == FAMILY_BYTES ? STATUS_OK : STATUS_IO;
        if (found == STATUS_OK)
            memcpy(out_found->family.bytes, family.bytes, FAMILY_BYTES);
        out_found->fan = (struct fan_id){rows_int(&rows, 1)};
        out_found->expires_at_ms = rows_int(&rows, 2);
        out_found->spent = !rows_null(&rows, 3);
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

static enum status end_family(struct store_connection *connection, const struct family *family)
{
    struct sql_value key = sql_family(family);
    return store_run(connection, &end_family_sql, &key, 1, NULL);
}

static enum status replace(struct store_connection *connection, const struct refresh_hash *spent,
                           const struct refresh_hash *next, const struct found *found,
                           int64_t now_ms)
{
    struct sql_value values[] = {sql_hash(spent), sql_int(now_ms)};
    enum status status = store_run(connection, &spend_sql, values, 2, NULL);
    if (status == STATUS_OK)
        status = insert(connection, next, &found->family, found->fan, now_ms);
    return status == STATUS_OK ? sweep(connection, now_ms) : status;
}

enum status refresh_token_spend(struct store_connection *connection,
                                const struct refresh_hash *spent, const struct refresh_hash *next,
                                int64_t now_ms, enum refresh_verdict *out_verdict,
                                struct fan_id *out_fan)
{
    struct found found;
    *out_verdict = REFRESH_UNKNOWN;
    enum status status = find(connection, spent, &found);
    if (status == STATUS_MISSING || (status == STATUS_OK && now_ms >= found.expires_at_ms))
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;

    *out_fan = found.fan;
    if (found.spent) {
        *out_verdict = REFRESH_REUSED;
        return end_family(connection, &found.family);
    }
    int64_t token_count;
    struct sql_value family = sql_family(&found.family);
    status = store_query_int(connection, &count_sql, &family, 1, &token_count);
    if (status != STATUS_OK)
        return status;
    if (token_count >= REFRESH_FAMILY_TOKENS_MAX)
        return end_family(connection, &found.family);
    *out_verdict = REFRESH_GOOD;
    return replace(connection, spent, next, &found, now_ms);
}

enum status refresh_token_known(struct store_connection *connection,
                                const struct refresh_hash *hash)
{
    struct sql_value key = sql_hash(hash);
    int64_t one;
    return store_query_int(connection, &known_sql, &key, 1, &one);
}

enum status refresh_token_end(struct store_connection *connection, const struct refresh_hash *hash)
{
    struct sql_value key = sql_hash(hash);
    return store_run(connection, &end_sql, &key, 1, NULL);
}

enum status refresh_token_end_all(struct store_connection *connection, struct fan_id fan)
{
    struct sql_value key = sql_int(fan.value);
    return store_run(connection, &end_all_sql, &key, 1, NULL);
}
