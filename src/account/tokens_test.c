/*
 * tokens_test.c — whom a token convinces, and whom not. Forgeries are made by hand, with the real
 * key.
 */
#include "account/tokens.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/token_keys.h"
#include "base/buffer.h"
#include "limits.h"

#include <cmocka.h>

static const int64_t now_ms = INT64_C(1800000000000);
static const char first_kid[] = "0000000000000001";

struct house {
    char folder[64];
    struct tokens *tokens;
    struct arena *arena;
};

static int open_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    snprintf(house->folder, sizeof house->folder, "%s", "/tmp/tokens_test_XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    char why[256];
    assert_int_equal(tokens_open(house->folder, why, &house->tokens), STATUS_OK);
    house->arena = arena_create(4096, 1 << 20);
    *state = house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", house->folder);
    assert_int_equal(system(command), 0);
    tokens_close(house->tokens);
    arena_destroy(house->arena);
    free(house);
    return 0;
}

static struct text issue(struct house *house, int64_t fan, enum role role, int64_t expires_at_ms)
{
    struct identity identity = {{fan}, role, expires_at_ms};
    struct text token = tokens_issue(house->tokens, &identity, now_ms, house->arena);
    assert_non_null(token.bytes);
    return token;
}

static enum token_verdict check(struct house *house, struct text token)
{
    struct identity nobody;
    return tokens_check(house->tokens, token, now_ms, &nobody);
}

/* --- a counterfeiter's workshop --------------------------------------------------------------- */

