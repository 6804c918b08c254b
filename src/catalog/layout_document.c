/*
 * layout_document.c — from JSON to seats, in one walk that does not stop at what is wrong.
 *
 * What is ill-formed is complained about and left out, and the walk goes on: an operator who
 * uploads a hall of 500 rows hears of every slip at once. A limit is complained about where it is
 * passed, once.
 */
#include "catalog/layout_document.h"

#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/table.h"
#include "catalog/numbering.h"

static const double ROW_PITCH = 1.15;
static const double AISLE = 2.0;     /* between sections */
static const double FLOOR_GAP = 4.0; /* between the stage and the first line */
static const double MARGIN = 3.0;
static const double DEGREE = 0.01745329251994329577;

enum { AWAY_DEGREES = 90, STAGE_WIDTH = 60, STAGE_DEPTH = 10, LINE_LENGTH_MIN = 60 };

struct block { /* where a section stands: the middle of its first row */
    int64_t x, y, angle_degrees;
    bool given;
};

struct reader {
    struct arena *arena;
    struct layout_document *document;
    struct complaints *complaints;
    struct table taken; /* names that may come once in their scope */
    struct block *blocks;
    int section, row, seat; /* where we are; -1: not inside one */
    bool rows_full, seats_full;
    bool stage_given;
    enum status status;
};

/* --- complaining ------------------------------------------------------------------------------ */

static void complain(struct reader *reader, const char *key, const char *detail)
{
    const char *dot = key[0] == '\0' ? "" : ".";
    if (reader->section < 0)
        complaints_add(reader->complaints, detail, "%.64s", key);
    else if (reader->row < 0)
        complaints_add(reader->complaints, detail, "sections[%d]%s%.40s", reader->section, dot,
                       key);
    else if (reader->seat < 0)
        complaints_add(reader->complaints, detail, "sections[%d].rows[%d]%s%.40s", reader->section,
                       reader->row, dot, key);
    else
        complaints_add(reader->complaints, detail, "sections[%d].rows[%d].seats[%d]%s%.40s",
                       reader->section, reader->row, reader->seat, dot, key);
}

static bool check_object(struct reader *reader, const struct json_in *value,
                         const char *const *known)
{
    if (!json_in_is_object(value)) {
        complain(reader, "", "This must be an object.");
        return false;
    }
    struct text unknown = json_in_unknown_key(value, known);
    if (unknown.bytes) {
        struct text name = arena_copy(
            reader->arena, text_make(unknown.bytes, unknown.size > 40 ? 40 : unknown.size));
        complain(reader, name.bytes ? name.bytes : "", "There is no such field here.");
    }
    return true;
}

/* --- texts ------------------------------------------------------------------------------------ */

static bool is_printable(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.bytes[i] < 0x20 || text.bytes[i] == 0x7F)
            return false;
    return true;
}

static struct text keep(struct reader *reader, struct text text)
{
    struct text copy = arena_copy(reader->arena, text);
    if (!copy.bytes)
        reader->status = STATUS_NO_MEMORY;
    return copy;
}

/* A text of 1 … bytes_most bytes; false when there is none: complained about. */
static bool read_text(struct reader *reader, const struct json_in *object, const char *key,
                      size_t bytes_most, const char *expected, struct text *out_text)
{
    struct text text;
    if (json_in_read_text(object, key, 1, bytes_most, &text) == JSON_IN_OK && is_printable(text)) {
        text = text_trim(text);
        if (!text_empty(text)) {
            *out_text = keep(reader, text);
            return true;
        }
    }
    complain(reader, key, expected);
    return false;
}

/* The same for a row's or a seat's name, which may be a number. */
static bool read_label(struct reader *reader, const struct json_in *object, const char *key,
                       struct text *out_text)
{
    int64_t number;
    if (json_in_read_int(object, key, 0, INT32_MAX, &number) != JSON_IN_OK)
        return read_text(reader, object, key, LAYOUT_LABEL_BYTES_MAX,
                         "Expected a text of 1 to 16 bytes, or a whole number.", out_text);
    char words[LAYOUT_LABEL_BYTES_MAX];
    snprintf(words, sizeof words, "%d", (int)number);
    *out_text = keep(reader, text_of(words));
    return true;
}

