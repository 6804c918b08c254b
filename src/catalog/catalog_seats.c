/*
 * catalog_seats.c — the seats of one date out of the store.
 *
 * A seat map is three queries for the whole date and not three a section: sections, rows and places
 * for wheelchairs all come in seat-map order, so that one walk puts them together.
 */
#include "catalog/catalog_seats.h"

#include "catalog/catalog_rows.h"

/* --- the date --------------------------------------------------------------------------------- */

#define OPTION_WHERE                                                                               \
    "FROM concert_option o JOIN concert c ON c.id = o.concert_id WHERE o.id = $1 "                 \
    "AND o.deleted_at_ms IS NULL AND c.deleted_at_ms IS NULL AND o.layout_version > 0"

static enum status read_range(struct store_connection *reader, int64_t option_id,
                              struct catalog_range *out_range)
{
    static const struct sql select = {"SELECT o.first_seat_id, o.seat_count " OPTION_WHERE};
    struct sql_value value = sql_int(option_id);
    struct rows rows;
    enum status status = store_query(reader, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found)
        *out_range =
            (struct catalog_range){rows_int(&rows, 0), rows_int(&rows, 0) + rows_int(&rows, 1)};
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

/* --- the map ---------------------------------------------------------------------------------- */

static enum status read_frame(struct store_connection *reader, struct arena *arena,
                              struct catalog_map *map)
{
    static const struct sql select = {
        "SELECT o.id, o.first_seat_id, o.seat_count, o.map_width, o.map_height, o.stage_x, "
        "o.stage_y, o.stage_width, o.stage_height " OPTION_WHERE};
    struct sql_value value = sql_int(map->option_id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    if (gather_next(&gathering, &array, sizeof *map))
        *map = (struct catalog_map){.option_id = gather_int(&gathering, 0),
                                    .first_seat_id = gather_int(&gathering, 1),
                                    .seat_count = gather_int(&gathering, 2),
                                    .width = gather_text(&gathering, 3),
                                    .height = gather_text(&gathering, 4),
                                    .stage_x = gather_text(&gathering, 5),
                                    .stage_y = gather_text(&gathering, 6),
                                    .stage_width = gather_text(&gathering, 7),
                                    .stage_height = gather_text(&gathering, 8)};
    size_t found = gathering.count;
    status = gather_end(&gathering);
    return status == STATUS_OK && found == 0 ? STATUS_MISSING : status;
}

static enum status read_map_sections(struct store_connection *reader, struct arena *arena,
                                     struct catalog_map *map)
{
    static const struct sql select = {
        "SELECT id, name, name_ko, grade, price, label_x, label_y FROM section "
        "WHERE option_id = $1 ORDER BY position"};
    struct sql_value value = sql_int(map->option_id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof *map->sections))
        ((struct catalog_map_section *)array)[gathering.count - 1] =
            (struct catalog_map_section){.id = gather_int(&gathering, 0),
                                         .name = gather_text(&gathering, 1),
                                         .name_ko = gather_text(&gathering, 2),
                                         .grade = gather_text(&gathering, 3),
                                         .price = gather_int(&gathering, 4),
                                         .label_x = gather_text(&gathering, 5),
                                         .label_y = gather_text(&gathering, 6)};
    map->sections = array;
    map->section_count = gathering.count;
    return gather_end(&gathering);
}

static enum status read_map_rows(struct store_connection *reader, struct arena *arena,
                                 int64_t option_id, struct catalog_map_row **out_rows,
                                 size_t *out_count)
{
    static const struct sql select = {
        "SELECT name, section_id, first_seat_id, seat_count, x, y, dx, dy FROM seat_row "
        "WHERE option_id = $1 ORDER BY first_seat_id"};
    struct sql_value value = sql_int(option_id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof **out_rows))
        ((struct catalog_map_row *)array)[gathering.count - 1] =
            (struct catalog_map_row){.name = gather_text(&gathering, 0),
                                     .section_id = gather_int(&gathering, 1),
                                     .first_seat_id = gather_int(&gathering, 2),
                                     .seat_count = gather_int(&gathering, 3),
                                     .x = gather_text(&gathering, 4),
                                     .y = gather_text(&gathering, 5),
                                     .dx = gather_text(&gathering, 6),
                                     .dy = gather_text(&gathering, 7)};
    *out_rows = array;
    *out_count = gathering.count;
    return gather_end(&gathering);
}

