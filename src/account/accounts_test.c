/*
 * accounts_test.c — sign-up, passwords and sessions against a real store, on time that is a number.
 */
#include "account/accounts.h"

#include <semaphore.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/account_table.h"
#include "account/refresh_tokens.h"
#include "base/container.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"

#include <cmocka.h>

static const int64_t now_ms = INT64_C(1800000000000);

struct house {
    char folder[64];
    struct store *store;
    struct store_connection *reader;
};

static int open_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    snprintf(house->folder, sizeof house->folder, "%s", "/tmp/accounts_test_XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    char path[128], why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    struct migrate_report report;
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, now_ms, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    *state = house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    store_reader_close(house->reader);
    store_close(house->store);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", house->folder);
    assert_int_equal(system(command), 0);
    free(house);
    return 0;
}

/* --- writing without ceremony: one step, one commit ------------------------------------------- */

struct step {
    struct store_job job;
    enum status (*act)(struct step *step, struct store_connection *connection);
    struct fan_id fan;
    struct account_draft draft;
    const char *words;
    int64_t version, at_ms;
    const struct refresh_hash *hash, *next;
    enum refresh_verdict verdict;
};

static enum status work(struct store_job *job, struct store_connection *connection)
{
    struct step *step = container_of(job, struct step, job);
    return step->act(step, connection);
}

static enum status take(struct house *house, struct step *step)
{
    step->job.work = work;
    return store_submit_and_wait(house->store, &step->job);
}

static enum status act_insert(struct step *step, struct store_connection *connection)
{
    return account_insert(connection, &step->draft, &step->fan);
}

static enum status act_rename(struct step *step, struct store_connection *connection)
{
    return account_rename(connection, step->fan, text_of(step->words));
}

static enum status act_set_password(struct step *step, struct store_connection *connection)
{
    return account_set_password(connection, step->fan, step->version, text_of(step->words),
                                text_make(NULL, 0));
}

static enum status act_rehash(struct step *step, struct store_connection *connection)
{
    return account_rehash(connection, step->fan, step->version, text_of(step->words));
}

static enum status act_delete(struct step *step, struct store_connection *connection)
{
    return account_delete(connection, step->fan, step->version, step->at_ms);
}

static enum status act_begin(struct step *step, struct store_connection *connection)
{
    return refresh_token_begin(connection, step->fan, step->hash, step->at_ms);
}

static enum status act_spend(struct step *step, struct store_connection *connection)
{
    return refresh_token_spend(connection, step->hash, step->next, step->at_ms, &step->verdict,
                               &step->fan);
}

static enum status act_end(struct step *step, struct store_connection *connection)
{
    return refresh_token_end(connection, step->hash);
}

static enum status act_end_all(struct step *step, struct store_connection *connection)
{
    return refresh_token_end_all(connection, step->fan);
}

/* --- people ----------------------------------------------------------------------------------- */

static struct fan_id sign_up(struct house *house, const char *email)
{
    struct step step = {
        .act = act_insert,
        .draft = {text_of(email), text_of("nick"), text_of("hash"), ROLE_FAN, now_ms}};
    assert_int_equal(take(house, &step), STATUS_OK);
    return step.fan;
}

static struct account look_up(struct house *house, struct fan_id fan)
{
    struct account account;
    assert_int_equal(account_find(house->reader, fan, &account), STATUS_OK);
    return account;
}

static void a_new_account_is_found_by_id_and_by_email(void **state)
{
    struct house *house = *state;
    struct fan_id mina = sign_up(house, "mina@example.com");
    struct fan_id joon = sign_up(house, "joon@example.com");
    assert_true(id_valid(mina.value));
    assert_true(mina.value != joon.value);

    struct account account = look_up(house, mina);
    assert_string_equal(account.email, "mina@example.com");
    assert_string_equal(account.nickname, "nick");
    assert_string_equal(account.password_hash, "hash");
    assert_int_equal(account.role, ROLE_FAN);
    assert_int_equal(account.version, 1);
    assert_int_equal(account.created_at_ms, now_ms);

    assert_int_equal(account_find_email(house->reader, text_of("joon@example.com"), &account),
                     STATUS_OK);
    assert_int_equal(account.id.value, joon.value);
    assert_int_equal(account_find_email(house->reader, text_of("nobody@example.com"), &account),
                     STATUS_MISSING);
    assert_int_equal(account_find(house->reader, (struct fan_id){999}, &account), STATUS_MISSING);
}

