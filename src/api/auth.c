/*
 * auth.c — the ways of the three endpoints:
 *
 *     login     loop: limits → worker: account → hashing thread: compare
 *                    → writer: new family → loop: 200
 *     refresh   loop → worker: is it known → writer: spend and replace → loop: 200
 *     logout    loop → worker: is it known → writer: end the family → loop: 204
 *
 * Log-in says the same words in the same time whatever was wrong. An e-mail that nobody has, or
 * that cannot be one, goes the same way through worker and hashing thread, compared with a hash
 * that no password has.
 *
 * A refresh token is looked up by a reader first, so that made-up ones never reach the writer,
 * which is the one thing that all sales share. The writer decides again: between the two it may
 * have been spent.
 */
#include "api/auth.h"

#include "account/account_table.h"
#include "account/accounts.h"
#include "account/refresh_tokens.h"
#include "account/tokens.h"
#include "api/account_body.h"
#include "api/body.h"
#include "api/hashing.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/json_out.h"
#include "base/log.h"

static void answer_pair(struct http_app *app, struct http_request *request,
                        const struct account *account, const struct refresh_token *refresh,
                        int64_t now_ms)
{
    struct identity identity = {account->id, account->role, now_ms + ACCOUNT_ACCESS_TOKEN_MS};
    struct text access = tokens_issue(app->tokens, &identity, now_ms, http_arena(request));
    if (!access.bytes) {
        problem_no_memory(request);
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(request), 1024);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_text_field(&out, "accessToken", access);
    json_out_words_field(&out, "refreshToken", refresh->words);
    json_out_time_field(&out, "expiresAt", identity.expires_at_ms / 1000 * 1000);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}

/* --- login ------------------------------------------------------------------------------------ */

struct login {
    struct reading reading;
    struct hashing hashing;
    struct writing writing;
    struct text password;
    char email[CREDENTIALS_EMAIL_BYTES]; /* "" when what was typed cannot be an e-mail */
    struct account account;              /* id 0: nobody */
    struct refresh_token refresh;
    int64_t now_ms;
};

static void answer_bad_credentials(struct http_request *request)
{
    problem_answer(request,
                   &(struct problem){.status = 401,
                                     .code = "BAD_CREDENTIALS",
                                     .detail = "The e-mail address or the password is wrong."});
}

static void on_logged_in(struct writing *writing, enum status status)
{
    struct login *login = container_of(writing, struct login, writing);
    if (status == STATUS_OK)
        answer_pair(writing->app, writing->request, &login->account, &login->refresh,
                    login->now_ms);
    else /* the account changed while its password was compared */
        problem_busy(writing->request);
}

static enum status write_login(struct writing *writing, struct store_connection *connection)
{
    struct login *login = container_of(writing, struct login, writing);
    const struct account *account = &login->account;
    struct text new_hash = text_of(login->hashing.job.new_hash);
    enum status status = account_unchanged(connection, account->id, account->version);
    if (status == STATUS_OK && !text_empty(new_hash))
        status = account_rehash(connection, account->id, account->version, new_hash);
    if (status != STATUS_OK)
        return status;
    return refresh_token_begin(connection, account->id, &login->refresh.hash, login->now_ms);
}

static void on_compared(struct hashing *hashing)
{
    struct login *login = container_of(hashing, struct login, hashing);
    if (!hashing->job.right || !id_valid(login->account.id.value)) {
        answer_bad_credentials(hashing->request);
        return;
    }
    refresh_token_make(&login->refresh);
    login->now_ms = clock_wall_ms();
    login->writing.write = write_login;
    login->writing.answer = on_logged_in;
    writing_start(&login->writing, login->reading.app, hashing->request);
}

static void on_account_read(struct reading *reading, enum status status)
{
    struct login *login = container_of(reading, struct login, reading);
    struct hasher_job *job = &login->hashing.job;
    job->password = login->password;
    job->known_hash = status == STATUS_OK ? login->account.password_hash
                                          : accounts_nobodys_hash(reading->app->accounts);
    login->hashing.answer = on_compared;
    hashing_start(&login->hashing, reading->app, reading->request); /* continues in on_compared */
}

static enum status read_account(struct reading *reading, struct store_connection *reader)
{
    struct login *login = container_of(reading, struct login, reading);
    return account_find_email(reader, text_of(login->email), &login->account);
}

