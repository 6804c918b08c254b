/* csv_test.c — RFC 4180, and what comes instead of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(256, 4096);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static struct csv csv_of(const char *words)
{
    struct csv csv;
    csv_init(&csv, text_of(words), arena);
    return csv;
}

static void assert_field(const struct csv *csv, size_t index, const char *expected)
{
    assert_true(index < csv->field_count);
    assert_true(text_equal(csv->fields[index], text_of(expected)));
}

static void fields_are_plain_or_quoted(void **state)
{
    (void)state;
    struct csv csv = csv_of("\xEF\xBB\xBF"
                            "a,b,\r\n\"c, d\",\"say \"\"hi\"\"\",\"two\nlines\"\n\n,,\n\"\"");
    assert_int_equal(csv_next(&csv), CSV_RECORD);
    assert_int_equal(csv.field_count, 3);
    assert_field(&csv, 0, "a");
    assert_field(&csv, 2, "");
    assert_int_equal(csv_next(&csv), CSV_RECORD);
    assert_int_equal(csv.line, 2);
    assert_field(&csv, 0, "c, d");
    assert_field(&csv, 1, "say \"hi\"");
    assert_field(&csv, 2, "two\nlines");
    assert_int_equal(csv_next(&csv), CSV_RECORD);
    assert_int_equal(csv.line, 5); /* the record took two lines, and one is blank */
    assert_int_equal(csv.field_count, 3);
    assert_int_equal(csv_next(&csv), CSV_RECORD);
    assert_field(&csv, 0, "");
    assert_int_equal(csv_next(&csv), CSV_END);
    assert_int_equal(csv_next(&csv), CSV_END);
}

static void what_is_ill_formed_is_told_and_passed_over(void **state)
{
    (void)state;
    struct csv csv = csv_of("a\"b,c\n\"d\"e\nf\n\"never closed\n,");
    assert_int_equal(csv_next(&csv), CSV_QUOTE_INSIDE);
    assert_int_equal(csv.line, 1);
    assert_int_equal(csv_next(&csv), CSV_QUOTE_INSIDE);
    assert_int_equal(csv.line, 2);
    assert_int_equal(csv_next(&csv), CSV_RECORD);
    assert_field(&csv, 0, "f");
    assert_int_equal(csv_next(&csv), CSV_QUOTE_OPEN);
    assert_int_equal(csv.line, 4);
    assert_int_equal(csv_next(&csv), CSV_END);
}

static void limits_are_answers(void **state)
{
    (void)state;
    char many[CSV_FIELDS_MAX + 2];
    memset(many, ',', sizeof many);
    many[CSV_FIELDS_MAX] = '\n';
    many[CSV_FIELDS_MAX + 1] = '\0';
    struct csv csv = csv_of(many);
    assert_int_equal(csv_next(&csv), CSV_TOO_MANY_FIELDS);
    assert_int_equal(csv_next(&csv), CSV_END);
    csv = csv_of("");
    assert_int_equal(csv_next(&csv), CSV_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_plain_or_quoted),
        cmocka_unit_test(what_is_ill_formed_is_told_and_passed_over),
        cmocka_unit_test(limits_are_answers),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
