/* search_test.c — what a fan may type, and what it finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "catalog/search.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(4096, 1 << 20);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static struct text lines_of(struct text name)
{
    struct buffer lines;
    buffer_init(&lines, arena, 64);
    search_add(&lines, name);
    assert_false(lines.failed);
    return buffer_text(&lines);
}

/* As LIKE would: a pattern is `%…%`, `%` or something that nothing has. */
static bool matches(struct text lines, struct text pattern)
{
    if (text_equal(pattern, text_of("%")))
        return true;
    if (pattern.size < 2 || pattern.bytes[0] != '%')
        return false;
    return memmem(lines.bytes, lines.size, pattern.bytes + 1, pattern.size - 2) != NULL;
}

static bool finds(const char *words, const char *name)
{
    struct search search;
    assert_true(search_read(arena, text_of(words), &search));
    struct text lines = lines_of(text_of(name));
    bool all = true;
    for (size_t i = 0; i < SEARCH_WORDS_MAX; i++)
        all = all && matches(lines, search.patterns[i]);
    return all;
}

#define NFD_IU "\xE1\x84\x8B\xE1\x85\xA1\xE1\x84\x8B\xE1\x85\xB5\xE1\x84\x8B\xE1\x85\xB2"
#define NFD_BANG "\xE1\x84\x87\xE1\x85\xA1\xE1\x86\xBC" /* 방 */
#define NFD_BA "\xEB\xB0\x94\xE1\x86\xBC"               /* 바 and a final ㅇ */

static void what_is_written_differently_is_found(void **state)
{
    static const struct {
        const char *words, *name;
    } rows[] = {
        {"아이유", "아이유 (IU)"},
        {"아 이 유", "아이유"},
        {"라일락저녁", "라일락 저녁"},
        {"라일락 저녁", "라일락저녁"},
        {"iu", "ＩＵ"},
        {"ＩＵ", "I.U."},
        {"le sserafim", "LE SSERAFIM"},
        {"lesserafim", "LE SSERAFIM"},
        {"gidle", "(G)I-DLE"},
        {"(g)i-dle", "GIDLE"},
        {"beyonce", "Beyoncé"},
        {"BEYONCÉ", "Beyonce\xCC\x81"},
        {"방탄", NFD_BANG "탄소년단"},
        {NFD_BANG, "방탄소년단"},
        {NFD_BA "탄", "방탄소년단"},
        {NFD_IU, "아이유"},
        {"아이유", NFD_IU},
        {"nct127", "NCT 127"},
        {"sommer night", "Night Sommer"},
        {"москва", "МОСКВА"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!finds(rows[i].words, rows[i].name))
            fail_msg("%s does not find %s", rows[i].words, rows[i].name);
}

static void initial_consonants_are_enough(void **state)
{
    static const struct {
        const char *words, *name;
        bool found;
    } rows[] = {
        {"ㅇㅇㅇ", "아이유", true},
        {"ㅂㅌㅅㄴㄷ", "방탄소년단", true},
        {"ㅂㅌ", "방탄소년단", true},
        {"ㅇㅅㅌ127", "엔시티 127", true},
        {"ㅇ ㅅ ㅌ", "엔시티", true},
        {"ㅆㅅㅁㅈ", "쏘스뮤직", true},
        {"ㅅㅅㅁㅈ", "쏘스뮤직", false},
        {"ㄳ", "가수", true}, /* joined by the keyboard */
        {"ㅄㅎ", "봄서행", true},
        {"ㅇㅇㅇ", "아이", false},
        {"\xE1\x84\x8B\xE1\x84\x8B", "아이유", true}, /* conjoining jamo that stand alone */
        {"아이ㅇ", "아이유", true},                   /* while it is being typed */
        {"ㅏ", "아이유", false},
        {"ㅋㅋ", "ㅋㅋ콘서트", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (finds(rows[i].words, rows[i].name) != rows[i].found)
            fail_msg("%s and %s", rows[i].words, rows[i].name);
}

static void words_of_nothing_find_nothing(void **state)
{
    static const char *const words[] = {
        "%",   "_",    "\\",          "!", "'; --", "\xE2\x80\x8B", "\xE3\x85\xA4",
        "x %", "\xFF", "\xED\xA0\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (finds(words[i], "아이유 IU 100% _ \\ !"))
            fail_msg("word %zu", i);
    assert_true(finds("", "anything"));
    assert_true(finds("   ", "anything"));
}

static void an_invisible_difference_is_none(void **state)
{
    (void)state;
    assert_true(finds("아\xE2\x80\x8B이\xEF\xBB\xBF유", "아이유"));
    assert_true(finds("아이유", "\xE2\x80\xAE아\xC2\xAD이\xE2\x80\x8D유"));
    assert_true(finds("iu", "I\xEF\xB8\x8FU"));
    assert_true(finds("가", "\xE1\x84\x80\xE1\x85\xA1\xE1\x85\x9F")); /* a filler behind it */
}

/* What is left is UTF-8, has no character of LIKE's, and is plain already. */
static void check_plain(struct text words)
{
    struct text lines = lines_of(words);
    assert_true(text_is_utf8(lines));
    for (size_t i = 0; i < lines.size; i++)
        assert_null(strchr("%_\\! ABZ'\"", lines.bytes[i]));
    struct search search;
    assert_true(search_read(arena, words, &search));
    for (size_t i = 0; i < SEARCH_WORDS_MAX; i++)
        assert_true(text_is_utf8(search.patterns[i]));
}

static void hostile_bytes_become_plain_ones(void **state)
{
    static const char *const pieces[] = {
        "\xE1\x84\x80",
        "\xE1\x85\xA1",
        "\xE1\x86\xA8",
        "\xEA\xB0\x80",
        "\xE3\x84\xB1",
        "\xE3\x85\xA4",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x9F\x8E\xA4",
        "\xF4\x90\x80\x80",
        "\xC0\x80",
        "\xFF",
        "\xE1\x84",
        "%",
        "_",
        "\xEF\xBC\xA1",
        "\xCC\x81",
        "A",
        " ",
        "\xE1\x84\x80\xE1\x84\x80",
    };
    (void)state;
    struct random chance;
    random_init(&chance, 20261121);
    for (int round = 0; round < 2000; round++) {
        struct buffer words;
        buffer_init(&words, arena, 64);
        uint64_t count = random_below(&chance, 12);
        for (uint64_t i = 0; i < count; i++)
            buffer_add_words(&words, pieces[random_below(&chance, 20)]);
        check_plain(buffer_text(&words));
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_differently_is_found),
        cmocka_unit_test(initial_consonants_are_enough),
        cmocka_unit_test(words_of_nothing_find_nothing),
        cmocka_unit_test(an_invisible_difference_is_none),
        cmocka_unit_test(hostile_bytes_become_plain_ones),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
