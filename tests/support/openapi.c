/*
 * openapi.c — the part of JSON Schema that docs/api/openapi.yaml uses, read strictly: what an
 * answer has and its schema has not is an error too, unless `additionalProperties` is true.
 */
#include "support/openapi.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"

struct openapi {
    json_t *root;
    struct openapi_operation operations[OPENAPI_OPERATIONS_MAX];
    json_t *of_operation[OPENAPI_OPERATIONS_MAX];
    size_t count;
};

enum { PLACE_BYTES = 200, WORDS_BYTES = 240 };

/* --- the document ----------------------------------------------------------------------------- */

static json_t *resolve(const struct openapi *openapi, json_t *value)
{
    const char *words = json_string_value(json_object_get(value, "$ref"));
    if (!words)
        return value;
    json_t *at = openapi->root;
    struct text rest = text_of(words + 2); /* behind "#/" */
    while (at && rest.size > 0) {
        struct text key = text_cut(rest, '/', &rest);
        at = json_object_getn(at, key.bytes, key.size);
    }
    must(at); /* every reference leads somewhere */
    return at;
}

static const char *upper(const char *method)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (text_equal_nocase(text_of(methods[i]), text_of(method)))
            return methods[i];
    return NULL;
}

static json_t *json_content(json_t *holder)
{
    return json_object_get(json_object_get(holder, "content"), "application/json");
}

static void add_queries(const struct openapi *openapi, json_t *described,
                        struct openapi_operation *operation)
{
    size_t index, count = 0;
    json_t *parameter;
    json_array_foreach(json_object_get(described, "parameters"), index, parameter)
    {
        parameter = resolve(openapi, parameter);
        if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") != 0)
            continue;
        must(count + 1 < sizeof operation->query / sizeof operation->query[0]);
        operation->query[count++] = json_string_value(json_object_get(parameter, "name"));
    }
}

static void add_operation(struct openapi *openapi, const char *path, const char *method,
                          json_t *described)
{
    must(openapi->count < OPENAPI_OPERATIONS_MAX);
    struct openapi_operation *operation = &openapi->operations[openapi->count];
    openapi->of_operation[openapi->count++] = described;
    *operation = (struct openapi_operation){
        .method = upper(method),
        .path = path,
        .who = json_string_value(json_object_get(described, "x-for")),
        .is_stream = json_is_true(json_object_get(described, "x-stream")),
        .is_untried = json_object_get(described, "x-untried") != NULL,
    };
    must(operation->method && operation->who);
    json_t *body = json_content(json_object_get(described, "requestBody"));
    if (body)
        operation->body = json_dumps(json_object_get(body, "example"), JSON_ENCODE_ANY);
    add_queries(openapi, described, operation);
}

struct openapi *openapi_open(struct text json)
{
    json_error_t error;
    json_t *root = json_loadb(json.bytes, json.size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fprintf(stderr, "openapi.json:%d: %s\n", error.line, error.text);
        return NULL;
    }
    struct openapi *openapi = calloc(1, sizeof *openapi);
    must(openapi);
    openapi->root = root;
    const char *path, *method;
    json_t *item, *described;
    json_object_foreach(json_object_get(root, "paths"), path, item)
        json_object_foreach(item, method, described)
            add_operation(openapi, path, method, described);
    return openapi;
}

void openapi_close(struct openapi *openapi)
{
    if (!openapi)
        return;
    for (size_t i = 0; i < openapi->count; i++)
        free((void *)openapi->operations[i].body);
    json_decref(openapi->root);
    free(openapi);
}

size_t openapi_count(const struct openapi *openapi)
{
    return openapi->count;
}

struct openapi_operation *openapi_at(struct openapi *openapi, size_t index)
{
    must(index < openapi->count);
    return &openapi->operations[index];
}

struct openapi_operation *openapi_find(struct openapi *openapi, const char *method,
                                       const char *path)
{
    for (size_t i = 0; i < openapi->count; i++)
        if (strcmp(openapi->operations[i].method, method) == 0 &&
            strcmp(openapi->operations[i].path, path) == 0)
            return &openapi->operations[i];
    return NULL;
}

/* --- schemas ---------------------------------------------------------------------------------- */

struct verdict {
    const struct openapi *openapi;
    char words[WORDS_BYTES]; /* the first thing that is wrong; empty: nothing */
};

