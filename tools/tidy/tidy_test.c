/* tidy_test.c — every house rule is broken once and found; what only looks like a breach is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "findings.h"
#include "map.h"
#include "rules.h"
#include "source.h"

static const char meson_build[] = "vendor = {\n  'net': [libuv],\n}\n"
                                  "uses = {\n"
                                  "  'base': [],\n"
                                  "  'store': ['base'],\n"
                                  "  'net': ['base'],\n"
                                  "  'api': ['net',\n    'base'],\n"
                                  "}\n";

struct breach {
    const char *path;
    const char *text;
    const char *finding; /* a part of the line that is printed; NULL: nothing may be found */
};

/* What tidy says about one file; the caller frees it. */
static char *say(const char *path, const char *text)
{
    char *said = NULL;
    size_t said_bytes = 0;
    struct findings findings = {.out = open_memstream(&said, &said_bytes)};
    struct map *map = map_read(meson_build);
    struct source *source = source_create(path, text);

    assert_non_null(map);
    rules_check(source, &findings);
    map_check(map, source, &findings);
    fclose(findings.out);
    source_destroy(source);
    map_destroy(map);
    return said;
}

static void expect(const struct breach *breach)
{
    char *said = say(breach->path, breach->text);
    if (breach->finding ? !strstr(said, breach->finding) : *said)
        fail_msg("%s\n%s\nexpected: %s\nheard: %s", breach->path, breach->text,
                 breach->finding ? breach->finding : "nothing", said);
    free(said);
}

#define expect_all(breaches)                                                                       \
    for (size_t i = 0; i < sizeof(breaches) / sizeof *(breaches); i++)                             \
    expect(&(breaches)[i])

static void a_banned_call_is_found_and_prose_about_it_is_not(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c", "/* a */\nint f(char *to) { return strcpy(to, from); }\n",
         "src/net/a.c:2: strcpy() is banned"},
        {"src/net/a.c", "/* a */\nint f(void) { sleep(1); }\n", "a.c:2: sleep() is banned"},
        {"src/net/a.c", "/* a */\nint f(void) { return rand(); }\n", "rand() is banned"},
        {"src/net/a.c", "/* a */\nint f(void) { return atoi(word); }\n", "atoi() is banned"},
        {"src/net/a.c", "/* a */\nint f(void) { sprintf(to, from); }\n", "sprintf() is banned"},
        {"src/net/a.c", "/* never sleep(1), never\n * rand() */\n", NULL},
        {"src/net/a.c", "/* a */\nconst char *a = \"sleep(1) \\\" rand()\";\n", NULL},
        {"src/net/a.c", "/* a */\nint f(void) { return snprintf(a, b, c) + dice.rand(); }\n", NULL},
    };
    expect_all(breaches);
}

static void a_number_without_its_unit_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c", "/* a */\nint64_t idle_timeout;\n", "`idle_timeout` does not say its unit"},
        {"src/net/a.c", "/* a */\nvoid f(int64_t now);\n", "`now` does not say"},
        {"src/net/a.c", "/* a */\nint64_t opens_at = 1;\n", "`opens_at` does not say"},
        {"src/net/a.c", "/* a */\nbool f(const char *a, size_t length)\n", "`length` does not say"},
        {"src/net/a.c", "/* a */\nint64_t opens_at_ms, idle_timeout_ms;\n", NULL},
        {"src/net/a.c", "/* a */\nsize_t at = 0;\nint32_t price;\nint64_t amount;\n", NULL},
        {"src/net/a.c", "/* a */\nint64_t latency(struct a *a);\n", NULL},
        {"src/net/a.c", "/* a */\nuint32_t per_interval;\n", NULL},
        {"src/net/a.c", "/* a */\ndouble length = hypot(x, y);\n", NULL},
    };
    expect_all(breaches);
}

static void an_include_against_the_map_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c", "/* a */\n#include \"store/store.h\"\n", "against the map"},
        {"src/base/a.c", "/* a */\n#include \"net/loop.h\"\n", "against the map"},
        {"src/base/a_test.c", "/* a */\n#include \"net/loop.h\"\n", "against the map"},
        {"src/api/a.c", "/* a */\n#include \"net/loop.h\"\n#include \"base/text.h\"\n", NULL},
        {"src/api/a.c", "/* a */\n#include \"limits.h\"\n#include \"api/body.h\"\n", NULL},
        {"src/main.c", "/* a */\n#include \"store/store.h\"\n", NULL},
        {"tests/story/a_test.c", "/* a */\n#include \"store/store.h\"\n", NULL},
    };
    expect_all(breaches);
}

static void a_vendor_header_outside_its_adapter_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/api/a.c", "/* a */\n#include <uv.h>\n", "<uv.h> is a vendor's header"},
        {"src/main.c", "/* a */\n#include <sqlite3.h>\n", "<sqlite3.h> is a vendor's header"},
        {"src/store/store.c", "/* a */\n#include <sqlite3.h>\n", "<sqlite3.h>"},
        {"src/net/a.c", "/* a */\n#include <cmocka.h>\n", "<cmocka.h>"},
        {"src/store/store_sqlite.c", "/* a */\n#include <sqlite3.h>\n", NULL},
        {"src/net/loop.c", "/* a */\n#include <uv.h>\n", NULL},
        {"src/net/a_test.c", "/* a */\n#include <cmocka.h>\n", NULL},
    };
    expect_all(breaches);
}

