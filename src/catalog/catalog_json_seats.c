/* catalog_json_seats.c — the documents with a line for every row, or two bits for every seat. */
#include "catalog/catalog_json.h"

#include "base/json_out.h"

/* --- the map ---------------------------------------------------------------------------------- */

/* The store's words for a real: "12.0" is written as 12. */
static void place(struct json_out *out, const char *key, struct text words)
{
    if (words.size > 2 && words.bytes[words.size - 1] == '0' && words.bytes[words.size - 2] == '.')
        words.size -= 2;
    if (text_empty(words))
        words = text_of("0");
    json_out_key(out, key);
    json_out_raw(out, words);
}

static void map_row(struct json_out *out, const struct catalog_map_row *row)
{
    json_out_object(out);
    json_out_text_field(out, "row", row->name);
    json_out_int_field(out, "firstSeatId", row->first_seat_id);
    json_out_int_field(out, "seats", row->seat_count);
    place(out, "x", row->x);
    place(out, "y", row->y);
    place(out, "dx", row->dx);
    place(out, "dy", row->dy);
    if (row->accessible_count > 0) {
        json_out_key(out, "accessible");
        json_out_array(out);
        for (size_t i = 0; i < row->accessible_count; i++)
            json_out_int(out, row->accessible[i]);
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

static void map_section(struct json_out *out, const struct catalog_map_section *section)
{
    json_out_object(out);
    json_out_int_field(out, "id", section->id);
    json_out_text_field(out, "name", section->name);
    json_out_text_field(out, "nameKo", section->name_ko);
    json_out_text_field(out, "grade", section->grade);
    json_out_int_field(out, "price", section->price);
    json_out_words_field(out, "currency", "KRW");
    place(out, "labelX", section->label_x);
    place(out, "labelY", section->label_y);
    json_out_key(out, "rows");
    json_out_array(out);
    for (size_t i = 0; i < section->row_count; i++)
        map_row(out, &section->rows[i]);
    json_out_array_end(out);
    json_out_object_end(out);
}

void catalog_json_map_tail(struct buffer *body, const struct catalog_map *map)
{
    struct json_out out = json_out_to(body);
    json_out_int_field(&out, "optionId", map->option_id);
    json_out_int_field(&out, "firstSeatId", map->first_seat_id);
    json_out_int_field(&out, "seatCount", map->seat_count);
    place(&out, "width", map->width);
    place(&out, "height", map->height);
    json_out_key(&out, "stage");
    json_out_object(&out);
    place(&out, "x", map->stage_x);
    place(&out, "y", map->stage_y);
    place(&out, "width", map->stage_width);
    place(&out, "height", map->stage_height);
    json_out_object_end(&out);
    json_out_key(&out, "sections");
    json_out_array(&out);
    for (size_t i = 0; i < map->section_count; i++)
        map_section(&out, &map->sections[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
}

/* --- the list --------------------------------------------------------------------------------- */

static void seat(struct json_out *out, const struct catalog_seat *item)
{
    json_out_object(out);
    json_out_int_field(out, "id", item->id);
    json_out_text_field(out, "section", item->section);
    json_out_text_field(out, "row", item->row);
    json_out_text_field(out, "number", item->number);
    json_out_text_field(out, "grade", item->grade);
    json_out_int_field(out, "price", item->price);
    json_out_words_field(out, "currency", "KRW");
    json_out_words_field(out, "state", seat_state_name(item->state));
    json_out_bool_field(out, "accessible", item->accessible);
    json_out_object_end(out);
}

void catalog_json_seats(struct buffer *body, const struct catalog_seat *seats, size_t count,
                        bool more)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < count; i++)
        seat(&out, &seats[i]);
    json_out_array_end(&out);
    json_out_key(&out, "nextCursor");
    if (more && count > 0) {
        char words[CURSOR_TEXT_BYTES];
        cursor_write((struct cursor){.id = seats[count - 1].id}, words);
        json_out_words(&out, words);
    } else {
        json_out_null(&out);
    }
    json_out_object_end(&out);
}

/* --- states ----------------------------------------------------------------------------------- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648 §4, with padding. */
static void add_base64(struct buffer *body, const unsigned char *bytes, size_t size)
{
    char *out = buffer_extend(body, (size + 2) / 3 * 4);
    if (!out)
        return;
    size_t i = 0;
    for (; i + 2 < size; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
        *out++ = base64[three >> 18];
        *out++ = base64[three >> 12 & 63];
        *out++ = base64[three >> 6 & 63];
        *out++ = base64[three & 63];
    }
    if (i == size)
        return;
    uint32_t rest = (uint32_t)bytes[i] << 16 | (i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0);
    *out++ = base64[rest >> 18];
    *out++ = base64[rest >> 12 & 63];
    *out++ = i + 1 < size ? base64[rest >> 6 & 63] : '=';
    *out++ = '=';
}

void catalog_json_states(struct buffer *body, uint64_t version, uint32_t seat_count,
                         const unsigned char *bytes)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_int_field(&out, "version", (int64_t)version);
    json_out_int_field(&out, "seatCount", seat_count);
    json_out_words_field(&out, "encoding", "base64-2bit");
    json_out_key(&out, "states");
    buffer_add_char(body, '"');
    add_base64(body, bytes, ((size_t)seat_count + 3) / 4);
    buffer_add_char(body, '"');
    out.comma = true;
    json_out_object_end(&out);
}

void catalog_json_changes(struct buffer *body, uint64_t version, uint64_t since,
                          const uint32_t *seat_indexes, const enum seat_state *states, size_t count)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_int_field(&out, "version", (int64_t)version);
    json_out_int_field(&out, "since", (int64_t)since);
    json_out_key(&out, "changes");
    json_out_array(&out);
    for (size_t i = 0; i < count; i++) {
        json_out_array(&out);
        json_out_int(&out, seat_indexes[i]);
        json_out_int(&out, (int64_t)states[i]);
        json_out_array_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
}
