/* documents_shared_test.c — a written document as bytes, and what else may lie in a cache. */
#include "api/documents_shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static void a_document_comes_back_with_both_codings(void **state)
{
    (void)state;
    struct share_written there = {.tag = text_of("3-1234"),
                                  .body = text_of("{\"id\":1}"),
                                  .gzip = text_make("\x1f\x8b\n", 3)};
    struct share_written back;
    assert_true(share_read_written(share_pack_written(arena, &there), &back));
    assert_true(text_equal(back.tag, there.tag));
    assert_true(text_equal(back.body, there.body));
    assert_true(text_equal(back.gzip, there.gzip));
    there.gzip = text_make(NULL, 0);
    assert_true(share_read_written(share_pack_written(arena, &there), &back));
    assert_true(text_equal(back.body, there.body));
    assert_int_equal(back.gzip.size, 0);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",
        "\n",
        "{}",
        "12 0",
        "12 0\n",   /* no body */
        "12 2\n{}", /* gzip, and no body */
        "12 -1\n{}",
        "12 x\n{}",
        "12 \n{}",
        " 0\n{}",
        "1\r\nSet-Cookie:x 0\n{}", /* a header field in a tag */
        "12\" 0\n{}",
        "12 99999999999999999999\n{}",
        "123456789012345678901234567890123456789012345678 0\n{}", /* too long */
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct share_written back;
        assert_false(share_read_written(text_of(values[i]), &back));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_back_with_both_codings),
        cmocka_unit_test(what_is_none_is_refused),
    };
    arena = arena_create(4096, 1 << 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
