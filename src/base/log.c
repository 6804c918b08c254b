/*
 * log.c — a line is made in an arena and written with one write(2), so that lines of several
 * threads never mix. A field with which the line would be longer than LOG_LINE_BYTES_MAX is left
 * out, with those behind it, and "cut":true stands in their place.
 */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "limits.h"

static _Atomic int least_level = LOG_INFO;

static const char *const level_words[] = {"debug", "info", "warn", "error", "off"};

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&least_level, (int)level, memory_order_relaxed);
}

bool log_level_from_text(struct text text, enum log_level *out_level)
{
    for (int level = LOG_DEBUG; level <= LOG_OFF; level++) {
        if (text_equal(text, text_of(level_words[level]))) {
            *out_level = (enum log_level)level;
            return true;
        }
    }
    return false;
}

static void add_field(struct json_out *out, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_INT)
        json_out_int_field(out, field->key, field->number);
    else
        json_out_text_field(out, field->key, field->text);
}

/*
 * All that fit. Escaping makes a text up to six times longer, so its size is known only afterwards.
 */
static void add_fields(struct json_out *out, const struct log_field *fields)
{
    static const size_t room_for_the_end = sizeof ",\"cut\":true}\n";
    struct buffer *line = out->buffer;
    for (; fields && fields->kind != LOG_FIELD_END; fields++) {
        size_t before = line->size;
        bool fits = fields->text.size <= LOG_LINE_BYTES_MAX;
        if (fits)
            add_field(out, fields);
        if (fits && line->size <= LOG_LINE_BYTES_MAX - room_for_the_end)
            continue;
        line->size = before;
        json_out_bool_field(out, "cut", true);
        return;
    }
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
        return;

    struct arena *arena = arena_create(2 * LOG_LINE_BYTES_MAX, 32 * LOG_LINE_BYTES_MAX);
    if (!arena)
        return; /* a line is lost; nothing that was promised is */
    struct buffer line;
    buffer_init(&line, arena, LOG_LINE_BYTES_MAX);
    struct json_out out = json_out_to(&line);
    json_out_object(&out);
    json_out_time_field(&out, "time", clock_wall_ms());
    json_out_words_field(&out, "level", level_words[level]);
    json_out_words_field(&out, "event", event);
    add_fields(&out, fields);
    json_out_object_end(&out);
    buffer_add_char(&line, '\n');
    if (!line.failed) {
        ssize_t written = write(STDERR_FILENO, line.bytes, line.size);
        (void)written; /* nowhere left to complain */
    }
    arena_destroy(arena);
}
