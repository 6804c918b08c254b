/*
 * rules.c — the house rules that a program can check, one function a rule.
 *
 * They work on lines and words, not on a syntax tree. The formatter runs before and makes that
 * safe: a function's braces stand alone in the first column, and a declaration starts its line.
 * Where a rule would need more than that, it looks for fewer things instead: a false alarm teaches
 * people to ignore the true ones.
 */
#include "rules.h"

#include <string.h>

enum {
    FUNCTION_LINES = 60,
    FILE_LINES = 700,
    PAGE_FILE_LINES = 250, /* TypeScript */
    COLUMNS = 100,
};

static bool word_is(const char *word, size_t bytes, const char *name)
{
    return strlen(name) == bytes && memcmp(word, name, bytes) == 0;
}

static bool word_in(const char *word, size_t bytes, const char *const *names)
{
    for (; *names; names++)
        if (word_is(word, bytes, *names))
            return true;
    return false;
}

static bool is_page(const struct source *source)
{
    return text_ends(source->path, ".ts") || text_ends(source->path, ".tsx");
}

static void check_file_length(const struct source *source, struct findings *findings)
{
    int most = is_page(source) ? PAGE_FILE_LINES : FILE_LINES;
    if (source->line_count > most)
        findings_add(findings, source->path, most + 1, "the file has %d lines; %d at most",
                     source->line_count, most);
}

static int columns(const char *line)
{
    int count = 0;
    for (; *line; line++)
        count += ((unsigned char)*line & 0xc0) != 0x80; /* not the inside of a UTF-8 letter */
    return count;
}

static void check_lines(const struct source *source, struct findings *findings)
{
    for (int i = 0; i < source->line_count; i++) {
        const char *line = source->lines[i].raw;
        if (source_is_c(source) && columns(line) > COLUMNS)
            findings_add(findings, source->path, i + 1, "%d columns; %d at most", columns(line),
                         COLUMNS);
        if (strchr(line, '\t') && !text_ends(source->path, "Makefile"))
            findings_add(findings, source->path, i + 1, "a tab");
        if (text_ends(line, " "))
            findings_add(findings, source->path, i + 1, "a blank at the end of the line");
    }
}

static void check_function_length(const struct source *source, struct findings *findings)
{
    int opened = -1;
    for (int i = 0; i < source->line_count; i++) {
        const char *code = source->lines[i].code;
        if (strcmp(code, "{") == 0)
            opened = i;
        if (*code != '}' || opened < 0)
            continue;
        int count = i - opened + 1;
        if (count > FUNCTION_LINES)
            findings_add(findings, source->path, opened + 1,
                         "the function has %d lines; %d at most", count, FUNCTION_LINES);
        opened = -1;
    }
}

static void check_calls(const struct source *source, struct findings *findings)
{
    static const char *const banned[] = {
        "strcpy", "strcat", "stpcpy", "sprintf", "vsprintf", "atoi",   "atol",   "atoll", "atof",
        "gets",   "sleep",  "usleep", "rand",    "srand",    "random", "strtok", NULL};
    size_t bytes;

    for (int i = 0; i < source->line_count; i++) {
        const char *code = source->lines[i].code;
        for (const char *word = code; (word = next_word(word, &bytes)) != NULL; word += bytes) {
            bool member = word > code && (word[-1] == '.' || word[-1] == '>');
            if (word[bytes] == '(' && !member && word_in(word, bytes, banned))
                findings_add(findings, source->path, i + 1, "%.*s() is banned", (int)bytes, word);
        }
    }
}

static bool is_number_type(const char *word, size_t bytes)
{
    static const char *const types[] = {"int",     "unsigned", "long",     "short",    "double",
                                        "float",   "int8_t",   "int16_t",  "int32_t",  "int64_t",
                                        "uint8_t", "uint16_t", "uint32_t", "uint64_t", "size_t",
                                        "ssize_t", "off_t",    NULL};
    return word_in(word, bytes, types);
}

/* Money is won everywhere (GLOSSARY.md), so `price` and `amount` do say in what they are counted.
 */
static bool lacks_unit(const char *type, size_t type_bytes, const char *name, size_t bytes)
{
    static const char *const bare[] = {"timeout",  "delay",    "interval",  "duration", "elapsed",
                                       "deadline", "latency",  "ttl",       "period",   "age",
                                       "length",   "len",      "weight",    "cost",     "fee",
                                       "budget",   "lifetime", "remaining", NULL};
    static const char *const moments[] = {"now", "at", "time", NULL}; /* small: an index */
    static const char *const wide[] = {"int64_t", "uint64_t", "long", "double", NULL};
    static const char *const lengths[] = {"length", "len",
                                          NULL}; /* a double: of a line, in a plan */
    size_t start = bytes;
    while (start > 0 && name[start - 1] != '_')
        start--;
    if (start >= 4 && memcmp(name + start - 4, "per_", 4) == 0)
        return false;
    if (word_is(type, type_bytes, "double") && word_in(name + start, bytes - start, lengths))
        return false;
    return word_in(name + start, bytes - start, bare) ||
           (word_in(type, type_bytes, wide) && word_in(name + start, bytes - start, moments));
}

