/* arena_test.c — what a request may take, and that it all comes back. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_is_taken_is_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_create(100, 1 << 20);
    unsigned char *taken[200];
    for (size_t i = 0; i < 200; i++) {
        taken[i] = arena_take(arena, i);
        assert_non_null(taken[i]);
        assert_int_equal((uintptr_t)taken[i] % alignof(max_align_t), 0);
        memset(taken[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t at = 0; at < i; at++)
            assert_int_equal(taken[i][at], (unsigned char)i);
    arena_destroy(arena);
}

static void the_maximum_is_an_answer_and_not_a_crash(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 1024);
    size_t taken_bytes = 0;
    while (arena_take(arena, 64))
        taken_bytes += 64;
    assert_true(taken_bytes <= 1024);
    assert_true(taken_bytes >= 512);
    assert_null(arena_take(arena, 1025));
    assert_null(arena_take(arena, SIZE_MAX));
    assert_null(arena_take_zeroed(arena, SIZE_MAX - 8));
    arena_destroy(arena);
}

static void one_piece_may_have_all_that_is_left(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 64 + 4096);
    char *piece = arena_take(arena, 4096);
    assert_non_null(piece);
    memset(piece, 1, 4096);
    assert_null(arena_take(arena, 64));
    arena_destroy(arena);
}

static void a_reset_arena_gives_the_same_memory_again_for_ever(void **state)
{
    (void)state;
    struct arena *arena = arena_create(256, 4096);
    void *first = arena_take(arena, 100);
    for (int round = 0; round < 10000; round++) {
        assert_non_null(arena_take(arena, 2000)); /* a block more, given back each time */
        arena_reset(arena);
        assert_ptr_equal(arena_take(arena, 100), first);
    }
    arena_destroy(arena);
}

static void zeroed_memory_is_zero_also_the_second_time(void **state)
{
    (void)state;
    struct arena *arena = arena_create(256, 4096);
    memset(arena_take(arena, 256), 0xFF, 256);
    arena_reset(arena);
    const char *bytes = arena_take_zeroed(arena, 256);
    for (int i = 0; i < 256; i++)
        assert_int_equal(bytes[i], 0);
    arena_destroy(arena);
}

static void a_copy_is_terminated_and_stands_alone(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64, 256);
    char source[] = "seat";
    struct text copy = arena_copy(arena, text_make(source, 4));
    memset(source, 'x', 4);
    assert_int_equal(copy.size, 4);
    assert_string_equal(copy.bytes, "seat");
    struct text empty = arena_copy(arena, text_make(NULL, 0));
    assert_non_null(empty.bytes);
    assert_string_equal(empty.bytes, "");
    static const char large[300] = {0};
    assert_null(arena_copy(arena, text_make(large, sizeof large)).bytes);
    arena_destroy(arena);
    arena_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_aligned_and_apart),
        cmocka_unit_test(the_maximum_is_an_answer_and_not_a_crash),
        cmocka_unit_test(one_piece_may_have_all_that_is_left),
        cmocka_unit_test(a_reset_arena_gives_the_same_memory_again_for_ever),
        cmocka_unit_test(zeroed_memory_is_zero_also_the_second_time),
        cmocka_unit_test(a_copy_is_terminated_and_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