static void read_file(const char *folder, const char *kid, unsigned char out_secret[32])
{
    char name[128];
    snprintf(name, sizeof name, "%s/%s.key", folder, kid);
    int file = open(name, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(read(file, out_secret, 32), 32);
    close(file);
}

static void add_base64(struct buffer *buffer, const void *bytes, size_t size)
{
    enum { FORM = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    char words[2048];
    assert_non_null(sodium_bin2base64(words, sizeof words, bytes, size, FORM));
    buffer_add_words(buffer, words);
}

/* A token with any header and claims, signed with HMAC-SHA-256 by the house's own key. */
static struct text forge(struct house *house, const char *header, const char *claims)
{
    unsigned char secret[32], signature[crypto_auth_hmacsha256_BYTES];
    read_file(house->folder, first_kid, secret);
    struct buffer token;
    buffer_init(&token, house->arena, 1024);
    add_base64(&token, header, strlen(header));
    buffer_add_char(&token, '.');
    add_base64(&token, claims, strlen(claims));
    crypto_auth_hmacsha256(signature, (const unsigned char *)token.bytes, token.size, secret);
    buffer_add_char(&token, '.');
    add_base64(&token, signature, sizeof signature);
    return buffer_text(&token);
}

#define HEADER "{\"alg\":\"HS256\",\"kid\":\"0000000000000001\",\"typ\":\"JWT\"}"
#define CLAIMS "\"jti\":\"a\",\"iat\":1799999999"

/* --- stories ---------------------------------------------------------------------------------- */

static void a_token_says_who_holds_it_until_it_expires(void **state)
{
    struct house *house = *state;
    struct text token = issue(house, 42, ROLE_OPERATOR, now_ms + ACCOUNT_ACCESS_TOKEN_MS);
    struct identity who;
    assert_int_equal(tokens_check(house->tokens, token, now_ms, &who), TOKEN_GOOD);
    assert_int_equal(who.fan.value, 42);
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_int_equal(who.expires_at_ms, now_ms + ACCOUNT_ACCESS_TOKEN_MS);

    assert_int_equal(tokens_check(house->tokens, token, who.expires_at_ms - 1, &who), TOKEN_GOOD);
    assert_int_equal(tokens_check(house->tokens, token, who.expires_at_ms, &who), TOKEN_EXPIRED);
}

static void every_role_and_the_greatest_id_survive_the_journey(void **state)
{
    struct house *house = *state;
    for (int role = ROLE_FAN; role <= ROLE_ADMIN; role++) {
        struct text token = issue(house, ID_MAX, (enum role)role, now_ms + 1000);
        struct identity who;
        assert_int_equal(tokens_check(house->tokens, token, now_ms, &who), TOKEN_GOOD);
        assert_int_equal(who.fan.value, ID_MAX);
        assert_int_equal(who.role, role);
    }
}

static void two_tokens_of_one_fan_in_one_second_differ(void **state)
{
    struct house *house = *state;
    assert_false(text_equal(issue(house, 7, ROLE_FAN, now_ms + 1000),
                            issue(house, 7, ROLE_FAN, now_ms + 1000)));
}

static void changing_any_character_makes_a_forgery(void **state)
{
    struct house *house = *state;
    struct text token = issue(house, 7, ROLE_FAN, now_ms + 1000);
    for (size_t i = 0; i < token.size; i++) {
        struct text copy = arena_copy(house->arena, token);
        char *bytes = (char *)(uintptr_t)copy.bytes;
        bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
        assert_int_equal(check(house, copy), TOKEN_FORGED);
    }
}

static void cutting_or_lengthening_a_token_makes_a_forgery(void **state)
{
    struct house *house = *state;
    struct text token = issue(house, 7, ROLE_FAN, now_ms + 1000);
    for (size_t size = 0; size < token.size; size++)
        assert_int_equal(check(house, text_make(token.bytes, size)), TOKEN_FORGED);

    static const char *const tails[] = {".", "=", "A", " ", ".A", "\n"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        struct buffer longer;
        buffer_init(&longer, house->arena, token.size + 8);
        buffer_add(&longer, token);
        buffer_add_words(&longer, tails[i]);
        assert_int_equal(check(house, buffer_text(&longer)), TOKEN_FORGED);
    }
    struct text with_nul = arena_copy(house->arena, token); /* its '\0' counts now */
    assert_int_equal(check(house, text_make(with_nul.bytes, with_nul.size + 1)), TOKEN_FORGED);
}

static void the_workshop_can_make_good_tokens(void **state)
{
    struct house *house = *state;
    struct text token = forge(
        house, HEADER,
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001," CLAIMS "}");
    assert_int_equal(check(house, token), TOKEN_GOOD); /* or the next stories prove nothing */
}

static void only_hs256_under_a_known_kid_is_accepted(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"None\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"hs256\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"HS384\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"HS512\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"RS256\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"ES256\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"XX999\",\"kid\":\"0000000000000001\"}",
        "{\"alg\":256,\"kid\":\"0000000000000001\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"\"}",
        "{\"alg\":\"HS256\",\"kid\":\"0000000000000002\"}",
        "{\"alg\":\"HS256\",\"kid\":\"../../../etc/passwd\"}",
        "{\"alg\":\"HS256\",\"kid\":1}",
        "{\"alg\":\"HS256\",\"kid\":\"1\"}",
        "{\"kid\":\"0000000000000001\"}",
        "[]",
        "\"HS256\"",
        "{",
        "{}",
    };
    struct house *house = *state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_int_equal(
            check(house, forge(house, headers[i],
                               "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\","
                               "\"exp\":1800000001," CLAIMS "}")),
            TOKEN_FORGED);
}

static void a_token_without_a_signature_is_a_forgery(void **state)
{
    struct house *house = *state;
    struct text token = forge(
        house, "{\"alg\":\"none\",\"kid\":\"0000000000000001\"}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001," CLAIMS "}");
    size_t size = token.size;
    while (token.bytes[size - 1] != '.')
        size--;
    assert_int_equal(check(house, text_make(token.bytes, size)), TOKEN_FORGED);
    assert_int_equal(check(house, text_make(token.bytes, size - 1)), TOKEN_FORGED);
}

static void claims_of_another_kind_are_a_forgery_even_well_signed(void **state)
{
    static const char *const claims[] = {
        "{}",
        "[]",
        "{\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"another\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":1,\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":9,\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"mina\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9 \",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"0\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"-1\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9007199254740992\",\"role\":\"FAN\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"fan\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"EMPEROR\",\"exp\":1800000001}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\"}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":\"1800000001\"}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001.5}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":-1}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":0}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":9223372036854775807}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1e99}",
        "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":null}",
    };
    struct house *house = *state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_int_equal(check(house, forge(house, HEADER, claims[i])), TOKEN_FORGED);
}