static enum status read_accessible(struct store_connection *reader, struct arena *arena,
                                   const struct catalog_map *map, int64_t **out_ids,
                                   size_t *out_count)
{
    static const struct sql select = {
        "SELECT id FROM seat WHERE id >= $1 AND id < $2 AND accessible = 1 ORDER BY id"};
    struct sql_value values[] = {sql_int(map->first_seat_id),
                                 sql_int(map->first_seat_id + map->seat_count)};
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, values, 2);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof **out_ids))
        ((int64_t *)array)[gathering.count - 1] = gather_int(&gathering, 0);
    *out_ids = array;
    *out_count = gathering.count;
    return gather_end(&gathering);
}

/* Rows and ids are in seat-map order, as the sections are: each takes its share from the front. */
static void join_map(struct catalog_map *map, struct catalog_map_row *rows, size_t row_count,
                     const int64_t *accessible, size_t accessible_count)
{
    size_t row = 0, seat = 0;
    for (size_t i = 0; i < map->section_count; i++) {
        struct catalog_map_section *section = &map->sections[i];
        section->rows = rows + row;
        for (; row < row_count && rows[row].section_id == section->id; row++) {
            rows[row].accessible = accessible + seat;
            int64_t end = rows[row].first_seat_id + rows[row].seat_count;
            for (; seat < accessible_count && accessible[seat] < end; seat++)
                rows[row].accessible_count++;
            section->row_count++;
        }
    }
}

enum status catalog_map(struct store_connection *reader, struct arena *arena, int64_t option_id,
                        struct catalog_map *out_map)
{
    struct catalog_map map = {.option_id = option_id};
    struct catalog_map_row *rows = NULL;
    int64_t *accessible = NULL;
    size_t row_count = 0, accessible_count = 0;

    enum status status = read_frame(reader, arena, &map);
    if (status == STATUS_OK)
        status = read_map_sections(reader, arena, &map);
    if (status == STATUS_OK)
        status = read_map_rows(reader, arena, option_id, &rows, &row_count);
    if (status == STATUS_OK)
        status = read_accessible(reader, arena, &map, &accessible, &accessible_count);
    if (status != STATUS_OK)
        return status;
    join_map(&map, rows, row_count, accessible, accessible_count);
    *out_map = map;
    return STATUS_OK;
}

/* --- the list --------------------------------------------------------------------------------- */

static enum status read_section_range(struct store_connection *reader, int64_t option_id,
                                      struct text name, int64_t id, struct catalog_range *out_range)
{
    static const struct sql select = {
        "SELECT min(r.first_seat_id), max(r.first_seat_id + r.seat_count) FROM section s "
        "JOIN seat_row r ON r.section_id = s.id WHERE s.option_id = $1 AND (s.name = $2 OR s.id = "
        "$3)"};
    struct sql_value values[] = {sql_int(option_id), sql_text(name), sql_int(id)};
    struct rows rows;
    enum status status = store_query(reader, &select, values, 3, &rows);
    if (status != STATUS_OK)
        return status;
    *out_range = (struct catalog_range){0, 0};
    if (rows_next(&rows))
        *out_range = (struct catalog_range){rows_int(&rows, 0), rows_int(&rows, 1)};
    return rows_end(&rows);
}

enum status catalog_seat_range(struct store_connection *reader, int64_t option_id,
                               struct text section, struct catalog_range *out_all,
                               struct catalog_range *out_asked)
{
    enum status status = read_range(reader, option_id, out_all);
    if (status != STATUS_OK || text_empty(section)) {
        if (status == STATUS_OK)
            *out_asked = *out_all;
        return status;
    }
    status = read_section_range(reader, option_id, section, 0, out_asked);
    int64_t id;
    if (status == STATUS_OK && out_asked->end == 0 && text_to_int64(section, &id))
        status = read_section_range(reader, option_id, text_of(""), id, out_asked);
    return status;
}

static enum seat_state state_of(bool blocked, bool live, struct text reservation_state)
{
    if (live)
        return text_equal(reservation_state, text_of("CONFIRMED")) ? SEAT_SOLD : SEAT_HELD;
    return blocked ? SEAT_BLOCKED : SEAT_AVAILABLE;
}

