/*
 * exposition.c — the writer is in one of two places: behind a name, or behind a label. Which one,
 * the last byte tells: inside braces it is the quote that ended a label.
 */
#include "metrics/exposition.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/must.h"

void exposition_family(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void exposition_start(struct buffer *out, const char *name)
{
    buffer_add_words(out, name);
}

static bool in_labels(const struct buffer *out)
{
    return !out->failed && out->bytes[out->size - 1] == '"';
}

static void add_escaped(struct buffer *out, struct text value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.bytes[i];
        if (c == '\\' || c == '"')
            buffer_add_char(out, '\\');
        if (c == '\n')
            buffer_add_words(out, "\\n");
        else
            buffer_add_char(out, c);
    }
}

void exposition_label(struct buffer *out, const char *name, struct text value)
{
    buffer_add_char(out, in_labels(out) ? ',' : '{');
    buffer_add_words(out, name);
    buffer_add_words(out, "=\"");
    add_escaped(out, value);
    buffer_add_char(out, '"');
}

void exposition_label_int(struct buffer *out, const char *name, int64_t value)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRId64, value);
    must(size > 0);
    exposition_label(out, name, text_make(digits, (size_t)size));
}

void exposition_value(struct buffer *out, double value)
{
    buffer_add_format(out, "%s %.15g\n", in_labels(out) ? "}" : "", value);
}

void exposition_value_int(struct buffer *out, uint64_t value)
{
    buffer_add_format(out, "%s %" PRIu64 "\n", in_labels(out) ? "}" : "", value);
}

void exposition_single(struct buffer *out, const char *name, const char *type, const char *help,
                       double value)
{
    exposition_family(out, name, type, help);
    exposition_start(out, name);
    exposition_value(out, value);
}
