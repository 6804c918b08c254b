/*
 * source.c — blanks comments and quotes, and cuts a file into lines.
 *
 * Most rules must not be fooled by prose: "never sleep()" in a comment is not a call. Blanking
 * instead of removing keeps every line number and column true. This is not a parser: trigraphs and
 * line-spliced quotes do not occur in a house that formats its code.
 */
#include "source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum where { IN_CODE, IN_COMMENT, IN_LINE_COMMENT, IN_TEXT, IN_CHARACTER };

static void *or_end(void *memory)
{
    if (!memory) {
        fputs("tidy: memory is short\n", stderr);
        exit(2);
    }
    return memory;
}

bool text_starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends(const char *text, const char *end)
{
    size_t text_bytes = strlen(text);
    size_t end_bytes = strlen(end);
    return text_bytes >= end_bytes && strcmp(text + text_bytes - end_bytes, end) == 0;
}

/* Where the letter at `at` puts us; *out_bytes letters belong together ("/" and "*", a backslash
 * pair). */
static enum where step(enum where where, const char *at, size_t *out_bytes)
{
    *out_bytes = 1;
    switch (where) {
    case IN_CODE:
        if (text_starts(at, "/*") || text_starts(at, "//")) {
            *out_bytes = 2;
            return at[1] == '*' ? IN_COMMENT : IN_LINE_COMMENT;
        }
        return *at == '"' ? IN_TEXT : *at == '\'' ? IN_CHARACTER : IN_CODE;
    case IN_COMMENT:
        *out_bytes = text_starts(at, "*/") ? 2 : 1;
        return *out_bytes == 2 ? IN_CODE : IN_COMMENT;
    case IN_LINE_COMMENT:
        return *at == '\n' ? IN_CODE : IN_LINE_COMMENT;
    case IN_TEXT:
    case IN_CHARACTER:
        if (*at == '\\' && at[1])
            *out_bytes = 2;
        return *at == (where == IN_TEXT ? '"' : '\'') || *at == '\n' ? IN_CODE : where;
    }
    return where;
}

static void blank(char *code)
{
    enum where where = IN_CODE;
    size_t bytes;

    for (char *at = code; *at; at += bytes) {
        enum where next = step(where, at, &bytes);
        for (size_t i = 0; i < bytes; i++)
            if (at[i] != '\n' && (where != IN_CODE || next != IN_CODE))
                at[i] = ' ';
        where = next;
    }
}

static void cut_into_lines(struct source *source)
{
    int count = 0;
    for (const char *at = source->raw; *at; at++)
        count += *at == '\n' || !at[1];
    source->lines = or_end(calloc((size_t)count + 1, sizeof *source->lines));

    char *raw = source->raw;
    char *code = source->code;
    while (raw && *raw) {
        source->lines[source->line_count++] = (struct source_line){raw, code};
        char *end = strchr(raw, '\n');
        if (end)
            code[end - raw] = '\0';
        code += end ? end - raw + 1 : 0;
        if (end)
            *end++ = '\0';
        raw = end;
    }
}

struct source *source_create(const char *path, const char *text)
{
    struct source *source = or_end(calloc(1, sizeof *source));
    source->path = or_end(strdup(path));
    source->raw = or_end(strdup(text));
    source->code = or_end(strdup(text));
    if (source_is_c(source))
        blank(source->code);
    cut_into_lines(source);
    return source;
}

void source_destroy(struct source *source)
{
    if (!source)
        return;
    free(source->path);
    free(source->raw);
    free(source->code);
    free(source->lines);
    free(source);
}

bool source_is_header(const struct source *source)
{
    return text_ends(source->path, ".h");
}

bool source_is_c(const struct source *source)
{
    return text_ends(source->path, ".c") || source_is_header(source);
}

bool source_is_test(const struct source *source)
{
    const char *slash = strrchr(source->path, '/');
    return text_starts(source->path, "tests/") || text_ends(source->path, "_test.c") ||
           text_ends(source->path, "_test.h") || (slash && text_starts(slash, "/test_"));
}

bool source_line_includes(const struct source_line *line, char *out_name, size_t name_bytes)
{
    const char *at = line->code + strspn(line->code, " ");
    if (*at++ != '#')
        return false;
    at += strspn(at, " ");
    if (!text_starts(at, "include"))
        return false;

    const char *name = line->raw + (at - line->code) + strlen("include");
    name += strspn(name, " ");
    if (*name != '"' && *name != '<')
        return false;
    size_t bytes = strcspn(name + 1, "\">");
    if (bytes >= name_bytes)
        return false;
    memcpy(out_name, name + 1, bytes);
    out_name[bytes] = '\0';
    return true;
}

bool source_include_names(const char *include, const char *header_path)
{
    size_t include_bytes = strlen(include);
    size_t path_bytes = strlen(header_path);
    return path_bytes > include_bytes && text_ends(header_path, include) &&
           header_path[path_bytes - include_bytes - 1] == '/';
}

static bool in_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_';
}

const char *next_word(const char *at, size_t *out_bytes)
{
    while (*at && !in_word(*at))
        at++;
    if (!*at)
        return NULL;
    size_t bytes = 0;
    while (in_word(at[bytes]))
        bytes++;
    *out_bytes = bytes;
    return at;
}
