/*
 * layout_replace.c — out with the old seats, in with the new.
 *
 * One transaction, so that nobody ever sees half a hall; a reservation that comes first makes the
 * replacement fail, one that comes after is decided by the new layout (the engine looks again).
 * There is no index on the date of a reservation, because every press would have to keep it; so a
 * reader looks through them before, and the writer only at those that have come since. Their ids
 * are above the last one by then, or in a block that somebody took before (booking/numbers.h); of
 * those the latest LAYOUT_LOOKED_AT_MAX ids are looked at again.
 */
#include "catalog/layout_replace.h"

#include "base/clock.h"
#include "booking/beside.h"
#include "catalog/layout_write.h"
#include "store/store.h"

enum status layout_look(struct store_connection *reader, struct option_id option,
                        struct layout_look *out_look)
{
    static const struct sql last = {"SELECT coalesce(max(id), 0) FROM reservation"};
    static const struct sql any = {
        "SELECT count(*) FROM (SELECT 1 FROM reservation WHERE option_id = $1 LIMIT 1) AS found"};
    const struct sql_value value = sql_int(option.value);
    int64_t count = 0;
    enum status status = store_query_int(reader, &last, NULL, 0, &out_look->last_reservation_id);
    if (status == STATUS_OK)
        status = store_query_int(reader, &any, &value, 1, &count);
    out_look->reserved = count > 0;
    return status;
}

/* --- what is there ---------------------------------------------------------------------------- */

struct old_layout {
    int64_t first_seat_id, seat_count, version;
    int64_t option_version;
};

static enum status read_old(struct store_connection *connection, struct option_id option,
                            struct old_layout *out_old)
{
    static const struct sql select = {
        "SELECT o.first_seat_id, o.seat_count, o.layout_version, o.version FROM concert_option o"
        " JOIN concert c ON c.id = o.concert_id"
        " WHERE o.id = $1 AND o.deleted_at_ms IS NULL AND c.deleted_at_ms IS NULL"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found)
        *out_old = (struct old_layout){rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2),
                                       rows_int(&rows, 3)};
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

static enum status reserved_since(struct store_connection *connection, struct option_id option,
                                  const struct layout_look *look, bool *out_reserved)
{
    static const struct sql newer = {
        "SELECT count(*) FROM reservation WHERE id > $1 AND option_id = $2"};
    const struct sql_value values[] = {sql_int(look->last_reservation_id - LAYOUT_LOOKED_AT_MAX),
                                       sql_int(option.value)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &newer, values, 2, &count);
    *out_reserved = count > 0;
    return status;
}

static enum status remove_old(struct store_connection *connection, struct option_id option,
                              const struct old_layout *old)
{
    static const struct sql seats = {"DELETE FROM seat WHERE id >= $1 AND id < $2"};
    static const struct sql rows = {"DELETE FROM seat_row WHERE option_id = $1"};
    static const struct sql sections = {"DELETE FROM section WHERE option_id = $1"};
    static const struct sql allotments = {"UPDATE allotment SET ended_at_ms = $2"
                                          " WHERE option_id = $1 AND ended_at_ms IS NULL"};
    const struct sql_value range[] = {sql_int(old->first_seat_id),
                                      sql_int(old->first_seat_id + old->seat_count)};
    const struct sql_value values[] = {sql_int(option.value), sql_int(clock_wall_ms())};
    enum status status = store_run(connection, &seats, range, 2, NULL);
    if (status == STATUS_OK)
        status = store_run(connection, &rows, values, 1, NULL);
    if (status == STATUS_OK)
        status = store_run(connection, &sections, values, 1, NULL);
    return status == STATUS_OK ? store_run(connection, &allotments, values, 2, NULL) : status;
}

/* --- what comes ------------------------------------------------------------------------------- */

struct new_ids {
    int64_t section, row, seat;
};

static enum status find_new_ids(struct store_connection *connection, struct new_ids *out_ids)
{
    static const struct sql section = {"SELECT coalesce(max(id), 0) + 1 FROM section"};
    static const struct sql row = {"SELECT coalesce(max(id), 0) + 1 FROM seat_row"};
    enum status status = layout_next_id(connection, &section, &out_ids->section);
    if (status == STATUS_OK)
        status = layout_next_id(connection, &row, &out_ids->row);
    return status == STATUS_OK ? layout_reserve(connection, &out_ids->seat) : status;
}

