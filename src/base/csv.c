/* csv.c — one pass over the bytes; nothing is copied but fields with doubled quotes. */
#include "base/csv.h"

#include "base/must.h"

void csv_init(struct csv *csv, struct text text, struct arena *arena)
{
    static const char mark[] = "\xEF\xBB\xBF";
    *csv = (struct csv){.rest = text, .arena = arena, .next_line = 1};
    if (text_starts(text, text_of(mark)))
        csv->rest = text_make(text.bytes + sizeof mark - 1, text.size - (sizeof mark - 1));
}

static void step(struct csv *csv, size_t size)
{
    must(size <= csv->rest.size);
    csv->rest = text_make(csv->rest.bytes + size, csv->rest.size - size);
}

/* 0 where no line ends here. */
static size_t line_end(struct text text)
{
    if (text.size > 0 && text.bytes[0] == '\n')
        return 1;
    return text.size > 1 && text.bytes[0] == '\r' && text.bytes[1] == '\n' ? 2 : 0;
}

static enum csv_verdict read_plain(struct csv *csv, struct text *out_field)
{
    size_t size = 0;
    while (size < csv->rest.size && csv->rest.bytes[size] != ',' &&
           line_end(text_make(csv->rest.bytes + size, csv->rest.size - size)) == 0) {
        if (csv->rest.bytes[size] == '"')
            return CSV_QUOTE_INSIDE;
        size++;
    }
    *out_field = text_make(csv->rest.bytes, size);
    step(csv, size);
    return CSV_RECORD;
}

/* "" becomes ". */
static enum csv_verdict undouble(struct csv *csv, struct text quoted, struct text *out_field)
{
    char *bytes = arena_take(csv->arena, quoted.size + 1);
    if (!bytes)
        return CSV_NO_MEMORY;
    size_t size = 0;
    for (size_t i = 0; i < quoted.size; i++) {
        bytes[size++] = quoted.bytes[i];
        i += quoted.bytes[i] == '"';
    }
    *out_field = text_make(bytes, size);
    return CSV_RECORD;
}

static enum csv_verdict read_quoted(struct csv *csv, struct text *out_field)
{
    size_t size = 1;
    bool doubled = false;
    for (; size < csv->rest.size; size++) {
        char c = csv->rest.bytes[size];
        csv->next_line += c == '\n';
        if (c != '"')
            continue;
        if (size + 1 == csv->rest.size || csv->rest.bytes[size + 1] != '"')
            break;
        doubled = true;
        size++;
    }
    if (size >= csv->rest.size)
        return CSV_QUOTE_OPEN;
    *out_field = text_make(csv->rest.bytes + 1, size - 1);
    step(csv, size + 1);
    bool ends = csv->rest.size == 0 || csv->rest.bytes[0] == ',' || line_end(csv->rest) > 0;
    if (!ends)
        return CSV_QUOTE_INSIDE;
    return doubled ? undouble(csv, *out_field, out_field) : CSV_RECORD;
}

static void skip_line(struct csv *csv)
{
    while (csv->rest.size > 0 && line_end(csv->rest) == 0)
        step(csv, 1);
    step(csv, line_end(csv->rest));
    csv->next_line++;
}

static enum csv_verdict read_record(struct csv *csv)
{
    csv->field_count = 0;
    for (;;) {
        if (csv->field_count == CSV_FIELDS_MAX)
            return CSV_TOO_MANY_FIELDS;
        bool quoted = csv->rest.size > 0 && csv->rest.bytes[0] == '"';
        struct text *field = &csv->fields[csv->field_count++];
        enum csv_verdict verdict = quoted ? read_quoted(csv, field) : read_plain(csv, field);
        if (verdict != CSV_RECORD)
            return verdict;
        if (csv->rest.size == 0 || csv->rest.bytes[0] != ',')
            return CSV_RECORD;
        step(csv, 1);
    }
}

enum csv_verdict csv_next(struct csv *csv)
{
    for (size_t end; (end = line_end(csv->rest)) > 0; csv->next_line++)
        step(csv, end);
    if (csv->rest.size == 0)
        return CSV_END;
    csv->line = csv->next_line;
    enum csv_verdict verdict = read_record(csv);
    if (verdict == CSV_QUOTE_OPEN)
        csv->rest = text_make(NULL, 0); /* everything to the end is in the quotes */
    else
        skip_line(csv);
    return verdict;
}
