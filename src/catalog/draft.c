/*
 * draft.c — one table a kind of thing, one reader a kind of field.
 *
 * Reading is strict: a field of the wrong type or size is refused and never bent into shape. The
 * one exception is white space around a line, which no operator means.
 */
#include "catalog/draft.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/must.h"
#include "limits.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- rules ------------------------------------------------------------------------------------ */

/* What all names and titles have in common; a macro because it is part of an initializer. */
#define NAME_RULE                                                                                  \
    .required = true, .least = 1, .most = CATALOG_NAME_BYTES_MAX,                                  \
    .expected = "a line of 1 to 200 bytes"

static const char a_description[] = "a text of at most 8000 bytes";

static const struct draft_rule agency_rules[] = {
    {.name = "name", NAME_RULE},
    {.name = "nameKo", NAME_RULE},
};

static const struct draft_rule artist_rules[] = {
    {.name = "name", NAME_RULE},
    {.name = "nameKo", NAME_RULE},
    {.name = "agencyId",
     .kind = DRAFT_REFERENCE,
     .required = true,
     .nullable = true,
     .of = ENTITY_AGENCY,
     .expected = "the id of an agency, or null"},
};

static const struct draft_rule venue_rules[] = {
    {.name = "name", NAME_RULE},
    {.name = "nameKo", NAME_RULE},
    {.name = "city", NAME_RULE},
    {.name = "cityKo", .most = CATALOG_NAME_BYTES_MAX, .expected = "a line of at most 200 bytes"},
    {.name = "capacity",
     .kind = DRAFT_NUMBER,
     .most = CATALOG_CAPACITY_MAX,
     .expected = "a whole number from 0 to 1000000"},
};

static const struct draft_rule concert_rules[] = {
    {.name = "title", NAME_RULE},
    {.name = "titleKo", NAME_RULE},
    {.name = "artistIds",
     .kind = DRAFT_REFERENCES,
     .required = true,
     .most = CATALOG_BILL_MAX,
     .of = ENTITY_ARTIST,
     .expected = "a list of at most 64 ids of artists, each once"},
    {.name = "description",
     .kind = DRAFT_PROSE,
     .most = CATALOG_PROSE_BYTES_MAX,
     .expected = a_description},
    {.name = "descriptionKo",
     .kind = DRAFT_PROSE,
     .most = CATALOG_PROSE_BYTES_MAX,
     .expected = a_description},
    {.name = "posterHue",
     .kind = DRAFT_NUMBER,
     .most = 359,
     .expected = "a whole number from 0 to 359"},
};

static const struct draft_rule option_rules[] = {
    {.name = "startsAt",
     .kind = DRAFT_TIME,
     .required = true,
     .expected = "a moment such as 2026-12-12T09:00:00Z"},
    {.name = "venueId",
     .kind = DRAFT_REFERENCE,
     .required = true,
     .of = ENTITY_VENUE,
     .expected = "the id of a venue"},
};

static const struct draft_rule group_rules[] = {
    {.name = "name", NAME_RULE},
    {.name = "nameKo", NAME_RULE},
    {.name = "artistId",
     .kind = DRAFT_REFERENCE,
     .nullable = true,
     .of = ENTITY_ARTIST,
     .expected = "the id of an artist, or null"},
};

static const struct {
    const char *name;
    struct draft_rules rules;
} entities[ENTITY_COUNT] = {
    [ENTITY_AGENCY] = {"agency", {agency_rules, COUNT_OF(agency_rules)}},
    [ENTITY_ARTIST] = {"artist", {artist_rules, COUNT_OF(artist_rules)}},
    [ENTITY_VENUE] = {"venue", {venue_rules, COUNT_OF(venue_rules)}},
    [ENTITY_CONCERT] = {"concert", {concert_rules, COUNT_OF(concert_rules)}},
    [ENTITY_OPTION] = {"option", {option_rules, COUNT_OF(option_rules)}},
    [ENTITY_GROUP] = {"group", {group_rules, COUNT_OF(group_rules)}},
};