static void complain(struct verdict *verdict, const char *place, const char *what)
{
    if (verdict->words[0] == '\0')
        snprintf(verdict->words, sizeof verdict->words, "%.110s %.110s",
                 place[0] ? place : "the whole", what);
}

static bool is_type(const char *type, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return strcmp(type, "object") == 0;
    case JSON_ARRAY:
        return strcmp(type, "array") == 0;
    case JSON_STRING:
        return strcmp(type, "string") == 0;
    case JSON_INTEGER:
        return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case JSON_REAL:
        return strcmp(type, "number") == 0;
    case JSON_TRUE:
    case JSON_FALSE:
        return strcmp(type, "boolean") == 0;
    case JSON_NULL:
        return strcmp(type, "null") == 0;
    }
    return false;
}

static bool has_type(json_t *types, json_t *value)
{
    if (!types)
        return true;
    if (json_is_string(types))
        return is_type(json_string_value(types), value);
    size_t index;
    json_t *type;
    json_array_foreach(types, index, type) if (is_type(json_string_value(type), value)) return true;
    return false;
}

static void check(struct verdict *verdict, json_t *schema, json_t *value, const char *place);

static void check_object(struct verdict *verdict, json_t *schema, json_t *value, const char *place)
{
    json_t *properties = json_object_get(schema, "properties");
    char inner[PLACE_BYTES];
    size_t index;
    json_t *name, *field;
    json_array_foreach(json_object_get(schema, "required"), index, name)
    {
        snprintf(inner, sizeof inner, "%.90s.%.90s", place, json_string_value(name));
        if (!json_object_get(value, json_string_value(name)))
            complain(verdict, inner, "is required and missing");
    }
    const char *key;
    bool open = !properties || json_is_true(json_object_get(schema, "additionalProperties"));
    json_object_foreach(value, key, field)
    {
        json_t *property = json_object_get(properties, key);
        snprintf(inner, sizeof inner, "%.90s.%.90s", place, key);
        if (property)
            check(verdict, property, field, inner);
        else if (!open)
            complain(verdict, inner, "is in no schema");
    }
}

static void check_array(struct verdict *verdict, json_t *schema, json_t *value, const char *place)
{
    json_t *least = json_object_get(schema, "minItems"),
           *most = json_object_get(schema, "maxItems");
    size_t size = json_array_size(value);
    if ((least && size < (size_t)json_integer_value(least)) ||
        (most && size > (size_t)json_integer_value(most)))
        complain(verdict, place, "has too many or too few items");
    size_t index;
    json_t *item;
    char inner[PLACE_BYTES];
    json_array_foreach(value, index, item)
    {
        snprintf(inner, sizeof inner, "%.150s[%zu]", place, index);
        check(verdict, json_object_get(schema, "items"), item, inner);
    }
}

static void check_plain(struct verdict *verdict, json_t *schema, json_t *value, const char *place)
{
    json_t *words = json_object_get(schema, "enum"), *word;
    bool found = !words;
    size_t index;
    json_array_foreach(words, index, word) found |= json_equal(word, value);
    if (!found)
        complain(verdict, place, "is none of the words of its enum");
    const char *format = json_string_value(json_object_get(schema, "format"));
    int64_t at_ms;
    if (json_is_string(value) && format && strcmp(format, "date-time") == 0 &&
        !clock_read_iso(text_of(json_string_value(value)), &at_ms))
        complain(verdict, place, "is no time");
    json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");
    if (json_is_integer(value) &&
        ((least && json_integer_value(value) < json_integer_value(least)) ||
         (most && json_integer_value(value) > json_integer_value(most))))
        complain(verdict, place, "is out of its range");
}

static void check_one_of(struct verdict *verdict, json_t *schemas, json_t *value, const char *place)
{
    struct verdict last = {.openapi = verdict->openapi};
    size_t index;
    json_t *schema;
    json_array_foreach(schemas, index, schema)
    {
        struct verdict one = {.openapi = verdict->openapi};
        check(&one, schema, value, place);
        if (one.words[0] == '\0')
            return;
        if (!json_is_object(resolve(verdict->openapi, schema)) || last.words[0] == '\0')
            last = one;
    }
    complain(verdict, "none of oneOf fits:", last.words);
}

