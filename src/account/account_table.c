/*
 * account_table.c — the statements, and a row turned into a value.
 *
 * The e-mail of a deleted account becomes "ID@deleted.invalid": the column is unique, so the name
 * must be too, and .invalid (RFC 2606) is a domain that nobody can sign up with or receive mail
 * under. Its password hash becomes empty, which no password matches.
 */
#include "account/account_table.h"

#include "base/must.h"
#include "store/store.h"

#define ALIVE "deleted_at_ms IS NULL"
#define COLUMNS "id, email, nickname, password_hash, role, version, created_at_ms"

static const struct sql insert_sql = {
    "INSERT INTO account (email, nickname, password_hash, role, created_at_ms) "
    "VALUES ($1, $2, $3, $4, $5) RETURNING id"};
static const struct sql find_sql = {"SELECT " COLUMNS " FROM account WHERE id = $1 AND " ALIVE};
static const struct sql find_email_sql = {"SELECT " COLUMNS
                                          " FROM account WHERE email = $1 AND " ALIVE};
static const struct sql rename_sql = {
    "UPDATE account SET nickname = $2, version = version + 1 WHERE id = $1 AND " ALIVE};
static const struct sql set_password_sql = {
    "UPDATE account SET password_hash = $3, version = version + 1, "
    "nickname = CASE WHEN $4 = '' THEN nickname ELSE $4 END "
    "WHERE id = $1 AND version = $2 AND " ALIVE};
static const struct sql rehash_sql = {
    "UPDATE account SET password_hash = $3 WHERE id = $1 AND version = $2 AND " ALIVE};
static const struct sql unchanged_sql = {
    "SELECT 1 FROM account WHERE id = $1 AND version = $2 AND " ALIVE};
static const struct sql delete_sql = {
    "UPDATE account SET email = CAST(id AS TEXT) || '@deleted.invalid', nickname = '', "
    "password_hash = '', version = version + 1, deleted_at_ms = $3 "
    "WHERE id = $1 AND version = $2 AND " ALIVE};

enum status account_insert(struct store_connection *connection, const struct account_draft *draft,
                           struct fan_id *out_id)
{
    must(draft->email.size <= ACCOUNT_EMAIL_BYTES_MAX);
    must(draft->nickname.size <= ACCOUNT_NICKNAME_BYTES_MAX);

    struct sql_value values[] = {sql_text(draft->email), sql_text(draft->nickname),
                                 sql_text(draft->password_hash), sql_words(role_name(draft->role)),
                                 sql_int(draft->created_at_ms)};
    return store_query_int(connection, &insert_sql, values, 5, &out_id->value);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void copy(struct text text, char *room, size_t room_size)
{
    size_t size = text.size < room_size ? text.size : room_size - 1;
    if (size > 0)
        memcpy(room, text.bytes, size);
    room[size] = '\0';
}

static enum status read_row(const struct rows *rows, struct account *account)
{
    *account = (struct account){.id = {rows_int(rows, 0)},
                                .version = rows_int(rows, 5),
                                .created_at_ms = rows_int(rows, 6)};
    copy(rows_text(rows, 1), account->email, sizeof account->email);
    copy(rows_text(rows, 2), account->nickname, sizeof account->nickname);
    copy(rows_text(rows, 3), account->password_hash, sizeof account->password_hash);
    return role_from_text(rows_text(rows, 4), &account->role) ? STATUS_OK : STATUS_IO;
}

static enum status find(struct store_connection *connection, const struct sql *sql,
                        struct sql_value key, struct account *out_account)
{
    struct rows rows;
    enum status status = store_query(connection, sql, &key, 1, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = rows_next(&rows) ? read_row(&rows, out_account) : STATUS_MISSING;
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status account_find(struct store_connection *connection, struct fan_id id,
                         struct account *out_account)
{
    return find(connection, &find_sql, sql_int(id.value), out_account);
}

enum status account_find_email(struct store_connection *connection, struct text email,
                               struct account *out_account)
{
    return find(connection, &find_email_sql, sql_text(email), out_account);
}

enum status account_unchanged(struct store_connection *connection, struct fan_id id,
                              int64_t version)
{
    int64_t one;
    struct sql_value values[] = {sql_int(id.value), sql_int(version)};
    return store_query_int(connection, &unchanged_sql, values, 2, &one);
}

/* --- changing --------------------------------------------------------------------------------- */

static enum status change(struct store_connection *connection, const struct sql *sql,
                          const struct sql_value *values, size_t value_count)
{
    int64_t changed;
    enum status status = store_run(connection, sql, values, value_count, &changed);
    if (status != STATUS_OK)
        return status;
    must(changed <= 1);
    return changed == 1 ? STATUS_OK : STATUS_MISSING;
}

enum status account_rename(struct store_connection *connection, struct fan_id id,
                           struct text nickname)
{
    struct sql_value values[] = {sql_int(id.value), sql_text(nickname)};
    return change(connection, &rename_sql, values, 2);
}

enum status account_set_password(struct store_connection *connection, struct fan_id id,
                                 int64_t version, struct text password_hash, struct text nickname)
{
    must(!text_empty(password_hash));
    struct sql_value values[] = {sql_int(id.value), sql_int(version), sql_text(password_hash),
                                 sql_text(nickname)};
    return change(connection, &set_password_sql, values, 4);
}

enum status account_rehash(struct store_connection *connection, struct fan_id id, int64_t version,
                           struct text password_hash)
{
    must(!text_empty(password_hash));
    struct sql_value values[] = {sql_int(id.value), sql_int(version), sql_text(password_hash)};
    return change(connection, &rehash_sql, values, 3);
}

enum status account_delete(struct store_connection *connection, struct fan_id id, int64_t version,
                           int64_t now_ms)
{
    struct sql_value values[] = {sql_int(id.value), sql_int(version), sql_int(now_ms)};
    return change(connection, &delete_sql, values, 3);
}
