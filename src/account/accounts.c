/*
 * accounts.c — one owner for what the account endpoints share.
 *
 * Attempts are counted, not failures: a limit that forgives the right password tells a thief with
 * many pairs when one was right, and counting needs to happen before the 12 ms of hashing, not
 * after.
 *
 * Three counts stand side by side. An e-mail from one address: guessing one password. An address:
 * guessing one password each of many accounts. There is none for an e-mail from all addresses
 * together, because anybody could lock a fan out with it on the evening of a sale.
 */
#include "account/accounts.h"

#include <stdio.h>
#include <stdlib.h>

#include "account/credentials.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "base/random.h"
#include "guard/limiter.h"
#include "guard/peer.h"
#include "limits.h"
#include "store/store.h"

struct accounts {
    struct hasher *hasher;
    struct limiter *signup_by_peer;
    struct limiter *login_by_peer;
    struct limiter *login_by_email; /* and peer */
    struct limiter *password_by_fan;
    struct limiter *code_by_fan;
    struct limiter *code_by_peer;
    char nobodys_hash[PASSWORD_HASH_BYTES];
};

/* --- life ------------------------------------------------------------------------------------- */

static struct limiter *limit(int64_t per_minute, int64_t initial)
{
    int64_t count = per_minute > 0 ? per_minute : initial;
    return limiter_create(&(struct limiter_settings){
        .keys_max = LOGIN_KEYS_MAX, .per_interval = count, .interval_ms = 60000, .burst = count});
}

static enum status hash_nobody(struct accounts *accounts)
{
    char password[32]; /* forgotten at once */
    random_secret(password, sizeof password);
    return password_hash(text_make(password, sizeof password), accounts->nobodys_hash);
}

struct accounts *accounts_create(const struct accounts_settings *settings)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts)
        return NULL;
    accounts->signup_by_peer =
        limit(settings->signups_per_address_per_minute, SIGNUPS_PER_ADDRESS_PER_MINUTE);
    accounts->login_by_peer =
        limit(settings->logins_per_address_per_minute, LOGINS_PER_ADDRESS_PER_MINUTE);
    accounts->login_by_email =
        limit(settings->logins_per_email_per_minute, LOGINS_PER_EMAIL_PER_MINUTE);
    accounts->password_by_fan =
        limit(settings->logins_per_email_per_minute, LOGINS_PER_EMAIL_PER_MINUTE);
    accounts->code_by_fan = limit(0, FAN_CODES_PER_FAN_PER_MINUTE);
    accounts->code_by_peer = limit(0, FAN_CODES_PER_ADDRESS_PER_MINUTE);
    accounts->hasher = hasher_create();
    if (accounts->code_by_fan && accounts->code_by_peer && accounts->signup_by_peer &&
        accounts->login_by_peer && accounts->login_by_email && accounts->password_by_fan &&
        accounts->hasher && hash_nobody(accounts) == STATUS_OK)
        return accounts;
    accounts_destroy(accounts);
    return NULL;
}

void accounts_destroy(struct accounts *accounts)
{
    if (!accounts)
        return;
    hasher_destroy(accounts->hasher);
    limiter_destroy(accounts->signup_by_peer);
    limiter_destroy(accounts->login_by_peer);
    limiter_destroy(accounts->login_by_email);
    limiter_destroy(accounts->password_by_fan);
    limiter_destroy(accounts->code_by_fan);
    limiter_destroy(accounts->code_by_peer);
    free(accounts);
}

struct hasher *accounts_hasher(struct accounts *accounts)
{
    return accounts->hasher;
}

const char *accounts_nobodys_hash(const struct accounts *accounts)
{
    return accounts->nobodys_hash;
}

/* --- attempts --------------------------------------------------------------------------------- */

int64_t accounts_ask_signup(struct accounts *accounts, struct text peer, int64_t now_ms)
{
    return limiter_ask(accounts->signup_by_peer, peer_key(peer), now_ms);
}

int64_t accounts_ask_login(struct accounts *accounts, struct text peer, struct text email,
                           int64_t now_ms)
{
    int64_t wait_ms = limiter_ask(accounts->login_by_email, peer_key_with(peer, email), now_ms);
    return wait_ms > 0 ? wait_ms : limiter_ask(accounts->login_by_peer, peer_key(peer), now_ms);
}

int64_t accounts_ask_password(struct accounts *accounts, struct fan_id fan, int64_t now_ms)
{
    return limiter_ask(accounts->password_by_fan, hash_id(fan.value), now_ms);
}

int64_t accounts_ask_code(struct accounts *accounts, struct text peer, struct fan_id fan,
                          int64_t now_ms)
{
    int64_t wait_ms = limiter_ask(accounts->code_by_fan, hash_id(fan.value), now_ms);
    return wait_ms > 0 ? wait_ms : limiter_ask(accounts->code_by_peer, peer_key(peer), now_ms);
}

/* --- adding without a server ------------------------------------------------------------------ */

static const char *complaint(const struct accounts_draft *draft,
                             char out_email[CREDENTIALS_EMAIL_BYTES])
{
    const char *words = credentials_email(draft->email, out_email);
    if (!words)
        words = credentials_nickname(draft->nickname);
    if (!words)
        words = credentials_password(draft->password);
    return words;
}

struct adding {
    struct store_job job;
    struct account_draft draft;
    struct fan_id id;
};

static enum status add(struct store_job *job, struct store_connection *connection)
{
    struct adding *adding = container_of(job, struct adding, job);
    return account_insert(connection, &adding->draft, &adding->id);
}

static enum status fail(enum status status, const char *words, char out_why[ACCOUNTS_WHY_BYTES])
{
    snprintf(out_why, ACCOUNTS_WHY_BYTES, "%s", words);
    return status;
}

enum status accounts_add(struct store *store, const struct accounts_draft *draft, int64_t now_ms,
                         char out_why[ACCOUNTS_WHY_BYTES], struct fan_id *out_id)
{
    char email[CREDENTIALS_EMAIL_BYTES], hash[PASSWORD_HASH_BYTES];
    const char *words = complaint(draft, email);
    if (words)
        return fail(STATUS_INVALID, words, out_why);
    if (password_hash(draft->password, hash) != STATUS_OK)
        return fail(STATUS_NO_MEMORY, "Memory is short.", out_why);

    struct adding adding = {
        .job = {.work = add},
        .draft = {text_of(email), draft->nickname, text_of(hash), draft->role, now_ms},
    };
    enum status status = store_submit_and_wait(store, &adding.job);
    if (status == STATUS_CONFLICT)
        return fail(status, "There is an account with this e-mail address already.", out_why);
    if (status != STATUS_OK)
        return fail(status, status_name(status), out_why);
    *out_id = adding.id;
    return STATUS_OK;
}
