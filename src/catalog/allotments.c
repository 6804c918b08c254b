/* allotments.c — one query, a row a seat; an allotment ends where the next one begins. */
#include "catalog/allotments.h"

void allotment_json(struct json_out *out, const struct allotment_item *item)
{
    json_out_int_field(out, "id", item->id);
    json_out_int_field(out, "optionId", item->option);
    json_out_text_field(out, "name", item->name);
    json_out_key(out, "groupId");
    if (item->group)
        json_out_int(out, item->group);
    else
        json_out_null(out);
    json_out_key(out, "releasesAt");
    if (item->releases_at_ms)
        json_out_time(out, item->releases_at_ms);
    else
        json_out_null(out);
}

static enum status option_exists(struct store_connection *reader, struct option_id option)
{
    static const struct sql find = {
        "SELECT id FROM concert_option WHERE id = $1 AND deleted_at_ms IS NULL"};
    struct sql_value value = sql_int(option.value);
    int64_t id;
    return store_query_int(reader, &find, &value, 1, &id);
}

static void begin_item(struct json_out *out, struct option_id option, const struct rows *rows)
{
    json_out_object(out);
    allotment_json(out, &(struct allotment_item){.id = rows_int(rows, 0),
                                                 .option = option.value,
                                                 .name = rows_text(rows, 1),
                                                 .group = rows_int(rows, 2),
                                                 .releases_at_ms = rows_int(rows, 3)});
    json_out_key(out, "seatIds");
    json_out_array(out);
}

static void end_item(struct json_out *out)
{
    json_out_array_end(out);
    json_out_object_end(out);
}

static enum status write_items(struct store_connection *reader, struct option_id option,
                               struct fan_id fan, struct json_out *out)
{
    static const struct sql select = {
        "SELECT a.id, a.name, a.group_id, a.releases_at_ms, t.id FROM allotment a "
        "JOIN concert_option o ON o.id = a.option_id "
        "LEFT JOIN seat t ON t.allotment_id = a.id AND t.id >= o.first_seat_id "
        "AND t.id < o.first_seat_id + o.seat_count AND (t.blocked <> 0 OR t.allotment_id <> 0) "
        "WHERE a.option_id = $1 AND a.ended_at_ms IS NULL AND ($2 = 0 OR a.group_id IN "
        "(SELECT group_id FROM fan_group_member WHERE fan_id = $2)) ORDER BY a.id, t.id"};
    const struct sql_value values[] = {sql_int(option.value), sql_int(fan.value)};
    struct rows rows;
    enum status status = store_query(reader, &select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    int64_t current = 0;
    while (rows_next(&rows)) {
        if (rows_int(&rows, 0) != current) {
            if (current)
                end_item(out);
            begin_item(out, option, &rows);
        }
        current = rows_int(&rows, 0);
        if (!rows_null(&rows, 4))
            json_out_int(out, rows_int(&rows, 4));
    }
    if (current)
        end_item(out);
    return rows_end(&rows);
}

enum status allotments_write(struct store_connection *reader, struct option_id option,
                             struct fan_id fan, struct buffer *body)
{
    enum status status = option_exists(reader, option);
    if (status != STATUS_OK)
        return status;
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    status = write_items(reader, option, fan, &out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return status;
}
