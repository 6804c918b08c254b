/*
 * users.c — the ways of the four endpoints:
 *
 *     sign-up           loop: rules, limit → hashing thread: hash → writer: insert → loop: 201
 *     reading           loop → worker: account → loop: 200
 *     new nickname      loop: rule → writer: rename → loop: 200
 *     new password,     loop: rules → worker: account → hashing thread: compare, hash →
 *     leaving                  writer: change and end all sessions → loop: 200 or 204
 *
 * Whoever holds a token but not the password can change nothing that matters: the password is asked
 * for once more, and trying it is limited by account. The change is decided on one version of the
 * account and refused if another change came in between.
 *
 * The token of an account that is gone is good until it expires; here it meets the account's
 * absence and hears 401.
 */
#include "api/users.h"

#include "account/account_table.h"
#include "account/accounts.h"
#include "account/refresh_tokens.h"
#include "api/account_body.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/hashing.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/json_out.h"

static void write_account(struct buffer *body, const struct account *account)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_int_field(&out, "id", account->id.value);
    json_out_words_field(&out, "email", account->email);
    json_out_words_field(&out, "nickname", account->nickname);
    json_out_words_field(&out, "role", role_name(account->role));
    json_out_time_field(&out, "createdAt", account->created_at_ms);
    json_out_object_end(&out);
}

static void answer_account(struct http_request *request, const struct account *account)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    write_account(&body, account);
    body_answer(request, 200, &body);
}

static void answer_gone(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 401,
                                              .code = "UNAUTHENTICATED",
                                              .detail = "This account does not exist (any more)."});
}

/* --- sign-up ---------------------------------------------------------------------------------- */

struct signup {
    struct hashing hashing;
    struct writing writing;
    struct http_app *app;
    char email[CREDENTIALS_EMAIL_BYTES];
    struct text nickname, password;
    struct account account;
};

static void answer_created(struct http_request *request, const struct account *account)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    write_account(&body, account);
    if (body.failed) {
        problem_no_memory(request);
        return;
    }
    struct http_field location = {text_of("Location"), text_of("/api/users/me")};
    http_answer(request, &(struct http_answer){.status = 201,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(&body),
                                               .fields = &location,
                                               .field_count = 1});
}

static void on_inserted(struct writing *writing, enum status status)
{
    struct signup *signup = container_of(writing, struct signup, writing);
    if (status == STATUS_OK) {
        answer_created(writing->request, &signup->account);
        return;
    }
    problem_answer(writing->request,
                   &(struct problem){.status = 409,
                                     .code = "EMAIL_TAKEN",
                                     .detail = "There is an account with this e-mail address "
                                               "already.",
                                     .field = "email"});
}

static enum status write_signup(struct writing *writing, struct store_connection *connection)
{
    struct signup *signup = container_of(writing, struct signup, writing);
    struct account_draft draft = {text_of(signup->email), signup->nickname,
                                  text_of(signup->hashing.job.new_hash), ROLE_FAN, clock_wall_ms()};
    struct fan_id id;
    enum status status = account_insert(connection, &draft, &id);
    return status == STATUS_OK ? account_find(connection, id, &signup->account) : status;
}

static void on_hashed(struct hashing *hashing)
{
    struct signup *signup = container_of(hashing, struct signup, hashing);
    signup->writing.write = write_signup;
    signup->writing.answer = on_inserted;
    writing_start(&signup->writing, signup->app, hashing->request); /* continues in on_inserted */
}