const char *entity_name(enum entity entity)
{
    must(entity < ENTITY_COUNT);
    return entities[entity].name;
}

struct draft_rules draft_rules(enum entity entity)
{
    must(entity < ENTITY_COUNT);
    must(entities[entity].rules.count <= DRAFT_FIELDS_MAX);
    return entities[entity].rules;
}

void draft_names(enum entity entity, const char *out_names[DRAFT_FIELDS_MAX + 1])
{
    struct draft_rules rules = draft_rules(entity);
    for (size_t i = 0; i < rules.count; i++)
        out_names[i] = rules.rules[i].name;
    out_names[rules.count] = NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

enum { CONTROL_END = 0x20, CONTROL_DELETE = 0x7F };

static bool has_controls(struct text text, bool lines_allowed)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        bool is_space = byte == '\n' || byte == '\t' || byte == '\r';
        if ((byte < CONTROL_END && !(lines_allowed && is_space)) || byte == CONTROL_DELETE)
            return true;
    }
    return false;
}

static enum json_in_verdict read_text(const struct json_in *body, const struct draft_rule *rule,
                                      struct draft_value *value)
{
    struct text text;
    enum json_in_verdict verdict = json_in_read_text(body, rule->name, 0, SIZE_MAX, &text);
    if (verdict != JSON_IN_OK)
        return verdict;
    if (rule->kind == DRAFT_LINE)
        text = text_trim(text);
    if (text.size < (size_t)rule->least || text.size > (size_t)rule->most ||
        has_controls(text, rule->kind == DRAFT_PROSE))
        return JSON_IN_OUT_OF_RANGE;
    value->text = text;
    return JSON_IN_OK;
}

static enum json_in_verdict read_time(const struct json_in *body, const struct draft_rule *rule,
                                      struct draft_value *value)
{
    struct text text;
    enum json_in_verdict verdict = json_in_read_text(body, rule->name, 0, SIZE_MAX, &text);
    if (verdict != JSON_IN_OK)
        return verdict;
    return clock_read_iso(text, &value->number) ? JSON_IN_OK : JSON_IN_OUT_OF_RANGE;
}