static void an_adapter_named_by_anybody_but_the_wiring_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/api/a.c", "/* a */\n#include \"store/store_sqlite.h\"\n", "is an adapter"},
        {"src/store/a.c", "/* a */\n#include \"store/store_sqlite.h\"\n", NULL},
        {"src/command/serve.c", "/* a */\n#include \"store/store_sqlite.h\"\n", NULL},
        {"tests/contract/a_test.c", "/* a */\n#include \"store/store_sqlite.h\"\n", NULL},
    };
    expect_all(breaches);
}

static void a_maximum_outside_limits_h_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c", "/* a */\nenum { PEERS_MAX = 3 };\n", "PEERS_MAX belongs into"},
        {"src/net/a.c", "/* a */\n#define PEERS_MAX 3\n", "PEERS_MAX belongs into"},
        {"src/net/a.c", "/* a */\nint a[PEERS_MAX] = {0};\nbool b = x == PEERS_MAX;\n", NULL},
        {"src/net/a.c", "/* a */\n#define PEERS (PEERS_MAX + 1)\n", NULL},
        {"tests/story/a_test.c", "/* a */\nenum { FANS_MAX = 3 };\n", NULL},
        {"src/net/a.c", "/* a */\n#include <limits.h>\n", "<limits.h> is our limits.h"},
        {"src/net/a.c", "/* a */\n#include \"limits.h\"\n", NULL},
    };
    expect_all(breaches);
}

static void leftovers_tabs_and_long_lines_are_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c",
         "/* a: TO"
         "DO */\n",
         "a leftover"},
        {"tools/a.sh",
         "#!/bin/sh\n# FIX"
         "ME: a\n",
         "tools/a.sh:2: a leftover"},
        {"src/net/a.c", "/* a */\nmkstemp(\"XXXXXX\");\n", NULL},
        {"src/net/a.c", "/* a */\n\tint a;\n", "a.c:2: a tab"},
        {"src/net/a.c", "/* a */\nint a; \n", "a blank at the end"},
        {"src/net/a.c", "/* a */\ntypedef struct a a;\n", "a typedef"},
        {"src/net/a.c", "/* a */\ntypedef enum status opener(const char *path);\n", NULL},
        {"src/net/a.c",
         "/* 3456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
         "123456789 1234567 */\n",
         "101 columns"},
        {"src/net/a.c",
         "/* 가나다라마바 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
         "123456789 1234567 */\n",
         NULL},
    };
    expect_all(breaches);
}

static void a_file_without_its_essay_is_found(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"src/net/a.c", "#include \"limits.h\"\n", "does not open with a comment"},
        {"src/net/a.c", "", "does not open with a comment"},
        {"src/net/a.h", "/* a */\n", "does not state Thread and Memory"},
        {"src/net/a.h", "/*\n * Thread   One.\n */\n", "does not state Memory"},
        {"src/net/a.h", "/*\n * Thread   One.\n */\n/*\n * Memory   None.\n */\n", "state Memory"},
        {"src/net/a.h", "/*\n * Thread   One.\n * Memory   None.\n */\n", NULL},
    };
    expect_all(breaches);
}

/* `first`, then `line` as often as it takes, then `last`; the caller frees it. */
static char *repeated(const char *first, const char *line, int times, const char *last)
{
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *out = open_memstream(&text, &text_bytes);
    fputs(first, out);
    for (int i = 0; i < times; i++)
        fputs(line, out);
    fputs(last, out);
    fclose(out);
    return text;
}

static void expect_repeated(const char *path, const char *first, int times, const char *last,
                            const char *finding)
{
    char *text = repeated(first, "    a();\n", times, last);
    expect(&(struct breach){path, text, finding});
    free(text);
}

static void a_function_over_60_lines_is_found(void **state)
{
    (void)state;
    const char *first = "/* a */\nvoid f(void)\n{\n";
    expect_repeated("src/net/a.c", first, 59, "}\n", "a.c:3: the function has 61 lines");
    expect_repeated("src/net/a.c", first, 58, "}\n", NULL);
}

static void a_file_over_700_lines_is_found(void **state)
{
    (void)state;
    expect_repeated("src/net/a.c", "/* a */\n", 700, "", "the file has 701 lines");
    expect_repeated("src/net/a.c", "/* a */\n", 699, "", NULL);
    expect_repeated("web/src/view/a.ts", "// a\n", 250, "", "the file has 251 lines");
    expect_repeated("web/src/view/a.ts", "// a\n", 249, "", NULL);
}

static void a_header_is_known_by_the_end_of_its_path(void **state)
{
    (void)state;
    assert_true(source_include_names("base/text.h", "src/base/text.h"));
    assert_true(source_include_names("rules.h", "tools/tidy/rules.h"));
    assert_false(source_include_names("text.h", "src/base/context.h"));
    assert_false(source_include_names("net/text.h", "src/base/text.h"));
}

static void a_build_without_the_map_is_refused(void **state)
{
    (void)state;
    assert_null(map_read("project('ticketrush')\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_banned_call_is_found_and_prose_about_it_is_not),
        cmocka_unit_test(a_number_without_its_unit_is_found),
        cmocka_unit_test(an_include_against_the_map_is_found),
        cmocka_unit_test(a_vendor_header_outside_its_adapter_is_found),
        cmocka_unit_test(an_adapter_named_by_anybody_but_the_wiring_is_found),
        cmocka_unit_test(a_maximum_outside_limits_h_is_found),
        cmocka_unit_test(leftovers_tabs_and_long_lines_are_found),
        cmocka_unit_test(a_file_without_its_essay_is_found),
        cmocka_unit_test(a_function_over_60_lines_is_found),
        cmocka_unit_test(a_file_over_700_lines_is_found),
        cmocka_unit_test(a_header_is_known_by_the_end_of_its_path),
        cmocka_unit_test(a_build_without_the_map_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