static bool read_signup(struct http_request *request, struct signup *signup)
{
    static const char *const known[] = {"email", "password", "nickname", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    struct text email;
    bool good = account_body_text(request, body, "email", 2 * CREDENTIALS_EMAIL_BYTES, &email) &&
                account_body_text(request, body, "password", ACCOUNT_PASSWORD_BYTES_MAX,
                                  &signup->password) &&
                account_body_text(request, body, "nickname", ACCOUNT_NICKNAME_BYTES_MAX,
                                  &signup->nickname) &&
                account_body_accepts(request, "email", credentials_email(email, signup->email)) &&
                account_body_accepts(request, "password", credentials_password(signup->password)) &&
                account_body_accepts(request, "nickname", credentials_nickname(signup->nickname));
    json_in_close(body);
    return good;
}

void users_post(struct http_app *app, struct http_request *request)
{
    struct signup *signup = account_body_room(request, sizeof *signup);
    if (!signup || !read_signup(request, signup))
        return;
    int64_t wait_ms =
        accounts_ask_signup(app->accounts, http_peer(request), loop_now_ms(http_loop(request)));
    if (!account_body_in_time(request, wait_ms))
        return;
    signup->app = app;
    signup->hashing.job.new_password = signup->password;
    signup->hashing.answer = on_hashed;
    hashing_start(&signup->hashing, app, request); /* continues in on_hashed */
}

/* --- one's own account ------------------------------------------------------------------------ */

enum change { CHANGE_NOTHING, CHANGE_NICKNAME, CHANGE_PASSWORD, CHANGE_LEAVE };

struct own {
    struct reading reading;
    struct hashing hashing;
    struct writing writing;
    struct fan_id id;
    enum change change;
    struct text nickname, password, new_password;
    struct account account;
};

static enum status read_own(struct reading *reading, struct store_connection *reader)
{
    struct own *own = container_of(reading, struct own, reading);
    return account_find(reader, own->id, &own->account);
}

static void on_own_read(struct reading *reading, enum status status)
{
    struct own *own = container_of(reading, struct own, reading);
    if (status == STATUS_MISSING)
        answer_gone(reading->request);
    else
        answer_account(reading->request, &own->account);
}

void users_me_get(struct http_app *app, struct http_request *request)
{
    struct identity who;
    if (!caller_fan(app, request, &who))
        return;
    struct own *own = account_body_room(request, sizeof *own);
    if (!own)
        return;
    own->id = who.fan;
    own->reading.read = read_own;
    own->reading.answer = on_own_read;
    reading_start(&own->reading, app, request);
}

/* --- changing it ------------------------------------------------------------------------------ */

static enum status write_new_password(struct own *own, struct store_connection *connection)
{
    enum status status = account_set_password(connection, own->id, own->account.version,
                                              text_of(own->hashing.job.new_hash), own->nickname);
    return status == STATUS_OK ? refresh_token_end_all(connection, own->id) : status;
}

static enum status write_leaving(struct own *own, struct store_connection *connection)
{
    enum status status = account_delete(connection, own->id, own->account.version, clock_wall_ms());
    return status == STATUS_OK ? refresh_token_end_all(connection, own->id) : status;
}

static enum status write_change(struct writing *writing, struct store_connection *connection)
{
    struct own *own = container_of(writing, struct own, writing);
    enum status status = STATUS_OK;
    switch (own->change) {
    case CHANGE_NOTHING:
        break;
    case CHANGE_NICKNAME:
        status = account_rename(connection, own->id, own->nickname);
        break;
    case CHANGE_PASSWORD:
        status = write_new_password(own, connection);
        break;
    case CHANGE_LEAVE:
        return write_leaving(own, connection);
    }
    return status == STATUS_OK ? account_find(connection, own->id, &own->account) : status;
}

static void on_changed(struct writing *writing, enum status status)
{
    struct own *own = container_of(writing, struct own, writing);
    bool decided_on_a_version = own->change == CHANGE_PASSWORD || own->change == CHANGE_LEAVE;
    if (status != STATUS_OK && decided_on_a_version)
        problem_busy(writing->request); /* another change came in between */
    else if (status != STATUS_OK)
        answer_gone(writing->request);
    else if (own->change == CHANGE_LEAVE)
        http_answer(writing->request, &(struct http_answer){.status = 204});
    else
        answer_account(writing->request, &own->account);
}

static void change_now(struct own *own, struct http_app *app, struct http_request *request)
{
    own->writing.write = write_change;
    own->writing.answer = on_changed;
    writing_start(&own->writing, app, request); /* continues in on_changed */
}

static void on_compared(struct hashing *hashing)
{
    struct own *own = container_of(hashing, struct own, hashing);
    if (hashing->job.right) {
        change_now(own, own->reading.app, hashing->request);
        return;
    }
    problem_validation(hashing->request,
                       own->change == CHANGE_LEAVE ? "password" : "currentPassword",
                       "This is not the account's password.");
}

static void on_read_before_change(struct reading *reading, enum status status)
{
    struct own *own = container_of(reading, struct own, reading);
    if (status == STATUS_MISSING) {
        answer_gone(reading->request);
        return;
    }
    own->hashing.job.password = own->password;
    own->hashing.job.known_hash = own->account.password_hash;
    own->hashing.job.new_password = own->new_password;
    own->hashing.answer = on_compared;
    hashing_start(&own->hashing, reading->app, reading->request); /* continues in on_compared */
}

static void change_with_password(struct own *own, struct http_app *app,
                                 struct http_request *request)
{
    int64_t wait_ms =
        accounts_ask_password(app->accounts, own->id, loop_now_ms(http_loop(request)));
    if (!account_body_in_time(request, wait_ms))
        return;
    own->reading.read = read_own;
    own->reading.answer = on_read_before_change;
    reading_start(&own->reading, app, request); /* continues in on_read_before_change */
}

/* What the body asks for, by the rules; false: answered. */
static bool decide_change(struct http_request *request, struct own *own)
{
    if (!own->nickname.bytes && !own->new_password.bytes) {
        problem_validation(request, "nickname", "Give a nickname or a password to change.");
        return false;
    }
    if (own->nickname.bytes &&
        !account_body_accepts(request, "nickname", credentials_nickname(own->nickname)))
        return false;
    own->change = own->new_password.bytes ? CHANGE_PASSWORD : CHANGE_NICKNAME;
    if (own->change == CHANGE_NICKNAME)
        return true;
    if (!account_body_accepts(request, "password", credentials_password(own->new_password)))
        return false;
    return account_body_accepts(
        request, "currentPassword",
        own->password.bytes ? NULL : "To change the password, give the current one too.");
}

static bool read_patch(struct http_request *request, struct own *own)
{
    static const char *const known[] = {"nickname", "password", "currentPassword", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    bool good = account_body_optional(request, body, "nickname", ACCOUNT_NICKNAME_BYTES_MAX,
                                      &own->nickname) &&
                account_body_optional(request, body, "password", ACCOUNT_PASSWORD_BYTES_MAX,
                                      &own->new_password) &&
                account_body_optional(request, body, "currentPassword", ACCOUNT_PASSWORD_BYTES_MAX,
                                      &own->password);
    json_in_close(body);
    return good && decide_change(request, own);
}

void users_me_patch(struct http_app *app, struct http_request *request)
{
    struct identity who;
    if (!caller_fan(app, request, &who))
        return;
    struct own *own = account_body_room(request, sizeof *own);
    if (!own || !read_patch(request, own))
        return;
    own->id = who.fan;
    if (own->change == CHANGE_PASSWORD)
        change_with_password(own, app, request);
    else
        change_now(own, app, request);
}

static bool read_leaving(struct http_request *request, struct own *own)
{
    static const char *const known[] = {"password", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    bool good =
        account_body_text(request, body, "password", ACCOUNT_PASSWORD_BYTES_MAX, &own->password);
    json_in_close(body);
    own->change = CHANGE_LEAVE;
    return good;
}

void users_me_delete(struct http_app *app, struct http_request *request)
{
    struct identity who;
    if (!caller_fan(app, request, &who))
        return;
    struct own *own = account_body_room(request, sizeof *own);
    if (!own || !read_leaving(request, own))
        return;
    own->id = who.fan;
    change_with_password(own, app, request);
}
