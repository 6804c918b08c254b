/* credentials_test.c — what a fan may call themselves, and what the rules answer. */
#include "account/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *email_of(const char *typed)
{
    static char email[CREDENTIALS_EMAIL_BYTES];
    return credentials_email(text_of(typed), email) ? NULL : email;
}

static void an_email_is_trimmed_and_lower_case(void **state)
{
    (void)state;
    assert_string_equal(email_of("mina@example.com"), "mina@example.com");
    assert_string_equal(email_of("  Mina.Kim+Tickets@Example.CO.KR\t\n"),
                        "mina.kim+tickets@example.co.kr");
    assert_string_equal(email_of("o'neil_99%x@a-b.example"), "o'neil_99%x@a-b.example");
    assert_string_equal(email_of("a@xn--9n2bp8q.xn--3e0b707e"), "a@xn--9n2bp8q.xn--3e0b707e");
}

static void what_is_no_email_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "   ",
        "mina",
        "@",
        "@example.com",
        "mina@",
        "mina@example",
        "mina@@example.com",
        "mina@exa@mple.com",
        "mina@.com",
        "mina@example.",
        "mina@example..com",
        "mina@-example.com",
        "mina@example-.com",
        "mina@exam_ple.com",
        "mina@192.0.2.1",
        "mina@[192.0.2.1]",
        ".mina@example.com",
        "mina.@example.com",
        "mi..na@example.com",
        "mi na@example.com",
        "mina,joon@example.com",
        "\"mina\"@example.com",
        "mina<b>@example.com",
        "mina\n@example.com",
        "민아@example.com",
        "mina@예시.한국",
        "mina@example.com\x7F",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (email_of(refused[i]))
            fail_msg("accepted: %s", refused[i]);
}

static void an_email_with_a_nul_inside_is_refused(void **state)
{
    (void)state;
    char email[CREDENTIALS_EMAIL_BYTES];
    assert_non_null(credentials_email(text_make("mi\0na@example.com", 17), email));
    assert_non_null(credentials_email(text_make("mina@exam\0ple.com", 17), email));
}

/* `local` letters before the @, then labels of 63 until the whole has `bytes`. */
static struct text long_email(char room[400], size_t local, size_t bytes)
{
    memset(room, 'a', 400);
    room[local] = '@';
    for (size_t at = local + 64; at + 2 < bytes; at += 64)
        room[at] = '.';
    return text_make(room, bytes);
}

static void an_email_has_at_most_254_bytes_and_64_before_the_at(void **state)
{
    (void)state;
    char room[400], email[CREDENTIALS_EMAIL_BYTES];
    assert_null(credentials_email(long_email(room, 20, 254), email));
    assert_int_equal(strlen(email), 254);
    assert_non_null(credentials_email(long_email(room, 20, 255), email));
    assert_null(credentials_email(long_email(room, 64, 200), email));
    assert_non_null(credentials_email(long_email(room, 65, 200), email));
    memset(room, 'a', 64); /* a label of 64 */
    memcpy(room + 64, ".com", 4);
    char both[80] = "m@";
    memcpy(both + 2, room, 68);
    assert_non_null(credentials_email(text_make(both, 70), email));
    assert_null(credentials_email(text_make("m@b.com", 7), email));
}

static void a_refused_email_leaves_the_result_alone(void **state)
{
    (void)state;
    char email[CREDENTIALS_EMAIL_BYTES] = "before";
    assert_non_null(credentials_email(text_of("nothing"), email));
    assert_string_equal(email, "before");
}

static bool nickname_good(const char *nickname)
{
    return !credentials_nickname(text_of(nickname));
}

static void a_nickname_may_be_in_any_script(void **state)
{
    (void)state;
    assert_true(nickname_good("mina"));
    assert_true(nickname_good("민아"));
    assert_true(nickname_good("美奈 ミナ"));
    assert_true(nickname_good("Ünsal-Ö_99!"));
    assert_true(nickname_good("💜아미💜"));
    assert_true(nickname_good("❤️팬"));
}

