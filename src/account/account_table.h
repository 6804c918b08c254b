/*
 * account_table.h — the accounts in the store: one row a person.
 *
 * A deleted account keeps its row, because reservations and payments name it; its e-mail, nickname
 * and password are gone, and none of these calls finds it.
 *
 * Thread   The connection's. Calls that write belong into a store_job.
 * Memory   The results are values; nothing is borrowed from the store.
 * Time     Wall milliseconds, given by the caller.
 * Guard    `version` grows with every change but a new hash of the same password. A change that
 *          names the version it was decided on is refused (STATUS_MISSING) when another came in
 *          between.
 */
#ifndef ACCOUNT_ACCOUNT_TABLE_H
#define ACCOUNT_ACCOUNT_TABLE_H

#include "account/credentials.h"
#include "account/identity.h"
#include "account/password.h"
#include "base/status.h"
#include "limits.h"

struct store_connection;

struct account {
    struct fan_id id;
    char email[CREDENTIALS_EMAIL_BYTES];
    char nickname[ACCOUNT_NICKNAME_BYTES_MAX + 1];
    char password_hash[PASSWORD_HASH_BYTES];
    enum role role;
    int64_t version;
    int64_t created_at_ms;
};

struct account_draft { /* checked: credentials.h */
    struct text email, nickname, password_hash;
    enum role role;
    int64_t created_at_ms;
};

/* STATUS_CONFLICT: the e-mail is taken. */
MUST_USE enum status account_insert(struct store_connection *connection,
                                    const struct account_draft *draft, struct fan_id *out_id);

/* STATUS_MISSING: there is none. */
MUST_USE enum status account_find(struct store_connection *connection, struct fan_id id,
                                  struct account *out_account);
MUST_USE enum status account_find_email(struct store_connection *connection, struct text email,
                                        struct account *out_account);

MUST_USE enum status account_rename(struct store_connection *connection, struct fan_id id,
                                    struct text nickname);

/* A new password, and perhaps a new nickname (empty: the old one stays). */
MUST_USE enum status account_set_password(struct store_connection *connection, struct fan_id id,
                                          int64_t version, struct text password_hash,
                                          struct text nickname);

/* A new hash of the same password; the version stays. */
MUST_USE enum status account_rehash(struct store_connection *connection, struct fan_id id,
                                    int64_t version, struct text password_hash);

/* STATUS_OK when the account still has this version. */
MUST_USE enum status account_unchanged(struct store_connection *connection, struct fan_id id,
                                       int64_t version);

MUST_USE enum status account_delete(struct store_connection *connection, struct fan_id id,
                                    int64_t version, int64_t now_ms);

#endif
