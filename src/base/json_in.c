/*
 * json_in.c — the one file that includes jansson.
 *
 * `struct json_in` is jansson's json_t under a name of ours: the pointer is cast at the border
 * and nowhere else. Integers are read as integers: 1.0 and 1e3 are of the wrong type, as they would
 * be for an id, a count or an amount of money.
 */
#include "base/json_in.h"

#include <jansson.h>
#include <stdio.h>

#include "base/must.h"

static json_t *inner(const struct json_in *value)
{
    return (json_t *)(uintptr_t)value;
}

static struct json_in *outer(json_t *json)
{
    return (struct json_in *)(void *)json;
}

struct json_in *json_in_open(struct text bytes, struct json_in_fault *out_fault)
{
    json_error_t error;
    const char *start = bytes.size > 0 ? bytes.bytes : "";
    json_t *json = json_loadb(start, bytes.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json)
        snprintf(out_fault->words, sizeof out_fault->words, "line %d, column %d: %.120s",
                 error.line, error.column, error.text);
    return outer(json);
}

void json_in_close(struct json_in *document)
{
    json_decref(inner(document));
}

bool json_in_is_object(const struct json_in *value)
{
    return json_typeof(inner(value)) == JSON_OBJECT;
}

bool json_in_is_array(const struct json_in *value)
{
    return json_typeof(inner(value)) == JSON_ARRAY;
}

/* NULL when the field is absent or null. */
static const json_t *field(const struct json_in *object, const char *key)
{
    must(json_in_is_object(object));
    const json_t *json = json_object_get(inner(object), key);
    return json && !json_is_null(json) ? json : NULL;
}

bool json_in_has(const struct json_in *object, const char *key)
{
    must(json_in_is_object(object));
    return json_object_get(inner(object), key) != NULL;
}

enum json_in_verdict json_in_as_int(const struct json_in *value, int64_t least, int64_t most,
                                    int64_t *out_value)
{
    const json_t *json = inner(value);
    if (!json_is_integer(json))
        return json_is_real(json) && (json_real_value(json) > 9e15 || json_real_value(json) < -9e15)
                   ? JSON_IN_OUT_OF_RANGE
                   : JSON_IN_WRONG_TYPE;
    json_int_t number = json_integer_value(json);
    if (number < least || number > most)
        return JSON_IN_OUT_OF_RANGE;
    *out_value = number;
    return JSON_IN_OK;
}

enum json_in_verdict json_in_as_text(const struct json_in *value, size_t bytes_least,
                                     size_t bytes_most, struct text *out_text)
{
    const json_t *json = inner(value);
    if (!json_is_string(json))
        return JSON_IN_WRONG_TYPE;
    size_t size = json_string_length(json);
    if (size < bytes_least || size > bytes_most)
        return JSON_IN_OUT_OF_RANGE;
    *out_text = text_make(json_string_value(json), size);
    return JSON_IN_OK;
}

enum json_in_verdict json_in_read_int(const struct json_in *object, const char *key, int64_t least,
                                      int64_t most, int64_t *out_value)
{
    const json_t *json = field(object, key);
    return json ? json_in_as_int((const struct json_in *)(const void *)json, least, most, out_value)
                : JSON_IN_ABSENT;
}

enum json_in_verdict json_in_read_bool(const struct json_in *object, const char *key,
                                       bool *out_value)
{
    const json_t *json = field(object, key);
    if (!json)
        return JSON_IN_ABSENT;
    if (!json_is_boolean(json))
        return JSON_IN_WRONG_TYPE;
    *out_value = json_is_true(json);
    return JSON_IN_OK;
}

enum json_in_verdict json_in_read_text(const struct json_in *object, const char *key,
                                       size_t bytes_least, size_t bytes_most, struct text *out_text)
{
    const json_t *json = field(object, key);
    return json ? json_in_as_text((const struct json_in *)(const void *)json, bytes_least,
                                  bytes_most, out_text)
                : JSON_IN_ABSENT;
}

enum json_in_verdict json_in_read_object(const struct json_in *object, const char *key,
                                         const struct json_in **out_value)
{
    const json_t *json = field(object, key);
    if (!json)
        return JSON_IN_ABSENT;
    if (!json_in_is_object((const struct json_in *)(const void *)json))
        return JSON_IN_WRONG_TYPE;
    *out_value = (const struct json_in *)(const void *)json;
    return JSON_IN_OK;
}

enum json_in_verdict json_in_read_array(const struct json_in *object, const char *key,
                                        size_t count_least, size_t count_most,
                                        const struct json_in **out_value)
{
    const json_t *json = field(object, key);
    if (!json)
        return JSON_IN_ABSENT;
    if (json_typeof(json) != JSON_ARRAY)
        return JSON_IN_WRONG_TYPE;
    size_t count = json_array_size(json);
    if (count < count_least || count > count_most)
        return JSON_IN_OUT_OF_RANGE;
    *out_value = (const struct json_in *)(const void *)json;
    return JSON_IN_OK;
}

size_t json_in_array_count(const struct json_in *array)
{
    return json_array_size(inner(array));
}

const struct json_in *json_in_array_at(const struct json_in *array, size_t index)
{
    must(index < json_in_array_count(array));
    return outer(json_array_get(inner(array), index));
}

static bool is_known(const char *key, const char *const *known)
{
    for (; *known; known++)
        if (strcmp(*known, key) == 0)
            return true;
    return false;
}

struct text json_in_unknown_key(const struct json_in *object, const char *const *known)
{
    for (void *at = json_object_iter(inner(object)); at;
         at = json_object_iter_next(inner(object), at))
        if (!is_known(json_object_iter_key(at), known))
            return text_of(json_object_iter_key(at));
    return text_make(NULL, 0);
}
