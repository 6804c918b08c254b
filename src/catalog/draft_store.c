/*
 * draft_store.c — six tables, one way to write them.
 *
 * Each statement takes the draft's fields in the order of its rules, lists left out, and then one
 * number more where it needs one: the id of the row, or the concert of a new date. Bills and other
 * names have rows of their own, written after the row they belong to.
 */
#include "catalog/draft_store.h"

#include "base/must.h"
#include "catalog/catalog_rows.h"
#include "catalog/names.h"
#include "catalog/search_store.h"

#define ALIVE "deleted_at_ms IS NULL"

struct statements {
    struct sql find;   /* version, concert (0 for all but dates), then the fields */
    struct sql insert; /* → id */
    struct sql update, delete;
    struct sql in_use; /* 0 or 1 */
};

static const struct statements statements[ENTITY_COUNT] = {
    [ENTITY_AGENCY] =
        {
            {"SELECT version, 0, name, name_ko FROM agency WHERE id = $1 AND " ALIVE},
            {"INSERT INTO agency (name, name_ko) VALUES ($1, $2) RETURNING id"},
            {"UPDATE agency SET name = $1, name_ko = $2, version = version + 1 WHERE id = $3"},
            {"UPDATE agency SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            {"SELECT EXISTS (SELECT 1 FROM artist WHERE agency_id = $1 AND " ALIVE ")"},
        },
    [ENTITY_ARTIST] =
        {
            {"SELECT version, 0, name, name_ko, agency_id FROM artist WHERE id = $1 AND " ALIVE},
            {"INSERT INTO artist (name, name_ko, agency_id) VALUES ($1, $2, $3) RETURNING id"},
            {"UPDATE artist SET name = $1, name_ko = $2, agency_id = $3, version = version + 1 "
             "WHERE id = $4"},
            {"UPDATE artist SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            {"SELECT EXISTS (SELECT 1 FROM concert_artist b JOIN concert c ON c.id = b.concert_id "
             "WHERE b.artist_id = $1 AND c." ALIVE ") OR EXISTS "
             "(SELECT 1 FROM fan_group WHERE artist_id = $1 AND " ALIVE ")"},
        },
    [ENTITY_VENUE] =
        {
            {"SELECT version, 0, name, name_ko, city, city_ko, capacity FROM venue "
             "WHERE id = $1 AND " ALIVE},
            {"INSERT INTO venue (name, name_ko, city, city_ko, capacity) "
             "VALUES ($1, $2, $3, $4, $5) RETURNING id"},
            {"UPDATE venue SET name = $1, name_ko = $2, city = $3, city_ko = $4, capacity = $5, "
             "version = version + 1 WHERE id = $6"},
            {"UPDATE venue SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            {"SELECT EXISTS (SELECT 1 FROM concert_option WHERE venue_id = $1 AND " ALIVE ")"},
        },
    [ENTITY_CONCERT] =
        {
            {"SELECT version, 0, title, title_ko, description, description_ko, poster_hue "
             "FROM concert WHERE id = $1 AND " ALIVE},
            {"INSERT INTO concert (title, title_ko, description, description_ko, poster_hue) "
             "VALUES ($1, $2, $3, $4, $5) RETURNING id"},
            {"UPDATE concert SET title = $1, title_ko = $2, description = $3, "
             "description_ko = $4, poster_hue = $5, version = version + 1 WHERE id = $6"},
            {"UPDATE concert SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            {"SELECT EXISTS (SELECT 1 FROM concert_option WHERE concert_id = $1 AND " ALIVE ")"},
        },
    [ENTITY_OPTION] =
        {
            {"SELECT o.version, o.concert_id, o.starts_at_ms, o.venue_id FROM concert_option o "
             "JOIN concert c ON c.id = o.concert_id "
             "WHERE o.id = $1 AND o." ALIVE " AND c." ALIVE},
            {"INSERT INTO concert_option (starts_at_ms, venue_id, concert_id) "
             "VALUES ($1, $2, $3) RETURNING id"},
            {"UPDATE concert_option SET starts_at_ms = $1, venue_id = $2, version = version + 1 "
             "WHERE id = $3"},
            {"UPDATE concert_option SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            /* Nobody can reserve without a sale, and a sale is never taken away; the seats are
               asked for all the same, by the index of live ones. */
            {"SELECT EXISTS (SELECT 1 FROM sale WHERE option_id = $1) OR EXISTS "
             "(SELECT 1 FROM concert_option o JOIN reservation_seat s ON s.live = 1 "
             "AND s.seat_id >= o.first_seat_id AND s.seat_id < o.first_seat_id + o.seat_count "
             "WHERE o.id = $1)"},
        },
    [ENTITY_GROUP] =
        {
            {"SELECT version, 0, name, name_ko, artist_id FROM fan_group WHERE id = $1 AND " ALIVE},
            {"INSERT INTO fan_group (name, name_ko, artist_id) VALUES ($1, $2, $3) RETURNING id"},
            {"UPDATE fan_group SET name = $1, name_ko = $2, artist_id = $3, version = version + 1 "
             "WHERE id = $4"},
            {"UPDATE fan_group SET deleted_at_ms = $1, version = version + 1 WHERE id = $2"},
            {"SELECT EXISTS (SELECT 1 FROM fan_group_member WHERE group_id = $1) "
             "OR EXISTS (SELECT 1 FROM fan_group_code WHERE group_id = $1) "
             "OR EXISTS (SELECT 1 FROM presale_round WHERE group_id = $1) "
             "OR EXISTS (SELECT 1 FROM allotment WHERE group_id = $1 AND ended_at_ms IS NULL)"},
        },
};

/* --- finding ---------------------------------------------------------------------------------- */

/* The ids of the bill, in its order. */
static enum status find_bill(struct store_connection *connection, struct arena *arena, int64_t id,
                             struct draft_value *out)
{
    static const struct sql select = {
        "SELECT artist_id FROM concert_artist WHERE concert_id = $1 ORDER BY position, artist_id"};
    struct sql_value value = sql_int(id);
    struct gathering gathering;
    enum status status = gather_begin(&gathering, connection, arena, &select, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof(int64_t)))
        ((int64_t *)array)[gathering.count - 1] = gather_int(&gathering, 0);
    *out = (struct draft_value){.given = true, .ids = array, .id_count = gathering.count};
    return gather_end(&gathering);
}

static struct draft_value value_of_column(struct gathering *gathering,
                                          const struct draft_rule *rule, int column)
{
    struct draft_value value = {.given = true};
    switch (rule->kind) {
    case DRAFT_LINE:
    case DRAFT_PROSE:
        value.text = gather_text(gathering, column);
        break;
    case DRAFT_NUMBER:
    case DRAFT_TIME:
    case DRAFT_REFERENCE:
        value.number = gather_int(gathering, column);
        break;
    case DRAFT_REFERENCES:
        must(!"a list has no column");
    }
    return value;
}

struct found {
    struct draft draft;
    int64_t version;
};

static void fill_found(struct gathering *gathering, enum entity entity, struct found *found)
{
    struct draft_rules rules = draft_rules(entity);
    found->version = gather_int(gathering, 0);
    found->draft = (struct draft){.entity = entity, .concert_id = gather_int(gathering, 1)};
    int column = 2;
    for (size_t i = 0; i < rules.count; i++)
        if (rules.rules[i].kind != DRAFT_REFERENCES)
            found->draft.values[i] = value_of_column(gathering, &rules.rules[i], column++);
}

static enum status find_lists(struct store_connection *connection, struct arena *arena, int64_t id,
                              struct draft *draft)
{
    struct draft_rules rules = draft_rules(draft->entity);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < rules.count; i++)
        if (rules.rules[i].kind == DRAFT_REFERENCES)
            status = find_bill(connection, arena, id, &draft->values[i]);
    return status;
}

enum status draft_find(struct store_connection *connection, struct arena *arena, enum entity entity,
                       int64_t id, struct draft *out_draft, int64_t *out_version)
{
    struct sql_value value = sql_int(id);
    struct gathering gathering;
    enum status status =
        gather_begin(&gathering, connection, arena, &statements[entity].find, &value, 1);
    if (status != STATUS_OK)
        return status;
    void *array = NULL;
    while (gather_next(&gathering, &array, sizeof(struct found)))
        fill_found(&gathering, entity, array);
    status = gather_end(&gathering);
    if (status == STATUS_OK && gathering.count == 0)
        status = STATUS_MISSING;
    if (status != STATUS_OK)
        return status;
    struct found *found = array;
    *out_draft = found->draft;
    *out_version = found->version;
    return find_lists(connection, arena, id, out_draft);
}

/* --- references ------------------------------------------------------------------------------- */

static enum status reference_exists(struct store_connection *connection, enum entity entity,
                                    int64_t id, bool *out_exists)
{
    static const struct sql count[ENTITY_COUNT] = {
        [ENTITY_AGENCY] = {"SELECT count(*) FROM agency WHERE id = $1 AND " ALIVE},
        [ENTITY_ARTIST] = {"SELECT count(*) FROM artist WHERE id = $1 AND " ALIVE},
        [ENTITY_VENUE] = {"SELECT count(*) FROM venue WHERE id = $1 AND " ALIVE},
        [ENTITY_CONCERT] = {"SELECT count(*) FROM concert WHERE id = $1 AND " ALIVE},
        [ENTITY_OPTION] = {"SELECT count(*) FROM concert_option WHERE id = $1 AND " ALIVE},
        [ENTITY_GROUP] = {"SELECT count(*) FROM fan_group WHERE id = $1 AND " ALIVE},
    };
    struct sql_value value = sql_int(id);
    int64_t found;
    enum status status = store_query_int(connection, &count[entity], &value, 1, &found);
    if (status == STATUS_OK)
        *out_exists = found > 0;
    return status;
}

static enum status references_exist(struct store_connection *connection,
                                    const struct draft_rule *rule, const struct draft_value *value,
                                    bool *out_exist)
{
    enum status status = STATUS_OK;
    *out_exist = true;
    if (rule->kind == DRAFT_REFERENCE && value->number)
        return reference_exists(connection, rule->of, value->number, out_exist);
    for (size_t i = 0; status == STATUS_OK && *out_exist && i < value->id_count; i++)
        status = reference_exists(connection, rule->of, value->ids[i], out_exist);
    return status;
}

enum status draft_unknown_reference(struct store_connection *connection, const struct draft *draft,
                                    const char **out_field)
{
    struct draft_rules rules = draft_rules(draft->entity);
    *out_field = NULL;
    for (size_t i = 0; i < rules.count; i++) {
        bool exist;
        enum status status =
            references_exist(connection, &rules.rules[i], &draft->values[i], &exist);
        if (status != STATUS_OK)
            return status;
        if (!exist) {
            *out_field = rules.rules[i].name;
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

/* --- what stands beside the row --------------------------------------------------------------- */

static enum status write_bill(struct store_connection *connection, int64_t id,
                              const struct draft_value *value)
{
    static const struct sql clear = {"DELETE FROM concert_artist WHERE concert_id = $1"};
    static const struct sql add = {
        "INSERT INTO concert_artist (concert_id, artist_id, position) VALUES ($1, $2, $3)"};
    struct sql_value values[] = {sql_int(id), sql_null(), sql_null()};
    enum status status = store_run(connection, &clear, values, 1, NULL);
    for (size_t i = 0; status == STATUS_OK && i < value->id_count; i++) {
        values[1] = sql_int(value->ids[i]);
        values[2] = sql_int((int64_t)i);
        status = store_run(connection, &add, values, 3, NULL);
    }
    return status;
}

/* A new name is one more name to be found by; a name that another artist goes by stays theirs,
   unless that one is gone. */
static enum status write_alias(struct store_connection *connection, struct arena *arena, int64_t id,
                               struct text name)
{
    static const struct sql upsert = {
        "INSERT INTO artist_alias (alias, artist_id) VALUES ($1, $2) "
        "ON CONFLICT (alias) DO UPDATE SET artist_id = excluded.artist_id WHERE EXISTS "
        "(SELECT 1 FROM artist a WHERE a.id = artist_alias.artist_id "
        "AND a.deleted_at_ms IS NOT NULL)"};
    struct text key = name_key(arena, name);
    if (!key.bytes)
        return STATUS_NO_MEMORY;
    if (text_empty(key))
        return STATUS_OK;
    struct sql_value values[] = {sql_text(key), sql_int(id)};
    return store_run(connection, &upsert, values, 2, NULL);
}

static enum status write_beside(struct store_connection *connection, struct arena *arena,
                                int64_t id, const struct draft *draft)
{
    struct draft_rules rules = draft_rules(draft->entity);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < rules.count; i++) {
        if (rules.rules[i].kind == DRAFT_REFERENCES)
            status = write_bill(connection, id, &draft->values[i]);
        else if (draft->entity == ENTITY_ARTIST && rules.rules[i].kind == DRAFT_LINE)
            status = write_alias(connection, arena, id, draft->values[i].text);
    }
    return status == STATUS_OK ? search_write(connection, arena, draft->entity, id) : status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static struct sql_value sql_of(const struct draft_rule *rule, const struct draft_value *value)
{
    bool is_text = rule->kind == DRAFT_LINE || rule->kind == DRAFT_PROSE;
    bool is_nothing = rule->kind == DRAFT_REFERENCE && value->number == 0;
    must(value->given);
    return is_text ? sql_text(value->text) : is_nothing ? sql_null() : sql_int(value->number);
}

/* The fields, lists left out; room for one more value is left. */
static size_t sql_of_draft(const struct draft *draft,
                           struct sql_value out_values[DRAFT_FIELDS_MAX + 1])
{
    struct draft_rules rules = draft_rules(draft->entity);
    size_t count = 0;
    for (size_t i = 0; i < rules.count; i++)
        if (rules.rules[i].kind != DRAFT_REFERENCES)
            out_values[count++] = sql_of(&rules.rules[i], &draft->values[i]);
    return count;
}

enum status draft_insert(struct store_connection *connection, struct arena *arena,
                         const struct draft *draft, int64_t *out_id)
{
    struct sql_value values[DRAFT_FIELDS_MAX + 1];
    size_t count = sql_of_draft(draft, values);
    if (draft->entity == ENTITY_OPTION)
        values[count++] = sql_int(draft->concert_id);
    enum status status =
        store_query_int(connection, &statements[draft->entity].insert, values, count, out_id);
    return status == STATUS_OK ? write_beside(connection, arena, *out_id, draft) : status;
}

enum status draft_update(struct store_connection *connection, struct arena *arena, int64_t id,
                         const struct draft *draft)
{
    struct sql_value values[DRAFT_FIELDS_MAX + 1];
    size_t count = sql_of_draft(draft, values);
    values[count++] = sql_int(id);
    enum status status =
        store_run(connection, &statements[draft->entity].update, values, count, NULL);
    return status == STATUS_OK ? write_beside(connection, arena, id, draft) : status;
}

enum status draft_in_use(struct store_connection *connection, enum entity entity, int64_t id,
                         bool *out_in_use)
{
    struct sql_value value = sql_int(id);
    int64_t found;
    enum status status = store_query_int(connection, &statements[entity].in_use, &value, 1, &found);
    if (status == STATUS_OK)
        *out_in_use = found != 0;
    return status;
}

enum status draft_delete(struct store_connection *connection, enum entity entity, int64_t id,
                         int64_t now_ms)
{
    struct sql_value values[] = {sql_int(now_ms), sql_int(id)};
    return store_run(connection, &statements[entity].delete, values, 2, NULL);
}
