/* layout_summary.c — one row of the date, and one a section. */
#include "catalog/layout_summary.h"

#include "base/json_out.h"
#include "limits.h"
#include "store/store.h"

enum { JSON_FIRST_BYTES = 1024 };

static void write_section(struct json_out *out, const struct rows *rows)
{
    json_out_object(out);
    json_out_text_field(out, "name", rows_text(rows, 0));
    json_out_text_field(out, "grade", rows_text(rows, 1));
    json_out_int_field(out, "price", rows_int(rows, 2));
    json_out_int_field(out, "seatCount", rows_int(rows, 3));
    json_out_object_end(out);
}

static enum status write_sections(struct store_connection *connection, struct option_id option,
                                  struct json_out *out)
{
    static const struct sql select = {
        "SELECT s.name, s.grade, s.price, sum(r.seat_count) FROM section s"
        " JOIN seat_row r ON r.option_id = $1 AND r.section_id = s.id WHERE s.option_id = $1"
        " GROUP BY s.id, s.position, s.name, s.grade, s.price ORDER BY s.position LIMIT $2"};
    const struct sql_value values[] = {sql_int(option.value), sql_int(CHANGE_SECTIONS_MAX)};
    struct rows rows;
    enum status status = store_query(connection, &select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    json_out_key(out, "sections");
    json_out_array(out);
    while (rows_next(&rows))
        write_section(out, &rows);
    json_out_array_end(out);
    return rows_end(&rows);
}

/* *out_found: the date has a layout, and the object is begun. */
static enum status write_numbers(struct store_connection *connection, struct option_id option,
                                 struct json_out *out, bool *out_found)
{
    static const struct sql select = {
        "SELECT layout_version, first_seat_id, seat_count, (SELECT count(*) FROM section"
        " WHERE option_id = $1) FROM concert_option WHERE id = $1 AND layout_version > 0"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    *out_found = rows_next(&rows);
    if (*out_found) {
        json_out_object(out);
        json_out_int_field(out, "revision", rows_int(&rows, 0));
        json_out_int_field(out, "firstSeatId", rows_int(&rows, 1));
        json_out_int_field(out, "seatCount", rows_int(&rows, 2));
        json_out_int_field(out, "sectionCount", rows_int(&rows, 3));
    }
    return rows_end(&rows);
}

enum status layout_summary_read(struct store_connection *connection, struct arena *arena,
                                struct option_id option, struct text *out_json)
{
    struct buffer words;
    buffer_init(&words, arena, JSON_FIRST_BYTES);
    struct json_out out = json_out_to(&words);
    bool found = false;
    *out_json = text_of("");
    enum status status = write_numbers(connection, option, &out, &found);
    if (status != STATUS_OK || !found)
        return status;
    status = write_sections(connection, option, &out);
    json_out_object_end(&out);
    if (words.failed)
        return STATUS_NO_MEMORY;
    *out_json = buffer_text(&words);
    return status;
}