static void an_expired_forgery_is_a_forgery(void **state)
{
    struct house *house = *state;
    struct text token = forge(house, HEADER, "{\"iss\":\"another\",\"exp\":1}");
    assert_int_equal(check(house, token), TOKEN_FORGED);
}

static void a_token_longer_than_the_limit_is_not_even_decoded(void **state)
{
    struct house *house = *state;
    char *huge = arena_take(house->arena, 65536);
    memset(huge, 'A', 65536);
    assert_int_equal(check(house, text_make(huge, 65536)), TOKEN_FORGED);

    char claims[900];
    snprintf(claims, sizeof claims,
             "{\"iss\":\"ticketrush\",\"sub\":\"9\",\"role\":\"FAN\",\"exp\":1800000001,"
             "\"pad\":\"%0*d\"}",
             760, 0);
    assert_int_equal(check(house, forge(house, HEADER, claims)), TOKEN_FORGED);
}

static void rubbish_is_a_forgery(void **state)
{
    static const char *const rubbish[] = {
        "",    ".",    "..",  "...",      "a.b.c",         "Bearer",
        "a..", ".a.b", "a.b", "e30.e30.", "\xff.\xff.\xff"};
    struct house *house = *state;
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++)
        assert_int_equal(check(house, text_of(rubbish[i])), TOKEN_FORGED);
}

static void a_token_from_another_house_is_a_forgery(void **state)
{
    struct house *house = *state;
    void *other;
    open_house(&other);
    assert_int_equal(check(house, issue(other, 7, ROLE_ADMIN, now_ms + 1000)), TOKEN_FORGED);
    close_house(&other);
}

/* --- keys ------------------------------------------------------------------------------------- */

static void rotation_cuts_nobody_off_until_the_old_key_is_removed(void **state)
{
    struct house *house = *state;
    char why[256];
    struct text old = issue(house, 7, ROLE_FAN, now_ms + 1000);
    assert_int_equal(tokens_rotate(house->folder, why), STATUS_OK);

    struct tokens *next;
    assert_int_equal(tokens_open(house->folder, why, &next), STATUS_OK);
    struct identity who = {{7}, ROLE_FAN, now_ms + 1000};
    struct text fresh = tokens_issue(next, &who, now_ms, house->arena);
    assert_int_equal(tokens_check(next, old, now_ms, &who), TOKEN_GOOD);
    assert_int_equal(tokens_check(next, fresh, now_ms, &who), TOKEN_GOOD);
    assert_int_equal(check(house, fresh), TOKEN_FORGED); /* a process that has not seen the key */
    tokens_close(next);

    char name[128];
    snprintf(name, sizeof name, "%s/%s.key", house->folder, first_kid);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(tokens_open(house->folder, why, &next), STATUS_OK);
    assert_int_equal(tokens_check(next, old, now_ms, &who), TOKEN_FORGED);
    assert_int_equal(tokens_check(next, fresh, now_ms, &who), TOKEN_GOOD);
    tokens_close(next);
}

static void rotating_in_one_millisecond_still_makes_the_last_key_the_newest(void **state)
{
    struct house *house = *state;
    char why[256];
    struct token_keys before, after;
    for (int i = 1; i < TOKEN_KEYS_MAX; i++) {
        assert_int_equal(token_keys_load(house->folder, why, &before), STATUS_OK);
        assert_int_equal(tokens_rotate(house->folder, why), STATUS_OK);
        assert_int_equal(token_keys_load(house->folder, why, &after), STATUS_OK);
        assert_int_equal(after.count, before.count + 1);
        assert_true(strcmp(after.key[0].kid, before.key[0].kid) > 0);
    }
    assert_int_equal(tokens_rotate(house->folder, why), STATUS_FULL);
    token_keys_wipe(&before);
    token_keys_wipe(&after);
}