static enum status write_section(struct store_connection *connection, struct option_id option,
                                 const struct layout_document *document, const struct new_ids *ids,
                                 uint32_t index)
{
    const struct layout_document_section *section = &document->sections[index];
    const struct layout_section *drawn = &document->layout->sections[index];
    return layout_insert_section(connection, &(struct section_entry){.id = ids->section + index,
                                                                     .option = option,
                                                                     .position = index,
                                                                     .name = section->name,
                                                                     .name_ko = section->name_ko,
                                                                     .grade = section->grade,
                                                                     .price = section->price,
                                                                     .label_x = drawn->label_x,
                                                                     .label_y = drawn->label_y});
}

static enum status write_row(struct store_connection *connection, struct option_id option,
                             const struct layout_document *document, const struct new_ids *ids,
                             uint32_t index)
{
    const struct layout_document_row *row = &document->rows[index];
    const struct layout_row *drawn = &document->layout->rows[index];
    struct row_entry entry = {.id = ids->row + index,
                              .section_id = ids->section + drawn->section,
                              .option = option,
                              .position =
                                  index - document->layout->sections[drawn->section].first_row,
                              .name = row->name,
                              .first_seat_id = ids->seat + drawn->first_seat};
    enum status status = layout_insert_row(connection, &entry, drawn);
    for (uint32_t i = 0; status == STATUS_OK && i < drawn->seat_count; i++) {
        struct seat_entry seat = {.id = entry.first_seat_id + i,
                                  .option = option,
                                  .section_id = entry.section_id,
                                  .row_id = entry.id,
                                  .place = i};
        if (row->seats) {
            seat.number = row->seats[i].number;
            seat.accessible = row->seats[i].accessible;
            seat.blocked = row->seats[i].blocked;
        }
        status = layout_insert_seat(connection, &seat);
    }
    return status;
}

static enum status note_on_option(struct store_connection *connection, struct option_id option,
                                  const struct layout *layout, int64_t first_seat_id)
{
    static const struct sql update = {
        "UPDATE concert_option SET first_seat_id = $1, seat_count = $2, map_width = $3,"
        " map_height = $4, stage_x = $5, stage_y = $6, stage_width = $7, stage_height = $8,"
        " layout_version = layout_version + 1, version = version + 1 WHERE id = $9"};
    char words[6][LAYOUT_REAL_BYTES];
    struct sql_value values[] = {
        sql_int(first_seat_id),
        sql_int(layout->seat_count),
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

static enum status write_new(struct store_connection *connection, struct option_id option,
                             const struct layout_document *document, const struct new_ids *ids)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < document->layout->section_count; i++)
        status = write_section(connection, option, document, ids, i);
    for (uint32_t i = 0; status == STATUS_OK && i < document->layout->row_count; i++)
        status = write_row(connection, option, document, ids, i);
    if (status == STATUS_OK)
        status = note_on_option(connection, option, document->layout, ids->seat);
    return status;
}

/* --- both ------------------------------------------------------------------------------------- */

enum status layout_replace(struct store_connection *connection, struct option_id option,
                           const struct layout_document *document, const struct layout_look *look,
                           const struct edit_guard *guard, struct layout_replaced *out_replaced,
                           enum layout_verdict *out_verdict)
{
    struct old_layout old;
    bool reserved = false;
    enum status status = beside_stop_sale(connection, option);
    if (status == STATUS_OK)
        status = read_old(connection, option, &old);
    if (status == STATUS_MISSING) {
        *out_verdict = LAYOUT_NO_OPTION;
        return STATUS_OK;
    }
    if (status == STATUS_OK && !edit_guard_passes(guard, old.option_version)) {
        *out_verdict = LAYOUT_STALE;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = reserved_since(connection, option, look, &reserved);
    if (status != STATUS_OK)
        return status;
    bool being_drawn = old.seat_count > 0 && old.version == 0; /* by another process, in pieces */
    if (look->reserved || reserved || being_drawn) {
        *out_verdict = LAYOUT_IN_USE;
        return STATUS_OK;
    }
    struct new_ids ids; /* before the old seats go: no id of theirs comes again */
    status = find_new_ids(connection, &ids);
    if (status == STATUS_OK)
        status = remove_old(connection, option, &old);
    if (status == STATUS_OK)
        status = write_new(connection, option, document, &ids);
    *out_replaced = (struct layout_replaced){ids.seat, ids.section};
    *out_verdict = LAYOUT_REPLACED;
    return status;
}