static void check(struct verdict *verdict, json_t *schema, json_t *value, const char *place)
{
    if (!schema)
        return;
    schema = resolve(verdict->openapi, schema);
    json_t *one_of = json_object_get(schema, "oneOf");
    if (one_of) {
        check_one_of(verdict, one_of, value, place);
        return;
    }
    if (!has_type(json_object_get(schema, "type"), value)) {
        complain(verdict, place, "is of another type");
        return;
    }
    if (json_is_object(value))
        check_object(verdict, schema, value, place);
    else if (json_is_array(value))
        check_array(verdict, schema, value, place);
    else
        check_plain(verdict, schema, value, place);
}

/* --- answers ---------------------------------------------------------------------------------- */

static bool is_listed(json_t *codes, const char *code)
{
    size_t index;
    json_t *item;
    json_array_foreach(codes, index, item)
    {
        const char *listed = json_string_value(item);
        if (code && listed && strcmp(listed, code) == 0)
            return true;
    }
    return false;
}

static bool judge_body(json_t *described, const struct http_reply *reply, struct verdict *verdict)
{
    struct text parameters;
    struct text type = text_cut(http_reply_field(reply, "content-type"), ';', &parameters);
    json_t *content = json_object_get(described, "content");
    json_t *media = json_object_getn(content, type.bytes ? type.bytes : "", type.size);
    if (!media && (content || reply->body.size > 0)) {
        complain(verdict, "its Content-Type", "is not described");
        return false;
    }
    bool is_json =
        type.bytes && type.size >= 4 && memcmp(type.bytes + type.size - 4, "json", 4) == 0;
    if (!media || !is_json)
        return true;
    json_t *body = json_loadb(reply->body.bytes, reply->body.size, 0, NULL);
    if (!body) {
        complain(verdict, "its body", "is no JSON");
        return false;
    }
    check(verdict, json_object_get(media, "schema"), body, "");
    json_t *codes = json_object_get(described, "x-codes");
    const char *code = json_string_value(json_object_get(body, "code"));
    if (codes && !is_listed(codes, code)) {
        char words[96];
        snprintf(words, sizeof words, "`%.60s` is not in x-codes", code ? code : "");
        complain(verdict, "the code", words);
    }
    json_decref(body);
    return verdict->words[0] == '\0';
}

bool openapi_judge(struct openapi *openapi, struct openapi_operation *operation,
                   const struct http_reply *reply, char out_why[OPENAPI_WHY_BYTES])
{
    json_t *described = openapi->of_operation[operation - openapi->operations];
    char status[16];
    snprintf(status, sizeof status, "%d", reply->status);
    json_t *response = json_object_get(json_object_get(described, "responses"), status);
    if (!response) {
        snprintf(out_why, OPENAPI_WHY_BYTES,
                 "docs/api/openapi.yaml: under %s, %s, responses, add \"%s\" (it answered %.160s)",
                 operation->path, operation->method, status,
                 reply->body.size > 0 ? reply->body.bytes : "without a body");
        return false;
    }
    operation->succeeded |= reply->status < 400;
    struct verdict verdict = {.openapi = openapi};
    if (judge_body(resolve(openapi, response), reply, &verdict))
        return true;
    snprintf(out_why, OPENAPI_WHY_BYTES,
             "docs/api/openapi.yaml: under %s, %s, responses, \"%s\": %s", operation->path,
             operation->method, status, verdict.words);
    return false;
}

/* --- examples --------------------------------------------------------------------------------- */

static void check_examples(struct verdict *verdict, json_t *value, const char *place)
{
    json_t *example = json_object_get(value, "example"), *schema = json_object_get(value, "schema");
    if (example && schema)
        check(verdict, schema, example, place);
    const char *key;
    json_t *item;
    size_t index;
    char inner[PLACE_BYTES];
    json_object_foreach(value, key, item)
    {
        if (item == example)
            continue;
        snprintf(inner, sizeof inner, "%.120s/%.60s", place, key);
        check_examples(verdict, item, inner);
    }
    json_array_foreach(value, index, item) check_examples(verdict, item, place);
}

bool openapi_examples(struct openapi *openapi, char out_why[OPENAPI_WHY_BYTES])
{
    struct verdict verdict = {.openapi = openapi};
    check_examples(&verdict, openapi->root, "");
    snprintf(out_why, OPENAPI_WHY_BYTES, "%s", verdict.words);
    return verdict.words[0] == '\0';
}