enum status catalog_seats(struct store_connection *reader, struct arena *arena,
                          struct catalog_range range, struct catalog_seat *seats, size_t most,
                          size_t *count)
{
    static const struct sql select = {
        "SELECT t.id, s.name, r.name, t.number, s.grade, s.price, t.accessible, t.blocked + "
        "t.allotment_id, "
        "l.reservation_id, v.state FROM seat t JOIN seat_row r ON r.id = t.seat_row_id "
        "JOIN section s ON s.id = t.section_id "
        "LEFT JOIN reservation_seat l ON l.seat_id = t.id AND l.live = 1 "
        "LEFT JOIN reservation v ON v.id = l.reservation_id "
        "WHERE t.id >= $1 AND t.id < $2 ORDER BY t.id LIMIT $3"};
    struct sql_value values[] = {sql_int(range.first), sql_int(range.end),
                                 sql_int((int64_t)(most - *count))};
    struct gathering gathering;
    enum status status = gather_begin(&gathering, reader, arena, &select, values, 3);
    if (status != STATUS_OK)
        return status;
    while (*count < most && rows_next(&gathering.rows))
        seats[(*count)++] = (struct catalog_seat){.id = gather_int(&gathering, 0),
                                                  .section = gather_text(&gathering, 1),
                                                  .row = gather_text(&gathering, 2),
                                                  .number = gather_text(&gathering, 3),
                                                  .grade = gather_text(&gathering, 4),
                                                  .price = gather_int(&gathering, 5),
                                                  .accessible = gather_int(&gathering, 6) != 0,
                                                  .state = state_of(gather_int(&gathering, 7) != 0,
                                                                    !rows_null(&gathering.rows, 8),
                                                                    rows_text(&gathering.rows, 9))};
    return gather_end(&gathering);
}

/* --- states ----------------------------------------------------------------------------------- */

static enum status mark(struct store_connection *reader, const struct sql *select,
                        struct catalog_states *states)
{
    struct sql_value values[] = {sql_int(states->first_seat_id),
                                 sql_int(states->first_seat_id + states->seat_count)};
    struct rows rows;
    enum status status = store_query(reader, select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    while (rows_next(&rows)) {
        size_t index = (size_t)(rows_int(&rows, 0) - states->first_seat_id);
        enum seat_state state =
            state_of(rows_null(&rows, 1), !rows_null(&rows, 1), rows_text(&rows, 1));
        unsigned shift = 2 * (index % 4);
        states->bytes[index / 4] =
            (unsigned char)((states->bytes[index / 4] & ~(3U << shift)) | (unsigned)state << shift);
    }
    return rows_end(&rows);
}

static enum status read_states(struct store_connection *reader, struct arena *arena,
                               struct catalog_states *states)
{
    static const struct sql blocked = {"SELECT id, NULL FROM seat WHERE id >= $1 AND id < $2 "
                                       "AND (blocked <> 0 OR allotment_id <> 0)"};
    static const struct sql live = {
        "SELECT l.seat_id, v.state FROM reservation_seat l JOIN reservation v "
        "ON v.id = l.reservation_id WHERE l.live = 1 AND l.seat_id >= $1 AND l.seat_id < $2"};
    states->bytes = arena_take_zeroed(arena, ((size_t)states->seat_count + 3) / 4);
    if (!states->bytes)
        return STATUS_NO_MEMORY;
    enum status status = mark(reader, &blocked, states);
    return status == STATUS_OK ? mark(reader, &live, states) : status;
}

enum status catalog_states(struct store_connection *reader, struct arena *arena,
                           struct boards *boards, int64_t option_id,
                           struct catalog_states *out_states)
{
    struct catalog_range range;
    enum status status = read_range(reader, option_id, &range);
    if (status != STATUS_OK)
        return status;
    struct catalog_states states = {.option_id = option_id,
                                    .first_seat_id = range.first,
                                    .seat_count = range.end - range.first};
    if (!boards || !boards_find(boards, (struct option_id){option_id}))
        status = read_states(reader, arena, &states);
    if (status == STATUS_OK)
        *out_states = states;
    return status;
}