/* Complains when the name has come before in the same scope. */
static void take_name(struct reader *reader, int64_t scope, struct text name, const char *key)
{
    uint64_t hash = (hash_text(name).low ^ hash_id(scope)) | 1;
    uint32_t before;
    if (table_get(&reader->taken, hash, &before))
        complain(reader, key, "This name comes twice.");
    else if (table_set(&reader->taken, hash, 0) != STATUS_OK)
        reader->status = STATUS_NO_MEMORY;
}

enum { SCOPE_SECTIONS = 1, SCOPE_ROWS = 2, SCOPE_SEATS = SCOPE_ROWS + CATALOG_SECTIONS_MAX };

/* --- seats ------------------------------------------------------------------------------------ */

static void read_flag(struct reader *reader, const struct json_in *object, const char *key,
                      bool *out_flag)
{
    enum json_in_verdict verdict = json_in_read_bool(object, key, out_flag);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT)
        complain(reader, key, "Expected true or false.");
}

static void read_seat(struct reader *reader, const struct json_in *value, int64_t scope,
                      struct layout_document_seat *seat)
{
    static const char *const known[] = {"number", "accessible", "blocked", NULL};
    if (!check_object(reader, value, known))
        return;
    if (read_label(reader, value, "number", &seat->number))
        take_name(reader, scope, seat->number, "number");
    read_flag(reader, value, "accessible", &seat->accessible);
    read_flag(reader, value, "blocked", &seat->blocked);
}

