/* waiting_store.c — one insert an event, and nothing else on the hot path. */
#include "waiting/waiting_store.h"

#include "base/must.h"

/* --- rooms ------------------------------------------------------------------------------------ */

enum status waiting_store_add_room(struct store_connection *connection, const struct room_row *row,
                                   int64_t now_ms)
{
    static const struct sql insert = {
        "INSERT INTO waiting_room (option_id, secret, kid, mode, fans_per_second, active_max,"
        " entry_seconds, challenge_bits, created_at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (option_id) DO NOTHING"};
    const struct sql_value values[] = {
        sql_int(row->option.value),
        sql_blob(text_make((const char *)row->secret, sizeof row->secret)),
        sql_words(row->kid),
        sql_words(admission_mode_name(row->terms.mode)),
        sql_int(row->terms.fans_per_second),
        sql_int(row->terms.active_max),
        sql_int(row->terms.entry_seconds),
        sql_int(row->terms.challenge_bits),
        sql_int(now_ms),
    };
    return store_run(connection, &insert, values, sizeof values / sizeof values[0], NULL);
}

static bool read_room(const struct rows *rows, struct room_row *row)
{
    struct text secret = rows_text(rows, 0), kid = rows_text(rows, 1);
    if (secret.size != sizeof row->secret || kid.size >= sizeof row->kid ||
        !admission_mode_from_text(rows_text(rows, 2), &row->terms.mode))
        return false;
    memcpy(row->secret, rows_text(rows, 0).bytes, sizeof row->secret);
    memcpy(row->kid, rows_text(rows, 1).bytes, kid.size);
    row->kid[kid.size] = '\0';
    row->terms.fans_per_second = rows_int(rows, 3);
    row->terms.active_max = rows_int(rows, 4);
    row->terms.entry_seconds = rows_int(rows, 5);
    row->terms.challenge_bits = rows_int(rows, 6);
    return row->terms.fans_per_second >= 0 && row->terms.active_max >= 0 &&
           row->terms.active_max <= WAITING_ACTIVE_MAX && row->terms.entry_seconds > 0;
}

