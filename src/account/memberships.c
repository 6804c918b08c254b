/*
 * memberships.c — joining is three rows: the code is used, the group has one more, the fan a place.
 *
 * The group's row is counted up first: whoever else joins the same group waits there until this
 * transaction is over, so no place becomes visible before a smaller one.
 */
#include "account/memberships.h"

static struct sql_value sql_hash(const struct fan_code_hash *hash)
{
    return sql_blob(text_make((const char *)hash->bytes, sizeof hash->bytes));
}

/* --- codes ------------------------------------------------------------------------------------ */

enum status memberships_add_codes(struct store_connection *connection, int64_t group,
                                  const struct fan_code_hash *codes, size_t code_count,
                                  int64_t now_ms)
{
    static const struct sql find = {
        "SELECT id FROM fan_group WHERE id = $1 AND deleted_at_ms IS NULL"};
    static const struct sql insert = {
        "INSERT INTO fan_group_code (hash, group_id, created_at_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT (hash) DO NOTHING"};
    struct sql_value value = sql_int(group);
    int64_t id, inserted = 1;
    enum status status = store_query_int(connection, &find, &value, 1, &id);
    for (size_t i = 0; status == STATUS_OK && inserted == 1 && i < code_count; i++) {
        struct sql_value values[] = {sql_hash(&codes[i]), sql_int(group), sql_int(now_ms)};
        status = store_run(connection, &insert, values, 3, &inserted);
    }
    return status == STATUS_OK && inserted != 1 ? STATUS_CONFLICT : status;
}

/* --- reading ---------------------------------------------------------------------------------- */

#define MEMBERSHIP                                                                                 \
    "SELECT m.group_id, g.name, g.name_ko, m.joined_at_ms FROM fan_group_member m "                \
    "JOIN fan_group g ON g.id = m.group_id WHERE m.fan_id = $1 "

static enum status read_some(struct store_connection *connection, struct arena *arena,
                             const struct sql *select, const struct sql_value values[2],
                             struct membership *out_memberships, size_t most, size_t *out_count)
{
    struct rows rows;
    enum status status = store_query(connection, select, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    bool copied = true;
    while (copied && count < most && rows_next(&rows)) {
        struct membership *one = &out_memberships[count++];
        *one = (struct membership){.group = rows_int(&rows, 0),
                                   .name = arena_copy(arena, rows_text(&rows, 1)),
                                   .name_ko = arena_copy(arena, rows_text(&rows, 2)),
                                   .joined_at_ms = rows_int(&rows, 3)};
        copied = one->name.bytes && one->name_ko.bytes;
    }
    *out_count = count;
    status = rows_end(&rows);
    return status == STATUS_OK && !copied ? STATUS_NO_MEMORY : status;
}

enum status memberships_of(struct store_connection *connection, struct arena *arena,
                           struct fan_id fan, struct membership *out_memberships, size_t most,
                           size_t *out_count)
{
    static const struct sql select = {MEMBERSHIP "AND m.group_id > $2 ORDER BY m.group_id"};
    const struct sql_value values[] = {sql_int(fan.value), sql_int(0)};
    return read_some(connection, arena, &select, values, out_memberships, most, out_count);
}

static enum status find_one(struct store_connection *connection, struct arena *arena,
                            struct fan_id fan, int64_t group, struct membership *out_membership,
                            bool *out_is)
{
    static const struct sql select = {MEMBERSHIP "AND m.group_id = $2"};
    const struct sql_value values[] = {sql_int(fan.value), sql_int(group)};
    size_t count = 0;
    enum status status = read_some(connection, arena, &select, values, out_membership, 1, &count);
    *out_is = count == 1;
    return status;
}

/* --- joining ---------------------------------------------------------------------------------- */

/* STATUS_MISSING: no such code, or one that another fan has used. */
static enum status look_up(struct store_connection *connection, struct fan_id fan,
                           const struct fan_code_hash *code, int64_t *out_group, bool *out_used)
{
    static const struct sql select = {
        "SELECT c.group_id, c.used_by FROM fan_group_code c JOIN fan_group g ON g.id = c.group_id "
        "WHERE c.hash = $1 AND g.deleted_at_ms IS NULL"};
    struct sql_value value = sql_hash(code);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found) {
        *out_group = rows_int(&rows, 0);
        *out_used = !rows_null(&rows, 1);
        found = !*out_used || rows_int(&rows, 1) == fan.value;
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

static enum status use_up(struct store_connection *connection, struct fan_id fan,
                          const struct fan_code_hash *code, int64_t now_ms)
{
    static const struct sql use = {"UPDATE fan_group_code SET used_by = $1, used_at_ms = $2 "
                                   "WHERE hash = $3 AND used_by IS NULL"};
    struct sql_value values[] = {sql_int(fan.value), sql_int(now_ms), sql_hash(code)};
    int64_t changed;
    enum status status = store_run(connection, &use, values, 3, &changed);
    return status == STATUS_OK && changed != 1 ? STATUS_MISSING : status;
}

static enum status take_place(struct store_connection *connection, struct fan_id fan, int64_t group,
                              int64_t now_ms)
{
    static const struct sql count = {"UPDATE fan_group SET member_count = member_count + 1 "
                                     "WHERE id = $1 RETURNING member_count"};
    static const struct sql insert = {
        "INSERT INTO fan_group_member (group_id, place, fan_id, joined_at_ms) "
        "VALUES ($1, $2, $3, $4)"};
    struct sql_value value = sql_int(group);
    int64_t place;
    enum status status = store_query_int(connection, &count, &value, 1, &place);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_int(group), sql_int(place), sql_int(fan.value),
                                 sql_int(now_ms)};
    return store_run(connection, &insert, values, 4, NULL);
}

enum status memberships_join(struct store_connection *connection, struct arena *arena,
                             struct fan_id fan, const struct fan_code_hash *code, int64_t now_ms,
                             struct membership *out_membership, bool *out_new)
{
    int64_t group = 0;
    bool used = false, is_member = false;
    enum status status = look_up(connection, fan, code, &group, &used);
    if (status == STATUS_OK)
        status = find_one(connection, arena, fan, group, out_membership, &is_member);
    *out_new = !is_member;
    if (status != STATUS_OK || is_member)
        return status;
    if (!used)
        status = use_up(connection, fan, code, now_ms);
    if (status == STATUS_OK)
        status = take_place(connection, fan, group, now_ms);
    return status == STATUS_OK ? find_one(connection, arena, fan, group, out_membership, &is_member)
                               : status;
}
