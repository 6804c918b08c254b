/*
 * layout_write.c — a layout into the store.
 *
 * Ids are given out by the one writer: the largest one plus one, inside the writer's transaction.
 * Seats of an option being written are protected by the range noted on their option, which counts
 * as taken.
 *
 * Section and row ids of one option follow each other, because they are written in one transaction;
 * so a seat's section and row are the first id plus the index, and seats can be written in any
 * number of pieces.
 */
#include "catalog/layout_write.h"

#include <stdio.h>

#include "base/must.h"
#include "store/store.h"

enum status layout_next_id(struct store_connection *connection, const struct sql *next,
                           int64_t *out_id)
{
    return store_query_int(connection, next, NULL, 0, out_id);
}

enum status layout_reserve(struct store_connection *connection, int64_t *out_first_seat_id)
{
    static const struct sql next = {
        "SELECT coalesce(max(last_id), 0) + 1 FROM ("
        "SELECT max(id) AS last_id FROM seat UNION ALL "
        "SELECT max(first_seat_id + seat_count - 1) FROM concert_option) AS ends"};
    return layout_next_id(connection, &next, out_first_seat_id);
}

/* --- sections and rows ------------------------------------------------------------------------ */

struct sql_value layout_real(double number, char words[LAYOUT_REAL_BYTES])
{
    int size = snprintf(words, LAYOUT_REAL_BYTES, "%.3f", number);
    must(size > 0 && size < LAYOUT_REAL_BYTES);
    return sql_text(text_make(words, (size_t)size));
}

