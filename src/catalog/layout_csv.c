/*
 * layout_csv.c — from records to the JSON of a layout, and from its complaints back to lines.
 *
 * A record opens a section or a row where its name differs from the one before, and adds its seats.
 * Numbers are passed on as numbers where they are some and as texts where not: the document's own
 * rules then complain in their own words.
 */
#include "catalog/layout_csv.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/json_out.h"
#include "catalog/numbering.h"

enum column {
    SECTION,
    SECTION_KO,
    GRADE,
    PRICE,
    ROW,
    SEATS,
    FIRST,
    STEP,
    NUMBER,
    ACCESSIBLE,
    BLOCKED,
    X,
    Y,
    ANGLE,
    STAGE_X,
    STAGE_Y,
    STAGE_WIDTH,
    STAGE_HEIGHT,
    COLUMN_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {
    "section", "sectionKo", "grade",  "price",      "row",        "seats",
    "first",   "step",      "number", "accessible", "blocked",    "x",
    "y",       "angle",     "stageX", "stageY",     "stageWidth", "stageHeight"};

/* Of the whole hall. */
static const enum column stage_columns[] = {STAGE_X, STAGE_Y, STAGE_WIDTH, STAGE_HEIGHT};
enum { STAGE_COLUMNS = sizeof stage_columns / sizeof stage_columns[0] };

struct table {
    struct csv csv;
    struct layout_csv *out;
    struct complaints *complaints;
    struct json_out json;
    int place_of[COLUMN_COUNT]; /* of a column in the records; -1: not there */
    size_t field_count;
    struct text of_section[COLUMN_COUNT]; /* what the section's first record says */
    struct text of_stage[STAGE_COLUMNS];  /* what the first record says */
    struct text row_name;
    int section, row, seat; /* -1: none is open */
    int64_t seat_count;     /* of the whole table */
    struct numbering next;  /* where the row goes on when nobody says */
    enum status status;
};

static void complain(struct table *table, enum column column, const char *detail)
{
    complaints_add(table->complaints, detail, "line %d, %s", table->csv.line, column_names[column]);
}

static struct text value_of(const struct table *table, enum column column)
{
    int place = table->place_of[column];
    return place < 0 ? text_make(NULL, 0) : text_trim(table->csv.fields[place]);
}

/* --- the names of the columns ----------------------------------------------------------------- */

static void find_columns(struct table *table)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        table->place_of[i] = -1;
    table->field_count = table->csv.field_count;
    for (size_t f = 0; f < table->field_count; f++) {
        int column = 0;
        while (column < COLUMN_COUNT &&
               !text_equal(text_trim(table->csv.fields[f]), text_of(column_names[column])))
            column++;
        if (column == COLUMN_COUNT)
            complaints_add(table->complaints, "There is no such column.", "line %d, column %zu",
                           table->csv.line, f + 1);
        else if (table->place_of[column] >= 0)
            complain(table, (enum column)column, "This column comes twice.");
        else
            table->place_of[column] = (int)f;
    }
    static const enum column needed[] = {SECTION, GRADE, PRICE, ROW};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (table->place_of[needed[i]] < 0)
            complain(table, needed[i], "This column is missing.");
    if (table->place_of[SEATS] < 0 && table->place_of[NUMBER] < 0)
        complain(table, SEATS, "One of the columns seats and number is needed.");
}

/* --- sections and rows ------------------------------------------------------------------------ */

static void close_row(struct table *table)
{
    if (table->row_name.bytes) {
        json_out_array_end(&table->json);
        json_out_object_end(&table->json);
    }
    table->row_name = text_make(NULL, 0);
}

static void close_section(struct table *table)
{
    close_row(table);
    if (table->section >= 0) {
        json_out_array_end(&table->json);
        json_out_object_end(&table->json);
    }
}

static void write_number_or_text(struct table *table, const char *key, struct text value)
{
    int64_t number;
    if (text_to_int64(value, &number))
        json_out_int_field(&table->json, key, number);
    else
        json_out_text_field(&table->json, key, value);
}

