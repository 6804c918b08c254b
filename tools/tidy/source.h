/*
 * source.h — one file, twice: as written, and as the compiler sees it.
 *
 * Thread   One thread.
 * Memory   source_create() copies what it is given; source_destroy() gives it back.
 * Failure  The program ends when memory is short: it is a tool.
 */
#ifndef TIDY_SOURCE_H
#define TIDY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct source_line {
    const char *raw;  /* as written, terminated */
    const char *code; /* the same length; comments and what is inside quotes are blanks */
};

struct source {
    char *path; /* from the root of the checkout: "src/net/loop.h" */
    char *raw;
    char *code;
    struct source_line *lines;
    int line_count;
};

struct source *source_create(const char *path, const char *text);
void source_destroy(struct source *source); /* NULL is welcome */

bool source_is_header(const struct source *source);
bool source_is_c(const struct source *source); /* .c or .h */
bool source_is_test(const struct source *source); /* below tests/, …_test.c, …_test.h, test_….h */

/* True and the name between the marks when the line is an #include: "base/text.h" or <uv.h>. */
bool source_line_includes(const struct source_line *line, char *out_name, size_t name_bytes);

/* "base/text.h" names src/base/text.h, "rules.h" a neighbour. */
bool source_include_names(const char *include, const char *header_path);

/* The next whole word of the line at or behind `at`: its start, NULL when there is none. */
const char *next_word(const char *at, size_t *out_bytes);

bool text_starts(const char *text, const char *start);
bool text_ends(const char *text, const char *end);

#endif
