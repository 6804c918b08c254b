/* fan_code_test.c — what a fan may type, and what counts as the same code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "account/fan_code.h"

static void a_code_is_read_however_it_is_typed(void **state)
{
    static const char *const same[] = {"7QK2-M9XW-4TRD-V1C0", "7qk2m9xw4trdvico",
                                       " 7QK2 M9XW 4TRD VLCO ", "7-q-k-2-m9xw4trdv1c0"};
    (void)state;
    struct fan_code_hash first, other;
    assert_true(fan_code_read(text_of(same[0]), &first));
    for (size_t i = 1; i < sizeof same / sizeof same[0]; i++) {
        assert_true(fan_code_read(text_of(same[i]), &other));
        assert_memory_equal(first.bytes, other.bytes, sizeof first.bytes);
    }
    assert_true(fan_code_read(text_of("7QK2-M9XW-4TRD-V1C2"), &other));
    assert_memory_not_equal(first.bytes, other.bytes, sizeof first.bytes);
}

static void what_cannot_be_a_code_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "seven77", "- - - - - - - -", "유애나유애나유애나", "EIGHT888\n", "EIGHT_888"};
    (void)state;
    struct fan_code_hash hash;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(fan_code_read(text_of(bad[i]), &hash));
    char longest[FAN_CODE_LENGTH_MAX + 2];
    memset(longest, 'A', sizeof longest);
    assert_true(fan_code_read(text_make(longest, FAN_CODE_LENGTH_MAX), &hash));
    assert_false(fan_code_read(text_make(longest, FAN_CODE_LENGTH_MAX + 1), &hash));
}

static void made_codes_are_good_and_differ(void **state)
{
    (void)state;
    char one[FAN_CODE_BYTES], two[FAN_CODE_BYTES];
    struct fan_code_hash hash;
    fan_code_make(one);
    fan_code_make(two);
    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), FAN_CODE_BYTES - 1);
    assert_true(fan_code_read(text_of(one), &hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_read_however_it_is_typed),
        cmocka_unit_test(what_cannot_be_a_code_is_refused),
        cmocka_unit_test(made_codes_are_good_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
