/*
 * edit.c — the decision comes first, on the writer, then the rows, then the record of it.
 *
 * A change that would change nothing writes nothing: the version stays, and with it every tag that
 * somebody holds. So sending a PUT or a PATCH twice is harmless; a POST has its key for that.
 */
#include "catalog/edit.h"

#include "base/buffer.h"
#include "base/hash.h"
#include "base/must.h"
#include "catalog/changes.h"
#include "catalog/draft_store.h"

enum { JSON_FIRST_BYTES = 512 };

static enum status refuse(struct edit *edit, enum edit_verdict verdict)
{
    edit->verdict = verdict;
    return STATUS_CONFLICT;
}

/* bytes == NULL when memory is short. */
static struct text json_of(struct arena *arena, const struct draft *draft)
{
    struct buffer body;
    buffer_init(&body, arena, JSON_FIRST_BYTES);
    struct json_out out = json_out_to(&body);
    draft_json(&out, draft);
    return body.failed ? text_make(NULL, 0) : buffer_text(&body);
}

static enum status record(struct store_connection *connection, const struct edit *edit,
                          const char *action, struct text before, struct text after)
{
    struct change change = {.at_ms = edit->now_ms,
                            .account = edit->account,
                            .entity = text_of(entity_name(edit->entity)),
                            .entity_id = edit->id,
                            .action = text_of(action),
                            .before = before,
                            .after = after};
    return changes_record(connection, &change);
}

/* --- keys of creations ------------------------------------------------------------------------ */

static int64_t hash_of(const struct edit *edit, struct arena *arena, struct text json)
{
    struct buffer words;
    buffer_init(&words, arena, json.size + 16);
    buffer_add_words(&words, entity_name(edit->entity));
    buffer_add(&words, json);
    return hash_lasting(words.failed ? json : buffer_text(&words));
}

static enum status forget_old_keys(struct store_connection *connection, int64_t now_ms)
{
    static const struct sql forget = {
        "DELETE FROM catalog_key WHERE (account_id, key_hash) IN (SELECT account_id, key_hash "
        "FROM catalog_key WHERE created_at_ms <= $1 ORDER BY created_at_ms LIMIT $2)"};
    struct sql_value values[] = {sql_int(now_ms - CATALOG_KEY_MS), sql_int(CATALOG_KEYS_SWEPT_MAX)};
    return store_run(connection, &forget, values, 2, NULL);
}

/* STATUS_OK with EDIT_REPEATED when the key has done just this; EDIT_DONE when it is new. */
static enum status look_for_key(struct store_connection *connection, struct edit *edit,
                                int64_t request_hash)
{
    static const struct sql select = {
        "SELECT request_hash, entity_id FROM catalog_key "
        "WHERE account_id = $1 AND key_hash = $2 AND created_at_ms > $3"};
    struct sql_value values[] = {sql_int(edit->account.value), sql_int(edit->key_hash),
                                 sql_int(edit->now_ms - CATALOG_KEY_MS)};
    struct rows rows;
    enum status status = store_query(connection, &select, values, 3, &rows);
    if (status != STATUS_OK)
        return status;
    bool is_known = rows_next(&rows);
    bool is_same = is_known && rows_int(&rows, 0) == request_hash;
    if (is_known) {
        edit->verdict = is_same ? EDIT_REPEATED : EDIT_KEY_REUSED;
        edit->id = rows_int(&rows, 1);
    }
    status = rows_end(&rows);
    return status == STATUS_OK && is_known && !is_same ? STATUS_CONFLICT : status;
}

/* A key that is older than a day and not swept yet begins a new life. */
static enum status remember_key(struct store_connection *connection, const struct edit *edit,
                                int64_t request_hash)
{
    static const struct sql insert = {
        "INSERT INTO catalog_key (account_id, key_hash, request_hash, entity_id, created_at_ms) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, key_hash) DO UPDATE "
        "SET request_hash = excluded.request_hash, entity_id = excluded.entity_id, "
        "created_at_ms = excluded.created_at_ms"};
    struct sql_value values[] = {sql_int(edit->account.value), sql_int(edit->key_hash),
                                 sql_int(request_hash), sql_int(edit->id), sql_int(edit->now_ms)};
    enum status status = store_run(connection, &insert, values, 5, NULL);
    return status == STATUS_OK ? forget_old_keys(connection, edit->now_ms) : status;
}

/* --- creating --------------------------------------------------------------------------------- */

