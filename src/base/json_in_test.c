/* json_in_test.c — JSON from strangers: what is read, and what is refused with which words. */
#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/ids.h"

#include <cmocka.h>

static struct json_in *open_good(const char *json)
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(text_of(json), &fault);
    if (!document)
        fail_msg("%s: %s", json, fault.words);
    return document;
}

static void what_is_no_json_is_refused_with_a_place(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        " ",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[1,]",
        "[1 2]",
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "Infinity",
        "tru",
        "\"a",
        "\"a\nb\"",
        "\"\\x41\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "{} {}",
        "{}x",
        "\xEF\xBB\xBF{}",
        "\"\xFF\"",
        "\"\xC0\xAF\"",
        "\"\xED\xA0\x80\"",
        "{\"a\":1,\"a\":2}",
        "// comment\n{}",
        "99999999999999999999",
        "1e999",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct json_in_fault fault = {""};
        struct json_in *document = json_in_open(text_of(refused[i]), &fault);
        if (document)
            fail_msg("accepted: %s", refused[i]);
        assert_non_null(strstr(fault.words, "line "));
    }
    struct json_in_fault fault;
    assert_null(json_in_open(text_make(NULL, 0), &fault));
    assert_null(json_in_open(text_make("{}\0", 3), &fault));
    assert_null(json_in_open(text_make("\"a\0b\"", 5), &fault));
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    char *deep = malloc(DEEP);
    memset(deep, '[', DEEP);
    struct json_in_fault fault;
    assert_null(json_in_open(text_make(deep, DEEP), &fault));
    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2000);
    struct json_in *document = json_in_open(text_make(deep, 4000), &fault);
    assert_non_null(document);
    json_in_close(document);
    free(deep);
}

static void an_integer_is_an_integer_within_its_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum json_in_verdict verdict;
        int64_t value;
    } fields[] = {
        {"{\"id\":1}", JSON_IN_OK, 1},
        {"{\"id\":9007199254740991}", JSON_IN_OK, ID_MAX},
        {"{\"id\":9007199254740992}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":9223372036854775807}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":0}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":-1}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":-9223372036854775808}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":1e30}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":-1e30}", JSON_IN_OUT_OF_RANGE, 0},
        {"{\"id\":1.0}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":1.5}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":1e3}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":\"1\"}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":true}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":[1]}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":{}}", JSON_IN_WRONG_TYPE, 0},
        {"{\"id\":null}", JSON_IN_ABSENT, 0},
        {"{}", JSON_IN_ABSENT, 0},
        {"{\"ID\":1}", JSON_IN_ABSENT, 0},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct json_in *document = open_good(fields[i].json);
        int64_t value = 0;
        if (json_in_read_int(document, "id", 1, ID_MAX, &value) != fields[i].verdict)
            fail_msg("%s", fields[i].json);
        assert_true(value == fields[i].value);
        json_in_close(document);
    }
}

static void a_text_has_a_length_in_bytes(void **state)
{
    (void)state;
    struct json_in *document =
        open_good("{\"name\":\"민아\",\"empty\":\"\",\"number\":1,\"escaped\":\"\\u00e9\\n\\\"\"}");
    struct text text = text_of("before");
    assert_int_equal(json_in_read_text(document, "name", 1, 6, &text), JSON_IN_OK);
    assert_true(text_equal(text, text_of("민아")));
    assert_int_equal(json_in_read_text(document, "name", 1, 5, &text), JSON_IN_OUT_OF_RANGE);
    assert_int_equal(json_in_read_text(document, "name", 7, 9, &text), JSON_IN_OUT_OF_RANGE);
    assert_int_equal(json_in_read_text(document, "empty", 1, 9, &text), JSON_IN_OUT_OF_RANGE);
    assert_int_equal(json_in_read_text(document, "empty", 0, 9, &text), JSON_IN_OK);
    assert_int_equal(json_in_read_text(document, "number", 0, 9, &text), JSON_IN_WRONG_TYPE);
    assert_int_equal(json_in_read_text(document, "nothing", 0, 9, &text), JSON_IN_ABSENT);
    assert_int_equal(json_in_read_text(document, "escaped", 0, 9, &text), JSON_IN_OK);
    assert_true(text_equal(text, text_of("\xC3\xA9\n\"")));
    json_in_close(document);
}