static void open_section(struct table *table)
{
    close_section(table);
    table->section++;
    table->row = -1;
    static const enum column columns[] = {SECTION, SECTION_KO, GRADE, PRICE, X, Y, ANGLE};
    static const char *const keys[] = {"name", "nameKo", "grade", "price", "x", "y", "angle"};
    json_out_object(&table->json);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct text value = value_of(table, columns[i]);
        table->of_section[columns[i]] = value;
        bool is_number =
            columns[i] == PRICE || columns[i] == X || columns[i] == Y || columns[i] == ANGLE;
        if (text_empty(value))
            continue;
        if (is_number)
            write_number_or_text(table, keys[i], value);
        else
            json_out_text_field(&table->json, keys[i], value);
    }
    json_out_key(&table->json, "rows");
    json_out_array(&table->json);
}

/* Further records of a section repeat what its first one said, or leave it out. */
static void check_section(struct table *table)
{
    static const enum column columns[] = {SECTION_KO, GRADE, PRICE, X, Y, ANGLE};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct text value = value_of(table, columns[i]);
        if (!text_empty(value) && !text_equal(value, table->of_section[columns[i]]))
            complain(table, columns[i], "The section's first record says something else.");
    }
}

static void open_row(struct table *table, struct text name)
{
    close_row(table);
    table->row++;
    table->seat = 0;
    table->row_name = name;
    table->next = (struct numbering){.first = 1, .step = 1};
    json_out_object(&table->json);
    json_out_text_field(&table->json, "row", name);
    json_out_key(&table->json, "seats");
    json_out_array(&table->json);
}

/* --- the stage -------------------------------------------------------------------------------- */

static void read_stage(struct table *table)
{
    bool is_first = table->out->record_count == 0;
    for (size_t i = 0; i < STAGE_COLUMNS; i++) {
        struct text value = value_of(table, stage_columns[i]);
        if (is_first)
            table->of_stage[i] = value;
        else if (!text_empty(value) && !text_equal(value, table->of_stage[i]))
            complain(table, stage_columns[i], "The first record says something else.");
    }
}

/* Half a stage is written too: the document's rules complain. */
static void write_stage(struct table *table)
{
    static const char *const keys[STAGE_COLUMNS] = {"x", "y", "width", "height"};
    bool any = false;
    for (size_t i = 0; i < STAGE_COLUMNS; i++)
        any = any || !text_empty(table->of_stage[i]);
    if (!any)
        return;
    json_out_key(&table->json, "stage");
    json_out_object(&table->json);
    for (size_t i = 0; i < STAGE_COLUMNS; i++)
        if (!text_empty(table->of_stage[i]))
            write_number_or_text(table, keys[i], table->of_stage[i]);
    json_out_object_end(&table->json);
}

/* --- seats ------------------------------------------------------------------------------------ */

static bool read_flag(struct table *table, enum column column)
{
    struct text value = value_of(table, column);
    if (!text_empty(value) && !text_equal(value, text_of("true")) &&
        !text_equal(value, text_of("false")))
        complain(table, column, "Expected true, false or nothing.");
    return text_equal(value, text_of("true"));
}

static void write_seat(struct table *table, struct text number, bool accessible, bool blocked)
{
    json_out_object(&table->json);
    json_out_text_field(&table->json, "number", number);
    if (accessible)
        json_out_bool_field(&table->json, "accessible", true);
    if (blocked)
        json_out_bool_field(&table->json, "blocked", true);
    json_out_object_end(&table->json);
    table->seat++;
    table->seat_count++;
}

