/*
 * json_out.h — writes JSON (RFC 8259) straight into a buffer, without a tree in between.
 *
 * Thread   One thread at a time.
 * Memory   The buffer's. `struct json_out` lives on the caller's stack.
 * Failure  The buffer's sticky `failed`. Ill-formed UTF-8 in a text becomes U+FFFD, so the result
 *          is always valid JSON.
 *
 * Commas are placed by themselves. Inside an object give each value its key:
 *
 *     json_out_object(&out);
 *     json_out_int_field(&out, "id", 7);
 *     json_out_key(&out, "seats");
 *     json_out_array(&out);
 *     …
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

struct json_out {
    struct buffer *buffer;
    bool comma; /* the next key or element needs one */
};

static inline struct json_out json_out_to(struct buffer *buffer)
{
    return (struct json_out){.buffer = buffer};
}

void json_out_object(struct json_out *out);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out);
void json_out_array_end(struct json_out *out);

/* Keys are ours: ASCII without anything that needs escaping. */
void json_out_key(struct json_out *out, const char *key);

void json_out_text(struct json_out *out, struct text text);
void json_out_words(struct json_out *out, const char *terminated);
void json_out_int(struct json_out *out, int64_t value);
void json_out_double(struct json_out *out, double value); /* 6 significant digits; must be finite */
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);
/* ISO 8601, milliseconds, Z; null for a time that no year from 1970 to 9999 has. */
void json_out_time(struct json_out *out, int64_t wall_ms);
void json_out_raw(struct json_out *out, struct text json); /* already valid JSON */

void json_out_text_field(struct json_out *out, const char *key, struct text text);
void json_out_words_field(struct json_out *out, const char *key, const char *terminated);
void json_out_int_field(struct json_out *out, const char *key, int64_t value);
void json_out_bool_field(struct json_out *out, const char *key, bool value);
void json_out_time_field(struct json_out *out, const char *key, int64_t wall_ms);

#endif