static void a_nickname_has_2_to_20_code_points(void **state)
{
    (void)state;
    assert_false(nickname_good(""));
    assert_false(nickname_good("a"));
    assert_false(nickname_good("민"));
    assert_true(nickname_good("ab"));
    assert_true(nickname_good("가나다라마바사아자차카타파하거너더러머버"));
    assert_false(nickname_good("가나다라마바사아자차카타파하거너더러머버서"));
    assert_true(nickname_good("💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜💜"));
}

static void a_nickname_hides_nothing(void **state)
{
    (void)state;
    static const char *const refused[] = {
        " mina",
        "mina ",
        "　mina",
        "mina\xC2\xA0",
        "mi\nna",
        "mi\tna",
        "mi\x7Fna",
        "mi\xC2\x85na",
        "mi\xE2\x80\x8Bna" /* zero width space */,
        "mi\xE2\x80\xAEna" /* right to left override */,
        "mi\xE2\x81\xA6na" /* isolate */,
        "mi\xEF\xBB\xBFna" /* byte order mark */,
        "mi\xE3\x85\xA4na" /* Hangul filler */,
        "mi\xEF\xBE\xA0na" /* half-width Hangul filler */,
        "mi\xF3\xA0\x81\x81na" /* a tag */,
        "mi\xEE\x80\x80na" /* private use */,
        "\xE2\xA0\x80\xE2\xA0\x80" /* blank Braille */,
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (nickname_good(refused[i]))
            fail_msg("accepted number %zu: %s", i, refused[i]);
    assert_non_null(credentials_nickname(text_make("mi\0na", 5)));
}

static void a_nickname_in_broken_utf8_is_refused(void **state)
{
    (void)state;
    assert_false(nickname_good("mi\xFFna"));
    assert_false(nickname_good("mina\xEB\xAF"));
    assert_false(nickname_good("mi\xC0\x80na"));
    assert_false(nickname_good("mi\xED\xA0\x80na"));
}

static bool password_good(const char *password)
{
    return !credentials_password(text_of(password));
}

static void a_password_has_8_to_128_code_points_of_any_kind(void **state)
{
    (void)state;
    assert_false(password_good(""));
    assert_false(password_good("1234567"));
    assert_true(password_good("12345678"));
    assert_true(password_good("        "));
    assert_false(password_good("비밀번호입니다"));
    assert_true(password_good("비밀번호입니다요"));

    char room[600];
    for (size_t i = 0; i < 150; i++)
        memcpy(room + 4 * i, "💜", 4);
    assert_null(credentials_password(text_make(room, 4 * 128)));
    assert_non_null(credentials_password(text_make(room, 4 * 129)));
    assert_non_null(credentials_password(text_make(room, 4 * 128 - 1)));
}

static void a_refusal_says_what_is_missing(void **state)
{
    (void)state;
    assert_non_null(strstr(credentials_password(text_of("short")), "at least 8"));
    assert_non_null(strstr(credentials_nickname(text_of("x")), "2 to 20"));
    char email[CREDENTIALS_EMAIL_BYTES];
    assert_non_null(strstr(credentials_email(text_of("mina"), email), "exactly one @"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_email_is_trimmed_and_lower_case),
        cmocka_unit_test(what_is_no_email_is_refused),
        cmocka_unit_test(an_email_with_a_nul_inside_is_refused),
        cmocka_unit_test(an_email_has_at_most_254_bytes_and_64_before_the_at),
        cmocka_unit_test(a_refused_email_leaves_the_result_alone),
        cmocka_unit_test(a_nickname_may_be_in_any_script),
        cmocka_unit_test(a_nickname_has_2_to_20_code_points),
        cmocka_unit_test(a_nickname_hides_nothing),
        cmocka_unit_test(a_nickname_in_broken_utf8_is_refused),
        cmocka_unit_test(a_password_has_8_to_128_code_points_of_any_kind),
        cmocka_unit_test(a_refusal_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
