/* concert_pack_test.c — a page comes back as it went, and no bytes from outside do any harm. */
#include "catalog/concert_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "catalog/catalog_json.h"
#include "catalog/catalog_live.h"

enum { ARENA_BYTES = 4096, ARENA_BYTES_MAX = 1 << 20 };

static struct catalog_artist artists[] = {
    {.id = 1, .version = 3, .name = {"IU", 2}, .name_ko = {"아이유", 9}},
    {.id = 2, .version = 1, .name = {"BTS", 3}, .name_ko = {"방탄소년단", 15}},
};
static struct catalog_option options[] = {
    {.id = 7,
     .concert_id = 5,
     .version = 2,
     .starts_at_ms = INT64_C(1800000000000),
     .venue = {.id = 4, .version = 1, .name = {"Dome", 4}, .city = {"Seoul", 5}, .capacity = 9000},
     .first_seat_id = 100,
     .seat_count = 50,
     .sale = {.exists = true,
              .opens_at_ms = 1,
              .closes_at_ms = INT64_C(1900000000000),
              .strategy = {"v5", 2},
              .hold_seconds = 60,
              .max_per_fan = 4,
              .waiting_room = true,
              .status = CATALOG_SALE_PAUSED}},
    {.id = 8, .concert_id = 5, .version = 1, .starts_at_ms = INT64_C(1800000000001)},
};
static struct catalog_concert concerts[] = {
    {.id = 5,
     .version = 9,
     .title = {"First Light", 11},
     .title_ko = {"첫빛", 6},
     .description = {"words \"and\" more", 16},
     .poster_hue = 210,
     .artists = artists,
     .artist_count = 2,
     .options = options,
     .option_count = 2,
     .price_from = 99000,
     .price_to = 154000},
    {.id = 6, .version = 1, .title = {"Empty", 5}, .price_from = -1, .price_to = -1},
};
static const struct catalog_page page = {
    .of = {.concerts = concerts}, .count = 2, .more = true, .next = {.key = 12, .id = 6}};

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(ARENA_BYTES, ARENA_BYTES_MAX);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static struct text pack(const struct catalog_page *packed)
{
    struct buffer out;
    buffer_init(&out, arena, ARENA_BYTES);
    concert_pack(&out, packed);
    assert_false(out.failed);
    return buffer_text(&out);
}

/* What a fan reads of it. */
static struct text written(const struct catalog_page *shown)
{
    struct buffer out;
    struct catalog_live lives[4] = {{0}};
    buffer_init(&out, arena, ARENA_BYTES);
    catalog_json_concerts(&out, shown, lives);
    assert_false(out.failed);
    return buffer_text(&out);
}

static void a_page_comes_back_as_it_went(void **state)
{
    (void)state;
    struct text bytes = pack(&page);
    struct catalog_page *back = concert_unpack(bytes, arena);
    assert_non_null(back);
    assert_true(text_equal(pack(back), bytes));
    assert_true(text_equal(written(back), written(&page)));
    assert_int_equal(back->of.concerts[0].version, 9);
    assert_int_equal(back->of.concerts[0].options[0].sale.status, CATALOG_SALE_PAUSED);
    assert_true(back->more);
    assert_int_equal(back->next.id, 6);
}

static void one_concert_is_neither_none_nor_two(void **state)
{
    (void)state;
    struct catalog_page one = page, none = page;
    one.count = 1;
    none.count = 0;
    assert_non_null(concert_unpack_one(pack(&one), arena));
    assert_non_null(concert_unpack(pack(&none), arena));
    assert_null(concert_unpack_one(pack(&none), arena));
    assert_null(concert_unpack_one(pack(&page), arena));
}

static void a_part_of_a_page_is_no_page(void **state)
{
    (void)state;
    struct text bytes = pack(&page);
    for (size_t size = 0; size < bytes.size; size++)
        assert_null(concert_unpack(text_make(bytes.bytes, size), arena));
    char *longer = calloc(1, bytes.size + 1);
    memcpy(longer, bytes.bytes, bytes.size);
    assert_null(concert_unpack(text_make(longer, bytes.size + 1), arena));
    free(longer);
}

static void bytes_from_outside_do_no_harm(void **state)
{
    (void)state;
    struct text bytes = pack(&page);
    struct random chance;
    random_init(&chance, 5);
    char *bent = malloc(bytes.size);
    for (int i = 0; i < 20000; i++) {
        struct arena *own = arena_create(ARENA_BYTES, ARENA_BYTES_MAX);
        memcpy(bent, bytes.bytes, bytes.size);
        for (int change = 0; change < 3; change++)
            bent[random_below(&chance, bytes.size)] = (char)random_below(&chance, 256);
        struct catalog_page *back = concert_unpack(text_make(bent, bytes.size), own);
        if (back)
            assert_true(back->count <= bytes.size);
        arena_destroy(own);
    }
    free(bent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_comes_back_as_it_went, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(one_concert_is_neither_none_nor_two, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_part_of_a_page_is_no_page, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(bytes_from_outside_do_no_harm, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
