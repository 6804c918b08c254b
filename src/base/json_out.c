/* json_out.c — a comma in front of everything but the first. */
#include "base/json_out.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/must.h"

static void element(struct json_out *out)
{
    if (out->comma)
        buffer_add_char(out->buffer, ',');
    out->comma = true;
}

static void open_with(struct json_out *out, char bracket)
{
    element(out);
    buffer_add_char(out->buffer, bracket);
    out->comma = false;
}

static void close_with(struct json_out *out, char bracket)
{
    buffer_add_char(out->buffer, bracket);
    out->comma = true;
}

void json_out_object(struct json_out *out)
{
    open_with(out, '{');
}

void json_out_object_end(struct json_out *out)
{
    close_with(out, '}');
}

void json_out_array(struct json_out *out)
{
    open_with(out, '[');
}

void json_out_array_end(struct json_out *out)
{
    close_with(out, ']');
}

void json_out_key(struct json_out *out, const char *key)
{
    element(out);
    size_t size = strlen(key);
    char *room = buffer_extend(out->buffer, size + 3);
    if (room) {
        room[0] = '"';
        memcpy(room + 1, key, size);
        memcpy(room + 1 + size, "\":", 2);
    }
    out->comma = false;
}

static void escape(struct buffer *buffer, unsigned char c)
{
    switch (c) {
    case '"':
        buffer_add(buffer, text_make("\\\"", 2));
        return;
    case '\\':
        buffer_add(buffer, text_make("\\\\", 2));
        return;
    case '\n':
        buffer_add(buffer, text_make("\\n", 2));
        return;
    case '\r':
        buffer_add(buffer, text_make("\\r", 2));
        return;
    case '\t':
        buffer_add(buffer, text_make("\\t", 2));
        return;
    default:
        buffer_add_format(buffer, "\\u%04x", c);
    }
}

/* Everything up to the first byte that must be escaped goes out in one piece. */
static void add_escaped(struct buffer *buffer, struct text text)
{
    size_t plain = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_add(buffer, text_make(text.bytes + plain, i - plain));
        escape(buffer, c);
        plain = i + 1;
    }
    buffer_add(buffer, text_make(text.bytes + plain, text.size - plain));
}

static void add_repaired(struct buffer *buffer, struct text text)
{
    for (size_t i = 0; i < text.size;) {
        size_t size = 1;
        while (size < 4 && size < text.size - i && !text_is_utf8(text_make(text.bytes + i, size)))
            size++;
        if (text_is_utf8(text_make(text.bytes + i, size))) {
            add_escaped(buffer, text_make(text.bytes + i, size));
            i += size;
        } else {
            buffer_add_words(buffer, "\xEF\xBF\xBD");
            i++;
        }
    }
}

void json_out_text(struct json_out *out, struct text text)
{
    element(out);
    buffer_add_char(out->buffer, '"');
    if (text_is_utf8(text))
        add_escaped(out->buffer, text);
    else
        add_repaired(out->buffer, text);
    buffer_add_char(out->buffer, '"');
}

void json_out_words(struct json_out *out, const char *terminated)
{
    json_out_text(out, text_of(terminated));
}

void json_out_int(struct json_out *out, int64_t value)
{
    element(out);
    buffer_add_int(out->buffer, value);
}

void json_out_double(struct json_out *out, double value)
{
    must(isfinite(value));
    element(out);
    buffer_add_format(out->buffer, "%.6g", value);
}

void json_out_bool(struct json_out *out, bool value)
{
    element(out);
    buffer_add_words(out->buffer, value ? "true" : "false");
}

void json_out_null(struct json_out *out)
{
    element(out);
    buffer_add_words(out->buffer, "null");
}

void json_out_time(struct json_out *out, int64_t wall_ms)
{
    if (!clock_can_write(wall_ms)) {
        json_out_null(out);
        return;
    }
    char words[CLOCK_TEXT_BYTES];
    clock_write_iso(wall_ms, words);
    json_out_words(out, words);
}

void json_out_raw(struct json_out *out, struct text json)
{
    element(out);
    buffer_add(out->buffer, json);
}

void json_out_text_field(struct json_out *out, const char *key, struct text text)
{
    json_out_key(out, key);
    json_out_text(out, text);
}

void json_out_words_field(struct json_out *out, const char *key, const char *terminated)
{
    json_out_key(out, key);
    json_out_words(out, terminated);
}

void json_out_int_field(struct json_out *out, const char *key, int64_t value)
{
    json_out_key(out, key);
    json_out_int(out, value);
}

void json_out_bool_field(struct json_out *out, const char *key, bool value)
{
    json_out_key(out, key);
    json_out_bool(out, value);
}

void json_out_time_field(struct json_out *out, const char *key, int64_t wall_ms)
{
    json_out_key(out, key);
    json_out_time(out, wall_ms);
}
