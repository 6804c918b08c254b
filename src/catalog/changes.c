/* changes.c — one insert, one page. */
#include "catalog/changes.h"

#include "base/json_out.h"
#include "catalog/cursor.h"

static struct sql_value text_or_null(struct text json)
{
    return text_empty(json) ? sql_null() : sql_text(json);
}

enum status changes_record(struct store_connection *connection, const struct change *change)
{
    static const struct sql insert = {
        "INSERT INTO catalog_change (at_ms, account_id, entity, entity_id, action, before_json, "
        "after_json) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
    struct sql_value values[] = {
        sql_int(change->at_ms),      sql_int(change->account.value), sql_text(change->entity),
        sql_int(change->entity_id),  sql_text(change->action),       text_or_null(change->before),
        text_or_null(change->after),
    };
    return store_run(connection, &insert, values, 7, NULL);
}

static void write_json(struct json_out *out, const char *key, const struct rows *rows, int column)
{
    json_out_key(out, key);
    if (rows_null(rows, column))
        json_out_null(out);
    else
        json_out_raw(out, rows_text(rows, column));
}

static void write_change(struct json_out *out, const struct rows *rows)
{
    json_out_object(out);
    json_out_int_field(out, "id", rows_int(rows, 0));
    json_out_time_field(out, "at", rows_int(rows, 1));
    json_out_int_field(out, "accountId", rows_int(rows, 2));
    json_out_text_field(out, "entity", rows_text(rows, 3));
    json_out_int_field(out, "entityId", rows_int(rows, 4));
    json_out_text_field(out, "action", rows_text(rows, 5));
    write_json(out, "before", rows, 6);
    write_json(out, "after", rows, 7);
    json_out_object_end(out);
}

static void end_page(struct json_out *out, bool more, int64_t last_id)
{
    json_out_array_end(out);
    json_out_key(out, "nextCursor");
    if (more) {
        char words[CURSOR_TEXT_BYTES];
        cursor_write((struct cursor){.id = last_id}, words);
        json_out_words(out, words);
    } else {
        json_out_null(out);
    }
    json_out_object_end(out);
}

enum status changes_write_page(struct store_connection *reader, int64_t before_id, int64_t limit,
                               struct buffer *body)
{
    static const struct sql select = {
        "SELECT id, at_ms, account_id, entity, entity_id, action, before_json, after_json "
        "FROM catalog_change WHERE id < $1 ORDER BY id DESC LIMIT $2"};
    struct sql_value values[] = {sql_int(before_id ? before_id : INT64_MAX), sql_int(limit + 1)};
    struct rows rows;
    enum status status = store_query(reader, &select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;

    struct json_out out = json_out_to(body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    int64_t written = 0, last_id = 0;
    bool more = false;
    while (rows_next(&rows)) {
        more = written == limit;
        if (more)
            break;
        write_change(&out, &rows);
        last_id = rows_int(&rows, 0);
        written++;
    }
    end_page(&out, more, last_id);
    return rows_end(&rows);
}
