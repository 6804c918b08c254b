/*
 * search_store.c — every name a row can be found by, in one column.
 *
 * An artist has all other names, a concert the names of its artists: what they are called changes
 * seldom, and is searched for all the time.
 */
#include "catalog/search_store.h"

#include "base/buffer.h"
#include "base/container.h"
#include "base/must.h"
#include "catalog/search.h"

enum { ARENA_BYTES = 64 * 1024, FIRST_BYTES = 256 };

struct names { /* one query a list: all names of row $1 */
    struct sql names, write, unwritten;
};

static const struct names lists[ENTITY_COUNT] = {
    [ENTITY_AGENCY] = {{"SELECT name, name_ko FROM agency WHERE id = $1"},
                       {"UPDATE agency SET search = $1 WHERE id = $2"},
                       {"SELECT id FROM agency WHERE search = '' ORDER BY id LIMIT $1"}},
    [ENTITY_ARTIST] = {{"SELECT name, name_ko FROM artist WHERE id = $1 UNION "
                        "SELECT alias, '' FROM artist_alias WHERE artist_id = $1"},
                       {"UPDATE artist SET search = $1 WHERE id = $2"},
                       {"SELECT id FROM artist WHERE search = '' ORDER BY id LIMIT $1"}},
    [ENTITY_VENUE] = {{"SELECT name, name_ko FROM venue WHERE id = $1 UNION "
                       "SELECT city, city_ko FROM venue WHERE id = $1"},
                      {"UPDATE venue SET search = $1 WHERE id = $2"},
                      {"SELECT id FROM venue WHERE search = '' ORDER BY id LIMIT $1"}},
    [ENTITY_CONCERT] = {{"SELECT title, title_ko FROM concert WHERE id = $1 UNION "
                         "SELECT a.name, a.name_ko FROM concert_artist b "
                         "JOIN artist a ON a.id = b.artist_id WHERE b.concert_id = $1 UNION "
                         "SELECT l.alias, '' FROM concert_artist b "
                         "JOIN artist_alias l ON l.artist_id = b.artist_id "
                         "WHERE b.concert_id = $1"},
                        {"UPDATE concert SET search = $1 WHERE id = $2"},
                        {"SELECT id FROM concert WHERE search = '' ORDER BY id LIMIT $1"}},
    [ENTITY_GROUP] = {{"SELECT name, name_ko FROM fan_group WHERE id = $1"},
                      {"UPDATE fan_group SET search = $1 WHERE id = $2"},
                      {"SELECT id FROM fan_group WHERE search = '' ORDER BY id LIMIT $1"}},
};

/* --- one row ---------------------------------------------------------------------------------- */

static enum status write_row(struct store_connection *connection, struct arena *arena,
                             const struct names *list, int64_t id)
{
    struct sql_value value = sql_int(id);
    struct rows rows;
    enum status status = store_query(connection, &list->names, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    struct buffer lines;
    buffer_init(&lines, arena, FIRST_BYTES);
    while (rows_next(&rows)) {
        search_add(&lines, rows_text(&rows, 0));
        if (!text_empty(rows_text(&rows, 1)))
            search_add(&lines, rows_text(&rows, 1));
    }
    status = rows_end(&rows);
    if (status != STATUS_OK || lines.failed)
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    const struct sql_value values[] = {sql_text(buffer_text(&lines)), sql_int(id)};
    return store_run(connection, &list->write, values, 2, NULL);
}

/* At most `most` ids, into `ids`. */
static enum status read_ids(struct store_connection *connection, const struct sql *select,
                            int64_t value, int64_t *ids, size_t most, size_t *out_count)
{
    struct sql_value values[] = {sql_int(value)};
    struct rows rows;
    enum status status = store_query(connection, select, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < most && rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    *out_count = count;
    return rows_end(&rows);
}

enum status search_write(struct store_connection *connection, struct arena *arena,
                         enum entity entity, int64_t id)
{
    static const struct sql concerts = {
        "SELECT concert_id FROM concert_artist WHERE artist_id = $1 ORDER BY concert_id DESC"};
    if (!lists[entity].names.words)
        return STATUS_OK; /* dates have no names */
    enum status status = write_row(connection, arena, &lists[entity], id);
    if (status != STATUS_OK || entity != ENTITY_ARTIST)
        return status;
    int64_t ids[SEARCH_CONCERTS_MAX];
    size_t count = 0;
    status = read_ids(connection, &concerts, id, ids, SEARCH_CONCERTS_MAX, &count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = write_row(connection, arena, &lists[ENTITY_CONCERT], ids[i]);
    return status;
}

/* --- those that have none --------------------------------------------------------------------- */

struct filling {
    struct store_job job;
    enum entity entity;
    size_t count;
};

static enum status fill_some(struct store_job *job, struct store_connection *connection)
{
    struct filling *filling = container_of(job, struct filling, job);
    const struct names *list = &lists[filling->entity];
    struct arena *arena = arena_create(ARENA_BYTES, 64 * ARENA_BYTES);
    if (!arena)
        return STATUS_NO_MEMORY;
    int64_t ids[SEARCH_FILLED_MAX];
    enum status status = read_ids(connection, &list->unwritten, SEARCH_FILLED_MAX, ids,
                                  SEARCH_FILLED_MAX, &filling->count);
    for (size_t i = 0; status == STATUS_OK && i < filling->count; i++)
        status = write_row(connection, arena, list, ids[i]);
    arena_destroy(arena);
    return status;
}

enum status search_fill(struct store *store)
{
    enum status status = STATUS_OK;
    for (enum entity entity = 0; status == STATUS_OK && entity < ENTITY_COUNT; entity++) {
        struct filling filling = {.entity = entity, .count = SEARCH_FILLED_MAX};
        while (status == STATUS_OK && lists[entity].names.words &&
               filling.count == SEARCH_FILLED_MAX) {
            filling.job = (struct store_job){.work = fill_some};
            status = store_submit_and_wait(store, &filling.job);
        }
    }
    return status;
}
