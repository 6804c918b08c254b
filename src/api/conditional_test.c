/* conditional_test.c — what a client says it has, in every spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "api/conditional.h"

#include <cmocka.h>

struct header {
    const char *words;
    bool answer;
};

static void a_client_that_has_it_is_believed_in_every_spelling(void **state)
{
    (void)state;
    static const struct header headers[] = {
        {"\"42\"", true},        {"W/\"42\"", true}, {"\"42-gzip\"", true},
        {"\"1\", \"42\"", true}, {"*", true},        {"\"1\",W/\"42-gzip\"", true},
        {"\"421\"", false},      {"42", false},      {"\"4\"", false},
        {"\"42-br\"", false},    {"", false},        {"\"", false},
        {"\"42", false},         {",,,", false},     {"w/\"42\"", false},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_int_equal(conditional_matches(text_of(headers[i].words), text_of("42")),
                         headers[i].answer);
}

struct guard_header {
    const char *words;
    size_t count;
    int64_t first;
};

static void a_guard_names_versions_by_the_head_of_their_tags(void **state)
{
    (void)state;
    static const struct guard_header headers[] = {
        {"\"3-42\"", 1, 3},
        {"\"3-42-gzip\"", 1, 3},
        {"\"1-1\" , \"2-9\"", 2, 1},
        {"W/\"3-42\"", 0, 0},
        {"\"3\"", 0, 0},
        {"3-42", 0, 0},
        {"\"x-42\", \"4-1\"", 1, 4},
        {"\"-42\"", 0, 0},
        {"", 0, 0},
        {"\"1-1\",\"2-1\",\"3-1\"", 2, 1},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        int64_t versions[2] = {0};
        size_t count;
        assert_true(conditional_versions(text_of(headers[i].words), 2, versions, &count));
        assert_int_equal(count, headers[i].count);
        assert_int_equal(versions[0], headers[i].first);
    }
    int64_t version;
    size_t count;
    assert_false(conditional_versions(text_of("\"1-1\", *"), 1, &version, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_has_it_is_believed_in_every_spelling),
        cmocka_unit_test(a_guard_names_versions_by_the_head_of_their_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