enum status layout_insert_section(struct store_connection *connection,
                                  const struct section_entry *section)
{
    static const struct sql insert = {
        "INSERT INTO section (id, option_id, position, name, name_ko, grade, price, label_x, "
        "label_y) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
    char x[LAYOUT_REAL_BYTES], y[LAYOUT_REAL_BYTES];
    struct sql_value values[] = {
        sql_int(section->id),    sql_int(section->option.value),   sql_int(section->position),
        sql_text(section->name), sql_text(section->name_ko),       sql_text(section->grade),
        sql_int(section->price), layout_real(section->label_x, x), layout_real(section->label_y, y),
    };
    return store_run(connection, &insert, values, sizeof values / sizeof values[0], NULL);
}

enum status layout_insert_row(struct store_connection *connection, const struct row_entry *entry,
                              const struct layout_row *row)
{
    static const struct sql insert = {
        "INSERT INTO seat_row (id, section_id, option_id, position, name, first_seat_id, "
        "seat_count, x, y, dx, dy) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
    char x[LAYOUT_REAL_BYTES], y[LAYOUT_REAL_BYTES], dx[LAYOUT_REAL_BYTES], dy[LAYOUT_REAL_BYTES];
    struct sql_value values[] = {
        sql_int(entry->id),       sql_int(entry->section_id), sql_int(entry->option.value),
        sql_int(entry->position), sql_text(entry->name),      sql_int(entry->first_seat_id),
        sql_int(row->seat_count), layout_real(row->x, x),     layout_real(row->y, y),
        layout_real(row->dx, dx), layout_real(row->dy, dy),
    };
    return store_enqueue(connection, &insert, values, sizeof values / sizeof values[0]);
}

struct first_ids {
    int64_t section, row;
};

/* STATUS_MISSING when the option has no sections. */
static enum status find_first_ids(struct store_connection *connection, struct option_id option,
                                  struct first_ids *out_ids)
{
    static const struct sql section = {
        "SELECT id FROM section WHERE option_id = $1 AND position = 0"};
    static const struct sql row = {
        "SELECT id FROM seat_row WHERE option_id = $1 ORDER BY first_seat_id LIMIT 1"};
    struct sql_value value = sql_int(option.value);

    enum status status = store_query_int(connection, &section, &value, 1, &out_ids->section);
    if (status != STATUS_OK)
        return status;
    return store_query_int(connection, &row, &value, 1, &out_ids->row);
}

static enum status next_first_ids(struct store_connection *connection, struct first_ids *out_ids)
{
    static const struct sql section = {"SELECT coalesce(max(id), 0) + 1 FROM section"};
    static const struct sql row = {"SELECT coalesce(max(id), 0) + 1 FROM seat_row"};

    enum status status = layout_next_id(connection, &section, &out_ids->section);
    if (status != STATUS_OK)
        return status;
    return layout_next_id(connection, &row, &out_ids->row);
}

static enum status write_section(struct store_connection *connection,
                                 const struct layout_section *section, struct option_id option,
                                 int64_t id, uint32_t position, int64_t price)
{
    return layout_insert_section(
        connection, &(struct section_entry){.id = id,
                                            .option = option,
                                            .position = position,
                                            .name = text_of(section->name),
                                            .name_ko = text_of(section->name_ko),
                                            .grade = text_of(grade_name(section->grade)),
                                            .price = price,
                                            .label_x = section->label_x,
                                            .label_y = section->label_y});
}

enum status layout_write_sections(struct store_connection *connection, const struct layout *layout,
                                  struct option_id option, int64_t first_seat_id,
                                  const int64_t price_won[GRADE_COUNT])
{
    must(!layout->full);
    struct first_ids ids;
    enum status status = find_first_ids(connection, option, &ids);
    if (status != STATUS_MISSING)
        return status; /* they are there, all of them, or the world failed */
    status = next_first_ids(connection, &ids);

    for (uint32_t i = 0; status == STATUS_OK && i < layout->section_count; i++)
        status = write_section(connection, &layout->sections[i], option, ids.section + i, i,
                               price_won[layout->sections[i].grade]);
    for (uint32_t i = 0; status == STATUS_OK && i < layout->row_count; i++) {
        const struct layout_row *row = &layout->rows[i];
        struct row_entry entry = {.id = ids.row + i,
                                  .section_id = ids.section + row->section,
                                  .option = option,
                                  .position = i - layout->sections[row->section].first_row,
                                  .name = text_of(row->name),
                                  .first_seat_id = first_seat_id + row->first_seat};
        status = layout_insert_row(connection, &entry, row);
    }
    return status;
}

/* --- seats ------------------------------------------------------------------------------------ */

static bool in_run(struct layout_run run, uint32_t index)
{
    return index >= run.first && index - run.first < run.count;
}

enum status layout_insert_seat(struct store_connection *connection, const struct seat_entry *seat)
{
    static const struct sql insert = {
        "INSERT INTO seat (id, option_id, section_id, seat_row_id, number, accessible, blocked) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        .postgres_rows =
            "INSERT INTO seat (id, option_id, section_id, seat_row_id, number, accessible, blocked)"
            " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],"
            " $5::text[], $6::bigint[], $7::bigint[]) ON CONFLICT DO NOTHING"};
    char number[12];
    if (text_empty(seat->number))
        snprintf(number, sizeof number, "%u", seat->place + 1);
    struct sql_value values[] = {
        sql_int(seat->id),
        sql_int(seat->option.value),
        sql_int(seat->section_id),
        sql_int(seat->row_id),
        text_empty(seat->number) ? sql_words(number) : sql_text(seat->number),
        sql_int(seat->accessible),
        sql_int(seat->blocked),
    };
    return store_enqueue(connection, &insert, values, sizeof values / sizeof values[0]);
}

static enum status write_seat(struct store_connection *connection, const struct layout_row *row,
                              struct option_id option, const struct first_ids *ids, int64_t row_id,
                              int64_t seat_id, uint32_t place)
{
    return layout_insert_seat(connection,
                              &(struct seat_entry){.id = seat_id,
                                                   .option = option,
                                                   .section_id = ids->section + row->section,
                                                   .row_id = row_id,
                                                   .place = place,
                                                   .accessible = in_run(row->accessible, place),
                                                   .blocked = in_run(row->blocked, place)});
}

/* The row that has the seat: the last one that starts at it or before it. */
static uint32_t row_of_seat(const struct layout *layout, uint32_t seat)
{
    uint32_t low = 0, high = layout->row_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (layout->rows[middle].first_seat <= seat)
            low = middle;
        else
            high = middle;
    }
    return low;
}

enum status layout_write_seats(struct store_connection *connection, const struct layout *layout,
                               struct option_id option, int64_t first_seat_id, uint32_t first,
                               uint32_t count)
{
    must(first < layout->seat_count);
    must(count <= layout->seat_count - first);

    struct first_ids ids;
    enum status status = find_first_ids(connection, option, &ids);
    uint32_t row = row_of_seat(layout, first);
    for (uint32_t i = first; status == STATUS_OK && i < first + count; i++) {
        if (i == layout->rows[row].first_seat + layout->rows[row].seat_count)
            row++;
        status = write_seat(connection, &layout->rows[row], option, &ids, ids.row + row,
                            first_seat_id + i, i - layout->rows[row].first_seat);
    }
    return status;
}

enum status layout_finish(struct store_connection *connection, const struct layout *layout,
                          struct option_id option)
{
    static const struct sql update = {
        "UPDATE concert_option SET map_width = $1, map_height = $2, stage_x = $3, stage_y = $4, "
        "stage_width = $5, stage_height = $6, layout_version = 1, version = version + 1 "
        "WHERE id = $7 AND layout_version = 0"};
    char words[6][LAYOUT_REAL_BYTES];
    struct sql_value values[] = {
        layout_real(layout->width, words[0]),
        layout_real(layout->height, words[1]),
        layout_real(layout->stage_x, words[2]),
        layout_real(layout->stage_y, words[3]),
        layout_real(layout->stage_width, words[4]),
        layout_real(layout->stage_height, words[5]),
        sql_int(option.value),
    };
    return store_run(connection, &update, values, sizeof values / sizeof values[0], NULL);
}