static void an_email_is_given_once(void **state)
{
    struct house *house = *state;
    sign_up(house, "mina@example.com");
    struct step again = {
        .act = act_insert,
        .draft = {text_of("mina@example.com"), text_of("other"), text_of("x"), ROLE_FAN, now_ms}};
    assert_int_equal(take(house, &again), STATUS_CONFLICT);
    sign_up(house, "joon@example.com"); /* the writer goes on */
}

static void a_nickname_in_the_longest_form_is_kept_whole(void **state)
{
    struct house *house = *state;
    struct fan_id mina = sign_up(house, "mina@example.com");
    static const char longest[] = "💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜";
    struct step rename = {.act = act_rename, .fan = mina, .words = longest};
    assert_int_equal(take(house, &rename), STATUS_OK);
    assert_string_equal(look_up(house, mina).nickname, longest);
    assert_int_equal(look_up(house, mina).version, 2);
}

static void a_change_decided_on_an_old_version_is_refused(void **state)
{
    struct house *house = *state;
    struct fan_id mina = sign_up(house, "mina@example.com");
    struct step first = {.act = act_set_password, .fan = mina, .version = 1, .words = "second"};
    assert_int_equal(take(house, &first), STATUS_OK);
    struct step late[] = {
        {.act = act_set_password, .fan = mina, .version = 1, .words = "third"},
        {.act = act_rehash, .fan = mina, .version = 1, .words = "third"},
        {.act = act_delete, .fan = mina, .version = 1, .at_ms = now_ms},
    };
    for (size_t i = 0; i < sizeof late / sizeof late[0]; i++)
        assert_int_equal(take(house, &late[i]), STATUS_MISSING);
    assert_string_equal(look_up(house, mina).password_hash, "second");
    assert_int_equal(account_unchanged(house->reader, mina, 1), STATUS_MISSING);
    assert_int_equal(account_unchanged(house->reader, mina, 2), STATUS_OK);
}

static void a_new_hash_of_the_same_password_is_no_change(void **state)
{
    struct house *house = *state;
    struct fan_id mina = sign_up(house, "mina@example.com");
    struct step rehash = {.act = act_rehash, .fan = mina, .version = 1, .words = "newer"};
    assert_int_equal(take(house, &rehash), STATUS_OK);
    assert_string_equal(look_up(house, mina).password_hash, "newer");
    assert_int_equal(look_up(house, mina).version, 1);
}

static void who_leaves_frees_the_email_and_is_found_by_nothing(void **state)
{
    struct house *house = *state;
    struct fan_id mina = sign_up(house, "mina@example.com");
    struct step leave = {.act = act_delete, .fan = mina, .version = 1, .at_ms = now_ms};
    assert_int_equal(take(house, &leave), STATUS_OK);
    assert_int_equal(take(house, &leave), STATUS_MISSING);

    struct account account;
    assert_int_equal(account_find(house->reader, mina, &account), STATUS_MISSING);
    assert_int_equal(account_find_email(house->reader, text_of("mina@example.com"), &account),
                     STATUS_MISSING);
    struct fan_id other = sign_up(house, "mina@example.com");
    assert_true(other.value != mina.value);
    struct step leave_too = {.act = act_delete, .fan = other, .version = 1, .at_ms = now_ms};
    assert_int_equal(take(house, &leave_too), STATUS_OK);
}

/* --- sessions --------------------------------------------------------------------------------- */

static void log_in(struct house *house, struct fan_id fan, int64_t at_ms,
                   struct refresh_token *out_token)
{
    refresh_token_make(out_token);
    struct step begin = {.act = act_begin, .fan = fan, .hash = &out_token->hash, .at_ms = at_ms};
    assert_int_equal(take(house, &begin), STATUS_OK);
}

