/* buffer_test.c — bytes that grow, and what happens when they cannot. */
#include "base/buffer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void what_was_added_stands_in_order_however_often_it_grew(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 1 << 20);
    struct buffer buffer;
    buffer_init(&buffer, arena, 1);
    for (int i = 0; i < 10000; i++)
        buffer_add_char(&buffer, (char)('a' + i % 26));
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 10000);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(buffer.bytes[i], 'a' + i % 26);
    arena_destroy(arena);
}

static void every_integer_is_written_as_printf_would(void **state)
{
    (void)state;
    static const int64_t numbers[] = {
        0, 1, -1, 9, 10, -10, 99, 100, 12345, INT64_MAX, INT64_MIN, INT64_MIN + 1, -99, 1000, 7};
    struct arena *arena = arena_create(4096, 1 << 20);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct buffer buffer;
        char expected[32];
        buffer_init(&buffer, arena, 4);
        buffer_add_int(&buffer, numbers[i]);
        snprintf(expected, sizeof expected, "%" PRId64, numbers[i]);
        assert_true(text_equal(buffer_text(&buffer), text_of(expected)));
    }
    arena_destroy(arena);
}

static void nothing_is_added_from_an_empty_text(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 1024);
    struct buffer buffer;
    buffer_init(&buffer, arena, 0);
    buffer_add(&buffer, text_make(NULL, 0));
    buffer_add_words(&buffer, "");
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 0);
    buffer_add_words(&buffer, "x");
    assert_int_equal(buffer.size, 1);
    arena_destroy(arena);
}

static void failing_is_sticky_and_harms_nothing_written_before(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 256);
    struct buffer buffer;
    buffer_init(&buffer, arena, 16);
    buffer_add_words(&buffer, "before");
    assert_null(buffer_extend(&buffer, 100000));
    assert_true(buffer.failed);
    buffer_add_words(&buffer, "x");
    buffer_add_int(&buffer, 1);
    buffer_add_format(&buffer, "%d", 1);
    assert_true(buffer.failed);
    assert_true(text_equal(buffer_text(&buffer), text_of("before")));
    arena_destroy(arena);
}

static void a_buffer_without_memory_has_failed_from_the_start(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 64);
    struct buffer buffer;
    buffer_init(&buffer, arena, 1000);
    assert_true(buffer.failed);
    buffer_add_words(&buffer, "x");
    assert_int_equal(buffer.size, 0);
    arena_destroy(arena);
}

static void a_format_has_511_bytes_at_most(void **state)
{
    (void)state;
    struct arena *arena = arena_create(4096, 1 << 16);
    struct buffer buffer;
    buffer_init(&buffer, arena, 16);
    buffer_add_format(&buffer, "%s-%d", "row", 12);
    assert_true(text_equal(buffer_text(&buffer), text_of("row-12")));
    buffer_add_format(&buffer, "%511d", 1);
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 6 + 511);
    buffer_add_format(&buffer, "%512d", 1);
    assert_true(buffer.failed);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_stands_in_order_however_often_it_grew),
        cmocka_unit_test(every_integer_is_written_as_printf_would),
        cmocka_unit_test(nothing_is_added_from_an_empty_text),
        cmocka_unit_test(failing_is_sticky_and_harms_nothing_written_before),
        cmocka_unit_test(a_buffer_without_memory_has_failed_from_the_start),
        cmocka_unit_test(a_format_has_511_bytes_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