static bool read_login(struct http_request *request, struct login *login, struct text *out_email)
{
    static const char *const known[] = {"email", "password", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    bool good =
        account_body_text(request, body, "email", 2 * CREDENTIALS_EMAIL_BYTES, out_email) &&
        account_body_text(request, body, "password", ACCOUNT_PASSWORD_BYTES_MAX, &login->password);
    json_in_close(body);
    return good;
}

void auth_login(struct http_app *app, struct http_request *request)
{
    struct login *login = account_body_room(request, sizeof *login);
    struct text typed;
    if (!login || !read_login(request, login, &typed))
        return;
    if (credentials_email(typed, login->email))
        login->email[0] = '\0';
    struct text counted = login->email[0] ? text_of(login->email) : typed;
    if (!account_body_in_time(request,
                              accounts_ask_login(app->accounts, http_peer(request), counted,
                                                 loop_now_ms(http_loop(request)))))
        return;
    login->reading.read = read_account;
    login->reading.answer = on_account_read;
    reading_start(&login->reading, app, request); /* continues in on_account_read */
}

/* --- refresh and logout ----------------------------------------------------------------------- */

struct renewal {
    struct reading reading;
    struct writing writing;
    struct refresh_hash presented;
    struct refresh_token next; /* refresh only */
    enum refresh_verdict verdict;
    struct account account;
    int64_t now_ms;
};

static void answer_log_in_again(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 401,
                                              .code = "UNAUTHENTICATED",
                                              .detail = "The refresh token is not good (any more). "
                                                        "Log in again."});
}

static enum status read_known(struct reading *reading, struct store_connection *reader)
{
    struct renewal *renewal = container_of(reading, struct renewal, reading);
    return refresh_token_known(reader, &renewal->presented);
}

static void on_refreshed(struct writing *writing, enum status status)
{
    struct renewal *renewal = container_of(writing, struct renewal, writing);
    if (status == STATUS_OK && renewal->verdict == REFRESH_GOOD) {
        answer_pair(writing->app, writing->request, &renewal->account, &renewal->next,
                    renewal->now_ms);
        return;
    }
    if (renewal->verdict == REFRESH_REUSED)
        log_warn("a spent refresh token came again; its family has ended",
                 log_int("account", renewal->account.id.value),
                 log_text("requestId", http_request_id(writing->request)));
    answer_log_in_again(writing->request);
}

static enum status write_refresh(struct writing *writing, struct store_connection *connection)
{
    struct renewal *renewal = container_of(writing, struct renewal, writing);
    struct fan_id fan = {0};
    enum status status = refresh_token_spend(connection, &renewal->presented, &renewal->next.hash,
                                             renewal->now_ms, &renewal->verdict, &fan);
    renewal->account.id = fan;
    if (status != STATUS_OK || renewal->verdict != REFRESH_GOOD)
        return status;
    return account_find(connection, fan, &renewal->account); /* MISSING undoes the step */
}

static void on_refresh_known(struct reading *reading, enum status status)
{
    struct renewal *renewal = container_of(reading, struct renewal, reading);
    if (status == STATUS_MISSING) {
        answer_log_in_again(reading->request);
        return;
    }
    refresh_token_make(&renewal->next);
    renewal->now_ms = clock_wall_ms();
    renewal->writing.write = write_refresh;
    renewal->writing.answer = on_refreshed;
    writing_start(&renewal->writing, reading->app, reading->request);
}

static void on_logged_out(struct writing *writing, enum status status)
{
    (void)status;
    http_answer(writing->request, &(struct http_answer){.status = 204});
}

static enum status write_logout(struct writing *writing, struct store_connection *connection)
{
    struct renewal *renewal = container_of(writing, struct renewal, writing);
    return refresh_token_end(connection, &renewal->presented);
}

static void on_logout_known(struct reading *reading, enum status status)
{
    struct renewal *renewal = container_of(reading, struct renewal, reading);
    if (status == STATUS_MISSING) {
        http_answer(reading->request, &(struct http_answer){.status = 204});
        return;
    }
    renewal->writing.write = write_logout;
    renewal->writing.answer = on_logged_out;
    writing_start(&renewal->writing, reading->app, reading->request);
}

/* False for a token that cannot be one; *out_renewal is NULL when the request has been answered. */
static bool read_renewal(struct http_request *request, struct renewal **out_renewal)
{
    static const char *const known[] = {"refreshToken", NULL};
    *out_renewal = NULL;
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    struct text words;
    bool good = account_body_text(request, body, "refreshToken", 4 * REFRESH_WORDS_BYTES, &words);
    json_in_close(body);
    if (good)
        *out_renewal = account_body_room(request, sizeof **out_renewal);
    return *out_renewal && refresh_token_read(words, &(*out_renewal)->presented);
}

void auth_refresh(struct http_app *app, struct http_request *request)
{
    struct renewal *renewal;
    bool possible = read_renewal(request, &renewal);
    if (!renewal)
        return;
    if (!possible) {
        answer_log_in_again(request);
        return;
    }
    renewal->reading.read = read_known;
    renewal->reading.answer = on_refresh_known;
    reading_start(&renewal->reading, app, request);
}

void auth_logout(struct http_app *app, struct http_request *request)
{
    struct renewal *renewal;
    bool possible = read_renewal(request, &renewal);
    if (!renewal)
        return;
    if (!possible) {
        http_answer(request, &(struct http_answer){.status = 204});
        return;
    }
    renewal->reading.read = read_known;
    renewal->reading.answer = on_logout_known;
    reading_start(&renewal->reading, app, request);
}