static enum refresh_verdict refresh(struct house *house, const struct refresh_token *token,
                                    int64_t at_ms, struct refresh_token *out_next)
{
    struct refresh_hash hash;
    assert_true(refresh_token_read(text_of(token->words), &hash));
    struct refresh_token next;
    refresh_token_make(&next);
    struct step spend = {.act = act_spend, .hash = &hash, .next = &next.hash, .at_ms = at_ms};
    assert_int_equal(take(house, &spend), STATUS_OK);
    if (out_next)
        *out_next = next;
    return spend.verdict;
}

static int64_t count_rows(struct house *house)
{
    static const struct sql count_sql = {"SELECT COUNT(*) FROM refresh_token"};
    int64_t count;
    assert_int_equal(store_query_int(house->reader, &count_sql, NULL, 0, &count), STATUS_OK);
    return count;
}

static const struct fan_id mina = {1}, joon = {2};

static void each_refresh_token_works_once_and_hands_on(void **state)
{
    struct house *house = *state;
    struct refresh_token token;
    log_in(house, mina, now_ms, &token);
    for (int i = 0; i < 10; i++)
        assert_int_equal(refresh(house, &token, now_ms + i, &token), REFRESH_GOOD);
}

static void a_spent_token_that_comes_again_ends_the_family_and_no_other(void **state)
{
    struct house *house = *state;
    struct refresh_token stolen, thiefs, fans, elsewhere;
    log_in(house, mina, now_ms, &stolen);
    log_in(house, mina, now_ms, &elsewhere);
    assert_int_equal(refresh(house, &stolen, now_ms + 1, &thiefs), REFRESH_GOOD);
    assert_int_equal(refresh(house, &thiefs, now_ms + 2, &thiefs), REFRESH_GOOD);

    assert_int_equal(refresh(house, &stolen, now_ms + 3, &fans), REFRESH_REUSED);
    assert_int_equal(refresh(house, &fans, now_ms + 4, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &thiefs, now_ms + 5, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &stolen, now_ms + 6, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &elsewhere, now_ms + 7, NULL), REFRESH_GOOD);
}

static void a_thief_cannot_spend_so_often_that_the_fans_token_is_forgotten(void **state)
{
    struct house *house = *state;
    struct refresh_token stolen, token;
    log_in(house, mina, now_ms, &stolen);
    assert_int_equal(refresh(house, &stolen, now_ms, &token), REFRESH_GOOD);
    int spent = 1;
    while (refresh(house, &token, now_ms + spent, &token) == REFRESH_GOOD)
        spent++;
    assert_int_equal(spent, REFRESH_FAMILY_TOKENS_MAX - 1); /* then the family ends */
    assert_int_equal(refresh(house, &token, now_ms + spent, NULL), REFRESH_UNKNOWN);
    assert_int_equal(count_rows(house), 0);
}

static void a_token_lives_fourteen_days_and_not_a_millisecond_more(void **state)
{
    struct house *house = *state;
    struct refresh_token early, late;
    log_in(house, mina, now_ms, &early);
    log_in(house, mina, now_ms, &late);
    assert_int_equal(refresh(house, &early, now_ms + REFRESH_TOKEN_MS - 1, NULL), REFRESH_GOOD);
    assert_int_equal(refresh(house, &late, now_ms + REFRESH_TOKEN_MS, NULL), REFRESH_UNKNOWN);
}

static void expired_tokens_are_swept_in_passing(void **state)
{
    struct house *house = *state;
    struct refresh_token token;
    for (int i = 0; i < 10; i++)
        log_in(house, (struct fan_id){i + 1}, now_ms, &token);
    assert_int_equal(count_rows(house), 10);
    log_in(house, mina, now_ms + REFRESH_TOKEN_MS, &token);
    assert_int_equal(count_rows(house), 1);
}