static const struct layout_document_seat *read_seats(struct reader *reader,
                                                     const struct json_in *list)
{
    size_t count = json_in_array_count(list);
    struct layout_document_seat *seats = arena_take_zeroed(reader->arena, count * sizeof *seats);
    if (!seats) {
        reader->status = STATUS_NO_MEMORY;
        return NULL;
    }
    int64_t scope = SCOPE_SEATS + reader->document->layout->row_count;
    for (size_t i = 0; i < count; i++) {
        reader->seat = (int)i;
        read_seat(reader, json_in_array_at(list, i), scope, &seats[i]);
    }
    reader->seat = -1;
    return seats;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* `first` is a number or letters; without it and `step` seats are numbered 1, 2, … False: neither
   is there, or something is wrong with them. */
static bool read_numbering(struct reader *reader, const struct json_in *row, int64_t count,
                           struct numbering *out_numbering)
{
    *out_numbering = (struct numbering){.first = 1, .step = 1};
    struct text words;
    int64_t number;
    bool given = json_in_has(row, "first") || json_in_has(row, "step");
    bool good = true;
    if (json_in_read_int(row, "first", 0, INT32_MAX, &number) == JSON_IN_OK)
        out_numbering->first = number;
    else if (json_in_read_text(row, "first", 1, LAYOUT_LABEL_BYTES_MAX, &words) == JSON_IN_OK)
        good = numbering_read(words, out_numbering);
    else
        good = !json_in_has(row, "first");
    if (!good)
        complain(reader, "first", "Expected a whole number from 0 up, or letters from A to ZZZZ.");
    enum json_in_verdict verdict =
        json_in_read_int(row, "step", -LAYOUT_STEP_MAX, LAYOUT_STEP_MAX, &out_numbering->step);
    if ((verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT) || out_numbering->step == 0) {
        complain(reader, "step", "Expected a whole number from -100 to 100, but 0.");
        return false;
    }
    if (given && good && !numbering_fits(out_numbering, count)) {
        complain(reader, "step", "The numbers would fall below the first one there is.");
        return false;
    }
    return given && good;
}

static const struct layout_document_seat *
number_seats(struct reader *reader, const struct numbering *numbering, uint32_t count)
{
    struct layout_document_seat *seats = arena_take_zeroed(reader->arena, count * sizeof *seats);
    for (uint32_t i = 0; seats && i < count; i++) {
        char words[LAYOUT_LABEL_BYTES_MAX];
        numbering_write(numbering, i, words);
        seats[i].number = keep(reader, text_of(words));
    }
    if (!seats)
        reader->status = STATUS_NO_MEMORY;
    return seats;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* `list` names the seats; NULL: they are numbered. A list that does not fit is not even read. */
static void add_row(struct reader *reader, struct text name, uint32_t seat_count,
                    const struct json_in *list, const struct numbering *numbering)
{
    struct layout *layout = reader->document->layout;
    if (layout->row_count == CATALOG_ROWS_MAX) {
        if (!reader->rows_full)
            complain(reader, "", "There are more rows than a date can have.");
        reader->rows_full = true;
        return;
    }
    if (seat_count > SEATS_PER_OPTION_MAX - layout->seat_count) {
        if (!reader->seats_full)
            complain(reader, "seats", "A date has at most 100,000 seats.");
        reader->seats_full = true;
        return;
    }
    const struct layout_document_seat *seats = NULL;
    if (list)
        seats = read_seats(reader, list);
    else if (numbering)
        seats = number_seats(reader, numbering, seat_count);
    reader->document->rows[layout->row_count] = (struct layout_document_row){name, seats};
    layout_add_row(layout, seat_count, 0, 0, 1, 0);
}

static void read_row(struct reader *reader, const struct json_in *value)
{
    static const char *const known[] = {"row", "seats", "first", "step", NULL};
    if (!check_object(reader, value, known))
        return;
    struct text name = {NULL, 0};
    if (read_label(reader, value, "row", &name))
        take_name(reader, SCOPE_ROWS + reader->section, name, "row");

    int64_t count;
    const struct json_in *list;
    struct numbering numbering;
    if (json_in_read_int(value, "seats", 1, SEATS_PER_OPTION_MAX, &count) == JSON_IN_OK) {
        bool given = read_numbering(reader, value, count, &numbering);
        add_row(reader, name, (uint32_t)count, NULL, given ? &numbering : NULL);
    } else if (json_in_read_array(value, "seats", 1, SEATS_PER_OPTION_MAX, &list) == JSON_IN_OK)
        add_row(reader, name, (uint32_t)json_in_array_count(list), list, NULL);
    else
        complain(reader, "seats",
                 "Expected how many seats there are, or a list of them; "
                 "1 to 100,000.");
}

/* --- sections --------------------------------------------------------------------------------- */

static bool read_coordinate(struct reader *reader, const struct json_in *object, const char *key,
                            int64_t least, int64_t *out_value)
{
    enum json_in_verdict verdict =
        json_in_read_int(object, key, least, LAYOUT_COORDINATE_MAX, out_value);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT)
        complain(reader, key, "Expected a whole number, at most 10000.");
    return verdict == JSON_IN_OK;
}

static void read_block(struct reader *reader, const struct json_in *value, struct block *block)
{
    block->angle_degrees = AWAY_DEGREES;
    bool x = read_coordinate(reader, value, "x", -LAYOUT_COORDINATE_MAX, &block->x);
    bool y = read_coordinate(reader, value, "y", -LAYOUT_COORDINATE_MAX, &block->y);
    bool turned = read_coordinate(reader, value, "angle", -360, &block->angle_degrees);
    block->given = x && y;
    if (x != y || (turned && !x))
        complain(reader, x ? "y" : "x", "x and y come together.");
    if (reader->section > 0 && block->given != reader->blocks[0].given)
        complain(reader, "x", "Either all sections have a place or none.");
}

static void read_section_names(struct reader *reader, const struct json_in *value,
                               struct layout_document_section *section)
{
    static const char expected_name[] = "Expected a text of 1 to 64 bytes.";
    if (read_text(reader, value, "name", LAYOUT_NAME_BYTES_MAX, expected_name, &section->name))
        take_name(reader, SCOPE_SECTIONS, section->name, "name");
    section->name_ko = section->name;
    const struct json_in *inner;
    if (json_in_read_object(value, "nameKo", &inner) != JSON_IN_ABSENT)
        read_text(reader, value, "nameKo", LAYOUT_NAME_BYTES_MAX, expected_name, &section->name_ko);
    read_text(reader, value, "grade", LAYOUT_GRADE_BYTES_MAX, "Expected a text of 1 to 32 bytes.",
              &section->grade);
    if (json_in_read_int(value, "price", 1, PRICE_WON_MAX, &section->price) != JSON_IN_OK)
        complain(reader, "price", "Expected a whole number of won, 1 to 100,000,000.");
}

static void read_section(struct reader *reader, const struct json_in *value)
{
    static const char *const known[] = {"name", "nameKo", "grade", "price", "x",
                                        "y",    "angle",  "rows",  NULL};
    layout_add_section(reader->document->layout, GRADE_S); /* the grade stands in the document */
    if (!check_object(reader, value, known))
        return;
    read_section_names(reader, value, &reader->document->sections[reader->section]);
    read_block(reader, value, &reader->blocks[reader->section]);

    const struct json_in *rows;
    if (json_in_read_array(value, "rows", 1, CATALOG_ROWS_MAX, &rows) != JSON_IN_OK) {
        complain(reader, "rows", "Expected a list of 1 to 20,000 rows.");
        return;
    }
    for (size_t i = 0; i < json_in_array_count(rows); i++) {
        reader->row = (int)i;
        read_row(reader, json_in_array_at(rows, i));
    }
    reader->row = -1;
}

static void read_sections(struct reader *reader, const struct json_in *body)
{
    const struct json_in *sections;
    if (json_in_read_array(body, "sections", 1, CATALOG_SECTIONS_MAX, &sections) != JSON_IN_OK) {
        complain(reader, "sections", "Expected a list of 1 to 1,000 sections.");
        return;
    }
    for (size_t i = 0; i < json_in_array_count(sections); i++) {
        reader->section = (int)i;
        read_section(reader, json_in_array_at(sections, i));
    }
    reader->section = -1;
}

/* --- the stage -------------------------------------------------------------------------------- */

static void read_stage(struct reader *reader, const struct json_in *body)
{
    static const char *const known[] = {"x", "y", "width", "height", NULL};
    const struct json_in *stage;
    enum json_in_verdict verdict = json_in_read_object(body, "stage", &stage);
    if (verdict == JSON_IN_ABSENT)
        return;
    int64_t x, y, width, height;
    bool good = verdict == JSON_IN_OK && !json_in_unknown_key(stage, known).bytes &&
                json_in_read_int(stage, "x", -LAYOUT_COORDINATE_MAX, LAYOUT_COORDINATE_MAX, &x) ==
                    JSON_IN_OK &&
                json_in_read_int(stage, "y", -LAYOUT_COORDINATE_MAX, LAYOUT_COORDINATE_MAX, &y) ==
                    JSON_IN_OK &&
                json_in_read_int(stage, "width", 1, LAYOUT_COORDINATE_MAX, &width) == JSON_IN_OK &&
                json_in_read_int(stage, "height", 1, LAYOUT_COORDINATE_MAX, &height) == JSON_IN_OK;
    if (!good) {
        complain(reader, "stage", "Expected an object with x, y, width and height, whole numbers.");
        return;
    }
    struct layout *layout = reader->document->layout;
    layout->stage_x = (double)x;
    layout->stage_y = (double)y;
    layout->stage_width = (double)width;
    layout->stage_height = (double)height;
    reader->stage_given = true;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void place(struct layout *layout, uint32_t section_index, double x, double y, double angle)
{
    const struct layout_section *section = &layout->sections[section_index];
    double vx = cos(angle), vy = sin(angle), ux = vy, uy = -vx;
    for (uint32_t i = 0; i < section->row_count; i++) {
        struct layout_row *row = &layout->rows[section->first_row + i];
        double half = (row->seat_count - 1) / 2.0;
        row->x = x + vx * ROW_PITCH * i - ux * half;
        row->y = y + vy * ROW_PITCH * i - uy * half;
        row->dx = ux;
        row->dy = uy;
    }
}

static double width_of(const struct layout *layout, uint32_t section_index)
{
    const struct layout_section *section = &layout->sections[section_index];
    uint32_t widest = 1;
    for (uint32_t i = 0; i < section->row_count; i++) {
        uint32_t seat_count = layout->rows[section->first_row + i].seat_count;
        widest = seat_count > widest ? seat_count : widest;
    }
    return widest;
}

static double depth_of(const struct layout *layout, uint32_t section_index)
{
    return layout->sections[section_index].row_count * ROW_PITCH;
}

/* As long as makes the whole about one and a half times as wide as it is deep. */
static double line_length(const struct layout *layout)
{
    double area = 0;
    for (uint32_t i = 0; i < layout->section_count; i++)
        area += (width_of(layout, i) + AISLE) * (depth_of(layout, i) + AISLE);
    return fmax(LINE_LENGTH_MIN, sqrt(1.5 * area));
}

/* Sections first … end - 1 side by side, in the middle; returns how deep the line is. */
static double place_line(struct layout *layout, uint32_t first, uint32_t end, double width,
                         double y)
{
    double x = -width / 2, depth = 0;
    for (uint32_t i = first; i < end; i++) {
        double own = width_of(layout, i);
        place(layout, i, x + own / 2, y, AWAY_DEGREES * DEGREE);
        x += own + AISLE;
        depth = fmax(depth, depth_of(layout, i));
    }
    return depth;
}

static void place_in_lines(struct layout *layout)
{
    double longest = line_length(layout), y = FLOOR_GAP;
    for (uint32_t first = 0; first < layout->section_count;) {
        uint32_t end = first + 1;
        double width = width_of(layout, first);
        while (end < layout->section_count && width + AISLE + width_of(layout, end) <= longest)
            width += AISLE + width_of(layout, end++);
        y += place_line(layout, first, end, width, y) + AISLE;
        first = end;
    }
}

static void draw(struct reader *reader)
{
    struct layout *layout = reader->document->layout;
    if (!reader->stage_given) {
        layout->stage_width = STAGE_WIDTH;
        layout->stage_height = STAGE_DEPTH;
        layout->stage_x = -STAGE_WIDTH / 2.0;
        layout->stage_y = -STAGE_DEPTH;
    }
    if (reader->blocks[0].given) {
        for (uint32_t i = 0; i < layout->section_count; i++)
            place(layout, i, (double)reader->blocks[i].x, (double)reader->blocks[i].y,
                  (double)reader->blocks[i].angle_degrees * DEGREE);
    } else {
        place_in_lines(layout);
    }
    layout_settle(layout, MARGIN);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool take_memory(struct reader *reader)
{
    struct layout_document *document = reader->document;
    document->layout = arena_take_zeroed(reader->arena, sizeof *document->layout);
    document->sections =
        arena_take_zeroed(reader->arena, CATALOG_SECTIONS_MAX * sizeof *document->sections);
    document->rows = arena_take_zeroed(reader->arena, CATALOG_ROWS_MAX * sizeof *document->rows);
    reader->blocks =
        arena_take_zeroed(reader->arena, CATALOG_SECTIONS_MAX * sizeof *reader->blocks);
    return document->layout && document->sections && document->rows && reader->blocks;
}

enum status layout_document_read(const struct json_in *body, struct arena *arena,
                                 struct layout_document *out_document,
                                 struct complaints *complaints)
{
    static const char *const known[] = {"sections", "stage", NULL};
    struct reader reader = {.arena = arena,
                            .document = out_document,
                            .complaints = complaints,
                            .section = -1,
                            .row = -1,
                            .seat = -1};
    if (!take_memory(&reader))
        return STATUS_NO_MEMORY;
    table_init(&reader.taken, SEATS_PER_OPTION_MAX * 10);
    if (check_object(&reader, body, known)) {
        read_sections(&reader, body);
        read_stage(&reader, body);
    }
    table_deinit(&reader.taken);
    if (complaints->short_of_memory)
        reader.status = STATUS_NO_MEMORY;
    if (reader.status == STATUS_OK && complaints->count == 0)
        draw(&reader);
    return reader.status;
}