/* TYPE NAME, where NAME is declared: behind it comes the end of a declarator, not a call. */
static void check_units(const struct source *source, struct findings *findings)
{
    size_t type_bytes;
    size_t bytes;

    for (int i = 0; i < source->line_count; i++) {
        const char *type = next_word(source->lines[i].code, &type_bytes);
        for (; type; type = next_word(type + type_bytes, &type_bytes)) {
            if (!is_number_type(type, type_bytes))
                continue;
            const char *between = type + type_bytes;
            const char *name = next_word(between, &bytes);
            if (!name || strspn(between, " *") != (size_t)(name - between))
                continue;
            const char *behind = name + bytes + strspn(name + bytes, " ");
            if (*behind && strchr(";,)=[", *behind) && lacks_unit(type, type_bytes, name, bytes))
                findings_add(findings, source->path, i + 1,
                             "`%.*s` does not say its unit (_ms, _seconds, _bytes, _count, ...)",
                             (int)bytes, name);
        }
    }
}

/* `NAME_MAX =` in an enum, or `#define NAME_MAX`. Tests and tools have limits of their own. */
static void check_limits(const struct source *source, struct findings *findings)
{
    size_t bytes;
    if (!text_starts(source->path, "src/") || strcmp(source->path, "src/limits.h") == 0 ||
        source_is_test(source))
        return;

    for (int i = 0; i < source->line_count; i++) {
        const char *code = source->lines[i].code;
        bool defines = strstr(code, "#define ") != NULL;
        for (const char *word = code; (word = next_word(word, &bytes)) != NULL; word += bytes) {
            const char *behind = word + bytes + strspn(word + bytes, " ");
            bool equals = behind[0] == '=' && behind[1] != '=';
            bool defined = defines && word == strstr(code, "#define ") + strlen("#define ");
            if (bytes > 4 && memcmp(word + bytes - 4, "_MAX", 4) == 0 && (equals || defined))
                findings_add(findings, source->path, i + 1, "%.*s belongs into src/limits.h",
                             (int)bytes, word);
        }
    }
}

static void check_leftovers(const struct source *source, struct findings *findings)
{
    /* In two pieces each, so that this file does not find itself. */
    static const char *const marks[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "X"
                                        "XX",
                                        "HA"
                                        "CK",
                                        NULL};
    size_t bytes;

    for (int i = 0; i < source->line_count; i++) {
        const char *word = source->lines[i].raw;
        for (; (word = next_word(word, &bytes)) != NULL; word += bytes)
            if (word_in(word, bytes, marks))
                findings_add(findings, source->path, i + 1, "a leftover \"%.*s\"", (int)bytes,
                             word);
    }
}

/* The name is taken: inside src/ it finds src/limits.h. */
static void check_limits_header(const struct source *source, struct findings *findings)
{
    for (int i = 0; i < source->line_count; i++)
        if (text_starts(source->lines[i].code, "#include <limits.h>"))
            findings_add(findings, source->path, i + 1,
                         "<limits.h> is our limits.h here; <stdint.h> has UINT32_MAX and the like");
}

static void check_typedefs(const struct source *source, struct findings *findings)
{
    for (int i = 0; i < source->line_count; i++) {
        const char *code = source->lines[i].code;
        bool names_type = text_starts(code, "typedef struct") ||
                          text_starts(code, "typedef enum") || text_starts(code, "typedef union");
        if (names_type && !strchr(code, '(')) /* a function's type may have a name */
            findings_add(findings, source->path, i + 1,
                         "a typedef: structs and enums keep their keyword");
    }
}

/* A file opens with a comment; a header's says which thread may call and who owns the memory. */
static void check_opening(const struct source *source, struct findings *findings)
{
    bool thread = false;
    bool memory = false;

    if (source->line_count == 0 || !text_starts(source->lines[0].raw, "/*")) {
        findings_add(findings, source->path, 1, "the file does not open with a comment");
        return;
    }
    for (int i = 0; i < source->line_count; i++) {
        const char *line = source->lines[i].raw;
        thread = thread || text_starts(line, " * Thread");
        memory = memory || text_starts(line, " * Memory");
        if (strstr(line, "*/"))
            break;
    }
    if (source_is_header(source) && !(thread && memory))
        findings_add(findings, source->path, 1, "the header's top comment does not state %s",
                     thread   ? "Memory"
                     : memory ? "Thread"
                              : "Thread and Memory");
}

void rules_check(const struct source *source, struct findings *findings)
{
    check_file_length(source, findings);
    check_lines(source, findings);
    check_leftovers(source, findings);
    if (!source_is_c(source))
        return;
    check_function_length(source, findings);
    check_calls(source, findings);
    check_units(source, findings);
    check_limits(source, findings);
    check_limits_header(source, findings);
    check_typedefs(source, findings);
    check_opening(source, findings);
}