static void a_seventeenth_session_ends_the_longest_unused_one(void **state)
{
    struct house *house = *state;
    struct refresh_token sessions[ACCOUNT_SESSIONS_MAX], newest, of_joon;
    log_in(house, joon, now_ms, &of_joon);
    for (int i = 0; i < ACCOUNT_SESSIONS_MAX; i++)
        log_in(house, mina, now_ms + i, &sessions[i]);
    assert_int_equal(refresh(house, &sessions[0], now_ms + 100, &sessions[0]), REFRESH_GOOD);

    log_in(house, mina, now_ms + 200, &newest);
    assert_int_equal(refresh(house, &sessions[1], now_ms + 201, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &sessions[0], now_ms + 201, NULL), REFRESH_GOOD);
    assert_int_equal(refresh(house, &sessions[2], now_ms + 201, NULL), REFRESH_GOOD);
    assert_int_equal(refresh(house, &newest, now_ms + 201, NULL), REFRESH_GOOD);
    assert_int_equal(refresh(house, &of_joon, now_ms + 201, NULL), REFRESH_GOOD);
}

static void many_sessions_in_one_millisecond_keep_the_newest(void **state)
{
    struct house *house = *state;
    struct refresh_token token;
    for (int i = 0; i < 3 * ACCOUNT_SESSIONS_MAX; i++) {
        log_in(house, mina, now_ms, &token);
        assert_int_equal(refresh_token_known(house->reader, &token.hash), STATUS_OK);
    }
    assert_int_equal(count_rows(house), ACCOUNT_SESSIONS_MAX);
}

static void logging_out_ends_one_family_and_changing_the_password_all(void **state)
{
    struct house *house = *state;
    struct refresh_token phone, laptop, of_joon;
    log_in(house, mina, now_ms, &phone);
    log_in(house, mina, now_ms, &laptop);
    log_in(house, joon, now_ms, &of_joon);
    struct step logout = {.act = act_end, .hash = &phone.hash};
    assert_int_equal(take(house, &logout), STATUS_OK);
    assert_int_equal(take(house, &logout), STATUS_OK); /* again is harmless */
    assert_int_equal(refresh(house, &phone, now_ms + 1, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &laptop, now_ms + 1, &laptop), REFRESH_GOOD);

    struct step end_all = {.act = act_end_all, .fan = mina};
    assert_int_equal(take(house, &end_all), STATUS_OK);
    assert_int_equal(refresh(house, &laptop, now_ms + 2, NULL), REFRESH_UNKNOWN);
    assert_int_equal(refresh(house, &of_joon, now_ms + 2, NULL), REFRESH_GOOD);
}

