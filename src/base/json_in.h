/*
 * json_in.h — reads JSON (RFC 8259) that came from outside; a door in front of jansson.
 *
 * Thread   A document belongs to one thread at a time.
 * Memory   A document owns its values: texts are good until json_in_close().
 * Limits   Nesting 2,048 deep (a constant of jansson). Duplicate keys, ill-formed UTF-8 and
 *          anything behind the value are refused. "\u0000" inside a string is refused.
 * Failure  Readers answer with a json_in_verdict, so that the caller can say what is wrong with
 *          which field. *out is written on JSON_IN_OK only.
 */
#ifndef BASE_JSON_IN_H
#define BASE_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct json_in; /* one value inside a document, borrowed from it */

enum json_in_verdict {
    JSON_IN_OK,
    JSON_IN_ABSENT, /* the field is not there, or is null */
    JSON_IN_WRONG_TYPE,
    JSON_IN_OUT_OF_RANGE, /* a number outside the limits, a text too short or too long */
};

struct json_in_fault {
    char words[160]; /* what is wrong and where, terminated */
};

/* NULL when the bytes are not one JSON value; *out_fault says why. */
struct json_in *json_in_open(struct text bytes, struct json_in_fault *out_fault);
void json_in_close(struct json_in *document); /* NULL is welcome */

bool json_in_is_object(const struct json_in *value);
bool json_in_is_array(const struct json_in *value);

/* The field is there, be it null. */
bool json_in_has(const struct json_in *object, const char *key);

enum json_in_verdict json_in_read_int(const struct json_in *object, const char *key, int64_t least,
                                      int64_t most, int64_t *out_value);
enum json_in_verdict json_in_read_bool(const struct json_in *object, const char *key,
                                       bool *out_value);

/* Lengths in bytes. */
enum json_in_verdict json_in_read_text(const struct json_in *object, const char *key,
                                       size_t bytes_least, size_t bytes_most,
                                       struct text *out_text);
enum json_in_verdict json_in_read_object(const struct json_in *object, const char *key,
                                         const struct json_in **out_value);
enum json_in_verdict json_in_read_array(const struct json_in *object, const char *key,
                                        size_t count_least, size_t count_most,
                                        const struct json_in **out_value);

size_t json_in_array_count(const struct json_in *array);
const struct json_in *json_in_array_at(const struct json_in *array, size_t index);

/* The element itself instead of a field. */
enum json_in_verdict json_in_as_int(const struct json_in *value, int64_t least, int64_t most,
                                    int64_t *out_value);
enum json_in_verdict json_in_as_text(const struct json_in *value, size_t bytes_least,
                                     size_t bytes_most, struct text *out_text);

/* The first key that is not in the NULL-terminated list; bytes == NULL when all are known. */
struct text json_in_unknown_key(const struct json_in *object, const char *const *known);

#endif
