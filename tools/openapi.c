/*
 * openapi.c — turns docs/api/openapi.yaml into JSON, at build time.
 *
 *     openapi INPUT.yaml OUTPUT.json
 *
 * It reads the part of YAML that the document keeps to: mappings by indents of two, lists with
 * "- ", plain or "quoted" words, and JSON for what fits on a line. Anything else ends the build
 * with its line, so nobody believes that a richer document was understood. Whether what is between
 * brackets or quotes is JSON is seen by the tests, which read the result.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 20000, DEPTH_MAX = 24, STEP = 2 };

struct line {
    char *words; /* without the indent, terminated */
    int indent;
    int number;
};

static struct line lines[LINES_MAX];
static size_t line_count, at;
static FILE *out;

static _Noreturn void fail(int number, const char *why)
{
    fprintf(stderr, "openapi.yaml:%d: %s\n", number, why);
    exit(1);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void read_lines(char *text)
{
    int number = 0;
    for (char *next = text; next; number++) {
        char *words = next;
        next = strchr(words, '\n');
        if (next)
            *next++ = '\0';
        int indent = (int)strspn(words, " ");
        if (words[indent] == '\0' || words[indent] == '#')
            continue;
        if (line_count == LINES_MAX || indent % STEP != 0 || strchr(words, '\t'))
            fail(number + 1, "an indent that is not two by two, a tab, or too many lines");
        lines[line_count++] = (struct line){words + indent, indent, number + 1};
    }
}

/* --- words ------------------------------------------------------------------------------------ */

static void write_quoted(const char *words, size_t size)
{
    fputc('"', out);
    for (size_t i = 0; i < size; i++) {
        if (words[i] == '"' || words[i] == '\\')
            fputc('\\', out);
        fputc(words[i], out);
    }
    fputc('"', out);
}

static bool is_number(const char *words)
{
    char *end;
    if (!isdigit((unsigned char)words[0]) && words[0] != '-')
        return false;
    strtod(words, &end);
    return *end == '\0';
}

static void write_value(const struct line *line, const char *words)
{
    bool as_it_is = strchr("\"[{", words[0]) || is_number(words) || strcmp(words, "true") == 0 ||
                    strcmp(words, "false") == 0 || strcmp(words, "null") == 0;
    if (as_it_is) {
        fputs(words, out);
        return;
    }
    if (strchr("'|>&*!%@`", words[0]) || strstr(words, ": ") || strstr(words, " #"))
        fail(line->number, "quote these words: YAML would read more into them");
    write_quoted(words, strlen(words));
}

/* The end of a key, at its colon; NULL when the line has none. */
static char *end_of_key(char *words)
{
    char *end = words;
    if (words[0] == '"') {
        end = strchr(words + 1, '"');
        return end && end[1] == ':' ? end + 1 : NULL;
    }
    end = strchr(words, ':');
    while (end && end[1] != '\0' && end[1] != ' ')
        end = strchr(end + 1, ':');
    return end;
}

/* --- blocks ----------------------------------------------------------------------------------- */

static void write_block(int indent, int depth);

static void write_list(int indent)
{
    fputc('[', out);
    for (bool first = true; at < line_count && lines[at].indent == indent; first = false) {
        const struct line *line = &lines[at++];
        if (strncmp(line->words, "- ", 2) != 0)
            fail(line->number, "expected one more \"- \"");
        if (!first)
            fputc(',', out);
        write_value(line, line->words + 2);
    }
    fputc(']', out);
}

static void write_entry(const struct line *line, int depth)
{
    char *end = end_of_key(line->words);
    if (!end)
        fail(line->number, "expected a key and a colon");
    size_t size = (size_t)(end - line->words);
    if (line->words[0] == '"')
        fwrite(line->words, 1, size, out);
    else
        write_quoted(line->words, size);
    fputc(':', out);
    if (end[1] == ' ')
        write_value(line, end + 2);
    else if (at < line_count && lines[at].indent == line->indent + STEP)
        write_block(line->indent + STEP, depth + 1);
    else
        fail(line->number, "nothing belongs to this key");
}

static void write_block(int indent, int depth)
{
    if (depth > DEPTH_MAX)
        fail(lines[at].number, "too deep");
    if (strncmp(lines[at].words, "- ", 2) == 0) {
        write_list(indent);
        return;
    }
    fputc('{', out);
    for (bool first = true; at < line_count && lines[at].indent == indent; first = false) {
        if (!first)
            fputc(',', out);
        const struct line *line = &lines[at++];
        write_entry(line, depth);
        if (at < line_count && lines[at].indent > indent)
            fail(lines[at].number, "this is indented too far");
    }
    fputc('}', out);
}

/* --- files ------------------------------------------------------------------------------------ */

static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0)
        return NULL;
    long size = ftell(in);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    rewind(in);
    if (!text || fread(text, 1, (size_t)size, in) != (size_t)size)
        return NULL;
    text[size] = '\0';
    fclose(in);
    return text;
}

int main(int count, char **words)
{
    if (count != 3) {
        fputs("usage: openapi INPUT.yaml OUTPUT.json\n", stderr);
        return 2;
    }
    char *text = read_file(words[1]);
    out = text ? fopen(words[2], "w") : NULL;
    if (!out) {
        perror(text ? words[2] : words[1]);
        return 1;
    }
    read_lines(text);
    if (line_count == 0)
        fail(1, "there is nothing in it");
    write_block(0, 0);
    if (at < line_count)
        fail(lines[at].number, "this is indented too little");
    fputc('\n', out);
    if (fclose(out) != 0) {
        perror(words[2]);
        return 1;
    }
    free(text);
    return 0;
}