static void what_cannot_be_a_refresh_token_is_refused_before_the_store_is_asked(void **state)
{
    (void)state;
    struct refresh_token token;
    refresh_token_make(&token);
    struct refresh_hash hash;
    assert_true(refresh_token_read(text_of(token.words), &hash));
    assert_memory_equal(hash.bytes, token.hash.bytes, sizeof hash.bytes);
    assert_false(refresh_token_read(text_make(token.words, 42), &hash));
    assert_false(refresh_token_read(text_make(token.words, 44), &hash)); /* with its NUL */
    assert_false(refresh_token_read(text_of(""), &hash));
    assert_false(refresh_token_read(text_of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), &hash));
    assert_false(refresh_token_read(text_of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"), &hash));
    assert_false(refresh_token_read(text_of("AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA"), &hash));
}

/* --- passwords -------------------------------------------------------------------------------- */

static void a_password_is_known_again_and_no_other_is(void **state)
{
    (void)state;
    char hash[PASSWORD_HASH_BYTES], again[PASSWORD_HASH_BYTES];
    assert_int_equal(password_hash(text_of("correct horse"), hash), STATUS_OK);
    assert_int_equal(password_hash(text_of("correct horse"), again), STATUS_OK);
    assert_string_not_equal(hash, again);
    assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_false(password_outdated(hash));

    bool right;
    assert_int_equal(password_compare(text_of("correct horse"), hash, &right), STATUS_OK);
    assert_true(right);
    assert_int_equal(password_compare(text_of("correct horsf"), hash, &right), STATUS_OK);
    assert_false(right);
    assert_int_equal(password_compare(text_of("anything"), "", &right), STATUS_OK);
    assert_false(right);
    assert_int_equal(password_compare(text_of("anything"), "no hash", &right), STATUS_OK);
    assert_false(right);
}

struct hash_story {
    struct hasher_job job;
    sem_t done;
};

static void on_done(struct hasher_job *job)
{
    sem_post(&container_of(job, struct hash_story, job)->done);
}

static void hash_and_wait(struct hasher *hasher, struct hash_story *story)
{
    story->job.on_done = on_done;
    assert_int_equal(sem_init(&story->done, 0, 0), 0);
    assert_int_equal(hasher_submit(hasher, &story->job), STATUS_OK);
    while (sem_wait(&story->done) != 0)
        ;
    sem_destroy(&story->done);
    assert_int_equal(story->job.status, STATUS_OK);
}

static void the_hasher_compares_first_and_hashes_only_for_who_is_right(void **state)
{
    (void)state;
    struct hasher *hasher = hasher_create();
    struct hash_story fresh = {.job = {.new_password = text_of("first password")}};
    hash_and_wait(hasher, &fresh);
    assert_true(fresh.job.right);

    struct hash_story wrong = {.job = {.password = text_of("other password"),
                                       .known_hash = fresh.job.new_hash,
                                       .new_password = text_of("second password")}};
    hash_and_wait(hasher, &wrong);
    assert_false(wrong.job.right);
    assert_string_equal(wrong.job.new_hash, "");

    struct hash_story right = {
        .job = {.password = text_of("first password"), .known_hash = fresh.job.new_hash}};
    hash_and_wait(hasher, &right);
    assert_true(right.job.right);
    assert_string_equal(right.job.new_hash, ""); /* today's numbers: nothing to renew */
    hasher_destroy(hasher);
}

static void a_crowd_of_passwords_is_hashed_or_refused_and_none_is_lost(void **state)
{
    (void)state;
    enum { CROWD = ACCOUNT_HASH_JOBS_MAX + ACCOUNT_HASHES_MAX + 8 };
    static struct hash_story story[CROWD];
    struct hasher *hasher = hasher_create();
    int refused = 0;
    for (int i = 0; i < CROWD; i++) {
        /* Not a hash: the comparison is over at once, and the story is about the queue. */
        story[i].job =
            (struct hasher_job){.password = text_of("x"), .known_hash = "none", .on_done = on_done};
        assert_int_equal(sem_init(&story[i].done, 0, 0), 0);
        if (hasher_submit(hasher, &story[i].job) != STATUS_OK) {
            refused++;
            sem_post(&story[i].done);
        }
    }
    for (int i = 0; i < CROWD; i++)
        while (sem_wait(&story[i].done) != 0)
            ;
    assert_true(refused <= CROWD - ACCOUNT_HASH_JOBS_MAX);
    hasher_destroy(hasher);
}

static void a_hash_with_yesterdays_numbers_is_made_anew_for_who_knows_the_password(void **state)
{
    (void)state;
    char old[PASSWORD_HASH_BYTES];
    assert_int_equal(crypto_pwhash_argon2id_str(old, "first password", 14, 1, 8 * 1024 * 1024), 0);
    assert_true(password_outdated(old));

    struct hasher *hasher = hasher_create();
    struct hash_story wrong = {.job = {.password = text_of("other"), .known_hash = old}};
    hash_and_wait(hasher, &wrong);
    assert_false(wrong.job.right);
    assert_string_equal(wrong.job.new_hash, "");

    struct hash_story right = {.job = {.password = text_of("first password"), .known_hash = old}};
    hash_and_wait(hasher, &right);
    assert_true(right.job.right);
    assert_false(password_outdated(right.job.new_hash));
    bool same;
    assert_int_equal(password_compare(text_of("first password"), right.job.new_hash, &same),
                     STATUS_OK);
    assert_true(same);
    hasher_destroy(hasher);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void attempts_are_limited_by_email_and_address(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_create(&(struct accounts_settings){
        .logins_per_address_per_minute = 5, .logins_per_email_per_minute = 2});
    struct text here = text_of("192.0.2.1"), there = text_of("192.0.2.2");
    struct text one = text_of("mina@example.com"), other = text_of("joon@example.com");
    assert_int_equal(accounts_ask_login(accounts, here, one, 0), 0);
    assert_int_equal(accounts_ask_login(accounts, here, one, 0), 0);
    assert_int_equal(accounts_ask_login(accounts, here, one, 0),
                     30000);                                          /* this e-mail, from here */
    assert_int_equal(accounts_ask_login(accounts, there, one, 0), 0); /* nobody is locked out */
    assert_int_equal(accounts_ask_login(accounts, here, other, 0), 0);
    assert_int_equal(accounts_ask_login(accounts, here, other, 0), 0);
    assert_int_equal(accounts_ask_login(accounts, here, text_of("a@example.com"), 0), 0);
    assert_int_equal(accounts_ask_login(accounts, here, text_of("b@example.com"), 0), 12000);
    assert_int_equal(accounts_ask_login(accounts, here, one, 30000), 0);
    assert_int_equal(accounts_ask_password(accounts, mina, 0), 0);
    assert_int_equal(accounts_ask_password(accounts, mina, 0), 0);
    assert_int_equal(accounts_ask_password(accounts, mina, 0), 30000);
    assert_int_equal(accounts_ask_password(accounts, joon, 0), 0);
    accounts_destroy(accounts);
}

static void nobodys_hash_has_todays_numbers(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_create(&(struct accounts_settings){0});
    assert_non_null(strstr(accounts_nobodys_hash(accounts), "$argon2id$v=19$m=19456,t=2,p=1$"));
    accounts_destroy(accounts);
}

static void the_command_line_adds_an_account_once_and_says_why_not(void **state)
{
    struct house *house = *state;
    char why[ACCOUNTS_WHY_BYTES];
    struct fan_id id;
    struct accounts_draft draft = {text_of(" Op@Example.com"), text_of("운영자"),
                                   text_of("a good password"), ROLE_OPERATOR};
    assert_int_equal(accounts_add(house->store, &draft, now_ms, why, &id), STATUS_OK);
    struct account account = look_up(house, id);
    assert_string_equal(account.email, "op@example.com");
    assert_int_equal(account.role, ROLE_OPERATOR);
    bool right;
    assert_int_equal(password_compare(draft.password, account.password_hash, &right), STATUS_OK);
    assert_true(right);

    assert_int_equal(accounts_add(house->store, &draft, now_ms, why, &id), STATUS_CONFLICT);
    assert_non_null(strstr(why, "already"));
    draft.password = text_of("short");
    assert_int_equal(accounts_add(house->store, &draft, now_ms, why, &id), STATUS_INVALID);
    assert_non_null(strstr(why, "at least 8"));
}

int main(void)
{
#define story(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        story(a_new_account_is_found_by_id_and_by_email),
        story(an_email_is_given_once),
        story(a_nickname_in_the_longest_form_is_kept_whole),
        story(a_change_decided_on_an_old_version_is_refused),
        story(a_new_hash_of_the_same_password_is_no_change),
        story(who_leaves_frees_the_email_and_is_found_by_nothing),
        story(each_refresh_token_works_once_and_hands_on),
        story(a_spent_token_that_comes_again_ends_the_family_and_no_other),
        story(a_thief_cannot_spend_so_often_that_the_fans_token_is_forgotten),
        story(a_token_lives_fourteen_days_and_not_a_millisecond_more),
        story(expired_tokens_are_swept_in_passing),
        story(a_seventeenth_session_ends_the_longest_unused_one),
        story(many_sessions_in_one_millisecond_keep_the_newest),
        story(logging_out_ends_one_family_and_changing_the_password_all),
        cmocka_unit_test(what_cannot_be_a_refresh_token_is_refused_before_the_store_is_asked),
        cmocka_unit_test(a_password_is_known_again_and_no_other_is),
        cmocka_unit_test(the_hasher_compares_first_and_hashes_only_for_who_is_right),
        cmocka_unit_test(a_crowd_of_passwords_is_hashed_or_refused_and_none_is_lost),
        cmocka_unit_test(a_hash_with_yesterdays_numbers_is_made_anew_for_who_knows_the_password),
        cmocka_unit_test(attempts_are_limited_by_email_and_address),
        cmocka_unit_test(nobodys_hash_has_todays_numbers),
        story(the_command_line_adds_an_account_once_and_says_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