static void switches_objects_and_arrays_are_what_they_are(void **state)
{
    (void)state;
    struct json_in *document =
        open_good("{\"on\":true,\"off\":false,\"one\":1,\"best\":{\"count\":2},\"ids\":[7,\"x\"]}");
    bool value = false;
    assert_int_equal(json_in_read_bool(document, "on", &value), JSON_IN_OK);
    assert_true(value);
    assert_int_equal(json_in_read_bool(document, "off", &value), JSON_IN_OK);
    assert_false(value);
    assert_int_equal(json_in_read_bool(document, "one", &value), JSON_IN_WRONG_TYPE);
    assert_int_equal(json_in_read_bool(document, "none", &value), JSON_IN_ABSENT);

    const struct json_in *inner;
    int64_t number;
    struct text text;
    assert_int_equal(json_in_read_object(document, "ids", &inner), JSON_IN_WRONG_TYPE);
    assert_int_equal(json_in_read_object(document, "best", &inner), JSON_IN_OK);
    assert_int_equal(json_in_read_int(inner, "count", 1, 9, &number), JSON_IN_OK);
    assert_int_equal(json_in_read_array(document, "best", 1, 9, &inner), JSON_IN_WRONG_TYPE);
    assert_int_equal(json_in_read_array(document, "ids", 3, 9, &inner), JSON_IN_OUT_OF_RANGE);
    assert_int_equal(json_in_read_array(document, "ids", 0, 1, &inner), JSON_IN_OUT_OF_RANGE);
    assert_int_equal(json_in_read_array(document, "ids", 1, 2, &inner), JSON_IN_OK);
    assert_int_equal(json_in_array_count(inner), 2);
    assert_int_equal(json_in_as_int(json_in_array_at(inner, 0), 1, 9, &number), JSON_IN_OK);
    assert_int_equal(number, 7);
    assert_int_equal(json_in_as_int(json_in_array_at(inner, 1), 1, 9, &number), JSON_IN_WRONG_TYPE);
    assert_int_equal(json_in_as_text(json_in_array_at(inner, 1), 1, 9, &text), JSON_IN_OK);
    assert_true(json_in_is_object(document));
    assert_true(json_in_is_array(inner));
    json_in_close(document);
    json_in_close(NULL);
}

static void a_field_nobody_knows_is_named(void **state)
{
    (void)state;
    static const char *const known[] = {"email", "password", NULL};
    struct json_in *document = open_good("{\"email\":1,\"userId\":2,\"password\":3}");
    assert_true(text_equal(json_in_unknown_key(document, known), text_of("userId")));
    json_in_close(document);
    document = open_good("{\"password\":3}");
    assert_null(json_in_unknown_key(document, known).bytes);
    json_in_close(document);
    document = open_good("{\"\":1}");
    struct text unknown = json_in_unknown_key(document, known);
    assert_non_null(unknown.bytes);
    assert_int_equal(unknown.size, 0);
    json_in_close(document);
}

static void a_null_is_there_and_has_no_value(void **state)
{
    (void)state;
    struct json_in *document = open_good("{\"a\":null,\"b\":1}");
    int64_t value;
    assert_true(json_in_has(document, "a"));
    assert_true(json_in_has(document, "b"));
    assert_false(json_in_has(document, "c"));
    assert_int_equal(json_in_read_int(document, "a", 0, 9, &value), JSON_IN_ABSENT);
    json_in_close(document);
}

static void a_value_that_is_no_object_is_still_json(void **state)
{
    (void)state;
    static const char *const values[] = {"1", "\"a\"", "null", "true", "[]", " 1.5\n"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct json_in *document = open_good(values[i]);
        assert_false(json_in_is_object(document));
        json_in_close(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_json_is_refused_with_a_place),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(an_integer_is_an_integer_within_its_bounds),
        cmocka_unit_test(a_text_has_a_length_in_bytes),
        cmocka_unit_test(switches_objects_and_arrays_are_what_they_are),
        cmocka_unit_test(a_field_nobody_knows_is_named),
        cmocka_unit_test(a_null_is_there_and_has_no_value),
        cmocka_unit_test(a_value_that_is_no_object_is_still_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