static bool read_numbering(struct table *table, int64_t count, struct numbering *out_numbering)
{
    struct text first = value_of(table, FIRST), step = value_of(table, STEP);
    *out_numbering = table->next;
    if (!text_empty(first) && !numbering_read(first, out_numbering)) {
        complain(table, FIRST, "Expected a whole number from 0 up, or letters from A to ZZZZ.");
        return false;
    }
    if (!text_empty(step) &&
        (!text_to_int64(step, &out_numbering->step) || out_numbering->step == 0 ||
         out_numbering->step < -LAYOUT_STEP_MAX || out_numbering->step > LAYOUT_STEP_MAX)) {
        complain(table, STEP, "Expected a whole number from -100 to 100, but 0.");
        return false;
    }
    if (numbering_fits(out_numbering, count))
        return true;
    complain(table, STEP, "The numbers would fall below the first one there is.");
    return false;
}

static void write_run(struct table *table, bool accessible, bool blocked)
{
    int64_t count;
    struct numbering numbering;
    if (!text_to_int64(value_of(table, SEATS), &count) || count < 1 ||
        count > SEATS_PER_OPTION_MAX) {
        complain(table, SEATS, "Expected a whole number from 1 to 100,000.");
        return;
    }
    if (table->seat_count + count > SEATS_PER_OPTION_MAX) {
        complain(table, SEATS, "A date has at most 100,000 seats.");
        return;
    }
    if (!read_numbering(table, count, &numbering))
        return;
    for (int64_t i = 0; i < count; i++) {
        char words[LAYOUT_LABEL_BYTES_MAX];
        numbering_write(&numbering, i, words);
        write_seat(table, text_of(words), accessible, blocked);
    }
    table->next = numbering;
    table->next.first += count * numbering.step;
}

static void write_seats(struct table *table)
{
    bool accessible = read_flag(table, ACCESSIBLE), blocked = read_flag(table, BLOCKED);
    struct text number = value_of(table, NUMBER);
    bool counted = !text_empty(value_of(table, SEATS));
    if (counted == !text_empty(number))
        complain(table, SEATS, "Expected how many seats, or the number of one; not both.");
    else if (counted)
        write_run(table, accessible, blocked);
    else if (table->seat_count == SEATS_PER_OPTION_MAX)
        complain(table, NUMBER, "A date has at most 100,000 seats.");
    else
        write_seat(table, number, accessible, blocked);
}

/* --- records ---------------------------------------------------------------------------------- */

static void remember(struct table *table)
{
    struct layout_csv *out = table->out;
    if (out->record_count == out->record_capacity) {
        size_t capacity = out->record_capacity * 2 + 1024;
        struct layout_csv_record *records =
            arena_take(table->csv.arena, capacity * sizeof *records);
        if (!records) {
            table->status = STATUS_NO_MEMORY;
            return;
        }
        if (out->record_count > 0)
            memcpy(records, out->records, out->record_count * sizeof *records);
        out->records = records;
        out->record_capacity = capacity;
    }
    out->records[out->record_count++] =
        (struct layout_csv_record){table->section, table->row, table->seat, table->csv.line};
}

static void read_record(struct table *table)
{
    if (table->csv.field_count != table->field_count) {
        complaints_add(table->complaints, "Another number of fields than the first record has.",
                       "line %d", table->csv.line);
        return;
    }
    struct text section = value_of(table, SECTION), row = value_of(table, ROW);
    if (text_empty(section) || text_empty(row)) {
        complain(table, text_empty(section) ? SECTION : ROW, "Expected a name.");
        return;
    }
    read_stage(table);
    bool same = table->section >= 0 && text_equal(section, table->of_section[SECTION]);
    if (same)
        check_section(table);
    else
        open_section(table);
    if (!table->row_name.bytes || !text_equal(row, table->row_name))
        open_row(table, row);
    remember(table);
    write_seats(table);
}

static void complain_of_record(struct table *table, enum csv_verdict verdict)
{
    const char *detail = "A record has at most 32 fields.";
    if (verdict == CSV_QUOTE_INSIDE)
        detail = "A quote is in the middle of a field: quote the field, and double the quote.";
    else if (verdict == CSV_QUOTE_OPEN)
        detail = "The quoted field is never closed.";
    complaints_add(table->complaints, detail, "line %d", table->csv.line);
}