enum status waiting_store_find_room(struct store_connection *connection, struct option_id option,
                                    struct room_row *out_row)
{
    static const struct sql select = {
        "SELECT secret, kid, mode, fans_per_second, active_max, entry_seconds, challenge_bits"
        " FROM waiting_room WHERE option_id = $1"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    enum status found = STATUS_MISSING;
    out_row->option = option;
    if (rows_next(&rows))
        found = read_room(&rows, out_row) ? STATUS_OK : STATUS_INVALID;
    status = rows_end(&rows);
    return status == STATUS_OK ? found : status;
}

enum status waiting_store_put_terms(struct store_connection *connection, struct option_id option,
                                    const struct admission_terms *terms)
{
    static const struct sql update = {
        "UPDATE waiting_room SET mode = $2, fans_per_second = $3, active_max = $4,"
        " entry_seconds = $5, challenge_bits = $6 WHERE option_id = $1"};
    const struct sql_value values[] = {
        sql_int(option.value),           sql_words(admission_mode_name(terms->mode)),
        sql_int(terms->fans_per_second), sql_int(terms->active_max),
        sql_int(terms->entry_seconds),   sql_int(terms->challenge_bits),
    };
    return store_run(connection, &update, values, sizeof values / sizeof values[0], NULL);
}

/* --- events ----------------------------------------------------------------------------------- */

enum status waiting_store_add_event(struct store_connection *connection,
                                    const struct room_entry *entry)
{
    static const struct sql insert = {
        "INSERT INTO waiting_event (option_id, number, kind, sequence, turn, fan_id, door, until_s,"
        " at_ms, tag, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
    const struct line_event *event = &entry->chained.event;
    const char kind = (char)event->kind;
    bool joined = event->kind == LINE_JOINED;
    struct text tag = text_make((const char *)entry->chained.tag, sizeof entry->chained.tag);
    const struct sql_value values[] = {
        sql_int(entry->room->option.value),
        sql_int(event->number),
        sql_text(text_make(&kind, 1)),
        sql_int(event->sequence),
        sql_int(event->turn),
        sql_int(joined ? event->fan.value : 0),
        sql_int(event->door),
        sql_int(event->until_s),
        sql_int(event->at_ms),
        joined ? sql_blob(tag) : sql_null(),
        sql_blob(text_make((const char *)entry->after.hash, sizeof entry->after.hash)),
    };
    return store_run(connection, &insert, values, sizeof values / sizeof values[0], NULL);
}

static bool read_event(const struct rows *rows, struct waiting_store_event *out)
{
    *out = (struct waiting_store_event){0};
    enum line_event_kind kind;
    if (!line_event_kind_read(rows_text(rows, 1), &kind))
        return false;
    int64_t sequence = rows_int(rows, 2), turn = rows_int(rows, 3), door = rows_int(rows, 5);
    out->chained.event = (struct line_event){.number = rows_int(rows, 0),
                                             .kind = kind,
                                             .sequence = (uint32_t)sequence,
                                             .turn = (uint32_t)turn,
                                             .fan = {rows_int(rows, 4)},
                                             .door = (uint8_t)door,
                                             .until_s = rows_int(rows, 6),
                                             .at_ms = rows_int(rows, 7)};
    struct text tag = rows_text(rows, 8);
    if (tag.size == sizeof out->chained.tag)
        memcpy(out->chained.tag, tag.bytes, tag.size);
    struct text hash = rows_text(rows, 9);
    if (hash.size != sizeof out->hash || sequence < 0 || sequence > WAITING_PLACES_MAX ||
        turn < 0 || turn > WAITING_PLACES_MAX || door < 0 || door >= WAITING_DOORS ||
        !line_event_is_sound(&out->chained.event))
        return false;
    memcpy(out->hash, hash.bytes, hash.size);
    return true;
}

enum status waiting_store_events(struct store_connection *connection, struct option_id option,
                                 int64_t after, uint32_t sequence,
                                 struct waiting_store_event *out_events, size_t most,
                                 size_t *out_count)
{
    static const struct sql all = {
        "SELECT number, kind, sequence, turn, fan_id, door, until_s, at_ms, tag, hash"
        " FROM waiting_event WHERE option_id = $1 AND number > $2 ORDER BY number LIMIT $3"};
    static const struct sql of_place = {
        "SELECT number, kind, sequence, turn, fan_id, door, until_s, at_ms, tag, hash"
        " FROM waiting_event WHERE option_id = $1 AND number > $2 AND sequence = $4"
        " ORDER BY number LIMIT $3"};
    const struct sql_value values[] = {sql_int(option.value), sql_int(after),
                                       sql_int((int64_t)most), sql_int(sequence)};
    struct rows rows;
    enum status status = sequence == 0 ? store_query(connection, &all, values, 3, &rows)
                                       : store_query(connection, &of_place, values, 4, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    bool good = true;
    while (good && count < most && rows_next(&rows))
        good = read_event(&rows, &out_events[count++]);
    *out_count = count;
    status = rows_end(&rows);
    return status == STATUS_OK && !good ? STATUS_INVALID : status;
}

enum status waiting_store_head(struct store_connection *connection, struct option_id option,
                               struct chain *out_chain)
{
    static const struct sql last = {"SELECT number, hash FROM waiting_event WHERE option_id = $1"
                                    " ORDER BY number DESC LIMIT 1"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &last, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    out_chain->number = 0;
    if (rows_next(&rows) && rows_text(&rows, 1).size == sizeof out_chain->hash) {
        memcpy(out_chain->hash, rows_text(&rows, 1).bytes, sizeof out_chain->hash);
        out_chain->number = rows_int(&rows, 0);
    }
    return rows_end(&rows);
}

/* --- doors ------------------------------------------------------------------------------------ */

enum status waiting_store_doors(struct store_connection *connection, struct option_id option,
                                struct room_door out_doors[WAITING_DOORS])
{
    static const struct sql select = {"SELECT position, opens_at_ms, closes_at_ms"
                                      " FROM presale_round WHERE option_id = $1"};
    const struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    for (size_t door = 1; door < WAITING_DOORS; door++)
        out_doors[door] = (struct room_door){0};
    while (rows_next(&rows)) {
        int64_t position = rows_int(&rows, 0);
        if (position >= 0 && position < WAITING_DOORS - 1)
            out_doors[position + 1] = (struct room_door){rows_int(&rows, 1), rows_int(&rows, 2)};
    }
    return rows_end(&rows);
}

enum status waiting_store_door_of(struct store_connection *connection, struct option_id option,
                                  struct fan_id fan, int64_t now_ms, uint8_t *out_door)
{
    static const struct sql select = {
        "SELECT r.position FROM presale_round r"
        " JOIN fan_group_member m ON m.group_id = r.group_id AND m.fan_id = $2"
        " WHERE r.option_id = $1 AND r.closes_at_ms > $3 ORDER BY r.opens_at_ms, r.position"
        " LIMIT 1"};
    const struct sql_value values[] = {sql_int(option.value), sql_int(fan.value), sql_int(now_ms)};
    int64_t position;
    enum status status = store_query_int(connection, &select, values, 3, &position);
    bool has_door = status == STATUS_OK && position >= 0 && position < WAITING_DOORS - 1;
    *out_door = has_door ? (uint8_t)(position + 1) : 0;
    return status == STATUS_MISSING ? STATUS_OK : status;
}
