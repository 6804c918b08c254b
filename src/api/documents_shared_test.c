/*
 * documents_shared_test.c — a written document as bytes, what else may lie in a cache, and how long
 * it may lie there.
 */
#include "api/documents_shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cache/cache_memory.h"
#include "catalog/test_house.h"

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

/* --- a cache with a clock of ours ------------------------------------------------------------- */

static int64_t clock_ms;

static int64_t read_clock(void)
{
    return clock_ms;
}

static const struct document_kind kind = {.number = 1, .shared = true};
static const struct document_key key = {.kind = &kind, .id = 7};

static enum share_verdict find(struct http_app *app, struct house *house, struct share *share)
{
    return share_find(share, app, house->reader, &key, house->arena);
}

static void what_is_old_and_still_right_is_new_again(void **state)
{
    (void)state;
    static const struct sql change = {"INSERT INTO agency (name, name_ko) VALUES ('A', 'A')"};
    struct house *house = house_open();
    struct http_app app = {.cache = cache_memory_create(1 << 20, read_clock)};
    struct share share;
    assert_int_equal(find(&app, house, &share), SHARE_LOAD);
    share_version(&share, house->reader);
    share_put(&share, text_of("seven"));

    clock_ms += CATALOG_SHARED_MS + 1; /* old: found all the same, and from now on young */
    assert_int_equal(find(&app, house, &share), SHARE_FOUND);
    assert_true(text_equal(share.value, text_of("seven")));
    clock_ms += CATALOG_SHARED_MS - 1;
    assert_int_equal(find(&app, house, &share), SHARE_FOUND);
    struct cache_counts counts = cache_counts(app.cache);
    assert_int_equal(counts.verdicts[CACHE_STALE], 1);
    assert_int_equal(counts.verdicts[CACHE_HIT], 1);

    clock_ms += 2 * CATALOG_SHARED_MS + 1; /* nobody asked for so long */
    assert_int_equal(find(&app, house, &share), SHARE_LOAD);
    share_version(&share, house->reader);
    share_put(&share, text_of("seven"));
    house_run(house, &change, NULL, 0); /* outdated: however young it is */
    assert_int_equal(find(&app, house, &share), SHARE_LOAD);
    share_give_up(&share);
    cache_destroy(app.cache);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_back_with_both_codings),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(what_is_old_and_still_right_is_new_again),
    };
    arena = arena_create(4096, 1 << 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