static void keys_are_for_their_owner_only(void **state)
{
    struct house *house = *state;
    char name[128], why[256];
    snprintf(name, sizeof name, "%s/%s.key", house->folder, first_kid);
    struct stat about;
    assert_int_equal(stat(name, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(about.st_size, TOKEN_SECRET_BYTES);

    struct tokens *refused;
    assert_int_equal(chmod(name, 0640), 0);
    assert_int_equal(tokens_open(house->folder, why, &refused), STATUS_INVALID);
    assert_non_null(strstr(why, "chmod 600"));
}

static void a_key_file_of_another_size_stops_the_start_and_others_are_left_alone(void **state)
{
    struct house *house = *state;
    char command[512], why[256];
    snprintf(command, sizeof command,
             "cd %s && touch .new-abc README 1234567.key 12345678901234567.key ABCDEF01.key "
             "abcdefgh.key abcdef012.keys",
             house->folder);
    assert_int_equal(system(command), 0);
    struct tokens *again;
    assert_int_equal(tokens_open(house->folder, why, &again), STATUS_OK);
    tokens_close(again);

    snprintf(command, sizeof command, "cd %s && umask 077 && printf short > abcdef01.key",
             house->folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(tokens_open(house->folder, why, &again), STATUS_INVALID);
    assert_non_null(strstr(why, "32 bytes"));
}

static void a_folder_that_cannot_be_is_told_in_words(void **state)
{
    (void)state;
    char why[256] = "";
    struct tokens *tokens;
    assert_int_equal(tokens_open("/proc/nowhere/keys", why, &tokens), STATUS_IO);
    assert_non_null(strstr(why, "/proc/nowhere/keys"));
}

/*
 * Each process opens the folder, then says by its exit code whether the shared token convinces it.
 */
static void many_processes_that_start_at_once_agree_on_one_key(void **state)
{
    struct house *house = *state;
    enum { PROCESSES = 8, ROUNDS = 5 };
    for (int round = 0; round < ROUNDS; round++) {
        char folder[128], why[256];
        snprintf(folder, sizeof folder, "%s/round%d", house->folder, round);
        int gate[2];
        assert_int_equal(pipe(gate), 0);
        for (int i = 0; i < PROCESSES; i++) {
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                char wait;
                close(gate[1]);
                ssize_t nothing = read(gate[0], &wait, 1); /* until the gate closes */
                struct tokens *tokens;
                bool opened = nothing == 0 && tokens_open(folder, why, &tokens) == STATUS_OK;
                if (opened)
                    tokens_close(tokens);
                _exit(opened ? 0 : 1);
            }
        }
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; i < PROCESSES; i++) {
            int how;
            assert_true(wait(&how) > 0);
            assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
        }
        struct token_keys keys;
        assert_int_equal(token_keys_load(folder, why, &keys), STATUS_OK);
        assert_int_equal(keys.count, 1);
    }
}

/* --- remembering ------------------------------------------------------------------------------ */

static void a_remembered_token_still_expires_on_time(void **state)
{
    struct house *house = *state;
    struct tokens_memory *memory = tokens_memory_create();
    struct text token = issue(house, 42, ROLE_FAN, now_ms + 5000);
    for (int i = 0; i < 3; i++) {
        struct identity who = {0};
        assert_int_equal(tokens_check_remembered(house->tokens, memory, token, now_ms + 4999, &who),
                         TOKEN_GOOD);
        assert_int_equal(who.fan.value, 42);
    }
    struct identity who;
    assert_int_equal(tokens_check_remembered(house->tokens, memory, token, now_ms + 5000, &who),
                     TOKEN_EXPIRED);
    tokens_memory_destroy(memory);
}

static void forgeries_push_no_good_token_out_of_the_memory(void **state)
{
    struct house *house = *state;
    struct tokens_memory *memory = tokens_memory_create();
    struct text token = issue(house, 42, ROLE_FAN, now_ms + 5000);
    struct identity who;
    assert_int_equal(tokens_check_remembered(house->tokens, memory, token, now_ms, &who),
                     TOKEN_GOOD);
    for (int i = 0; i < 200000; i++) {
        char forgery[64];
        snprintf(forgery, sizeof forgery, "forgery-%d", i);
        assert_int_equal(
            tokens_check_remembered(house->tokens, memory, text_of(forgery), now_ms, &who),
            TOKEN_FORGED);
    }
    void *other; /* a house without the key: only a remembered token convinces it */
    open_house(&other);
    struct tokens *without_key = ((struct house *)other)->tokens;
    assert_int_equal(tokens_check_remembered(without_key, memory, token, now_ms, &who), TOKEN_GOOD);
    close_house(&other);
    tokens_memory_destroy(memory);
}

static void more_tokens_than_the_memory_holds_are_still_judged_rightly(void **state)
{
    struct house *house = *state;
    struct tokens_memory *memory = tokens_memory_create();
    for (int64_t fan = 1; fan <= TOKENS_REMEMBERED_MAX + 1000; fan++) {
        struct text token = issue(house, fan, ROLE_FAN, now_ms + 5000);
        struct identity who;
        assert_int_equal(tokens_check_remembered(house->tokens, memory, token, now_ms, &who),
                         TOKEN_GOOD);
        assert_int_equal(who.fan.value, fan);
        arena_reset(house->arena);
    }
    tokens_memory_destroy(memory);
}

static void a_stream_token_is_good_for_its_path_alone_until_it_expires(void **state)
{
    struct house *house = *state;
    struct identity mina = {{7}, ROLE_OPERATOR, now_ms + 60000}, who;
    struct text path = text_of("/api/admin/events"), other = text_of("/api/admin/event");
    struct text token = tokens_issue_stream(house->tokens, &mina, path, now_ms, house->arena);
    assert_int_equal(tokens_check_stream(house->tokens, token, path, now_ms, &who), TOKEN_GOOD);
    assert_int_equal(who.fan.value, 7);
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_int_equal(tokens_check_stream(house->tokens, token, path, who.expires_at_ms, &who),
                     TOKEN_EXPIRED);
    assert_int_equal(tokens_check_stream(house->tokens, token, other, now_ms, &who), TOKEN_FORGED);
    assert_int_equal(check(house, token), TOKEN_FORGED);
    struct text plain = issue(house, 7, ROLE_OPERATOR, now_ms + 60000);
    assert_int_equal(tokens_check_stream(house->tokens, plain, path, now_ms, &who), TOKEN_FORGED);
    struct text odd = forge(house, HEADER,
                            "{\"iss\":\"ticketrush\",\"sub\":\"7\",\"role\":\"FAN\","
                            "\"exp\":1800000900,\"path\":7," CLAIMS "}");
    assert_int_equal(check(house, odd), TOKEN_FORGED);
    assert_int_equal(tokens_check_stream(house->tokens, odd, path, now_ms, &who), TOKEN_FORGED);
}

int main(void)
{
#define story(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        story(a_token_says_who_holds_it_until_it_expires),
        story(every_role_and_the_greatest_id_survive_the_journey),
        story(two_tokens_of_one_fan_in_one_second_differ),
        story(changing_any_character_makes_a_forgery),
        story(cutting_or_lengthening_a_token_makes_a_forgery),
        story(the_workshop_can_make_good_tokens),
        story(only_hs256_under_a_known_kid_is_accepted),
        story(a_token_without_a_signature_is_a_forgery),
        story(claims_of_another_kind_are_a_forgery_even_well_signed),
        story(an_expired_forgery_is_a_forgery),
        story(a_token_longer_than_the_limit_is_not_even_decoded),
        story(rubbish_is_a_forgery),
        story(a_token_from_another_house_is_a_forgery),
        story(rotation_cuts_nobody_off_until_the_old_key_is_removed),
        story(rotating_in_one_millisecond_still_makes_the_last_key_the_newest),
        story(keys_are_for_their_owner_only),
        story(a_key_file_of_another_size_stops_the_start_and_others_are_left_alone),
        story(a_folder_that_cannot_be_is_told_in_words),
        story(many_processes_that_start_at_once_agree_on_one_key),
        story(a_remembered_token_still_expires_on_time),
        story(a_stream_token_is_good_for_its_path_alone_until_it_expires),
        story(forgeries_push_no_good_token_out_of_the_memory),
        story(more_tokens_than_the_memory_holds_are_still_judged_rightly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