static bool is_among(const int64_t *ids, size_t id_count, int64_t id)
{
    for (size_t i = 0; i < id_count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* value->ids stays NULL when memory is short. */
static enum json_in_verdict read_ids(const struct json_in *body, const struct draft_rule *rule,
                                     struct arena *arena, struct draft_value *value)
{
    const struct json_in *array;
    enum json_in_verdict verdict =
        json_in_read_array(body, rule->name, (size_t)rule->least, (size_t)rule->most, &array);
    if (verdict != JSON_IN_OK)
        return verdict;
    size_t count = json_in_array_count(array);
    int64_t *ids = arena_take(arena, (count + 1) * sizeof *ids);
    for (size_t i = 0; ids && i < count; i++) {
        verdict = json_in_as_int(json_in_array_at(array, i), 1, ID_MAX, &ids[i]);
        if (verdict == JSON_IN_OK && is_among(ids, i, ids[i]))
            verdict = JSON_IN_OUT_OF_RANGE;
        if (verdict != JSON_IN_OK)
            return verdict;
    }
    value->ids = ids;
    value->id_count = count;
    return JSON_IN_OK;
}

static enum json_in_verdict read_value(const struct json_in *body, const struct draft_rule *rule,
                                       struct arena *arena, struct draft_value *value)
{
    switch (rule->kind) {
    case DRAFT_LINE:
    case DRAFT_PROSE:
        return read_text(body, rule, value);
    case DRAFT_NUMBER:
        return json_in_read_int(body, rule->name, rule->least, rule->most, &value->number);
    case DRAFT_TIME:
        return read_time(body, rule, value);
    case DRAFT_REFERENCE:
        return json_in_read_int(body, rule->name, 1, ID_MAX, &value->number);
    case DRAFT_REFERENCES:
        return read_ids(body, rule, arena, value);
    }
    must(false);
    return JSON_IN_WRONG_TYPE;
}

static enum json_in_verdict read_field(const struct json_in *body, const struct draft_rule *rule,
                                       bool whole, struct arena *arena, struct draft_value *value)
{
    *value = (struct draft_value){.given = true};
    if (!json_in_has(body, rule->name)) {
        value->given = whole;
        return whole && rule->required ? JSON_IN_ABSENT : JSON_IN_OK;
    }
    enum json_in_verdict verdict = read_value(body, rule, arena, value);
    if (verdict != JSON_IN_ABSENT) /* there, and not null */
        return verdict;
    return rule->nullable ? JSON_IN_OK : JSON_IN_WRONG_TYPE;
}

/* Out of the JSON document, which goes away before the draft does. */
static bool keep(const struct draft_rule *rule, struct arena *arena, struct draft_value *value)
{
    if (!value->given)
        return true;
    switch (rule->kind) {
    case DRAFT_LINE:
    case DRAFT_PROSE:
        value->text = arena_copy(arena, value->text);
        return value->text.bytes != NULL;
    case DRAFT_REFERENCES:
        return value->ids != NULL;
    case DRAFT_NUMBER:
    case DRAFT_TIME:
    case DRAFT_REFERENCE:
        break;
    }
    return true;
}

enum draft_verdict draft_read(const struct json_in *body, bool whole, struct arena *arena,
                              struct draft *out, struct draft_complaint *out_complaint)
{
    struct draft_rules rules = draft_rules(out->entity);
    for (size_t i = 0; i < rules.count; i++) {
        const struct draft_rule *rule = &rules.rules[i];
        enum json_in_verdict verdict = read_field(body, rule, whole, arena, &out->values[i]);
        if (verdict != JSON_IN_OK) {
            *out_complaint = (struct draft_complaint){rule->name, rule->expected, verdict};
            return DRAFT_WRONG;
        }
        if (!keep(rule, arena, &out->values[i]))
            return DRAFT_NO_MEMORY;
    }
    return DRAFT_GOOD;
}

/* --- merging and writing ---------------------------------------------------------------------- */

void draft_merge(struct draft *draft, const struct draft *changes)
{
    must(draft->entity == changes->entity);
    for (size_t i = 0; i < draft_rules(draft->entity).count; i++)
        if (changes->values[i].given)
            draft->values[i] = changes->values[i];
}

static void write_ids(struct json_out *out, const struct draft_value *value)
{
    json_out_array(out);
    for (size_t i = 0; i < value->id_count; i++)
        json_out_int(out, value->ids[i]);
    json_out_array_end(out);
}

static void write_value(struct json_out *out, const struct draft_rule *rule,
                        const struct draft_value *value)
{
    switch (rule->kind) {
    case DRAFT_LINE:
    case DRAFT_PROSE:
        json_out_text(out, value->text);
        return;
    case DRAFT_NUMBER:
        json_out_int(out, value->number);
        return;
    case DRAFT_TIME:
        json_out_time(out, value->number);
        return;
    case DRAFT_REFERENCE:
        if (value->number)
            json_out_int(out, value->number);
        else
            json_out_null(out);
        return;
    case DRAFT_REFERENCES:
        write_ids(out, value);
        return;
    }
}

void draft_json(struct json_out *out, const struct draft *draft)
{
    struct draft_rules rules = draft_rules(draft->entity);
    json_out_object(out);
    if (draft->entity == ENTITY_OPTION)
        json_out_int_field(out, "concertId", draft->concert_id);
    for (size_t i = 0; i < rules.count; i++) {
        json_out_key(out, rules.rules[i].name);
        write_value(out, &rules.rules[i], &draft->values[i]);
    }
    json_out_object_end(out);
}
