/* text_test.c — small questions, and the answers nobody may get wrong. */
#include "base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void texts_compare_by_bytes_and_headers_without_case(void **state)
{
    (void)state;
    assert_true(text_equal(text_make(NULL, 0), text_of("")));
    assert_false(text_equal(text_of("a"), text_of("A")));
    assert_false(text_equal(text_make("a\0b", 3), text_make("a\0c", 3)));
    assert_true(text_equal_nocase(text_of("Content-TYPE"), text_of("content-type")));
    assert_false(text_equal_nocase(text_of("content-type"), text_of("content-typ")));
    assert_false(text_equal_nocase(text_of("[x]"), text_of("{x}"))); /* 0x20 apart, no letters */
    assert_true(text_equal_nocase(text_make(NULL, 0), text_make(NULL, 0)));
}

static void a_start_is_a_start(void **state)
{
    (void)state;
    assert_true(text_starts(text_of("/api/users"), text_of("/api/")));
    assert_true(text_starts(text_of("x"), text_of("")));
    assert_false(text_starts(text_of("/ap"), text_of("/api/")));
    assert_false(text_starts(text_make(NULL, 0), text_of("x")));
}

static void trimming_takes_white_space_from_both_ends_only(void **state)
{
    (void)state;
    assert_true(text_equal(text_trim(text_of(" \t\r\n\v\f a b \n")), text_of("a b")));
    assert_int_equal(text_trim(text_of("   ")).size, 0);
    assert_int_equal(text_trim(text_make(NULL, 0)).size, 0);
    assert_true(text_equal(text_trim(text_of("\xC2\xA0")), text_of("\xC2\xA0")));
}

static void cutting_tells_an_empty_rest_from_none(void **state)
{
    (void)state;
    struct text rest;
    assert_true(text_equal(text_cut(text_of("a;b;c"), ';', &rest), text_of("a")));
    assert_true(text_equal(rest, text_of("b;c")));
    assert_true(text_equal(text_cut(text_of("a"), ';', &rest), text_of("a")));
    assert_null(rest.bytes);
    assert_true(text_equal(text_cut(text_of("a;"), ';', &rest), text_of("a")));
    assert_non_null(rest.bytes);
    assert_int_equal(rest.size, 0);
    assert_int_equal(text_cut(text_of(";b"), ';', &rest).size, 0);
    assert_int_equal(text_cut(text_make(NULL, 0), ';', &rest).size, 0);
    assert_null(rest.bytes);
}

static void integers_are_read_to_their_very_ends(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 1, -1, 42, 9007199254740991, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char words[32];
        int64_t value;
        snprintf(words, sizeof words, "%" PRId64, numbers[i]);
        assert_true(text_to_int64(text_of(words), &value));
        assert_true(value == numbers[i]);
    }
    int64_t value;
    assert_true(text_to_int64(text_of("007"), &value) && value == 7);
    assert_true(text_to_int64(text_of("-0"), &value) && value == 0);
}

static void what_is_no_integer_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"",
                                          "-",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "1.0",
                                          "1e3",
                                          "0x10",
                                          "--1",
                                          "1-",
                                          "9223372036854775808",
                                          "-9223372036854775809",
                                          "99999999999999999999999999999999",
                                          "\xEF\xBC\x91"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        int64_t value = 42;
        if (text_to_int64(text_of(refused[i]), &value))
            fail_msg("accepted: %s", refused[i]);
        assert_true(value == 42);
    }
    int64_t value;
    assert_false(text_to_int64(text_make("1\0", 2), &value));
    assert_false(text_to_int64(text_make(NULL, 0), &value));
}

/* A second opinion: decode by the definition and encode again. */
static size_t encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    out[0] = (char)(lead[size] | point);
    return size;
}

static void every_code_point_is_valid_and_no_surrogate(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x120000; point++) {
        char bytes[4];
        struct text text = text_make(bytes, encode(point, bytes));
        bool expected = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        if (text_is_utf8(text) != expected)
            fail_msg("U+%X", (unsigned)point);
        if (expected)
            assert_int_equal(text_code_points(text), 1);
        for (size_t size = 1; size < text.size; size++) /* cut short */
            assert_false(text_is_utf8(text_make(bytes, size)));
    }
}

static void every_pair_of_bytes_is_judged_as_the_definition_says(void **state)
{
    (void)state;
    enum { ALL = 1 << 16 };
    for (uint32_t pair = 0; pair < ALL; pair++) {
        const char two[] = {(char)(pair >> 8), (char)pair};
        char again[4];
        uint32_t first = pair >> 8, second = pair & 0xFF;
        bool ascii = first < 0x80 && second < 0x80;
        uint32_t point = (first & 0x1F) << 6 | (second & 0x3F);
        bool one = (first & 0xE0) == 0xC0 && (second & 0xC0) == 0x80 && point >= 0x80 &&
                   encode(point, again) == 2;
        assert_int_equal(text_is_utf8(text_make(two, 2)), ascii || one);
    }
}

static void overlong_and_broken_forms_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "\x80",
        "\xBF",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xE0\x80\xAF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "a\x80",
        "\xE4\xB8z",
        "\xEB\xAF\xBC\xEC",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(text_is_utf8(text_of(refused[i])));
    assert_true(text_is_utf8(text_make(NULL, 0)));
    assert_true(text_is_utf8(text_make("a\0b", 3)));
    assert_int_equal(text_code_points(text_of("민아💜a")), 4);
}

static void a_word_is_found_among_others(void **state)
{
    (void)state;
    static const char *const words[] = {"READY", "DONE"};
    size_t index = 7;
    assert_true(text_among(text_of("DONE"), words, 2, &index));
    assert_int_equal(index, 1);
    assert_false(text_among(text_of("DON"), words, 2, &index));
    assert_false(text_among(text_of(""), words, 2, &index));
    assert_int_equal(index, 1);
}

static void a_share_is_a_percentage_with_two_places_at_most(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int64_t of_10000;
    } shares[] = {{"0%", 0},       {"5%", 500},   {"2.5%", 250},  {"0.25%", 25},
                  {"100%", 10000}, {"5", -1},     {"%", -1},      {"", -1},
                  {"100.01%", -1}, {"-0.5%", -1}, {"0.125%", -1}, {"1.-5%", -1}};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        int64_t of_10000 = -1;
        bool good = text_to_share(text_of(shares[i].words), &of_10000);
        assert_int_equal(good, shares[i].of_10000 >= 0);
        if (good)
            assert_int_equal(of_10000, shares[i].of_10000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_by_bytes_and_headers_without_case),
        cmocka_unit_test(a_start_is_a_start),
        cmocka_unit_test(trimming_takes_white_space_from_both_ends_only),
        cmocka_unit_test(cutting_tells_an_empty_rest_from_none),
        cmocka_unit_test(integers_are_read_to_their_very_ends),
        cmocka_unit_test(what_is_no_integer_is_refused),
        cmocka_unit_test(a_word_is_found_among_others),
        cmocka_unit_test(a_share_is_a_percentage_with_two_places_at_most),
        cmocka_unit_test(every_code_point_is_valid_and_no_surrogate),
        cmocka_unit_test(every_pair_of_bytes_is_judged_as_the_definition_says),
        cmocka_unit_test(overlong_and_broken_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
