/* presale.c — at most a handful of rows, replaced as a whole. */
#include "catalog/presale.h"

#include "base/clock.h"
#include "base/ids.h"

/* --- in and out of JSON ----------------------------------------------------------------------- */

static const char a_moment[] = "Expected a moment such as 2026-11-29T11:00:00Z.";

/* `otherwise` where the field is not there. */
static void read_moment(const struct json_in *round, const char *key, int index, int64_t otherwise,
                        int64_t *out_ms, struct complaints *complaints)
{
    struct text text;
    enum json_in_verdict verdict = json_in_read_text(round, key, 1, 64, &text);
    *out_ms = otherwise;
    if (verdict == JSON_IN_ABSENT && otherwise >= 0)
        return;
    if (verdict != JSON_IN_OK || !clock_read_iso(text, out_ms))
        complaints_add(complaints, a_moment, "presale[%d].%s", index, key);
}

static void read_round(const struct json_in *value, int index, int64_t sale_opens_at_ms,
                       struct presale_round *round, struct complaints *complaints)
{
    static const char *const known[] = {"groupId", "opensAt", "closesAt", NULL};
    if (!json_in_is_object(value) || json_in_unknown_key(value, known).bytes) {
        complaints_add(complaints, "Expected an object of groupId, opensAt and closesAt.",
                       "presale[%d]", index);
        return;
    }
    size_t before = complaints->count;
    if (json_in_read_int(value, "groupId", 1, ID_MAX, &round->group) != JSON_IN_OK)
        complaints_add(complaints, "Expected the id of a group.", "presale[%d].groupId", index);
    read_moment(value, "opensAt", index, -1, &round->opens_at_ms, complaints);
    read_moment(value, "closesAt", index, sale_opens_at_ms, &round->closes_at_ms, complaints);
    if (complaints->count != before)
        return;
    if (round->opens_at_ms >= round->closes_at_ms)
        complaints_add(complaints, "A round closes after it opens.", "presale[%d].closesAt", index);
    else if (round->closes_at_ms > sale_opens_at_ms)
        complaints_add(complaints, "A round closes before the sale opens to everybody.",
                       "presale[%d].closesAt", index);
}

void presale_read(const struct json_in *body, int64_t sale_opens_at_ms, struct presale *out_presale,
                  struct complaints *complaints)
{
    const struct json_in *list;
    enum json_in_verdict verdict =
        json_in_read_array(body, "presale", 0, PRESALE_ROUNDS_MAX, &list);
    *out_presale = (struct presale){0};
    if (verdict == JSON_IN_ABSENT)
        return;
    if (verdict != JSON_IN_OK) {
        complaints_add(complaints, "Expected a list of at most 8 rounds, or null.", "presale");
        return;
    }
    out_presale->round_count = json_in_array_count(list);
    for (size_t i = 0; i < out_presale->round_count; i++)
        read_round(json_in_array_at(list, i), (int)i, sale_opens_at_ms, &out_presale->rounds[i],
                   complaints);
}

void presale_json(struct json_out *out, const struct presale *presale)
{
    json_out_array(out);
    for (size_t i = 0; i < presale->round_count; i++) {
        json_out_object(out);
        json_out_int_field(out, "groupId", presale->rounds[i].group);
        json_out_time_field(out, "opensAt", presale->rounds[i].opens_at_ms);
        json_out_time_field(out, "closesAt", presale->rounds[i].closes_at_ms);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

bool presale_equal(const struct presale *presale, const struct presale *other)
{
    if (presale->round_count != other->round_count)
        return false;
    for (size_t i = 0; i < presale->round_count; i++) {
        const struct presale_round *a = &presale->rounds[i], *b = &other->rounds[i];
        if (a->group != b->group || a->opens_at_ms != b->opens_at_ms ||
            a->closes_at_ms != b->closes_at_ms)
            return false;
    }
    return true;
}

/* --- in and out of the store ------------------------------------------------------------------ */

enum status presale_find(struct store_connection *connection, struct option_id option,
                         struct presale *out_presale)
{
    static const struct sql select = {
        "SELECT group_id, opens_at_ms, closes_at_ms FROM presale_round WHERE option_id = $1 "
        "ORDER BY position"};
    struct sql_value value = sql_int(option.value);
    struct rows rows;
    enum status status = store_query(connection, &select, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    *out_presale = (struct presale){0};
    while (out_presale->round_count < PRESALE_ROUNDS_MAX && rows_next(&rows))
        out_presale->rounds[out_presale->round_count++] =
            (struct presale_round){rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2)};
    return rows_end(&rows);
}

static enum status groups_known(struct store_connection *connection, const struct presale *presale,
                                bool *out_known)
{
    static const struct sql find = {
        "SELECT count(*) FROM fan_group WHERE id = $1 AND deleted_at_ms IS NULL"};
    enum status status = STATUS_OK;
    *out_known = true;
    for (size_t i = 0; status == STATUS_OK && *out_known && i < presale->round_count; i++) {
        struct sql_value value = sql_int(presale->rounds[i].group);
        int64_t count = 0;
        status = store_query_int(connection, &find, &value, 1, &count);
        *out_known = count > 0;
    }
    return status;
}

static enum status insert(struct store_connection *connection, struct option_id option,
                          size_t position, const struct presale_round *round)
{
    static const struct sql add = {
        "INSERT INTO presale_round (option_id, position, group_id, opens_at_ms, closes_at_ms) "
        "VALUES ($1, $2, $3, $4, $5)"};
    struct sql_value values[] = {sql_int(option.value), sql_int((int64_t)position),
                                 sql_int(round->group), sql_int(round->opens_at_ms),
                                 sql_int(round->closes_at_ms)};
    return store_run(connection, &add, values, 5, NULL);
}

enum status presale_replace(struct store_connection *connection, struct option_id option,
                            const struct presale *presale, bool *out_known)
{
    static const struct sql clear = {"DELETE FROM presale_round WHERE option_id = $1"};
    struct sql_value value = sql_int(option.value);
    enum status status = groups_known(connection, presale, out_known);
    if (status != STATUS_OK || !*out_known)
        return status;
    status = store_run(connection, &clear, &value, 1, NULL);
    for (size_t i = 0; status == STATUS_OK && i < presale->round_count; i++)
        status = insert(connection, option, i, &presale->rounds[i]);
    return status;
}