static enum status check_references(struct store_connection *connection, struct edit *edit,
                                    const struct draft *draft)
{
    enum status status = draft_unknown_reference(connection, draft, &edit->field);
    return status == STATUS_OK && edit->field ? refuse(edit, EDIT_UNKNOWN_REFERENCE) : status;
}

static enum status check_concert(struct store_connection *connection, struct arena *arena,
                                 struct edit *edit)
{
    if (edit->entity != ENTITY_OPTION)
        return STATUS_OK;
    struct draft concert;
    int64_t version;
    enum status status =
        draft_find(connection, arena, ENTITY_CONCERT, edit->draft.concert_id, &concert, &version);
    return status == STATUS_MISSING ? refuse(edit, EDIT_MISSING) : status;
}

static enum status insert(struct store_connection *connection, struct arena *arena,
                          struct edit *edit, struct text after)
{
    enum status status = check_concert(connection, arena, edit);
    if (status == STATUS_OK)
        status = check_references(connection, edit, &edit->draft);
    if (status == STATUS_OK)
        status = draft_insert(connection, arena, &edit->draft, &edit->id);
    if (status == STATUS_OK)
        status = record(connection, edit, "CREATE", text_make(NULL, 0), after);
    return status;
}

static enum status create(struct store_connection *connection, struct arena *arena,
                          struct edit *edit)
{
    struct text after = json_of(arena, &edit->draft);
    if (!after.bytes)
        return STATUS_NO_MEMORY;
    if (!edit->has_key)
        return insert(connection, arena, edit, after);

    int64_t request_hash = hash_of(edit, arena, after);
    enum status status = look_for_key(connection, edit, request_hash);
    if (status != STATUS_OK || edit->verdict == EDIT_REPEATED)
        return status;
    status = insert(connection, arena, edit, after);
    return status == STATUS_OK ? remember_key(connection, edit, request_hash) : status;
}

/* --- changing and deleting -------------------------------------------------------------------- */

bool edit_guard_passes(const struct edit_guard *guard, int64_t version)
{
    for (size_t i = 0; i < guard->version_count; i++)
        if (guard->versions[i] == version)
            return true;
    return !guard->is_set;
}

static enum status update(struct store_connection *connection, struct arena *arena,
                          struct edit *edit, const struct draft *found)
{
    struct draft draft = *found;
    draft_merge(&draft, &edit->draft);
    struct text before = json_of(arena, found), after = json_of(arena, &draft);
    if (!before.bytes || !after.bytes)
        return STATUS_NO_MEMORY;
    if (text_equal(before, after))
        return STATUS_OK;

    enum status status = check_references(connection, edit, &draft);
    if (status == STATUS_OK)
        status = draft_update(connection, arena, edit->id, &draft);
    if (status == STATUS_OK)
        status = record(connection, edit, "UPDATE", before, after);
    return status;
}

static enum status take_away(struct store_connection *connection, struct arena *arena,
                             struct edit *edit, const struct draft *found)
{
    struct text before = json_of(arena, found);
    if (!before.bytes)
        return STATUS_NO_MEMORY;
    bool in_use;
    enum status status = draft_in_use(connection, edit->entity, edit->id, &in_use);
    if (status == STATUS_OK && in_use)
        return refuse(edit, EDIT_IN_USE);
    if (status == STATUS_OK)
        status = draft_delete(connection, edit->entity, edit->id, edit->now_ms);
    if (status == STATUS_OK)
        status = record(connection, edit, "DELETE", before, text_make(NULL, 0));
    return status;
}

enum status edit_apply(struct store_connection *connection, struct arena *arena, struct edit *edit)
{
    must(edit->action == EDIT_DELETE || edit->draft.entity == edit->entity);
    edit->verdict = EDIT_DONE;
    edit->field = NULL;
    if (edit->action == EDIT_CREATE)
        return create(connection, arena, edit);

    struct draft found;
    int64_t version;
    enum status status = draft_find(connection, arena, edit->entity, edit->id, &found, &version);
    if (status == STATUS_MISSING)
        return refuse(edit, EDIT_MISSING);
    if (status != STATUS_OK)
        return status;
    if (!edit_guard_passes(&edit->guard, version))
        return refuse(edit, EDIT_STALE);
    return edit->action == EDIT_DELETE ? take_away(connection, arena, edit, &found)
                                       : update(connection, arena, edit, &found);
}