static void read_records(struct table *table)
{
    enum csv_verdict verdict;
    while (table->status == STATUS_OK && (verdict = csv_next(&table->csv)) != CSV_END) {
        if (verdict == CSV_NO_MEMORY)
            table->status = STATUS_NO_MEMORY;
        else if (verdict == CSV_RECORD)
            read_record(table);
        else
            complain_of_record(table, verdict);
    }
}

enum status layout_csv_read(struct text words, struct arena *arena, struct layout_csv *out_csv,
                            struct complaints *complaints)
{
    *out_csv = (struct layout_csv){0};
    buffer_init(&out_csv->json, arena, words.size + 4096);
    struct table table = {.out = out_csv, .complaints = complaints, .section = -1, .row = -1};
    table.json = json_out_to(&out_csv->json);
    csv_init(&table.csv, words, arena);
    json_out_object(&table.json);
    json_out_key(&table.json, "sections");
    json_out_array(&table.json);
    bool is_text = text_is_utf8(words) && (words.size == 0 || !memchr(words.bytes, 0, words.size));
    enum csv_verdict verdict = is_text ? csv_next(&table.csv) : CSV_END;
    if (verdict == CSV_RECORD)
        find_columns(&table);
    else
        complaints_add(complaints,
                       "Expected a table in UTF-8, and the columns' names in its "
                       "first record.",
                       "line 1");
    if (complaints->count == 0)
        read_records(&table);
    close_section(&table);
    json_out_array_end(&table.json);
    write_stage(&table);
    json_out_object_end(&table.json);
    return out_csv->json.failed ? STATUS_NO_MEMORY : table.status;
}

/* --- back to lines ---------------------------------------------------------------------------- */

/* The number behind `name[`, from *words on, which goes behind it; -1: it is not there. */
static int index_in(const char **words, const char *name)
{
    size_t size = strlen(name);
    if (strncmp(*words, name, size) != 0 || (*words)[size] != '[')
        return -1;
    struct text rest;
    struct text digits = text_cut(text_of(*words + size + 1), ']', &rest);
    int64_t number;
    if (!rest.bytes || !text_to_int64(digits, &number))
        return -1;
    *words = rest.bytes + (rest.size > 0 && rest.bytes[0] == '.');
    return (int)number;
}

/* The last record that begins at or before the place. */
static int line_of(const struct layout_csv *csv, int section, int row, int seat)
{
    size_t low = 0, high = csv->record_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct layout_csv_record *at = &csv->records[middle];
        bool behind = at->section != section ? at->section > section
                      : at->row != row       ? at->row > row
                                             : at->first_seat > seat;
        if (behind)
            high = middle;
        else
            low = middle + 1;
    }
    return low > 0 ? csv->records[low - 1].line : 1;
}

static void name_line(const struct layout_csv *csv, struct complaint *complaint)
{
    const char *words = complaint->field;
    int section = index_in(&words, "sections");
    if (strcmp(words, "stage") == 0 && csv->record_count > 0)
        snprintf(complaint->field, sizeof complaint->field, "line %d, stage", csv->records[0].line);
    if (section < 0)
        return;
    int row = index_in(&words, "rows");
    int seat = row < 0 ? -1 : index_in(&words, "seats");
    char key[COMPLAINT_FIELD_BYTES_MAX];
    snprintf(key, sizeof key, "%s", words);
    int line = line_of(csv, section, row < 0 ? 0 : row, seat < 0 ? 0 : seat);
    snprintf(complaint->field, sizeof complaint->field, "line %d%s%.64s", line,
             key[0] == '\0' ? "" : ", ", strcmp(key, "name") == 0 ? "section" : key);
}

void layout_csv_name_lines(const struct layout_csv *csv, struct complaints *complaints, size_t from)
{
    size_t index = 0;
    for (struct complaint *at = complaints->first; at; at = at->next, index++)
        if (index >= from)
            name_line(csv, at);
}
